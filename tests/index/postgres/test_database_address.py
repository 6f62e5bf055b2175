"""Address: what names a database, and that no password is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import UserError
from index.generations import IndexFolder
from index.place import place_of, read_place
from index.postgres.address import Address, read_address
from index.postgres.database import Database
from qa.settings import Settings, load_settings


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://db/articles", "postgresql://db/articles"),
        ("postgresql://reader@db:5432/articles", "postgresql://reader@db:5432/articles"),
        ("postgresql://reader:hushhush@a,b:5433/articles", "postgresql://reader:***@a,b:5433/articles"),
        ("postgresql://reader:hush/h@us@h@db/articles", "postgresql://reader:***@db/articles"),
        (
            "postgresql://db/x?user=u&password=hush&sslmode=require",
            "postgresql://db/x?user=u&password=***&sslmode=require",
        ),
        ("postgresql://db/x?sslpassword=hush", "postgresql://db/x?sslpassword=***"),
    ],
)
def test_an_address_hides_its_password(address: str, shown: str) -> None:
    read = read_address(address)
    assert read == Address(address)
    assert (str(read), repr(read), read.name) == (shown, f"Address({shown!r})", shown)


@pytest.mark.parametrize("text", ["postgres://u@h/d", "postgresql:/u@h/d", "postgres:/u@h/d"])
def test_other_spellings_and_what_a_path_makes_of_one(text: str) -> None:
    assert read_place(text) == read_place(Path(text)) == Address("postgresql://u@h/d")


def test_all_else_is_a_folder() -> None:
    assert read_place("an index") == Path("an index")
    assert isinstance(place_of(Path("an index")), IndexFolder)


def test_all_who_name_one_address_share_its_connections() -> None:
    place = place_of(Address("postgresql://somewhere/shared"))
    assert isinstance(place, Database)
    assert place is place_of(Address("postgresql://somewhere/shared"))
    assert place.where == Address("postgresql://somewhere/shared")


def test_the_setting_is_a_folder_or_an_address() -> None:
    assert Settings(index="an index").index == Path("an index")
    settings = load_settings(index="postgresql://u:hushhush@h/d")
    assert settings.index == Address("postgresql://u:hushhush@h/d")
    assert "hushhush" not in repr(settings) + str(settings)


def test_a_bad_setting_does_not_show_the_password() -> None:
    with pytest.raises(UserError, match=r"^bad value 'postgresql://u:\*\*\*@h/d") as caught:
        load_settings(index="postgresql://u:hushhush@h/d\0")
    assert "hushhush" not in str(caught.value)


def test_what_others_say_of_an_address_shows_no_part_of_its_password() -> None:
    address = Address("postgresql://u:hush%40h/worse@host/d?sslpassword=quiet")
    said = "no host 'worse@host', no hush%40h, no hush@h/worse, nothing quiet"
    assert address.hide(said) == "no host '***@host', no ***, no ***, nothing ***"


@pytest.mark.parametrize("rest", ["u:hushhush@h:port/d", "u:hush/hushhush@h/d", "u:hushhush@h/d?nothing=1"])
def test_an_address_that_cannot_be_read(rest: str) -> None:
    with pytest.raises(UserError, match="is no address of a database; write postgresql://user:password@") as caught:
        Database(Address(f"postgresql://{rest}")).require_current()
    assert "hushhush" not in str(caught.value)
    assert caught.value.__suppress_context__

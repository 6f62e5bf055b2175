"""Nothing that is stored, asked or named is ever taken for SQL."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from fakes import ARTICLES, HashEncoder

from corpus.article import Article
from corpus.errors import UserError
from corpus.filters import Filters
from index.postgres.address import Address
from index.postgres.database import Database
from index.postgres.store import open_current
from index.update import add_articles, build_index
from qa.archive import Archive
from qa.build import Models
from qa.settings import Settings

if TYPE_CHECKING:
    from postgres_server import Server

pytestmark = pytest.mark.slow

ATTACKS = (
    "'; DROP SCHEMA article_qa CASCADE; --",
    '"; DROP TABLE article; --',
    "') OR 1=1 --",
    "$$; DELETE FROM article; $$",
    "\\'; SELECT pg_sleep(60); --",
    "%(s)s %s {s} {dim} {among} %%",
    "a' | 'b':* & !c <-> (",
    '{1,2},NULL,"x\\',
    "[1,2,3]",
    "pg_catalog.pg_class",
)


@pytest.fixture
def archive(built_database: Database) -> Archive:
    return Archive(Settings(index=built_database.address), models=Models(HashEncoder()))


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_field_holds_anything(attack: str, archive: Archive, built_database: Database) -> None:
    text = f"{attack} was said in Lima. Mayor Soto heard {attack} there, he told reporters."
    hostile = Article(attack, attack, text, attack, date(2024, 1, 1), attack, origin=attack)
    assert add_articles(built_database, [hostile], HashEncoder()).added == 1
    assert add_articles(built_database, [hostile], HashEncoder()).unchanged == 1
    assert archive.article(attack) == hostile
    assert [each.place for each in archive.origins()[attack]] == [attack]
    answer = archive.ask(f"What did Mayor Soto hear? {attack}", filters=Filters(sources=(attack,)))
    assert {citation.article_id for citation in answer.citations} == {attack}
    assert archive.browse(words=attack, source=attack).articles[0].article_id == attack
    assert archive.neighbours(attack) != (None, None)
    assert archive.remove(attack).removed == 1
    store = open_current(built_database)
    assert (store.problems(), list(store.each_article())) == ([], sorted(ARTICLES, key=lambda each: each.article_id))


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_not_there_is_not_found(attack: str, archive: Archive) -> None:
    with pytest.raises(UserError, match="^no article "):
        archive.article(attack)
    with pytest.raises(UserError, match="^no article "):
        archive.remove(attack)
    with pytest.raises(UserError, match="no article is of"):
        archive.ask("Who won?", filters=Filters(sources=(attack,)))


@pytest.mark.parametrize("attack", [attack.replace("%", "%25").replace(" ", "%20") for attack in ATTACKS])
@pytest.mark.parametrize("part", ["name", "user", "option"])
def test_no_part_of_an_address_is_a_command(attack: str, part: str, server: Server, built_database: Database) -> None:
    attack = attack.replace("[", "%5B").replace("?", "%3F").replace("&", "%26").replace("/", "%2F").replace(":", "%3A")
    addresses = {
        "name": f"postgresql://postgres@/{attack}?host={server.home}",
        "user": f"postgresql://{attack}@/postgres?host={server.home}",
        "option": f"postgresql://postgres@/postgres?host={server.home}&options={attack}",
    }
    hostile = Database(Address(addresses[part]))
    with pytest.raises(UserError) as caught:
        hostile.require_current()
    hostile.close()
    assert "\n" not in str(caught.value)
    assert open_current(built_database).counts() == (4, 4)


def test_a_generation_that_somebody_wrote_into_the_list(built_database: Database, server: Server) -> None:
    with built_database.connection() as connection:
        connection.execute("CREATE SCHEMA precious")
        connection.execute("CREATE TABLE precious.kept (n integer)")
        connection.execute(
            "INSERT INTO article_qa.generation (name) VALUES ('precious'), ('x\"; DROP SCHEMA public; --')"
        )
    # A build deletes every generation that is not current.
    build_index(built_database, ARTICLES, HashEncoder())
    build_index(built_database, ARTICLES, HashEncoder())
    with built_database.connection() as connection:
        assert connection.execute("SELECT count(*) FROM precious.kept").fetchone() == (0,)
        connection.execute("UPDATE article_qa.generation SET is_current = false")
        connection.execute("UPDATE article_qa.generation SET is_current = true WHERE name = 'precious'")
    with pytest.raises(UserError, match="names no index \\('precious'\\); run `article-qa build`"):
        open_current(built_database)

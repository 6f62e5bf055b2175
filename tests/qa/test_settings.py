"""Settings: the later layer wins, and what is wrong is named with the place it stands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import UserError
from qa.build import load_writer
from qa.settings import Settings, load_settings

KNOWN = ", ".join(Settings.model_fields)


@pytest.fixture(autouse=True)
def _nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ARTICLE_QA_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def config(text: str, name: str = "article-qa.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def message(path: Path | None = None, **flags: object) -> str:
    with pytest.raises(UserError) as error:
        load_settings(path, **flags)
    return str(error.value)


def test_defaults() -> None:
    assert load_settings() == Settings(
        index=Path(".article-qa"), encoder="all-MiniLM-L6-v2", k=5, host="127.0.0.1", port=7860
    )


def test_the_later_layer_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    config('k = 1\nhost = "file"\nport = 1\nindex = "file"')
    monkeypatch.setenv("ARTICLE_QA_HOST", "environment")
    monkeypatch.setenv("ARTICLE_QA_PORT", "2")
    monkeypatch.setenv("ARTICLE_QA_INDEX", "environment")
    found = load_settings(None, port=3, index=Path("flag"), encoder=None)
    assert found == Settings(k=1, host="environment", port=3, index=Path("flag"))


def test_a_file_that_is_named_is_read_instead() -> None:
    config("k = 1")
    assert load_settings(config("k = 2", "other.toml")).k == 2


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().k = 9  # type: ignore[misc]


def test_an_unknown_key_is_named_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    assert message(colour="red") == f"unknown setting 'colour' in --colour; known ones are {KNOWN}"
    config("K = 1")
    assert message() == f"unknown setting 'K' in article-qa.toml; known ones are {KNOWN}"
    config("[web]\nport = 1")
    assert message() == f"unknown setting 'web' in article-qa.toml; known ones are {KNOWN}"
    config("")
    monkeypatch.setenv("ARTICLE_QA_COLOUR", "red")
    assert message() == f"unknown setting 'colour' in ARTICLE_QA_COLOUR; known ones are {KNOWN}"


def test_a_bad_value_is_named_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    assert message(k=0) == "bad value 0 for 'k' in -k: Input should be greater than or equal to 1"
    assert message(k=10_000) == "bad value 10000 for 'k' in -k: Input should be less than or equal to 50"
    assert message(port=70_000) == "bad value 70000 for 'port' in --port: Input should be less than or equal to 65535"
    config('port = "http"')
    assert message().startswith("bad value 'http' for 'port' in article-qa.toml: Input should be a valid integer")
    config("")
    monkeypatch.setenv("ARTICLE_QA_K", "many")
    assert message().startswith("bad value 'many' for 'k' in ARTICLE_QA_K: Input should be a valid integer")
    monkeypatch.setenv("ARTICLE_QA_K", "")
    assert message().startswith("bad value '' for 'k' in ARTICLE_QA_K: ")


def test_a_bad_value_is_named_though_a_later_layer_covers_it() -> None:
    config("k = 99")
    assert message(k=3).startswith("bad value 99 for 'k' in article-qa.toml")


def test_a_file_that_is_missing_or_no_toml() -> None:
    assert message(Path("nope.toml")) == "cannot read the settings file 'nope.toml': No such file or directory"
    assert message(Path(".")) == "cannot read the settings file '.': Is a directory"
    assert message(config("k = ", "bad.toml")).startswith("'bad.toml' is not valid TOML: Invalid value (at ")
    Path("latin.toml").write_bytes('host = "caf\xe9"'.encode("latin-1"))
    assert message(Path("latin.toml")).startswith(
        "'latin.toml' is not valid TOML: 'utf-8' codec can't decode byte 0xe9"
    )


def test_lists_come_from_a_file_and_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    config('origins = ["https://A.example", "http://localhost:8000"]')
    assert load_settings().origins == ("https://a.example", "http://localhost:8000")
    monkeypatch.setenv("ARTICLE_QA_ORIGINS", "https://b.example, *")
    assert load_settings().origins == ("https://b.example", "*")
    monkeypatch.setenv("ARTICLE_QA_HOSTS", "articles.example")
    assert load_settings().hosts == ("articles.example",)


@pytest.mark.parametrize(
    "origin",
    ["example.org", "https://example.org/", "https://", "ftp://example.org", "null", "https://a@b.org", "https://["],
)
def test_what_is_no_origin_is_named(origin: str) -> None:
    assert message(origins=(origin,)).startswith(
        f"bad value {origin!r} for 'origins' in --origins: an origin is a scheme and a host, such as https://example.org"
    )


def test_a_rate_is_a_number_and_a_time() -> None:
    assert load_settings(None, client_rate="5/second").client_rate == "5/second"
    assert message(site_rate="often") == (
        "bad value 'often' for 'site_rate' in --site-rate: a rate is a number and a time, such as 60/minute"
    )


def test_a_key_is_never_shown() -> None:
    assert "short" not in message(api_key="short")
    assert "a key of many letters" not in repr(load_settings(None, api_key="a key of many letters"))


@pytest.mark.parametrize(
    "address", ["127.0.0.1:11434", "ftp://host/v1", "http://user:word@host/v1", "http://host/v1?a=b", "http://a b"]
)
def test_the_address_of_a_language_model_is_checked(address: str) -> None:
    with pytest.raises(UserError, match="an address begins with http:// or https://"):
        load_settings(None, writer=address)


def test_nor_is_that_of_a_language_model(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text("writer_key = 12345678", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_settings(path)
    assert "12345678" not in str(caught.value)


def test_a_language_model_needs_its_name() -> None:
    with pytest.raises(UserError, match="'writer_model' is not set; name the model"):
        load_writer(load_settings(None, writer="http://127.0.0.1:1/v1"))
    assert load_writer(load_settings(None)) is None
    writer = load_writer(load_settings(None, writer="http://127.0.0.1:1/v1/", writer_model="a model"))
    assert writer is not None
    assert writer.model == "a model"


@pytest.mark.parametrize("key", ["index", "encoder", "runs", "host"])
def test_a_nul_in_a_setting_is_named(tmp_path: Path, key: str) -> None:
    config = tmp_path / "a.toml"
    config.write_text(f'{key} = "a\\u0000b"', encoding="utf-8")
    with pytest.raises(UserError, match=f"for '{key}' in .*: it holds a NUL character"):
        load_settings(config)


def test_lists_in_lists_are_no_settings(tmp_path: Path) -> None:
    config = tmp_path / "a.toml"
    config.write_text("k = " + "[" * 20_000, encoding="utf-8")
    with pytest.raises(UserError, match="is not valid TOML"):
        load_settings(config)

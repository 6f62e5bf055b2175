"""No password of a database gets into a log, an error or what is printed, at whatever level, whatever goes wrong."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from fakes import BRIDGE, CHESS, HashEncoder
from fastapi.testclient import TestClient

from corpus.errors import UserError
from index.place import place_of
from index.postgres.address import Address
from index.postgres.database import Database
from index.update import add_articles
from qa.archive import Archive
from qa.build import Models
from qa.cli import main
from qa.settings import Settings
from qa.web.server import create_app

if TYPE_CHECKING:
    from postgres_server import Server

pytestmark = pytest.mark.slow

PASSWORD = "s3cr3tword"
# Each has a level of its own, beside that of all.
LOGGERS = ("psycopg", "psycopg.pool", "qa", "")
QUESTION = "Who won the chess title in Toronto?"
# What is wrong with an address, and what is said of it. The last was written without %40, so that what is behind the
# first @ is taken for a machine.
WRONG = {
    "a wrong password": ("postgresql://scrammed:{}@/{}?host={}", "password authentication failed"),
    "no socket": ("postgresql://u:{}@/{}?host=/nowhere", "No such file or directory"),
    "no server": ("postgresql://u:{}@127.0.0.1:1,127.0.0.2:1/{}", "Connection refused"),
    "no machine": ("postgresql://u:{}@nowhere.invalid/{}", "nowhere.invalid"),
    "an unquoted @": ("postgresql://u:beginning@{}@127.0.0.1:1/{}", "with %40 for an @"),
}


class Seen:
    """All that anybody was told."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog
        self.told: list[str] = []

    def lines_with(self, word: str) -> list[str]:
        """Those of all that was said that hold `word`; of a log, each record with all that was given to it."""
        logged = [repr(vars(record)) for record in self._caplog.records]
        return [line for text in (*self.told, self._caplog.text, *logged) for line in text.splitlines() if word in line]

    def failing(self, work: Callable[[], object]) -> str:
        """Do what fails; what is said of it, also in a traceback."""
        with pytest.raises(UserError) as caught:
            work()
        self.told += traceback.format_exception(caught.value)
        return str(caught.value)

    def run(self, *args: str) -> int:
        """Run the command; its exit code."""
        result = CliRunner().invoke(main, args, prog_name="article-qa")
        self.told += [result.output, result.stderr, *traceback.format_exception(*(result.exc_info or (None,) * 3))]
        return result.exit_code


@pytest.fixture
def seen(caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Everything that is logged, down to the last detail."""
    monkeypatch.chdir(tmp_path)
    for module in ("qa.build", "qa.check.doctor"):
        monkeypatch.setattr(f"{module}.load_models", lambda _: Models(HashEncoder()))
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, name)
    return Seen(caplog)


@contextmanager
def scrammed(server: Server, database: Database) -> Iterator[Address]:
    """The address of the database for a role that needs a password and may do all."""
    server.ask(f"CREATE ROLE scrammed SUPERUSER LOGIN PASSWORD '{PASSWORD}'")
    address = Address(database.address.secret.replace("postgres@", f"scrammed:{PASSWORD}@"))
    try:
        yield address
    finally:
        place = place_of(address)
        assert isinstance(place, Database)
        place.close()
        server.ask("DROP ROLE scrammed")


def lose(server: Server) -> None:
    """Cut every connection of the role, as a server that is stopped does."""
    server.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'scrammed'")


@pytest.mark.parametrize("wrong", WRONG)
def test_an_address_that_leads_nowhere(wrong: str, server: Server, built_database: Database, seen: Seen) -> None:
    pattern, reason = WRONG[wrong]
    name = built_database.address.secret.partition("@/")[2].partition("?")[0]
    address = Address(pattern.format(PASSWORD, name, server.home))
    server.ask("CREATE ROLE scrammed LOGIN PASSWORD 'another'")
    try:
        archive = Archive(Settings(index=address), models=Models(HashEncoder()))
        assert reason in seen.failing(lambda: archive.ask(QUESTION))
        assert reason in seen.failing(lambda: add_articles(place_of(address), [BRIDGE], HashEncoder()))
        assert reason in seen.failing(lambda: create_app(archive))
        Path("bridge.txt").write_text(BRIDGE.text, encoding="utf-8")
        for command in (["ask", QUESTION], ["add", "bridge.txt"], ["serve", "--port", "0"], ["doctor"], ["info"]):
            assert seen.run(*command, "--index", address.secret) == 1
    finally:
        server.ask("DROP ROLE scrammed")
    assert seen.lines_with(reason)
    assert seen.lines_with(PASSWORD) == []


def test_a_connection_that_is_lost(server: Server, built_database: Database, seen: Seen) -> None:
    with scrammed(server, built_database) as address:
        archive = Archive(Settings(index=address, hosts=("testserver",)), models=Models(HashEncoder()))
        with TestClient(create_app(archive), raise_server_exceptions=False) as client:
            question = {"question": QUESTION}
            for _ in range(2):
                lose(server)
                assert client.post("/api/ask", json=question).json()["citations"][0]["article_id"] == CHESS.article_id
            lose(server)
            assert seen.run("doctor", "--index", address.secret) == 0
            # From now on nobody gets in any more.
            server.ask("ALTER ROLE scrammed PASSWORD 'another'")
            lose(server)
            refused = client.post("/api/ask", json=question)
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "unavailable")
            seen.told += [refused.text, client.get("/ready").text, client.get("/metrics").text]
            assert "password authentication failed" in seen.failing(lambda: archive.ask(QUESTION))
            assert "password authentication failed" in seen.failing(
                lambda: add_articles(place_of(address), [BRIDGE], HashEncoder())
            )
        assert seen.lines_with("connection failed: host")
        assert seen.lines_with(PASSWORD) == []

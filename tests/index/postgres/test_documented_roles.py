"""The roles of docs/scale.md, made by its own script: one writes, one only reads, and neither goes further."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes import ARTICLES, CHESS, HashEncoder

from corpus.errors import UserError
from index.postgres.database import Database
from index.postgres.store import open_current
from index.retriever import Retriever
from index.update import add_articles, build_index, rebuild_index, remove_articles

if TYPE_CHECKING:
    from postgres_server import Server

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[3] / "docs" / "scale.md"


@pytest.fixture
def roles(server: Server) -> Iterator[tuple[Database, Database]]:
    """The database as its writer and as its reader see it."""
    (script,) = re.findall(r"^```sql\n(CREATE ROLE writer.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    file = server.home / "roles.sql"
    file.write_text(script, encoding="utf-8")
    server.run("psql", "-h", str(server.home), "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-f", str(file))
    places = Database(server.address("articles", "writer")), Database(server.address("articles", "reader"))
    try:
        yield places
    finally:
        for place in places:
            place.close()
        server.ask("DROP DATABASE articles WITH (FORCE)")
        server.ask("DROP ROLE reader")
        server.ask("DROP ROLE writer")


def test_the_writer_builds_and_the_reader_only_asks(roles: tuple[Database, Database], encoder: HashEncoder) -> None:
    writer, reader = roles
    for _ in range(2):
        assert build_index(writer, ARTICLES, encoder).added == 4
        # What was built later can be read too.
        assert len(Retriever(reader, encoder).search("Who won the chess title?").lexical) == 1
    assert open_current(reader).article("chess") == CHESS
    assert open_current(reader).problems() == []
    new = replace(CHESS, article_id="new", text="New.")
    for change in (
        lambda: add_articles(reader, [new], encoder),
        lambda: remove_articles(reader, ["chess"], encoder),
        lambda: rebuild_index(reader, encoder),
    ):
        with pytest.raises(UserError, match="refused: permission denied .*; give the role its rights"):
            change()
    for place, forbidden in (
        (reader, f"DELETE FROM {reader.require_current()}.article"),
        (reader, "UPDATE article_qa.generation SET is_current = false"),
        (reader, "CREATE TABLE public.mine (n integer)"),
        (reader, "CREATE SCHEMA mine"),
        (writer, "CREATE ROLE another"),
        (writer, "SELECT pg_read_file('/etc/passwd')"),
        (writer, "COPY (SELECT 1) TO PROGRAM 'true'"),
    ):
        with pytest.raises(UserError, match="refused: permission denied"), place.connection() as connection:
            connection.execute(forbidden.encode())
    assert open_current(writer).counts() == (4, 4)
    assert add_articles(writer, [new], encoder).added == 1

"""Several servers in one address: reads on a replica, changes on the primary, and what is lost costs no question."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes import CHESS, HashEncoder

from index.postgres.address import Address
from index.postgres.database import Database
from index.retriever import Retriever
from index.update import add_articles

if TYPE_CHECKING:
    from postgres_server import Server

pytestmark = pytest.mark.slow


@pytest.fixture
def replica(server: Server) -> Iterator[Path]:
    """The socket's folder of a running replica; its data lie in a folder beside that of `server`."""
    data, socket = server.home / "replica", server.home / "r"
    server.run("pg_basebackup", "-h", str(server.home), "-U", "postgres", "-D", str(data), "-R", "-c", "fast", "-N")
    server.run_as_its_user("mkdir", str(socket))
    server.start(data, socket)
    yield socket
    if (data / "postmaster.pid").exists():
        server.stop(data)


def test_a_replica_is_asked_and_the_primary_changed(
    built_database: Database, server: Server, replica: Path, encoder: HashEncoder
) -> None:
    several = Database(Address(built_database.address.secret.replace("host=", f"host={replica},")))
    try:
        with several.connection() as connection:
            assert connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
        retriever = Retriever(several, encoder)
        assert add_articles(several, [replace(CHESS, article_id="new", text="A volcano.")], encoder).added == 1
        deadline = time.monotonic() + 60
        while retriever.store.counts()[0] < 5:
            assert time.monotonic() < deadline
        assert len(retriever.search("volcano").lexical) == 1
        # The replica is gone; the other one answers.
        server.stop(server.home / "replica")
        assert len(retriever.search("volcano").lexical) == 1
        with several.connection() as connection:
            assert connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
    finally:
        several.close()

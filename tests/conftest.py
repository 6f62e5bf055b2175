"""Indexes of a few small articles, made with real SQLite, FAISS and tantivy."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes import ARTICLES, HashEncoder
from hypothesis import settings

from index.generations import IndexFolder
from index.update import build_index

if TYPE_CHECKING:
    from postgres_server import Server

    from index.place import Place
    from index.postgres.database import Database

SHARED = "shared"
# Wherever an index can be. The fast tests start no server.
PLACES = ("folder", pytest.param("database", marks=pytest.mark.slow))

# The line by which a file marks all its tests.
ALL_SLOW = "pytestmark = pytest.mark.slow"

# `make test-fast` tries a quarter of the examples that `make test` tries.
settings.register_profile("fast", max_examples=25)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file of slow tests only is not even imported where these are left out: SciPy alone takes a second."""
    if config.option.markexpr != "not slow" or collection_path.suffix != ".py":
        return None
    return ALL_SLOW in collection_path.read_text(encoding="utf-8").splitlines() or None


def pytest_collection() -> None:
    """Import without looking for garbage, of which there is hardly any."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leave what was imported out of every later search for garbage, which would take a tenth of the time."""
    gc.freeze()
    gc.enable()


@pytest.fixture
def encoder() -> HashEncoder:
    return HashEncoder()


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    """A folder in which nothing was built yet."""
    return IndexFolder(tmp_path / "an index")


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexFolder]:
    """An index of ARTICLES by the HashEncoder, the same for every test: to read, never to write."""
    folder = IndexFolder(tmp_path_factory.mktemp("shared") / "index")
    build_index(folder, ARTICLES, HashEncoder())
    before = _contents(folder)
    yield folder
    changed = {name for name, _ in _contents(folder).items() ^ before.items()}
    assert changed == set(), "a test wrote to the index that all share; it must take `built`"


def _contents(folder: IndexFolder) -> dict[str, bytes]:
    """What every file holds but those that SQLite keeps while the store is open, to share what is read."""
    files = [path for path in folder.path.rglob("*") if path.is_file() and path.suffix != ".db-shm"]
    return {path.name: content for path in files if (content := path.read_bytes())}


@pytest.fixture
def built(folder: IndexFolder, shared: IndexFolder) -> IndexFolder:
    """An index of ARTICLES by the HashEncoder, the test's own to write to; to read, `shared` costs nothing."""
    # What SQLite keeps beside the store while somebody reads it holds nothing, and may go at any moment.
    shutil.copytree(shared.path, folder.path, ignore=shutil.ignore_patterns("*.db-shm", "*.db-wal"))
    return folder


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server."""
    from postgres_server import serving

    with serving() as server:
        yield server


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    """A database in which nothing was built yet."""
    from postgres_server import new_database

    with new_database(server) as database:
        yield database


@pytest.fixture(scope="session")
def shared_database(server: Server) -> Iterator[Database]:
    """The index of `shared` in a database: to read, never to write."""
    from postgres_server import new_database

    with new_database(server, SHARED) as database:
        build_index(database, ARTICLES, HashEncoder())
        # So that it can be a template, which nobody may be connected to.
        database.close()
        yield database


@pytest.fixture
def built_database(server: Server, shared_database: Database) -> Iterator[Database]:
    """The index of `built` in a database, the test's own to write to."""
    from postgres_server import new_database

    shared_database.close()
    with new_database(server, template=SHARED) as database:
        yield database


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Place:
    """A folder, then a database, in which nothing was built yet."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=PLACES)
def built_place(request: pytest.FixtureRequest) -> Place:
    """An index of ARTICLES, the test's own to write to: in a folder, then in a database."""
    return request.getfixturevalue({"folder": "built", "database": "built_database"}[request.param])


@pytest.fixture(params=PLACES)
def shared_place(request: pytest.FixtureRequest) -> Place:
    """An index of ARTICLES, to read: in a folder, then in a database."""
    return request.getfixturevalue({"folder": "shared", "database": "shared_database"}[request.param])

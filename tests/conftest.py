"""Indexes of a few small articles, made with real SQLite, FAISS and tantivy."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import ARTICLES, HashEncoder
from hypothesis import settings

from index.generations import IndexFolder
from index.update import build_index

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

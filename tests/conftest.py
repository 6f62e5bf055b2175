"""Indexes of a few small articles, made with real SQLite, FAISS and tantivy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fakes import ARTICLES, HashEncoder

from index.generations import IndexFolder
from index.update import build_index


@pytest.fixture
def encoder() -> HashEncoder:
    return HashEncoder()


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    """A folder in which nothing was built yet."""
    return IndexFolder(tmp_path / "an index")


@pytest.fixture(scope="session")
def _built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("built") / "index"
    build_index(IndexFolder(path), ARTICLES, HashEncoder())
    return path


@pytest.fixture
def built(folder: IndexFolder, _built_once: Path) -> IndexFolder:
    """An index of ARTICLES by the HashEncoder, the test's own."""
    shutil.copytree(_built_once, folder.path)
    return folder

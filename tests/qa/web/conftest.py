"""The real answerer over the bundled articles, served by the real application."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from corpus.readers import read_articles
from index.encoder import SentenceEncoder
from index.folder import IndexFolder
from index.update import build_index
from qa.answerer import Answerer
from qa.build import open_answerer
from qa.settings import Settings
from qa.web.server import create_app

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def bundled_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an index of the bundled articles."""
    folder = tmp_path_factory.mktemp("bundled")
    build_index(IndexFolder(folder), read_articles([str(ROOT / "corpus" / "articles")]), SentenceEncoder())
    return Settings(index=folder)


@pytest.fixture(scope="session")
def answerer(bundled_settings: Settings) -> Answerer:
    return open_answerer(bundled_settings)


@pytest.fixture(scope="session")
def feedback_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "feedback.db"


@pytest.fixture(scope="session")
def app(answerer: Answerer, feedback_file: Path) -> FastAPI:
    return create_app(answerer, feedback_file=feedback_file, runs=feedback_file.with_name("runs"))


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """The application started, as a client sees it: a fault of the server is an answer, not an exception."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client

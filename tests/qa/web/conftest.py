"""The real archive of the bundled articles, served by the real application."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from serving import SITE, Serve

from corpus.readers import read_articles
from index.encoders.onnx import PackagedEncoder
from index.generations import IndexFolder
from index.update import build_index
from qa.archive import Archive
from qa.build import Models, load_models
from qa.feedback import FEEDBACK_FILE
from qa.settings import Settings
from qa.web.server import create_app

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def bundled_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an index of the bundled articles."""
    folder = tmp_path_factory.mktemp("bundled")
    build_index(IndexFolder(folder), read_articles([str(ROOT / "corpus" / "articles")]), PackagedEncoder())
    # The test client goes by the first name; the others stand for a public server's.
    hosts = ("testserver", "articles.example")
    return Settings(index=folder, runs=folder / "runs", hosts=hosts, client_rate="100000/minute")


@pytest.fixture(scope="session")
def models(bundled_settings: Settings) -> Models:
    """Loaded once for all archives of the tests."""
    return load_models(bundled_settings)


@pytest.fixture(scope="session")
def archive(bundled_settings: Settings, models: Models) -> Archive:
    return Archive(bundled_settings, models=models)


@pytest.fixture(scope="session")
def feedback_file(bundled_settings: Settings) -> Path:
    return bundled_settings.index / FEEDBACK_FILE


@pytest.fixture(scope="session")
def app(archive: Archive) -> FastAPI:
    return create_app(archive)


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """The application started, as a client sees it: a fault of the server is an answer, not an exception."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def serve(models: Models, bundled_settings: Settings) -> Serve:
    """The application with other settings."""

    def start(**change: object) -> TestClient:
        settings = Settings(**{**bundled_settings.model_dump(), "origins": (SITE,), **change})
        return TestClient(create_app(Archive(settings, models=models)), raise_server_exceptions=False)

    return start

"""The saved runs that the pages show, without a model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.staticfiles import StaticFiles

from qa.web.pages.evaluation import evaluation_routes
from qa.web.paths import STATIC

pytestmark = pytest.mark.slow

METRICS = {"set": "a set", "questions": 1, "figures": {}}


def save_run(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "metrics.json").write_text(json.dumps(METRICS), encoding="utf-8")
    (folder / "report.html").write_text("the report", encoding="utf-8")


@pytest.fixture
def pages(tmp_path: Path) -> TestClient:
    app = FastAPI()
    app.include_router(evaluation_routes(tmp_path / "runs"))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_api_route("/", lambda: None, name="home")
    app.add_api_route("/articles", lambda: None, name="articles")
    return TestClient(app)


def test_a_link_out_of_the_folder_shows_no_file(pages: TestClient, tmp_path: Path) -> None:
    for name in ("whole", "report", "folder"):
        save_run(tmp_path / "runs" / name)
    assert pages.get("/evaluation/runs/report").text == "the report"
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    (tmp_path / "runs" / "report" / "report.html").unlink()
    (tmp_path / "runs" / "report" / "report.html").symlink_to(secret)
    (tmp_path / "runs" / "folder").rename(tmp_path / "elsewhere")
    (tmp_path / "runs" / "folder").symlink_to(tmp_path / "elsewhere")
    for name in ("report", "folder"):
        response = pages.get(f"/evaluation/runs/{name}")
        assert response.status_code == 404
        assert "secret" not in response.text
        # What is compared is read of its files, too.
        assert pages.get(f"/evaluation/compare?before=whole&after={name}").status_code == 404
    assert pages.get("/evaluation/runs/whole").text == "the report"

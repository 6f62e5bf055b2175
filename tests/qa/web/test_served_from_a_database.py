"""The server over an index in PostgreSQL: it asks, sees what others change at once, and says when there is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes import CHESS, HashEncoder
from fastapi.testclient import TestClient

from index.update import add_articles
from qa.archive import Archive
from qa.build import Models
from qa.feedback import read_feedback
from qa.settings import Settings
from qa.web.server import create_app

if TYPE_CHECKING:
    from postgres_server import Server

    from index.postgres.database import Database

pytestmark = pytest.mark.slow


def test_a_server_asks_a_database(
    built_database: Database, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(index=built_database.address, hosts=("testserver",))
    with TestClient(
        create_app(Archive(settings, models=Models(HashEncoder()))), raise_server_exceptions=False
    ) as client:
        question = {"question": "Who won the chess title in Toronto?"}
        assert client.post("/api/ask", json=question).json()["citations"][0]["article_id"] == "chess"
        add_articles(built_database, [replace(CHESS, article_id="new", text="A new text.")], HashEncoder())
        assert client.get("/api/articles/new").json()["text"] == "A new text."
        assert client.post("/api/ask", json=question).json()["index"]["articles"] == 5
        assert "article_qa_index_articles 5.0" in client.get("/metrics").text
        verdict = {"question": "Who?", "verdict": "up"}
        assert client.post("/api/feedback", json=verdict).json() == {"number": 1}
        assert [each.verdict for each in read_feedback(Path(".article-qa/feedback.db"))] == ["up"]
        server.ask(
            f'DROP SCHEMA "{built_database.require_current()}" CASCADE',
            built_database.where.secret.split("/")[3].split("?")[0],
        )
        refused = client.post("/api/ask", json=question)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "unavailable")

"""What the owner of a server sees, and that nobody else does."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from serving import SITE, Serve, code_of

from qa.feedback import Feedback, feedback_path, store_feedback
from qa.insights import insights_path, read_insights
from qa.web.gate.access import Caller
from qa.web.gate.proxies import WAS_FORWARDED

pytestmark = pytest.mark.slow

MISSION = "When did South Korea open a diplomatic mission to NATO?"
WORLD_CUP = "Who won the 2022 World Cup?"
KEY = "a key of many letters"


def as_owner(client: TestClient) -> TestClient:
    """As a browser on this machine."""
    return TestClient(client.app, base_url="http://localhost", client=("127.0.0.1", 50_000))


@pytest.fixture
def folder(tmp_path: Path, bundled_settings: object) -> Path:
    """The index in a folder of its own, with nothing counted yet."""
    import shutil

    return Path(shutil.copytree(bundled_settings.index, tmp_path / "index"))  # type: ignore[attr-defined]


def test_questions_are_counted_and_survive_a_restart(serve: Serve, folder: Path) -> None:
    for path in (insights_path(folder), feedback_path(folder)):
        path.unlink(missing_ok=True)
    client = serve(index=folder)
    for question in (MISSION, MISSION, WORLD_CUP, "Thanks!"):
        client.post("/api/ask", json={"question": question})
    client.post("/api/ask", json={"question": " "})
    asked = read_insights(insights_path(folder), 1)
    (today,) = asked.days.values()
    assert today == {"answered": 2, "unsure": 0, "refused": 1, "talk": 1, "error": 0}
    assert asked.cited == [("004_ba14481eac79cfe1", 2)]
    assert {stage.name: stage.questions for stage in asked.stages} == dict.fromkeys(
        ("encode", "search", "select", "total"), 3
    )
    # Another process over the same index goes on counting.
    again = serve(index=folder)
    again.post("/api/ask", json={"question": MISSION})
    page = as_owner(again).get("/insights")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert '<dd class="value">4</dd><dd class="range">without 1 that only talked</dd>' in page.text
    assert '<dd class="value">1</dd><dd class="range">25% of them</dd>' in page.text
    assert 'href="articles/004_ba14481eac79cfe1"' in page.text
    assert page.text.count("<svg") == 2
    counted = insights_path(folder).read_bytes()
    assert b"diplomatic" not in counted
    assert b"World" not in counted


def test_questions_of_feedback_are_shown_only_where_they_may_be_stored(serve: Serve, folder: Path) -> None:
    feedback_path(folder).unlink(missing_ok=True)
    client = serve(index=folder)
    hostile = "<script>alert(1)</script> $x^2$"
    store_feedback(feedback_path(folder), Feedback(hostile, "down", answerable=False))
    page = as_owner(client).get("/insights").text
    assert "1 not</dd>" in page
    assert "alert(1)" not in page
    assert "log_questions" in page
    page = as_owner(serve(index=folder, log_questions=True)).get("/insights?days=7").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "the articles do not say</span>" in page


def test_nobody_else_is_let_in(serve: Serve) -> None:
    client = serve(hosts=("testserver", "articles.example"))
    assert as_owner(client).get("/insights").status_code == 200
    refused = (403, "not_the_owner")
    elsewhere = TestClient(client.app, base_url="http://localhost", client=("10.0.0.7", 50_000))
    assert code_of(elsewhere.get("/insights")) == refused
    # What a proxy on this machine passes on is not this machine's own.
    near = as_owner(client)
    assert code_of(near.get("/insights", headers={"Host": "articles.example"})) == refused
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
        assert code_of(near.get("/insights", headers={header: "127.0.0.1"})) == refused
    assert code_of(near.get("/insights", headers={"Origin": SITE})) == (403, "origin_not_allowed")
    assert near.get("/insights?days=0").status_code == 422


def test_the_key_opens_it_from_elsewhere(serve: Serve) -> None:
    client = serve(api_key=KEY)
    refused = client.get("/insights")
    assert code_of(refused) == (401, "key_needed")
    assert refused.headers["www-authenticate"].startswith("Basic ")
    assert as_owner(client).get("/insights").status_code == 200
    assert client.get("/insights", headers={"Authorization": f"Bearer {KEY}"}).status_code == 200
    assert client.get("/insights", auth=("anybody", KEY)).status_code == 200
    for wrong in (f"Basic {KEY}", "Basic " + base64.b64encode(b"a:wrong").decode(), "Basic =", "Bearer wrong"):
        assert client.get("/insights", headers={"Authorization": wrong}).status_code == 401
    # A password in a browser is for the page alone.
    assert client.get("/api/articles", auth=("anybody", KEY)).status_code == 401


def test_an_answer_is_worth_more_than_its_count(serve: Serve, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    insights_path(folder).write_bytes(b"not a database, but long enough to be taken for one" * 20)
    client = serve(index=folder)
    assert client.post("/api/ask", json={"question": MISSION}).json()["answerable"] is True
    assert "a question was not counted: cannot use" in caplog.text
    assert as_owner(client).get("/insights").status_code == 503


@pytest.mark.parametrize(
    ("peer", "host", "passed_on", "is_local"),
    [
        ("127.0.0.1", "localhost:7860", False, True), ("::1", "[::1]:7860", False, True),
        ("127.0.0.1", "localhost", True, False), ("192.168.0.9", "localhost", False, False),
        ("127.0.0.1", "127.0.0.1.evil", False, False), ("127.0.0.1", "", False, False), ("", "localhost", False, False),
    ],
)  # fmt: skip
def test_who_is_local(peer: str, host: str, passed_on: bool, is_local: bool) -> None:
    headers = [(b"host", host.encode())] if host else []
    scope = {"type": "http", "path": "/insights", "headers": headers, "client": (peer, 1), WAS_FORWARDED: passed_on}
    assert Caller.of(scope).is_local is is_local

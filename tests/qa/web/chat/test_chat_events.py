"""What the events of the chat page give back, without a browser."""

from __future__ import annotations

import asyncio
import html
import json
import logging
import math
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest
from fastapi.testclient import TestClient
from serving import Serve

from corpus.readers import read_articles
from index.encoders.onnx import PackagedEncoder
from index.generations import IndexFolder
from index.update import build_index
from qa.archive import Archive
from qa.build import open_answerer
from qa.settings import Settings
from qa.web.chat.kept import kept_json
from qa.web.chat.late import event_problem
from qa.web.chat.page import _ask, _in_place, _open, _save, _undo
from qa.web.chat.stopping import Stoppable
from qa.web.gate.places import Places
from qa.web.observe import Observer

pytestmark = pytest.mark.slow


def asked(archive: Archive, question: str, observer: Observer | None = None) -> tuple[list[object], str]:
    """Messages and the notice, once a question has been dealt with."""
    _, messages, notice, _, _ = _ask(archive, observer or Observer(archive), question, [], "", "", [], "")
    return messages, notice


@pytest.mark.parametrize("question", ["\ud800", "Who\0?"])
def test_unreadable_question_is_refused_in_words(archive: Archive, question: str) -> None:
    messages, notice = asked(archive, question)
    assert messages == []
    assert "The text holds characters that cannot be stored" in notice


def test_fault_of_the_program_is_logged_not_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = IndexFolder(tmp_path)
    (tmp_path / "a.txt").write_text("The mission opened in 2022.\n\nNobody objected.", encoding="utf-8")
    build_index(folder, read_articles([str(tmp_path / "a.txt")]), PackagedEncoder())
    answerer = open_answerer(Settings(index=tmp_path))
    answerer.store.close()
    monkeypatch.setattr("qa.build.open_answerer", lambda *_: answerer)
    archive = Archive(Settings(index=tmp_path))
    observer = Observer(archive)
    with caplog.at_level(logging.ERROR):
        messages, notice = asked(archive, "When did it open?", observer)
    counted = observer.registry.restricted_registry(["article_qa_questions_total"]).collect()
    found = {s.labels["result"]: s.value for metric in counted for s in metric.samples if s.name.endswith("_total")}
    assert found == {"answered": 0, "refused": 0, "talk": 0, "error": 1}
    assert messages == []
    assert notice == '<p role="alert">Something went wrong on the server; its log says what.</p>'
    assert "Cannot operate on a closed database" in caplog.text


EVENTS = {
    2: SimpleNamespace(inputs=[gr.State(), gr.Textbox(render=False)], fn=str),
    3: SimpleNamespace(inputs=[], fn=None),
}
GOOD = {"fn_index": 2, "session_hash": "abc", "data": [None, "Who?"], "trigger_id": 7}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, None),
        ({"fn_index": -1}, "fn_index"),
        ({"fn_index": 999}, "fn_index"),
        ({"fn_index": math.nan}, "fn_index"),
        ({"fn_index": True}, "fn_index"),
        ({"fn_index": 10**30}, "fn_index"),
        ({"fn_index": [2]}, "fn_index"),
        # One that only runs a script of the page's.
        ({"fn_index": 3, "data": []}, "fn_index"),
        ({"session_hash": ""}, "session_hash"),
        ({"session_hash": "a" * 1000}, "session_hash"),
        ({"session_hash": None}, "session_hash"),
        ({"data": []}, "data"),
        ({"data": {}}, "data"),
        ({"data": [None, {}]}, "data"),
        ({"data": [None, 7]}, "data"),
        ({"data": [{}, None]}, None),
        ({"batched": True}, "batched, simple_format"),
        ({"simple_format": True}, "batched, simple_format"),
    ],
)
def test_only_what_the_page_sends_reaches_gradio(body: dict[str, object], problem: str | None) -> None:
    found = event_problem(json.dumps({**GOOD, **body}).encode(), EVENTS)
    assert (found or "").partition(":")[0] == (problem or "")


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"[" * 60_000, b"\xff"])
def test_what_is_no_object_reaches_nobody(body: bytes) -> None:
    assert "send a JSON object" in (event_problem(body, EVENTS) or "")


def test_a_crafted_event_is_refused_in_the_one_shape_of_errors(client: TestClient) -> None:
    for change in ({"fn_index": -1}, {"fn_index": 999}, {"session_hash": ""}):
        response = client.post("/chat/gradio_api/run/predict", json={**GOOD, **change})
        assert (response.status_code, response.json()["error"]["code"]) == (422, "invalid_request")


def test_a_value_that_the_page_does_not_offer_is_refused_in_words(
    client: TestClient, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    events = client.get("/chat/config").json()["dependencies"]
    choice = next(event for event in events if "blur" in {target[1] for target in event["targets"]})
    sent = {"fn_index": choice["id"], "session_hash": "abc", "data": [None, None, ["file:///etc/passwd"], None]}
    response = client.post("/chat/gradio_api/run/predict", json=sent)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "invalid_request")
    assert response.headers["content-length"] == str(len(response.content))
    # The log, which has few lines of a kind, has the fault; nothing goes past it.
    assert [record.message for record in caplog.records] == ["an event of the chat page failed"]
    assert capfd.readouterr().err == ""
    response = client.post("/chat/gradio_api/run/predict", json=sent | {"data": [None, None, [], None]})
    assert response.status_code == 200


def test_a_file_whose_name_is_too_long_is_none(client: TestClient) -> None:
    for name in ("a" * 300, "山" * 100):
        response = client.get(f"/chat/assets/{name}")
        assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/chat/", "/chat/config"])
@pytest.mark.parametrize("query", ["page=nowhere", "all_endpoints=1", "deep_link=../..", "__theme=dark&page=%00"])
def test_nothing_in_an_address_is_asked_of_gradio(client: TestClient, path: str, query: str) -> None:
    response = client.get(f"{path}?{query}")
    assert (response.status_code, '"dependencies"' in response.text) == (200, True)


def test_nothing_is_queued_and_the_box_is_nobodys_to_change(client: TestClient) -> None:
    config = client.get("/chat/config").json()
    (box,) = (c["id"] for c in config["components"] if c["props"].get("elem_id") == "question")
    events = config["dependencies"]
    # What joins Gradio's queue in the moment in which its last event ends is never answered.
    assert [event["id"] for event in events if event["queue"]] == []
    # What is typed meanwhile would be erased.
    assert [event["id"] for event in events if box in event["outputs"]] == []


def test_a_question_is_answered_past_the_queue(client: TestClient) -> None:
    events = client.get("/chat/config").json()["dependencies"]
    ask = next(event for event in events if "submit" in {target[1] for target in event["targets"]})
    body = {
        "fn_index": ask["id"],
        "session_hash": "abc",
        "data": ["When did South Korea open a diplomatic mission to NATO?", None, "", "", [], "", "[]", "a ticket"],
    }
    response = client.post("/chat/gradio_api/run/predict", json=body)
    assert response.status_code == 200
    assert "last November" in json.dumps(response.json()["data"]).replace("<b>", "")
    (kept,) = re.findall(r'<button class=."kept." value=."(.*?)."', json.dumps(response.json()["data"]))
    assert json.loads(html.unescape(kept))["question"] == body["data"][0]


def test_conversations_in_memory_are_few_and_one_that_was_let_go_of_goes_on(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.web.chat.page.MAX_SESSIONS", 2)
    client = serve()
    events = client.get("/chat/config").json()["dependencies"]
    (ask,) = (event["id"] for event in events if "submit" in {target[1] for target in event["targets"][:1]})

    def questions(session: str, question: str, kept: str) -> tuple[list[str], str]:
        """Those of the conversation after this one, and what the browser keeps of them."""
        data = [question, None, "", "", [], "", kept, ""]
        body = {"fn_index": ask, "session_hash": session, "data": data}
        answer = json.dumps(client.post("/chat/gradio_api/run/predict", json=body).json()["data"])
        found = [html.unescape(each) for each in re.findall(r'<button class=."kept." value=."(.*?)."', answer)]
        return [json.loads(each)["question"] for each in found], f"[{','.join(found)}]"

    first, second = "Who introduced the Indo-Pacific Treaty Organization Act?", "When did he introduce it?"
    _, kept = questions("a", first, "[]")
    for session in ("b", "c", "d"):
        questions(session, "Thanks!", "[]")
    # Nothing is known of it but what the browser says.
    assert questions("a", first, "[]")[0] == [first]
    for session in ("b", "c", "d"):
        questions(session, "Thanks!", "[]")
    assert questions("a", second, kept)[0] == [first, second]


def test_who_asks_when_too_many_wait_is_told_when_to_come_back() -> None:
    async def crowded() -> tuple[object, ...]:
        stoppable, answered = Stoppable(Places(places=1, max_waiting=0)), threading.Event()
        first = asyncio.create_task(_in_place(stoppable, "a", lambda: (answered.wait(),)))
        await asyncio.sleep(0)
        refused = await _in_place(stoppable, "b", lambda: ())
        answered.set()
        assert await first == (True,)
        return refused

    # The browser of other tests has a loop of its own in this thread.
    with ThreadPoolExecutor(1) as thread:
        *_, notice, _, _ = thread.submit(lambda: asyncio.run(crowded())).result()
    assert notice == '<p role="alert">Too many questions at once; ask again in 1 s.</p>'


def test_what_the_browser_kept_is_the_conversation_where_the_server_knows_none(archive: Archive) -> None:
    observer = Observer(archive)
    first, *_ = _ask(archive, observer, "Who introduced the Indo-Pacific Treaty Organization Act?", [], "", "", [], "")
    kept = f"[{kept_json(first[0])}]"
    answers, messages, *_ = _ask(archive, observer, "When did he introduce it?", [], "", "", [], kept)
    assert [answer.question for answer in answers] == [first[0].question, "When did he introduce it?"]
    assert "Lawler" in answers[1].query
    assert len(messages) == 4
    again, *_ = _ask(archive, observer, None, [], "", "", [], kept)
    assert [answer.question for answer in again] == [first[0].question]
    assert _undo(archive, [], kept)[0] == []
    assert [answer["question"] for answer in json.loads(_save(archive, [], kept, "json http://x/"))] == [
        first[0].question
    ]
    assert _save(archive, [], kept, None) == ""


def test_an_address_names_the_choice_of_articles(archive: Archive) -> None:
    _, _, _, _, _, first, last, sources, _, line, words, *_ = _open(
        archive, "[]", "?q=Who%3F&from=2023&until=2023-07&source=NationPress&source=Nobody"
    )
    assert (first, last, sources["value"], line["visible"]) == ("2023", "2023-07", ["NationPress"], True)
    assert "Only articles from 1 January 2023 until 31 July 2023" in words
    # Else nothing that is chosen already changes.
    *_, first, last, sources, _, line, words = _open(archive, None, None)[:11]
    assert [first, last, line, words] == [gr.skip()] * 4
    assert "value" not in sources

"""What the events of the chat page give back, without a browser."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from corpus.readers import read_articles
from index.encoders.onnx import PackagedEncoder
from index.generations import IndexFolder
from index.update import build_index
from qa.archive import Archive
from qa.build import open_answerer
from qa.settings import Settings
from qa.web.chat.page import _ask
from qa.web.observe import Observer

pytestmark = pytest.mark.slow


def last(archive: Archive, question: str, observer: Observer | None = None) -> tuple[list[object], str, str]:
    """Messages, what stays in the box and the notice, once a question has been dealt with."""
    *_, (_, messages, typed, notice, _, _) = _ask(observer or Observer(archive), question, [])
    return messages, typed, notice


@pytest.mark.parametrize("question", ["\ud800", "Who\0?"])
def test_unreadable_question_is_refused_in_words(archive: Archive, question: str) -> None:
    messages, typed, notice = last(archive, question)
    assert (messages, typed) == ([], question)
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
        messages, typed, notice = last(archive, "When did it open?", observer)
    counted = observer.registry.restricted_registry(["article_qa_questions_total"]).collect()
    found = {s.labels["result"]: s.value for metric in counted for s in metric.samples if s.name.endswith("_total")}
    assert found == {"answered": 0, "refused": 0, "talk": 0, "error": 1}
    assert (messages, typed) == ([], "When did it open?")
    assert notice == '<p role="alert">Something went wrong on the server; its log says what.</p>'
    assert "Cannot operate on a closed database" in caplog.text

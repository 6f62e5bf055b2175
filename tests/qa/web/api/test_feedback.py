from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corpus.errors import UserError
from qa import feedback
from qa.feedback import Feedback, read_feedback, store_feedback


def test_feedback_comes_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "feedback.db"
    first = Feedback("Who?", "up", "naïve – 좋아요", "a:1-2")
    second = Feedback("When?", "down", answerable=False)
    assert [store_feedback(path, first), store_feedback(path, second)] == [1, 2]
    stored = read_feedback(path)
    assert stored == [first, second]
    assert datetime.fromisoformat(stored[0].given_at).tzinfo == UTC


def test_a_file_of_an_earlier_version_is_read_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "feedback.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "CREATE TABLE feedback (number INTEGER PRIMARY KEY, given_at TEXT NOT NULL, question TEXT NOT NULL, "
            "verdict TEXT NOT NULL CHECK (verdict IN ('up', 'down')), comment TEXT, passage_id TEXT)"
        )
        db.execute("INSERT INTO feedback VALUES (1, '2024-01-31T12:00:00+00:00', 'Who?', 'up', NULL, 'a:b:1-2')")
    (old,) = read_feedback(path)
    assert (old.question, old.answerable, old.answer, old.given_at[:10]) == ("Who?", None, None, "2024-01-31")
    assert old.article_id == "a:b"
    assert store_feedback(path, Feedback("When?", "up", None, "a:1-2", answerable=True, answer="now")) == 2
    assert read_feedback(path)[1].answer == "now"


def test_no_file_is_no_feedback(tmp_path: Path) -> None:
    assert read_feedback(tmp_path / "feedback.db") == []


def test_a_flood_of_verdicts_does_not_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "MAX_BYTES", 80 * 1024)
    path = tmp_path / "feedback.db"
    with pytest.raises(UserError, match="holds as many verdicts as are kept; move it away"):
        for _ in range(100):
            store_feedback(path, Feedback("Who?", "up", "a" * 2_000))
    assert path.stat().st_size <= 80 * 1024
    assert len(read_feedback(path)) > 15


def test_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    path = tmp_path / "feedback.db"
    path.write_bytes(b"not a database, but long enough to be taken for the beginning of one" * 20)
    with pytest.raises(UserError, match=r"feedback\.db.*check its permissions"):
        store_feedback(path, Feedback("Who?", "up"))
    with pytest.raises(UserError, match=r"cannot use .*missing"):
        store_feedback(tmp_path / "missing" / "feedback.db", Feedback("Who?", "up"))

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from corpus.errors import UserError
from index.postgres.address import read_address
from qa.answer import Answer, IndexInfo
from qa.insights import KEPT_DAYS, count_answer, count_error, insights_path, read_insights

DAY = date(2026, 3, 1)


def answer(confidence: float, *, is_answerable: bool = True, reply: str | None = None, ms: float = 10.0) -> Answer:
    return Answer(
        question="a secret",
        query="a secret",
        is_answerable=is_answerable,
        confidence=confidence,
        text=None,
        citations=(),
        index=IndexInfo("v", 1, 1),
        timing_ms={"search": ms / 2, "total": ms},
        reply=reply,
    )


def test_each_day_has_its_counts(tmp_path: Path) -> None:
    path = tmp_path / "insights.db"
    for each in (answer(0.9), answer(0.6), answer(0.59), answer(0.2, is_answerable=False, ms=30)):
        count_answer(path, each, today=DAY)
    count_answer(path, answer(0.0, is_answerable=False, reply="Hello."), today=DAY)
    count_error(path, today=DAY - timedelta(days=1))
    found = read_insights(path, 3, today=DAY)
    assert list(found.days) == [date(2026, 2, 27), date(2026, 2, 28), DAY]
    assert found.days[DAY] == {"answered": 2, "unsure": 1, "refused": 1, "talk": 1, "error": 0}
    assert found.days[date(2026, 2, 28)] == {"answered": 0, "unsure": 0, "refused": 0, "talk": 0, "error": 1}
    assert found.total("answered", "error") == 3
    assert [(s.name, s.questions, s.mean_ms, s.most_ms) for s in found.stages] == [
        ("total", 4, 15.0, 30.0),
        ("search", 4, 7.5, 15.0),
    ]
    assert read_insights(path, 1, today=DAY).total("error") == 0
    assert b"secret" not in path.read_bytes()


def test_threads_lose_no_count(tmp_path: Path) -> None:
    path = tmp_path / "insights.db"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: count_answer(path, answer(0.9), today=DAY), range(100)))
    assert read_insights(path, 1, today=DAY).total("answered") == 100


def test_what_is_too_old_is_let_go_of(tmp_path: Path) -> None:
    path = tmp_path / "insights.db"
    count_answer(path, answer(0.9), today=DAY - timedelta(days=KEPT_DAYS + 1))
    count_answer(path, answer(0.9), today=DAY - timedelta(days=KEPT_DAYS))
    count_error(path, today=DAY)
    found = read_insights(path, 2 * KEPT_DAYS, today=DAY)
    assert (found.total("answered"), found.total("error"), found.stages[0].questions) == (1, 1, 1)


def test_nothing_asked_yet(tmp_path: Path) -> None:
    found = read_insights(tmp_path / "insights.db", 2, today=DAY)
    assert [sum(day.values()) for day in found.days.values()] == [0, 0]
    assert (found.stages, found.cited) == ((), ())
    assert not (tmp_path / "insights.db").exists()


def test_a_server_over_a_database_counts_in_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    address = read_address("postgresql://somebody@127.0.0.1/articles")
    assert address is not None
    count_answer(insights_path(address), answer(0.9), today=DAY)
    assert (tmp_path / ".article-qa" / "insights.db").is_file()


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot use .*insights\.db.*or delete it"):
        count_error(tmp_path / "missing" / "insights.db")

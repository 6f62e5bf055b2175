"""How far something has come: the counts that are told, and the bar."""

from __future__ import annotations

import re

import pytest

from qa.progress import Bar, counting, progress_bar


def test_counts_are_told_from_none_on_and_passages_are_no_part_of_them() -> None:
    calls: list[tuple[int, int | None]] = []
    advance = counting(lambda done, total: calls.append((done, total)), 5)
    assert calls == [(0, 5)]
    advance(2, 40)
    advance(1)
    advance(n=2, passages=7)
    assert calls[1:] == [(2, 5), (3, 5), (5, 5)]


def test_nobody_needs_to_be_told() -> None:
    advance = counting(None, None)
    advance(1, 3)


def test_a_bar_counts_passages_beside_what_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("articles") as bar:
        advance = counting(bar, 3)
        advance(1, 20)
        advance(1)
        assert bar.passages == 20
        advance(1, 12)
        assert bar.passages == 32
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.search(r"articles .* 3/3 [\d,]+ passages/s", shown.err)


def test_a_bar_of_what_has_no_passages_names_none(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("questions") as bar:
        advance = counting(bar, 2)
        advance(1)
        advance(1)
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "passages" not in shown


def test_a_count_that_begins_anew_has_a_bar_and_passages_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("evaluate") as bar:
        counting(bar, 1)(1, 9)
        counting(bar, 2)(2)
        assert bar.passages == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if "evaluate" in line]
    assert [re.findall(r"\d/\d", line) for line in lines] == [["1/1"], ["2/2"]]
    assert ["passages/s" in line for line in lines] == [True, False]


def test_a_bar_is_closed_where_the_work_fails(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with progress_bar("articles") as bar:
            counting(bar, None)(7)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert "7/?" in capsys.readouterr().err


def test_a_bar_that_was_never_called_draws_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Bar("articles")
    bar.close()
    bar.close()
    assert capsys.readouterr() == ("", "")

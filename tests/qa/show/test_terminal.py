"""An answer as the command line prints it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qa.answer import Answer, Citation, Copy
from qa.show.terminal import print_answer


def cited(rank: int, published: date, **further: object) -> Citation:
    known: dict[str, object] = {
        "rank": rank,
        "article_id": f"a{rank}",
        "passage_id": f"a{rank}:0-9",
        "title": f"Title {rank}",
        "source": None,
        "published": published,
        "url": None,
        "start": 0,
        "end": 9,
        "quote": f"It is so {rank}.",
        "answer_start": 0,
        "answer_end": 11,
        "score": 0.5,
        "text_sha256": "",
    }
    return Citation(**(known | further))  # type: ignore[arg-type]


def printed(capsys: pytest.CaptureFixture[str], *citations: Citation) -> list[str]:
    text = citations[0].answer
    print_answer(
        Answer(question="Who?", query="Who?", is_answerable=True, confidence=0.9, text=text, citations=citations)
    )
    return capsys.readouterr().out.splitlines()


def test_articles_of_different_years_each_with_its_day(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, cited(1, date(2023, 7, 11)), cited(2, date(2025, 7, 3)))
    assert lines[:4] == [
        "Articles of different years say:",
        "3 July 2025: It is so 2. [2]",
        "11 July 2023: It is so 1. [1]",
        "Very likely, 90%",
    ]


def test_what_an_earlier_article_said_instead(capsys: pytest.CaptureFixture[str]) -> None:
    earlier = Copy(article_id="old", title="Old", source=None, published=date(2025, 7, 1), url=None, start=3, end=9)
    lines = printed(capsys, cited(1, date(2025, 7, 3), updates=(earlier,)))
    assert lines[0] == "It is so 1."
    assert "Said otherwise on 1 July 2025: old 3-9" in lines


def test_the_page_it_stands_on(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, cited(1, date(2025, 7, 3), page=3))
    assert "3 July 2025 · p. 3 · a1 0-9" in lines


BOLD, PLAIN = "\x1b[1m", "\x1b[0m"


def coloured(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *citations: Citation) -> list[str]:
    r"""What a terminal gets: \x1b[1m is bold, \x1b[33m yellow, \x1b[1;33m both."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    return printed(capsys, *citations)


def test_a_sentence_that_answers_is_bold(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = coloured(capsys, monkeypatch, cited(1, date(2025, 7, 3)))
    assert lines[0] == f"{BOLD}It is so 1.{PLAIN}"
    assert lines[-1] == f"\x1b[1;33mIt is so 1.{PLAIN}"


def test_short_it_is_a_line_of_each_and_less_than_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    long = "It is so and " * 40 + "ends."
    size: dict[str, object] = {"quote": long, "end": len(long), "answer_end": len(long), "title": "A title " * 40}
    cited_articles = tuple(cited(rank, date(2025, 7, 3), **size) for rank in range(1, 51))
    answer = Answer(
        question="Who?", query="Who?", is_answerable=True, confidence=0.3, text=long, citations=cited_articles
    )
    print_answer(answer, full=False)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < 25
    assert max(map(len, lines)) <= 100
    assert lines[-1] == "46 more, and all passages: --full"
    assert [line[:3] for line in lines if line.startswith("[")] == ["[1]", "[2]", "[3]", "[4]"]
    print_answer(replace(answer, is_answerable=False, citations=cited_articles[:2]), full=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["The articles do not say.", "The nearest passages:"]
    assert lines[-1] == "The passages: --full"


@pytest.mark.parametrize(("confidence", "colour"), [(0.9, 32), (0.6, 32), (0.59, 33), (0.1, 33)])
def test_unsure_is_not_green(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, confidence: float, colour: int
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    found = (cited(1, date(2025, 7, 3)),)
    print_answer(
        Answer(question="Who?", query="Who?", is_answerable=True, confidence=confidence, text="It", citations=found)
    )
    assert capsys.readouterr().out.splitlines()[1].startswith(f"\x1b[{colour}m")


def test_only_the_words_that_answer_are_bold(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    short = {"quote": "Say it \n is so 1.", "end": 17, "answer_start": 4, "answer_end": 17}
    lines = coloured(capsys, monkeypatch, cited(1, date(2025, 7, 3), **short, short_start=12, short_end=14))
    assert lines[0] == f"it is {BOLD}so{PLAIN} 1."
    assert lines[-1] == f"\x1b[33m is \x1b[0m\x1b[1;33mso{PLAIN}\x1b[33m 1.{PLAIN}"


def test_in_a_line_of_a_year_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    newer = cited(2, date(2025, 7, 3), short_start=6, short_end=8)
    lines = coloured(capsys, monkeypatch, cited(1, date(2023, 7, 11)), newer)
    assert lines[1] == f"\x1b[2m3 July 2025: {PLAIN}It is {BOLD}so{PLAIN} 2.{BOLD} [2]{PLAIN}"
    assert lines[2] == f"\x1b[2m11 July 2023: {PLAIN}{BOLD}It is so 1.{PLAIN}{BOLD} [1]{PLAIN}"


def test_a_headline_that_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, cited(1, date(2025, 7, 3), headline_answers=True))[0] == "Title 1"


def test_how_a_time_was_understood(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(
        Answer(
            question="Who?", query="Who?", is_answerable=False, confidence=0.0, text=None, citations=(), understood="so"
        )
    )
    assert capsys.readouterr().out.splitlines() == ["Understood: so.", "The articles do not say."]


def test_a_reply_stands_alone(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(
        Answer(
            question="Hi",
            query="Hi",
            is_answerable=False,
            confidence=0.0,
            text=None,
            citations=(),
            reply="Hello.\nAsk.",
        )
    )
    assert capsys.readouterr().out == "Hello.\nAsk.\n"

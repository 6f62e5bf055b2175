"""Articles of different years are told apart; of one year, or of a time that is named, the best goes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qa.answer import Answer, Citation


def cited(rank: int, article_id: str, published: date | None, score: float) -> Citation:
    return Citation(
        rank=rank,
        article_id=article_id,
        passage_id=f"{article_id}:0-9",
        title="T",
        source=None,
        published=published,
        url=None,
        start=0,
        end=9,
        quote="It is so.",
        answer_start=0,
        answer_end=9,
        score=score,
        text_sha256="",
    )


FIRST = cited(1, "a", date(2023, 7, 11), 0.4)
LATER = cited(2, "b", date(2025, 7, 3), 0.3)


def answer(*citations: Citation) -> Answer:
    return Answer(
        question="Who?", query="Who?", is_answerable=True, confidence=0.5, text="It is so.", citations=citations
    )


def test_newest_first_one_an_article() -> None:
    again = cited(3, "b", date(2025, 7, 3), 0.25)
    assert answer(FIRST, LATER, again).timeline == (LATER, FIRST)


@pytest.mark.parametrize(
    "other",
    [
        cited(2, "b", date(2025, 7, 3), 0.19),
        cited(2, "b", None, 0.3),
        cited(2, "b", date(2023, 12, 31), 0.3),
        cited(2, "a", date(2023, 7, 11), 0.3),
    ],
)
def test_not_where_the_other_is_unlikely_undated_or_of_the_same_year(other: Citation) -> None:
    assert answer(FIRST, other).timeline == ()


def test_not_in_a_refusal_nor_where_the_question_names_its_time() -> None:
    assert replace(answer(FIRST, LATER), is_answerable=False).timeline == ()
    assert replace(answer(FIRST, LATER), names_time=True).timeline == ()


def test_it_is_part_of_the_answer_as_json() -> None:
    written = answer(FIRST, LATER).to_json()["timeline"]
    assert written == [
        {"rank": 2, "published": "2025-07-03", "answer": "It is so.", "confidence": 0.3},
        {"rank": 1, "published": "2023-07-11", "answer": "It is so.", "confidence": 0.4},
    ]
    assert "timeline" not in answer(FIRST).to_json()

"""A question, read once."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.filters import Filters
from qa.question.kind import AnswerType
from qa.question.period import fortnight_of
from qa.question.preference import Preference
from qa.question.read import Question, read_question

FRIDAY = date(2023, 12, 15)


def test_a_question_is_read_whole() -> None:
    assert read_question("How many people attended the Jeju Forum?") == Question(
        text="How many people attended the Jeju Forum?",
        bare="How many people attended it?",
        kind=AnswerType.NUMBER,
        preference=Preference(),
    )


def test_the_day_of_asking_and_the_sources_are_part_of_it() -> None:
    read = read_question("Who wrote the Coast Daily article?", asked_on=FRIDAY, sources=("Alpine Post", "Coast Daily"))
    assert (read.kind, read.preference.around) == (AnswerType.PERSON, fortnight_of(FRIDAY))
    assert read.preference.filters == Filters(sources=("Coast Daily",))


@pytest.mark.parametrize(
    ("question", "is_about_name"),
    [
        ("Who is Theresa May?", True),
        ("Who is Bjørn Ødegård?", True),
        ("And what did the WHO do?", True),
        ("What is the Jeju Forum?", True),
        ("Who is the mayor of Oslo?", False),
        ("Who is it?", False),
        ("Where is Jeju?", False),
        ("When did NATO do it?", False),
        ("Is Japan in NATO?", False),
    ],
)
def test_a_question_may_be_about_a_name_alone(question: str, is_about_name: bool) -> None:
    read = read_question(question)
    assert read.is_about_name == is_about_name
    assert not is_about_name or read.kind is AnswerType.OTHER

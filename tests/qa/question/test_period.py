"""The time a question names."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question.period import Period, asked_period, fortnight_of

FRIDAY = date(2023, 12, 15)
WEEK = (date(2023, 12, 6), date(2023, 12, 18))


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What did NATO announce this week?", *WEEK),
        ("Who visited Seoul on Wednesday?", *WEEK),
        ("What happened yesterday?", *WEEK),
        ("What did the minister say last week?", date(2023, 11, 29), date(2023, 12, 12)),
        ("How many storms were there this month?", date(2023, 12, 1), date(2024, 1, 14)),
        ("How many storms were there last month?", date(2023, 11, 1), date(2023, 12, 14)),
        ("Who won last year?", date(2022, 1, 1), date(2023, 1, 14)),
        ("What was signed in July 2023?", date(2023, 7, 1), date(2023, 8, 14)),
        # Letters that count as i and s where case is ignored, as a Turkish keyboard gives them.
        ("WHAT WAS SİGNED İN APRİL 2023?", date(2023, 4, 1), date(2023, 5, 14)),
        ("What was signed in Auguſt 2023?", date(2023, 8, 1), date(2023, 9, 14)),
        ("What was signed on 3 aprıl 2023?", date(2023, 4, 3), date(2023, 4, 17)),
        ("HOW MANY STORMS WERE THERE THİS MONTH?", date(2023, 12, 1), date(2024, 1, 14)),
        ("Who won laſt year?", date(2022, 1, 1), date(2023, 1, 14)),
        ("What was signed in 2012?", date(2012, 1, 1), date(2013, 1, 14)),
        ("Who won the 2022 World Cup?", date(2022, 1, 1), date(2023, 1, 14)),
        ("What was signed in July?", date(2023, 7, 1), date(2023, 8, 14)),
        ("What happened on December 20?", date(2022, 12, 20), date(2023, 1, 3)),
        ("What happened on the 3rd of July 2021?", date(2021, 7, 3), date(2021, 7, 17)),
        ("What happened on July 3rd, 2021?", date(2021, 7, 3), date(2021, 7, 17)),
        ("What did The Daily report on 2021-07-03?", date(2021, 7, 3), date(2021, 7, 17)),
        ("What changed between July 3 and 5 August 2023?", date(2023, 7, 3), date(2023, 8, 19)),
        ("What changed between December 20 and January 5 2021?", date(2020, 12, 20), date(2021, 1, 19)),
        ("What happened from 3 July to 5 July 2021?", date(2021, 7, 3), date(2021, 7, 19)),
        ("What happened on 3 July 2023, case 2023-99-99?", date(2023, 7, 3), date(2023, 7, 17)),
        ("What happened on July 3 2023, when in May 50 people died?", date(2023, 7, 3), date(2023, 7, 17)),
        ("Did the report of 2023-11-24 say what that of 2023-10-25 says?", date(2023, 10, 25), date(2023, 12, 8)),
    ],
)
def test_a_named_time_is_a_period(question: str, first: date, last: date) -> None:
    period = asked_period(question, FRIDAY)
    assert period is not None
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    "question",
    [
        "Who is the president of South Korea?",
        "Who may visit Seoul?",
        "How many people march in it?",
        "Where will the 2024 Olympics be held?",
        "What is planned in March 2031?",
        "What happened on 31 February 2023?",
        "What happened on 2023-02-31?",
        "How much did it cost in 0000?",
        "Which flight is 1850?",
        "",
    ],
)
def test_no_time_is_named(question: str) -> None:
    assert asked_period(question, FRIDAY) is None


@given(st.text(max_size=60), st.dates())
def test_whatever_is_asked_whenever(question: str, asked_on: date) -> None:
    period = asked_period(question, asked_on)
    assert period is None or period.first <= asked_on


@given(st.dates())
def test_the_day_of_asking_is_in_its_fortnight(asked_on: date) -> None:
    assert asked_on in fortnight_of(asked_on)
    assert asked_on in Period(asked_on, asked_on)

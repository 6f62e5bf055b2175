"""Relative times in a quote are explained by the day of its article."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.show.explain_times import Explained, explain_times
from qa.show.wording import time_in_words

# A Tuesday.
TUESDAY = date(2023, 7, 11)


@pytest.mark.parametrize(
    ("text", "words", "meaning"),
    [
        ("It opened a mission last November.", "last November", "November 2022"),
        ("It opened a mission last March.", "last March", "March 2023"),
        ("It opened a mission last July.", "last July", "July 2022"),
        ("They met last Tuesday in Vilnius.", "last Tuesday", "4 July 2023"),
        ("They met this past Monday in Vilnius.", "this past Monday", "10 July 2023"),
        ("They met yesterday.", "yesterday", "10 July 2023"),
        ("Tomorrow they meet again.", "Tomorrow", "12 July 2023"),
        ("It grew this year.", "this year", "2023"),
        ("It grew last month.", "last month", "June 2023"),
        # An old print and a Turkish keyboard.
        ("It grew laſt month.", "laſt month", "June 2023"),
        ("It grew laſt Auguſt.", "laſt Auguſt", "August 2022"),
        ("THEY MET LAST FRİDAY.", "LAST FRİDAY", "7 July 2023"),
    ],
)
def test_what_it_means(text: str, words: str, meaning: str) -> None:
    assert [(each.words, time_in_words(each.when)) for each in explain_times(text, TUESDAY)] == [(words, meaning)]


@pytest.mark.parametrize(
    "text",
    [
        "It opened last Tuesday, 2023.",
        "They meet on Wednesday.",
        "The last May Day parade.",
        "It closed last June.",
        "The last months were hard.",
        "It opened in November 2022.",
        "this year's summit",
        "",
    ],
)
def test_what_is_clear_or_no_time_is_left_alone(text: str) -> None:
    assert explain_times(text, TUESDAY) == []


def test_undated_articles_explain_nothing_and_each_word_is_explained_once() -> None:
    assert explain_times("They met last Tuesday.", None) == []
    assert len(explain_times("Last Tuesday and last Tuesday.", TUESDAY)) == 1
    assert explain_times("last month", date(2024, 1, 5)) == [Explained("last month", "2023-12")]
    assert explain_times("next month", date(2023, 12, 5)) == [Explained("next month", "2024-01")]


@given(st.sampled_from(["yesterday", "tomorrow", "last Monday", "last May", "this month", "next year"]), st.dates())
def test_on_every_day_of_the_calendar(words: str, published: date) -> None:
    assert all(time_in_words(each.when) for each in explain_times(words, published))

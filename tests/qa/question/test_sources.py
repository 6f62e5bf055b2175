"""named_sources: which sources a question asks of, and which it is only about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question.sources import named_sources

SOURCES = ("Apple", "CNBC | World Business", "CNN", "Nature", "The Age", "The Daily", "Time", "Today", "TechCrunch")


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What does the TechCrunch article on the trial say?", ("TechCrunch",)),
        ("According to The Daily, who won?", ("The Daily",)),
        ("Who won, as reported by CNN?", ("CNN",)),
        ("What did CNN report on the trial?", ("CNN",)),
        ("What was CNN’s first report on it?", ("CNN",)),
        ("Does 'The Age' agree with the article from TechCrunch?", ("The Age", "TechCrunch")),
        ("What is the CNBC story about?", ("CNBC | World Business",)),
        ("Which company is covered by both The Age and CNN?", ("The Age",)),
        ("What does the Daily's article say?", ("The Daily",)),
        ("According to the Daily, who won?", ("The Daily",)),
        ("Did 'The Age' describe the match?", ("The Age",)),
        ("Who is behind the concerns from 'The Age'?", ("The Age",)),
        ("When did Apple release the phone?", ()),
        ("What did Nature teach us?", ()),
        ("Did Time Warner merge?", ()),
        ("Who starred in 'Today'?", ()),
        ("Who founded CNN?", ()),
        ("Is the age of the oldest article known?", ()),
        ("What does the TechCrunched article say?", ()),
        ("According to cnn, who won?", ()),
        ("", ()),
    ],
)
def test_a_source_is_named_where_it_is_asked_of(question: str, wanted: tuple[str, ...]) -> None:
    assert named_sources(question, SOURCES) == wanted


@given(st.text(max_size=60), st.lists(st.text(max_size=10), max_size=4))
def test_any_names_and_questions_do(question: str, sources: list[str]) -> None:
    assert set(named_sources(question, sources)) <= set(sources)

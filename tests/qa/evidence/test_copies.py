"""Copies of one story count once; what only resembles it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from fakes import make_candidate, make_found

from corpus.article import Article, Passage
from qa.evidence.choose import Candidate
from qa.evidence.copies import add_copies, group_copies

STORY = (
    "A powerful storm flooded the harbour of Bergen on Monday night, and the mayor asked people to stay at home until "
    "the water had gone back, while the coast guard brought twelve sailors ashore."
)
OTHER = (
    "The glacier above the valley lost nine metres of ice last summer, researchers from Zurich said in a new report."
)


def candidate(article_id: str, text: str, published: date | None, probability: float) -> Candidate:
    article = Article(article_id, f"Title of {article_id}", text, published=published)
    found = make_found(Passage(article_id, 0, len(text), text), article)
    return make_candidate(found, 0, len(text), probability=probability)


def ids(candidates: list[Candidate]) -> list[tuple[str, list[str]]]:
    return [(c.found.article.article_id, [f.article.article_id for f in c.copies]) for c in candidates]


def test_the_earliest_stands_for_all_at_the_place_of_the_best() -> None:
    best = [
        candidate("late", f"BERGEN (Agency) - {STORY}", date(2024, 1, 3), 0.9),
        candidate("glacier", OTHER, date(2020, 1, 1), 0.8),
        candidate("early", STORY, date(2024, 1, 2), 0.7),
        candidate("undated", STORY[:150], None, 0.6),
    ]
    grouped = group_copies(best)
    assert ids(grouped) == [("early", ["late", "undated"]), ("glacier", [])]
    assert grouped[0].probability == 0.9


@pytest.mark.parametrize(
    ("words", "is_copy"),
    [
        # Of the shorter text's word pairs so many are shared: 13 of 13, 9 of 13, 5 of 13.
        ("storm flooded harbour Bergen Monday night mayor asked people stay home water gone coast", True),
        ("storm flooded harbour Bergen Monday night mayor asked people stay dry until Tuesday came", True),
        ("storm flooded harbour Bergen Monday night ferries trains buses stopped crews waited while waves rose", False),
    ],
)
def test_so_much_of_the_wording_makes_a_copy(words: str, is_copy: bool) -> None:
    whole = (
        "storm flooded harbour Bergen Monday night mayor asked people stay home water gone coast guard brought crews"
    )
    grouped = group_copies([candidate("a", whole, None, 0.9), candidate("b", words, None, 0.8)])
    assert ids(grouped) == ([("a", ["b"])] if is_copy else [("a", []), ("b", [])])


def test_passages_of_one_article_and_short_ones_are_no_copies() -> None:
    twice = [candidate("a", STORY, None, 0.9), candidate("a", STORY, None, 0.8)]
    assert ids(group_copies(twice)) == [("a", []), ("a", [])]
    short = [candidate("a", "It is so.", None, 0.9), candidate("b", "It is so.", None, 0.8)]
    assert ids(group_copies(short)) == [("a", []), ("b", [])]
    assert group_copies([]) == []


def test_a_copy_of_the_source_that_was_asked_for_stands_for_all() -> None:
    early = candidate("early", STORY, date(2024, 1, 2), 0.9)
    asked = candidate("asked", STORY, date(2024, 1, 3), 0.7)
    asked = replace(asked, found=replace(asked.found, is_timely=True))
    assert ids(group_copies([early, asked])) == [("asked", ["early"])]


def test_further_copies_join_the_story_and_leave_who_stands_for_it() -> None:
    told = group_copies([candidate("late", STORY, date(2024, 1, 3), 0.9), candidate("glacier", OTHER, None, 0.8)])
    further = [
        candidate("early", STORY, date(2020, 1, 1), 0.5),
        candidate("late", STORY, date(2024, 1, 3), 0.4),
        candidate("another", f"BERGEN (Agency) - {STORY}", None, 0.3),
    ]
    joined, rest = add_copies(told, further)
    assert ids(joined) == [("late", ["early", "another"]), ("glacier", [])]
    # Passages of one article are no copies of each other.
    assert ids(rest) == [("late", [])]
    assert add_copies([], further) == ([], further)

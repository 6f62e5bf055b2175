"""One sentence in several articles counts once; what only resembles it does not, and a later version stands first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from fakes import make_candidate, make_features, make_found

from corpus.article import Article, Passage
from qa.evidence.choose import Candidate
from qa.evidence.copies import add_copies, group_copies, put_updates_first

STORY = (
    "A powerful storm flooded the harbour of Bergen on Monday night, and the mayor asked people to stay at home until "
    "the water had gone back, while the coast guard brought twelve sailors ashore."
)
OTHER = (
    "The glacier above the valley lost nine metres of ice last summer, researchers from Zurich said in a new report."
)
DAYS = (date(2024, 5, 3), date(2024, 5, 5))


def candidate(
    article_id: str, text: str, published: date | None, probability: float, *, said: str | None = None
) -> Candidate:
    """The sentence `said` of an article that has nothing else, or of `text`."""
    article = Article(article_id, f"Title of {article_id}", text, published=published)
    found = make_found(Passage(article_id, 0, len(text), text), article)
    said = text if said is None else said
    start = text.index(said)
    return make_candidate(found, start, start + len(said), probability=probability)


def ids(candidates: list[Candidate]) -> list[tuple[str, list[str]]]:
    return [(c.found.article.article_id, [f.article.article_id for f in c.copies]) for c in candidates]


def test_the_earliest_stands_for_all_at_the_place_of_the_best() -> None:
    best = [
        candidate("late", f"It was a bad week. {STORY}", date(2024, 1, 3), 0.9, said=STORY),
        candidate("glacier", OTHER, date(2020, 1, 1), 0.8),
        candidate("early", STORY, date(2024, 1, 2), 0.7),
        candidate("undated", STORY.replace("A powerful", "The powerful"), None, 0.6),
    ]
    grouped = group_copies(best)
    assert ids(grouped) == [("early", ["late", "undated"]), ("glacier", [])]
    assert grouped[0].probability == 0.9


@pytest.mark.parametrize(
    "other",
    [
        "Belka Holdings reported a net profit of 41 million crowns for the quarter, it said.",
        "Norsa Holdings reported a net profit of 87 million crowns for the quarter, it said.",
        "Norsa Holdings did not report a net profit of 41 million crowns for the quarter, it said.",
        "Norsa Holdings reported a net loss of 41 million crowns for the quarter, it said.",
    ],
)
def test_another_name_number_negation_or_word_makes_no_copy(other: str) -> None:
    first = "Norsa Holdings reported a net profit of 41 million crowns for the quarter, it said."
    grouped = group_copies([candidate("a", first, DAYS[0], 0.9), candidate("b", other, DAYS[1], 0.8)])
    assert ids(grouped) == [("a", []), ("b", [])]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Die Bibliothek schließt am 1. August.", "Die Bibliothek schließt am 2. August."),
        ("Le maire n'a pas signé l'accord.", "Le maire a signé l'accord."),
        ("중앙은행은 금리를 4%로 동결했다.", "중앙은행은 금리를 3%로 인하했다."),
        ("أغلقت المكتبة أبوابها يوم السبت.", "أغلقت المدرسة أبوابها يوم السبت."),
    ],
)
def test_the_same_holds_in_other_languages(one: str, other: str) -> None:
    different = group_copies([candidate("a", one, None, 0.9), candidate("b", other, None, 0.8)])
    assert ids(different) == [("a", []), ("b", [])]
    same = group_copies([candidate("a", one, None, 0.9), candidate("b", one, None, 0.8)])
    assert ids(same) == [("a", ["b"])]


def test_short_briefs_are_copies_too_but_not_sentences_of_one_article() -> None:
    brief = "Rates were held at 4 percent."
    assert ids(group_copies([candidate(name, brief, None, 0.9) for name in "abc"])) == [("a", ["b", "c"])]
    twice = [candidate("a", brief, None, 0.9), candidate("a", brief, None, 0.8)]
    assert ids(group_copies(twice)) == [("a", []), ("a", [])]
    assert group_copies([]) == []


def test_the_earliest_does_not_stand_for_what_its_own_mark_does_not_say() -> None:
    more = "Councillor Beck cast the only vote against it."
    early = candidate("early", f"{STORY} {more}", date(2024, 1, 2), 0.5, said=STORY)
    late = candidate("late", f"{STORY} {more}", date(2024, 1, 3), 0.9, said=more)
    (shown,) = group_copies([late, early])
    assert (shown.found.article.article_id, shown.start) == ("late", len(STORY) + 1)
    assert ids([shown]) == [("late", ["early"])]


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
        candidate("another", STORY, None, 0.3),
    ]
    joined, rest = add_copies(told, further)
    assert ids(joined) == [("late", ["early", "another"]), ("glacier", [])]
    # Sentences of one article are no copies of each other.
    assert ids(rest) == [("late", [])]
    none, rest = add_copies([], further)
    assert (none, ids(rest)) == ([], [("early", ["late", "another"])])


def test_a_later_version_stands_in_front_of_what_it_updates() -> None:
    early = candidate("early", "The fire in the Velden paper mill killed 9 people.", DAYS[0], 0.9)
    between = candidate("glacier", OTHER, DAYS[0], 0.8)
    late = candidate("late", "The fire in the Velden paper mill killed at least 11 people.", DAYS[1], 0.7)
    ordered = put_updates_first([early, between, late])
    assert [c.found.article.article_id for c in ordered] == ["late", "early", "glacier"]
    assert [c.found.article.article_id for c in ordered[0].updates] == ["early"]
    assert ordered[0].probability == 0.9
    assert not ordered[1].updates


@pytest.mark.parametrize(
    "other",
    [
        # Another mill, another fact, another day of the same article's sentence.
        "The fire in the Aldby paper mill killed 11 people.",
        "The mayor of Velden thanked 11 firemen and their families.",
        "The fire in the Velden paper mill killed 9 people.",
    ],
)
def test_what_tells_of_something_else_is_no_update(other: str) -> None:
    early = candidate("early", "The fire in the Velden paper mill killed 9 people.", DAYS[0], 0.9)
    best = [early, candidate("late", other, DAYS[1], 0.7)]
    assert put_updates_first(best) == best


def test_a_version_that_lacks_what_was_asked_or_has_no_day_updates_nothing() -> None:
    early = candidate("early", "The fire in the Velden paper mill killed 9 people.", DAYS[0], 0.9)
    late = candidate("late", "The fire in the Velden paper mill killed 11 people.", DAYS[1], 0.7)
    covers = replace(early, features=make_features(coverage=0.8))
    assert put_updates_first([covers, late]) == [covers, late]
    undated = candidate("undated", "The fire in the Velden paper mill killed 11 people.", None, 0.7)
    assert put_updates_first([early, undated]) == [early, undated]

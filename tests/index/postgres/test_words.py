"""Terms as PostgreSQL keeps them, and which of them passages are looked up by."""

from __future__ import annotations

import math

import pytest

from index.postgres.words import (
    LONGEST_TERM,
    any_of,
    as_kept,
    as_tsvector,
    as_weighed,
    inverse_frequencies,
    looked_up,
    term_counts,
)


def test_a_tsvector_has_every_place() -> None:
    assert as_tsvector(["a", "b", "a"]) == "'a':1,3 'b':2"
    assert as_tsvector(["o'neil", "back\\slash"]) == "'o''neil':1 'back\\\\slash':2"
    assert any_of(["a", "o'neil", "&!|"]) == "'a' | 'o''neil' | '&!|'"


def test_lengths_are_weighed_as_in_the_folder() -> None:
    assert [as_weighed(n) for n in (0, 7, 24, 39, 40, 41, 42, 55, 56, 59, 60, 87, 88, 95, 96, 120, 151)] == [
        *(0, 7, 24, 39, 40, 40, 42, 54, 56, 56, 60, 84, 88, 88, 96, 120, 144)
    ]


def test_a_long_term_is_cut_and_stays_itself() -> None:
    assert as_kept("ordinary") == "ordinary"
    long = "ä" * 5000
    assert len(as_kept(long).encode()) <= LONGEST_TERM
    assert as_kept(long) == as_kept(long) != as_kept(long + "a")


def test_passages_are_looked_up_by_the_rarest_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.postgres.words.LOOKED_UP", 10)
    assert looked_up({"all": 1000, "some": 7, "few": 2, "one": 1}) == ["one", "few", "some"]
    assert looked_up({"all": 1000, "most": 999}) == ["most"]


def test_a_rare_term_weighs_more() -> None:
    weights = inverse_frequencies({"rare": 1, "common": 50}, 100)
    assert weights == {"rare": pytest.approx(math.log(1 + 99.5 / 1.5)), "common": pytest.approx(math.log(2))}


def test_passages_are_counted_once_for_each_term() -> None:
    assert list(term_counts([["b", "a", "a"], ["b"]]).items()) == [("a", 1), ("b", 2)]

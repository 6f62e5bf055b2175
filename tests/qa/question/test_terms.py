"""Term weights: shares of a question's meaning, by rarity here and in English at large."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question.terms import OF_TOPIC, asked_first, coverage, term_weights


def counts(**known: int) -> Mapping[str, int]:
    return known


def test_a_rare_term_weighs_more() -> None:
    weights = term_weights(["volcano", "peopl"], counts(volcano=2, peopl=90_000), 100_000)
    assert list(weights) == ["volcano", "peopl"]
    assert weights["volcano"] > 10 * weights["peopl"]


def test_a_small_index_goes_by_english_at_large() -> None:
    """Among five passages every word is rare; that "said" is not is known from elsewhere."""
    weights = term_weights(["rutt", "said"], counts(rutt=1, said=1), 5)
    assert weights["rutt"] > 2 * weights["said"]


def test_a_large_index_goes_by_itself() -> None:
    weights = term_weights(["rutt", "said"], counts(rutt=900_000, said=10), 1_000_000)
    assert weights["said"] > 10 * weights["rutt"]


def test_no_terms_no_weights() -> None:
    assert term_weights([], counts(), 10) == {}


@given(st.lists(st.text(), unique=True), st.integers(0, 10**9), st.data())
def test_weights_add_up_to_one(terms: list[str], passages: int, data: st.DataObject) -> None:
    held = st.integers(0, passages)
    weights = term_weights(terms, {term: data.draw(held) for term in terms}, passages)
    assert not weights or sum(weights.values()) == pytest.approx(1.0)
    assert all(weight > 0 for weight in weights.values())


def test_coverage_is_the_share_that_is_there() -> None:
    weights = {"bridg": 0.5, "open": 0.3, "oslo": 0.2}
    assert coverage(weights, frozenset({"bridg", "oslo", "other"})) == pytest.approx(0.7)
    assert coverage(weights, frozenset()) == 0.0
    assert coverage({}, frozenset({"bridg"})) == 0.0


def test_what_stands_in_front_of_the_question_weighs_less() -> None:
    weights = asked_first({"pool": 0.5, "design": 0.5}, frozenset({"design"}))
    assert sum(weights.values()) == pytest.approx(1.0)
    assert weights["pool"] == pytest.approx(OF_TOPIC * weights["design"])

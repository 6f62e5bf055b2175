"""fuse: a weighted sum of shares, whatever the order of the input."""

from __future__ import annotations

import math
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from index.fusion import fuse
from index.hit import Hit

LEG = st.dictionaries(st.integers(1, 30), st.floats(-1e6, 1e6), max_size=12)
WEIGHT = st.floats(0, 10)


def test_each_score_counts_as_its_share_of_the_best() -> None:
    lexical, dense = {1: 10.0, 2: 5.0}, {2: 0.8, 3: 0.4}
    assert fuse([lexical, dense], [0.5, 0.5]) == [Hit(2, 0.75), Hit(1, 0.5), Hit(3, 0.25)]


def test_weights_decide_between_the_legs() -> None:
    legs = [{1: 3.0}, {2: 7.0}]
    assert fuse(legs, [0.25, 0.75]) == [Hit(2, 0.75), Hit(1, 0.25)]
    assert fuse(legs, [0.75, 0.25]) == [Hit(1, 0.75), Hit(2, 0.25)]


def test_ties_go_to_the_smaller_number() -> None:
    assert fuse([{9: 1.0, 2: 1.0}, {5: 4.0}], [0.5, 0.5]) == [Hit(2, 0.5), Hit(5, 0.5), Hit(9, 0.5)]


def test_an_empty_leg_adds_nothing() -> None:
    assert fuse([{}, {4: 0.2, 3: 0.1}], [0.5, 0.5]) == [Hit(4, 0.5), Hit(3, 0.25)]
    assert fuse([{}, {}], [0.5, 0.5]) == []


def test_a_leg_without_a_positive_score_adds_nothing() -> None:
    assert fuse([{1: -2.0, 2: 0.0}, {3: 1.0}], [0.5, 0.5]) == [Hit(3, 0.5), Hit(1, 0.0), Hit(2, 0.0)]


def test_a_negative_score_is_worth_as_much_as_none() -> None:
    assert fuse([{1: 2.0, 2: -1.0}], [1.0]) == [Hit(1, 1.0), Hit(2, 0.0)]


@settings(max_examples=50)
@given(st.lists(st.tuples(LEG, WEIGHT), max_size=3), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(legs: list[tuple[dict[int, float], float]], at: random.Random) -> None:
    def shuffled(leg: dict[int, float]) -> dict[int, float]:
        return dict(at.sample(list(leg.items()), len(leg)))

    weights = [weight for _, weight in legs]
    assert fuse([leg for leg, _ in legs], weights) == fuse([shuffled(leg) for leg, _ in legs], weights)


@settings(max_examples=50)
@given(LEG, LEG, WEIGHT, WEIGHT)
def test_every_passage_once_best_first_within_the_weights(
    first: dict[int, float], second: dict[int, float], one: float, two: float
) -> None:
    hits = fuse([first, second], [one, two])
    assert sorted(hit.number for hit in hits) == sorted(first.keys() | second.keys())
    assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.number))
    assert all(math.isfinite(hit.score) and 0 <= hit.score <= (one + two) * (1 + 1e-9) for hit in hits)


@given(LEG)
def test_a_leg_alone_keeps_its_order(leg: dict[int, float]) -> None:
    wanted = sorted(leg, key=lambda number: (-max(leg[number], 0.0), number))
    best = max(leg.values(), default=0.0)
    # Shares of a best that is all but nothing can round to one another.
    if best == 0 or best > 1e-200:
        scores = {hit.number: hit.score for hit in fuse([leg], [1.0])}
        assert all(scores[a] >= scores[b] for a, b in zip(wanted, wanted[1:], strict=False))

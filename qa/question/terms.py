"""How much each word of a question says: its rarity in the index and in English at large."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

# The English at large counts as much as this many passages: it decides in a small index, where every word is rare.
BACKGROUND_PASSAGES = 1_000
# What a term weighs that stands only in front of what is asked.
OF_TOPIC = 0.3


def term_weights(terms: Sequence[str], counts: Mapping[str, int], passages: int) -> dict[str, float]:
    """Weight of each of the distinct `terms` of a question, adding up to 1: the share of its meaning that rests on it.

    `counts` has the passages of the index that hold each term, of `passages` in all.
    """
    shares = _background()
    rarity = {}
    for term in terms:
        share = (counts[term] + BACKGROUND_PASSAGES * shares.get(term, shares[""])) / (passages + BACKGROUND_PASSAGES)
        rarity[term] = -math.log(min(share, 1.0)) + 1e-9
    total = sum(rarity.values())
    return {term: value / total for term, value in rarity.items()}


def asked_first(weights: Mapping[str, float], asked: frozenset[str]) -> dict[str, float]:
    """`weights` with those lessened that are not of the `asked` terms, which are of the last sentence of a question.

    What stands in front of it says of what is asked; the sentence that answers need not say that again.
    """
    lessened = {term: weight * (1.0 if term in asked else OF_TOPIC) for term, weight in weights.items()}
    total = sum(lessened.values())
    return {term: weight / total for term, weight in lessened.items()}


def coverage(weights: Mapping[str, float], terms: frozenset[str]) -> float:
    """Share of the question's weight that `terms` hold, 0 to 1."""
    return sum(weight for term, weight in weights.items() if term in terms)


def is_common(term: str) -> bool:
    """Whether many English passages hold the term."""
    return term in _background()


@cache
def _background() -> dict[str, float]:
    """Share of English passages that hold a term; under "" the share for a term too rare to be listed."""
    table = json.loads(resources.files("qa.models").joinpath("background.json").read_text(encoding="utf-8"))
    shares = {term: count / table["passages"] for term, count in table["with"].items()}
    return shares | {"": table["unlisted"] / table["passages"]}

"""Several rankings to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.hit import Hit


def fuse(legs: Sequence[Mapping[int, float]], weights: Sequence[float]) -> list[Hit]:
    """Merge legs (passage number to score) by a weighted sum of each score over its leg's best.

    A passage that a leg did not find gets nothing from it; so does every passage from a leg whose best is not
    positive. Scores lie in 0..sum(weights). Ties go to the smaller number, so the order never depends on the input's.
    """
    total: dict[int, float] = {}
    for leg, weight in zip(legs, weights, strict=True):
        best = max(leg.values(), default=0.0)
        for number, score in leg.items():
            total[number] = total.get(number, 0.0) + (weight * max(score, 0.0) / best if best > 0 else 0.0)
    return sorted((Hit(number, score) for number, score in total.items()), key=lambda hit: (-hit.score, hit.number))

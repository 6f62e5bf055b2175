"""Intervals and tests by resampling. Questions about the same article are drawn together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Matrix = np.ndarray[Any, np.dtype[Any]]

# Enough that the ends of a 95% interval move by less than a tenth of its width from seed to seed.
RESAMPLES = 2000
# For measures that must be computed anew from each sample.
FEW_RESAMPLES = 500
LEVEL = 0.95
SEED = 20240229


@dataclass(frozen=True, slots=True)
class Interval:
    """The middle 95% of the resampled values."""

    low: float
    high: float


class Bootstrap:
    """Samples of questions with replacement, by whole clusters; the same for the same seed."""

    def __init__(self, clusters: Sequence[str], seed: int = SEED) -> None:
        self._cluster, n = number_clusters(clusters)
        self._rows = [np.flatnonzero(self._cluster == number) for number in range(n)]
        chance = np.random.default_rng(seed)
        share = np.full(n, 1 / n)
        # How often each cluster is in each sample, (RESAMPLES, clusters).
        self._times = chance.multinomial(n, share, size=RESAMPLES).astype(np.float32)

    def means(self, values: Matrix) -> Matrix:
        """(RESAMPLES, measures): each sample's means of `values` (questions, measures), nan left out."""
        known = ~np.isnan(values)
        sums = self._times @ self._by_cluster(np.where(known, values, 0.0))
        counts = self._times @ self._by_cluster(known.astype(float))
        with np.errstate(invalid="ignore", divide="ignore"):
            means: Matrix = sums / counts
        return means

    def samples(self) -> list[Matrix]:
        """FEW_RESAMPLES samples, each the rows of its questions."""
        return [
            np.concatenate([np.repeat(self._rows[c], int(times[c])) for c in np.flatnonzero(times)])
            for times in self._times[:FEW_RESAMPLES]
        ]

    def _by_cluster(self, values: Matrix) -> Matrix:
        totals = np.zeros((len(self._rows), values.shape[1]))
        np.add.at(totals, self._cluster, values)
        return totals


def interval(resampled: Matrix) -> Interval:
    """The middle 95% of `resampled`, nan left out; nan when nothing is left."""
    kept = resampled[~np.isnan(resampled)]
    if not len(kept):
        return Interval(float("nan"), float("nan"))
    low, high = np.quantile(kept, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high))


def number_clusters(names: Sequence[str]) -> tuple[Matrix, int]:
    """For each question the number of its cluster, from 0, and how many clusters there are."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], int), len(numbers)

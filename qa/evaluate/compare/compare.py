"""Two runs over the same questions: what became better or worse, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from corpus.errors import UserError
from qa.evaluate.gold.gold_set import clusters
from qa.evaluate.measure.bootstrap import SEED, Bootstrap, Interval, Matrix, interval, number_clusters
from qa.evaluate.measure.figures import LOWER_IS_BETTER, MEANS, WHOLE, value_matrix
from qa.evaluate.measure.judge import Judgement
from qa.evaluate.measure.refusal import Verdicts

Verdict = Literal["better", "worse", "no significant difference"]

SIGNIFICANT = 0.05
# Swaps drawn for a randomisation test; for measures of a whole set, each computed anew, fewer.
SWAPS = 10_000
FEW_SWAPS = 1000
SWAPS_AT_ONCE = 1000
# The difference found in 80 of 100 sets like this one by a two-sided test at 5%: (1.960 + 0.842) standard errors.
DETECTED = 2.802
# Measures of a whole set that are compared; the others follow from these.
COMPARED = ("AUROC", "unanswerable-F1", "AURC", "ECE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One measure before and after, `difference` = after - before with the ends of its 95% interval.

    `p` is of the paired test, `p_holm` that after Holm's correction over all measures. `detectable` is the smallest
    difference that the set would have shown in 80 of 100 cases; nan when the runs do not differ at all.
    """

    name: str
    before: float
    after: float
    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    detectable: float
    n: int

    @property
    def verdict(self) -> Verdict:
        """Better or worse when the difference is significant after Holm's correction."""
        if self.p_holm >= SIGNIFICANT or not self.difference:
            return "no significant difference"
        return "better" if self.gain > 0 else "worse"

    @property
    def gain(self) -> float:
        """The difference, above 0 when it is for the better."""
        return -self.difference if self.name in LOWER_IS_BETTER else self.difference


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs of the same questions: every measure's change, and the questions won and lost by `correct`.

    `before` and `after` have the runs' verdicts, for the pictures.
    """

    changes: tuple[Change, ...]
    before: Verdicts
    after: Verdicts
    won: tuple[str, ...]
    lost: tuple[str, ...]
    same_right: int
    same_wrong: int

    @property
    def n(self) -> int:
        """Questions that are in both runs."""
        return len(self.won) + len(self.lost) + self.same_right + self.same_wrong


def pair_up(before: Sequence[Judgement], after: Sequence[Judgement]) -> tuple[list[Judgement], list[Judgement]]:
    """Judgements of the questions that are in both runs, in the order of `after`. Raises UserError when none is.

    A question is the same when its id, its text and its gold answers are.
    """
    old = {_identity(judgement): judgement for judgement in before}
    pairs = [(old[_identity(each)], each) for each in after if _identity(each) in old]
    if not pairs:
        raise UserError("the two runs have no question in common; compare runs of the same set")
    return [one for one, _ in pairs], [other for _, other in pairs]


def compare(before: Sequence[Judgement], after: Sequence[Judgement], *, seed: int = SEED) -> Comparison:
    """The comparison; both judge the same questions in the same order."""
    names = clusters([judgement.question for judgement in after])
    bootstrap = Bootstrap(names, seed)
    found = _compare_means(before, after, bootstrap, names, seed)
    found += _compare_whole(before, after, bootstrap, names, seed)
    adjusted = holm([change.p for change in found])
    changes = tuple(replace(change, p_holm=p) for change, p in zip(found, adjusted, strict=True))
    was, now = ([judgement.values["correct"] for judgement in run] for run in (before, after))
    pairs = list(zip(was, now, (judgement.question.question_id for judgement in after), strict=True))
    return Comparison(
        changes,
        Verdicts.of(before),
        Verdicts.of(after),
        won=tuple(name for b, a, name in pairs if a > b),
        lost=tuple(name for b, a, name in pairs if a < b),
        same_right=sum(b == a == 1 for b, a, _ in pairs),
        same_wrong=sum(b == a == 0 for b, a, _ in pairs),
    )


def mcnemar(won: int, lost: int) -> float:
    """Two-sided p that the questions that changed sides did so by chance: the exact (binomial) form."""
    changed = won + lost
    as_uneven = sum(math.comb(changed, k) for k in range(min(won, lost) + 1))
    return min(1.0, 2 * as_uneven / (1 << changed))


def holm(ps: Sequence[float]) -> list[float]:
    """p-values corrected for their number. Holm, Scandinavian Journal of Statistics 1979."""
    adjusted = [0.0] * len(ps)
    largest = 0.0
    for rank, place in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        largest = max(largest, min(1.0, ps[place] * (len(ps) - rank)))
        adjusted[place] = largest
    return adjusted


def randomisation_p(differences: Matrix, names: Sequence[str], seed: int) -> Matrix:
    """(measures,) p of the sums of `differences` (questions, measures), the runs swapped by the clusters `names`."""
    cluster, n = number_clusters(names)
    totals = np.zeros((n, differences.shape[1]))
    np.add.at(totals, cluster, differences)
    observed = np.abs(totals.sum(axis=0))
    chance = np.random.default_rng(seed)
    extreme = np.zeros(differences.shape[1])
    for _ in range(SWAPS // SWAPS_AT_ONCE):
        signs = chance.integers(0, 2, size=(SWAPS_AT_ONCE, n)) * 2.0 - 1.0
        # A swap that gives the same sum must count as such whatever the order of its additions.
        extreme += (np.abs(signs @ totals) >= observed - 1e-9).sum(axis=0)
    p: Matrix = (extreme + 1) / (SWAPS + 1)
    return p


def _compare_means(
    before: Sequence[Judgement], after: Sequence[Judgement], bootstrap: Bootstrap, names: Sequence[str], seed: int
) -> list[Change]:
    old, new = value_matrix(before), value_matrix(after)
    known = ~np.isnan(old) & ~np.isnan(new)
    differences = np.where(known, new - old, np.nan)
    ps = randomisation_p(np.where(known, differences, 0.0), names, seed)
    resampled = bootstrap.means(differences)
    changes = []
    for column, name in enumerate(MEANS):
        rows = known[:, column]
        if not rows.any():
            continue
        p = float(ps[column])
        if name == "correct":
            p = mcnemar(int((differences[rows, column] > 0).sum()), int((differences[rows, column] < 0).sum()))
        values = float(old[rows, column].mean()), float(new[rows, column].mean())
        changes.append(_change(name, values, resampled[:, column], p, int(rows.sum())))
    return changes


def _compare_whole(
    before: Sequence[Judgement],
    after: Sequence[Judgement],
    bootstrap: Bootstrap,
    names: Sequence[str],
    seed: int,
) -> list[Change]:
    old, new = Verdicts.of(before), Verdicts.of(after)
    swapped = list(_swaps(old, new, names, seed))
    samples = bootstrap.samples()
    changes = []
    for name in COMPARED:
        compute = WHOLE[name]
        values = compute(old), compute(new)
        if math.isnan(values[0]) or math.isnan(values[1]):
            continue
        observed = abs(values[1] - values[0])
        extreme = sum(abs(compute(b) - compute(a)) >= observed - 1e-9 for a, b in swapped)
        resampled = np.array([compute(new.take(rows)) - compute(old.take(rows)) for rows in samples])
        changes.append(_change(name, values, resampled, (extreme + 1) / (FEW_SWAPS + 1), len(after)))
    return changes


def _swaps(old: Verdicts, new: Verdicts, names: Sequence[str], seed: int) -> list[tuple[Verdicts, Verdicts]]:
    cluster, n = number_clusters(names)
    chance = np.random.default_rng(seed)
    pairs = []
    for _ in range(FEW_SWAPS):
        swap = chance.integers(0, 2, size=n).astype(bool)[cluster]
        pairs.append((_mix(old, new, swap), _mix(new, old, swap)))
    return pairs


def _mix(one: Verdicts, other: Verdicts, swap: Matrix) -> Verdicts:
    return Verdicts(
        np.where(swap, other.confidence, one.confidence),
        one.is_answerable,
        np.where(swap, other.is_refused, one.is_refused),
        np.where(swap, other.is_right, one.is_right),
    )


def _change(name: str, values: tuple[float, float], resampled: Matrix, p: float, n: int) -> Change:
    ends: Interval = interval(resampled)
    error = float(np.nanstd(resampled))
    detectable = DETECTED * error if error else math.nan
    before, after = values
    return Change(
        name=name,
        before=before,
        after=after,
        difference=after - before,
        low=ends.low,
        high=ends.high,
        p=p,
        p_holm=p,
        detectable=detectable,
        n=n,
    )


def _identity(judgement: Judgement) -> tuple[object, ...]:
    question = judgement.question
    return question.question_id, question.text, question.is_answerable, question.answers

"""How well an answerer knows what it does not know: measures over confidence and refusal of a whole set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata

from qa.evaluate.judge import Judgement

Array = np.ndarray[tuple[int], np.dtype[Any]]

# Equal steps of confidence; ten are what Guo et al. (ICML 2017) and most after them draw.
BINS = 10


@dataclass(frozen=True, slots=True)
class Verdicts:
    """For each question its confidence, and whether it is answerable, was refused, and is right; all of one length."""

    confidence: Array
    is_answerable: Array
    is_refused: Array
    is_right: Array

    @classmethod
    def of(cls, judgements: Sequence[Judgement]) -> Verdicts:
        """The verdicts of `judgements`, in their order."""
        return cls(
            np.array([j.asked.answer.confidence for j in judgements], float),
            np.array([j.question.is_answerable for j in judgements], bool),
            np.array([not j.asked.answer.is_answerable for j in judgements], bool),
            np.array([j.is_right for j in judgements], bool),
        )

    def take(self, rows: Array) -> Verdicts:
        """The verdicts of `rows`."""
        return Verdicts(self.confidence[rows], self.is_answerable[rows], self.is_refused[rows], self.is_right[rows])


@dataclass(frozen=True, slots=True)
class Bin:
    """A step of the reliability diagram: `n` questions, their mean `confidence`, the share that is `right`."""

    low: float
    high: float
    n: int
    confidence: float
    right: float


def auroc(verdicts: Verdicts) -> float:
    """Probability that an answerable question has more confidence than an unanswerable one; nan without both."""
    positive = int(verdicts.is_answerable.sum())
    negative = len(verdicts.is_answerable) - positive
    if not positive or not negative:
        return float("nan")
    ranks = rankdata(verdicts.confidence)
    above = ranks[verdicts.is_answerable].sum() - positive * (positive + 1) / 2
    return float(above / (positive * negative))


def refusal_precision(verdicts: Verdicts) -> float:
    """Share of the refused questions that are unanswerable; 0 when none was refused, nan when none is unanswerable."""
    refused = int(verdicts.is_refused.sum())
    hits = int((verdicts.is_refused & ~verdicts.is_answerable).sum())
    return float("nan") if verdicts.is_answerable.all() else hits / refused if refused else 0.0


def refusal_recall(verdicts: Verdicts) -> float:
    """Share of the unanswerable questions that were refused; nan when there is none."""
    unanswerable = int((~verdicts.is_answerable).sum())
    return int((verdicts.is_refused & ~verdicts.is_answerable).sum()) / unanswerable if unanswerable else float("nan")


def refusal_f1(verdicts: Verdicts) -> float:
    """Harmonic mean of precision and recall of "unanswerable"."""
    precision, recall = refusal_precision(verdicts), refusal_recall(verdicts)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def risk_coverage(verdicts: Verdicts) -> tuple[Array, Array]:
    """(coverage, risk) when only the surest are answered, from the surest alone to all.

    Risk is the share of those that are wrong. Questions of equal confidence are answered together or not at all, so
    there is a point for each confidence that occurs.
    """
    order = np.argsort(-verdicts.confidence, kind="stable")
    confidence = verdicts.confidence[order]
    last = np.append(confidence[1:] != confidence[:-1], True)
    answered = np.arange(1, len(order) + 1)
    wrong = np.cumsum(~verdicts.is_right[order])
    return answered[last] / len(order), wrong[last] / answered[last]


def aurc(verdicts: Verdicts) -> float:
    """Area under the risk-coverage curve: the mean risk over all coverages; lower is better.

    Geifman, Uziel and El-Yaniv, ICLR 2019. Within equal confidences the errors are spread evenly.
    """
    coverage, risk = risk_coverage(verdicts)
    n = len(verdicts.confidence)
    ends = np.rint(coverage * n)
    answered = np.arange(1, n + 1)
    wrong = np.interp(answered, np.append(0.0, ends), np.append(0.0, risk * ends))
    return float(np.mean(wrong / answered))


def coverage_at_risk(verdicts: Verdicts, risk: float) -> float:
    """The largest share of questions that can be answered with at most `risk` of them wrong."""
    coverages, risks = risk_coverage(verdicts)
    allowed = coverages[risks <= risk]
    return float(allowed.max()) if len(allowed) else 0.0


def reliability(verdicts: Verdicts) -> list[Bin]:
    """Confidence against what came true, by equal steps of confidence; empty steps are left out."""
    edges = np.linspace(0, 1, BINS + 1)
    place = np.clip(np.digitize(verdicts.confidence, edges[1:-1], right=True), 0, BINS - 1)
    bins = []
    for number in range(BINS):
        here = place == number
        if here.any():
            confidence, right = verdicts.confidence[here].mean(), verdicts.is_right[here].mean()
            low, high = float(edges[number]), float(edges[number + 1])
            bins.append(Bin(low, high, int(here.sum()), float(confidence), float(right)))
    return bins


def calibration_error(verdicts: Verdicts) -> float:
    """Expected calibration error: the mean distance of confidence from what came true, over BINS equal steps."""
    n = len(verdicts.confidence)
    return sum(each.n / n * abs(each.confidence - each.right) for each in reliability(verdicts))

"""How well an answerer knows what it does not know: measures over confidence and refusal of a whole set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qa.evaluate.measure.judge import MARKED, Judgement

Array = np.ndarray[tuple[int], np.dtype[Any]]

# Equal steps of confidence; ten are what Guo et al. (ICML 2017) and most after them draw.
BINS = 10


@dataclass(frozen=True, slots=True)
class Verdicts:
    """For each question its confidence, and whether it is answerable, was refused, and is right; all of one length.

    Right is what confidence is the probability of: the marked sentence of the first citation holds a gold answer; where
    a set only says which articles answer, it is of one.
    """

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
            np.array([j.values.get(MARKED, j.is_right) for j in judgements], bool),
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
    """Probability that an answerable question has more confidence than an unanswerable one; nan without both.

    Equal confidence counts half, as in scikit-learn.
    """
    answerable = verdicts.confidence[verdicts.is_answerable]
    unanswerable = np.sort(verdicts.confidence[~verdicts.is_answerable])
    if not len(answerable) or not len(unanswerable):
        return float("nan")
    below, not_above = (np.searchsorted(unanswerable, answerable, side=side) for side in ("left", "right"))
    return float((below + not_above).mean() / 2 / len(unanswerable))


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
    counts, confidence, right = _sums_by_step(verdicts)
    return [
        Bin(step / BINS, (step + 1) / BINS, int(n), float(confidence[step] / n), float(right[step] / n))
        for step, n in enumerate(counts)
        if n
    ]


def calibration_error(verdicts: Verdicts) -> float:
    """Expected calibration error: the mean distance of confidence from what came true, over BINS equal steps."""
    _, confidence, right = _sums_by_step(verdicts)
    return float(np.abs(confidence - right).sum() / len(verdicts.confidence))


def _sums_by_step(verdicts: Verdicts) -> tuple[Array, Array, Array]:
    """(BINS,) each: questions, the sum of their confidence, how many are right; a step has its upper end."""
    step = np.clip(np.ceil(verdicts.confidence * BINS).astype(int) - 1, 0, BINS - 1)
    counts = np.bincount(step, minlength=BINS)
    confidence = np.bincount(step, verdicts.confidence, minlength=BINS)
    return counts, confidence, np.bincount(step, verdicts.is_right, minlength=BINS)

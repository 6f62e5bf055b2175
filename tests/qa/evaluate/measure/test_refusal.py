"""Measures over confidence and refusal, against cases small enough to work out and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from qa.evaluate.measure.refusal import (
    Verdicts,
    aurc,
    auroc,
    calibration_error,
    coverage_at_risk,
    refusal_f1,
    refusal_precision,
    refusal_recall,
    reliability,
    risk_coverage,
)


def verdicts(confidence: list[float], right: list[int], answerable: list[int] | None = None) -> Verdicts:
    answerable = answerable or [1] * len(right)
    refused = [c < 0.5 for c in confidence]
    return Verdicts(np.array(confidence), np.array(answerable, bool), np.array(refused), np.array(right, bool))


@pytest.mark.slow
def test_auroc_is_scikit_learns_with_ties() -> None:
    from sklearn.metrics import roc_auc_score

    chance = np.random.default_rng(1)
    answerable = chance.random(300) < 0.6
    confidence = np.round(chance.random(300) * 0.5 + answerable * 0.2, 1)
    ours = auroc(Verdicts(confidence, answerable, confidence < 0.5, answerable))
    assert ours == pytest.approx(roc_auc_score(answerable, confidence))


def test_auroc_needs_both_kinds() -> None:
    assert np.isnan(auroc(verdicts([0.1, 0.9], [1, 1])))


def test_risk_and_coverage_of_four() -> None:
    four = verdicts([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 1])
    coverage, risk = risk_coverage(four)
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk.tolist() == pytest.approx([0, 0, 1 / 3, 1 / 4])
    assert aurc(four) == pytest.approx((0 + 0 + 1 / 3 + 1 / 4) / 4)
    assert coverage_at_risk(four, 0.10) == 0.5
    assert coverage_at_risk(four, 0.25) == 1.0


def test_equal_confidence_is_answered_together() -> None:
    tied = verdicts([0.5, 0.5], [1, 0])
    assert [list(part) for part in risk_coverage(tied)] == [[1.0], [0.5]]
    assert aurc(tied) == pytest.approx(0.5)
    # Whichever of the two comes first in the file.
    assert aurc(tied) == aurc(verdicts([0.5, 0.5], [0, 1]))


def test_nothing_can_be_answered_when_the_surest_is_wrong() -> None:
    assert coverage_at_risk(verdicts([0.9, 0.1], [0, 0]), 0.05) == 0


def test_calibration_error_and_its_bins() -> None:
    bins = reliability(verdicts([0.05, 0.95, 0.95, 1.0], [0, 1, 1, 0]))
    assert [(each.n, each.low) for each in bins] == [(1, 0.0), (3, 0.9)]
    assert bins[1].confidence == pytest.approx(2.9 / 3)
    assert bins[1].right == pytest.approx(2 / 3)
    error = calibration_error(verdicts([0.05, 0.95, 0.95, 1.0], [0, 1, 1, 0]))
    assert error == pytest.approx(0.25 * 0.05 + 0.75 * 0.9 / 3)


def test_precision_recall_and_f1_of_unanswerable() -> None:
    # Refused: the first, second and third; unanswerable: the second, third and fourth.
    some = verdicts([0.1, 0.2, 0.3, 0.9, 0.8], [1, 0, 0, 0, 1], [1, 0, 0, 0, 1])
    assert refusal_precision(some) == pytest.approx(2 / 3)
    assert refusal_recall(some) == pytest.approx(2 / 3)
    assert refusal_f1(some) == pytest.approx(2 / 3)


def test_without_unanswerable_questions_there_is_no_figure() -> None:
    assert np.isnan(refusal_f1(verdicts([0.9], [1])))

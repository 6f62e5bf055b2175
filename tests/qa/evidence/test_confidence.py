"""The evidence that decides between an answer and "the articles do not say"."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from fakes import BRIDGE, make_candidate, make_found

from corpus.passages import split_article
from qa.evidence.choose import FEATURES, Candidate
from qa.evidence.confidence import confidence, evidence
from qa.models.fitted import Logistic, load_fitted

FOUND = make_found(split_article(BRIDGE)[0], BRIDGE)
MODEL = Logistic(("similarity", "improbability"), (2.0, -1.0), 0.5)
# The confidence model takes these over from the sentence as they are.
TAKEN_OVER = ("bare_share", "lacks_number", "timely", "fresh")


def candidate(probability: float, dense: float = 0.8) -> Candidate:
    """A candidate whose features are 0, 1, 2, ... in their order."""
    features = tuple(float(n) for n in range(len(FEATURES)))
    return make_candidate(
        replace(FOUND, dense=dense),
        0,
        10,
        similarity=0.6,
        article_coverage=0.7,
        heaviest_missing=0.25,
        features=features,
        probability=probability,
    )


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_evidence_of_several() -> None:
    dense = [0.6, 0.9, 0.5, 0.4, 0.3, 0.2, 0.1]
    best = [candidate(0.2 - 0.02 * n, each) for n, each in enumerate(dense)]
    assert evidence(best) == pytest.approx({
        "sentence": logit(0.2),
        "improbability": (-logit(0.2)) ** 3,
        "similarity": 0.6,
        "article_coverage": 0.7,
        "heaviest_missing": 0.25,
        # From the best to the sixth.
        "similarity_drop": 0.9 - 0.2,
        "share": 0.2 / sum(0.2 - 0.02 * n for n in range(7)),
        **{name: float(FEATURES.index(name)) for name in TAKEN_OVER},
    })


@pytest.mark.parametrize("probability", [0.5, 0.9])
def test_evidence_of_one_alone(probability: float) -> None:
    found = evidence([candidate(probability)])
    # More likely than not is not improbable at all.
    assert found["improbability"] == 0.0
    assert found["similarity_drop"] == 0.0
    assert found["share"] == 1.0


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_a_certain_sentence_is_not_infinite(probability: float) -> None:
    assert all(math.isfinite(value) for value in evidence([candidate(probability)]).values())


def test_the_fitted_models_are_of_this_evidence() -> None:
    for models in (load_fitted().dated, load_fitted().undated):
        assert set(models.confidence.names) <= evidence([candidate(0.5)]).keys()
        assert 0 < confidence([candidate(0.5)], models.confidence) < 1


def test_confidence_is_the_models() -> None:
    sum_of_evidence = 0.5 - (-logit(0.4)) ** 3 + 2 * 0.6
    assert logit(confidence([candidate(0.4)], MODEL)) == pytest.approx(sum_of_evidence)


def test_nothing_found_is_no_confidence() -> None:
    assert confidence([], MODEL) == 0.0

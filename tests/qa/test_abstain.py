"""The evidence that decides between an answer and "the articles do not say"."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from fakes import BRIDGE

from corpus.split import split_article
from qa.abstain import CONFIDENCE_FEATURES, confidence, evidence
from qa.model import Logistic
from qa.select import FEATURES, Candidate, Found

FOUND = Found(split_article(BRIDGE)[0], BRIDGE, fused=1.0, dense=0.8, lexical=1.0)
MODEL = Logistic(CONFIDENCE_FEATURES, (1.0, *(0.0,) * (len(CONFIDENCE_FEATURES) - 1)), 0.0)


def candidate(probability: float, dense: float = 0.8) -> Candidate:
    """A candidate whose features are 0, 1, 2, ... in their order."""
    features = tuple(float(n) for n in range(len(FEATURES)))
    return Candidate(replace(FOUND, dense=dense), 0, 10, features, probability)


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_evidence_of_several() -> None:
    dense = [0.6, 0.9, 0.5, 0.4, 0.3, 0.2, 0.1]
    best = [candidate(0.9 - 0.1 * n, each) for n, each in enumerate(dense)]
    found = dict(zip(CONFIDENCE_FEATURES, evidence(best, 1_000), strict=True))
    first = dict(zip(FEATURES, best[0].features, strict=True))
    assert found == pytest.approx({
        "sentence": logit(0.9),
        "sentence_gap": logit(0.9) - logit(0.8),
        "similarity": first["similarity"],
        "coverage": first["window_coverage"],
        "passage_coverage": first["passage_coverage"],
        "passage_similarity": 0.9,
        # From the best to the sixth.
        "similarity_drop": 0.9 - 0.2,
        "lexical": first["lexical"],
        "lacks_asked_type": first["lacks_asked_type"],
        "log_passages": 3.0,
    })


def test_evidence_of_one_alone() -> None:
    found = dict(zip(CONFIDENCE_FEATURES, evidence([candidate(0.5)], 1), strict=True))
    assert found["sentence_gap"] == pytest.approx(-logit(1e-4))
    assert (found["similarity_drop"], found["log_passages"]) == (0.0, 0.0)


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_a_certain_sentence_is_not_infinite(probability: float) -> None:
    assert all(math.isfinite(value) for value in evidence([candidate(probability)], 5))


def test_an_index_emptied_meanwhile() -> None:
    assert evidence([candidate(0.5)], 0) == evidence([candidate(0.5)], 1)


def test_confidence_is_the_models() -> None:
    assert confidence([candidate(0.7)], 10, MODEL) == pytest.approx(0.7)


def test_nothing_found_is_no_confidence() -> None:
    assert confidence([], 10, MODEL) == 0.0

"""The evidence that decides between an answer and "the articles do not say"."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from fakes import BRIDGE, make_candidate, make_features, make_found

from corpus.passages import split_article
from qa.evidence.choose import Candidate
from qa.evidence.confidence import Evidence, confidence, evidence
from qa.evidence.features import FEATURES
from qa.evidence.fitted import load_fitted
from qa.evidence.logistic import Logistic

FOUND = make_found(split_article(BRIDGE)[0], BRIDGE)
# The article has the first two of these terms.
WEIGHTS = {"bridg": 0.4, "oslo": 0.2, "volcano": 0.25, "naples": 0.15}
MODEL = Logistic({"similarity": 2.0, "improbability": -1.0}, 0.5)


def candidate(probability: float, dense: float = 0.8) -> Candidate:
    """A candidate whose features are 0, 1, 2, ... in their order."""
    features = make_features(**{name: float(n) for n, name in enumerate(FEATURES)})
    return make_candidate(replace(FOUND, dense=dense), 0, 10, features=features, probability=probability)


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_evidence_of_several() -> None:
    dense = [0.6, 0.9, 0.5, 0.4, 0.3, 0.2, 0.1]
    best = [candidate(0.2 - 0.02 * n, each) for n, each in enumerate(dense)]
    found = evidence(best, WEIGHTS).by_name()
    assert found == pytest.approx({
        "sentence": logit(0.2),
        "improbability": (-logit(0.2)) ** 3,
        "article_coverage": 0.6,
        "heaviest_missing": 0.25,
        # From the best to the sixth.
        "similarity_drop": 0.9 - 0.2,
        "share": 0.2 / sum(0.2 - 0.02 * n for n in range(7)),
        # The same as of its sentence.
        "similarity": 0.0,
        "bare_share": 2.0,
        "lacks_number": 8.0,
        "timely": 12.0,
        "fresh": 13.0,
    })


def test_the_share_is_among_ten_rivals() -> None:
    best = [candidate(probability) for probability in (0.5, *[0.1] * 12)]
    assert evidence(best, WEIGHTS).share == pytest.approx(0.5 / (0.5 + 9 * 0.1))


@pytest.mark.parametrize("probability", [0.5, 0.9])
def test_evidence_of_one_alone(probability: float) -> None:
    found = evidence([candidate(probability)], {"bridg": 1.0})
    # More likely than not is not improbable at all.
    assert (found.improbability, found.similarity_drop, found.share) == (0.0, 0.0, 1.0)
    assert (found.article_coverage, found.heaviest_missing) == (1.0, 0.0)


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_a_certain_sentence_is_not_infinite(probability: float) -> None:
    assert all(math.isfinite(value) for value in evidence([candidate(probability)], WEIGHTS).by_name().values())


def test_evidence_goes_by_its_names() -> None:
    values = {name: float(n) for n, name in enumerate(Evidence.__dataclass_fields__)}
    assert Evidence(**values).by_name() == values


def test_the_fitted_models_are_of_this_evidence() -> None:
    for models in (load_fitted().dated, load_fitted().undated):
        assert 0 < confidence([candidate(0.5)], WEIGHTS, models.confidence) < 1


def test_confidence_is_the_models() -> None:
    sum_of_evidence = 0.5 - (-logit(0.4)) ** 3 + 2 * 0.0
    assert logit(confidence([candidate(0.4)], WEIGHTS, MODEL)) == pytest.approx(sum_of_evidence)


def test_nothing_found_is_no_confidence() -> None:
    assert confidence([], WEIGHTS, MODEL) == 0.0

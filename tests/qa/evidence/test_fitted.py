"""The models that come with the package, and that they are of the features that are computed."""

from __future__ import annotations

import hashlib
import json
import math
from importlib import resources
from typing import Any

import pytest

from index.encoders.multilingual import MultilingualEncoder
from qa.evidence.confidence import EVIDENCE
from qa.evidence.features import FEATURES
from qa.evidence.fitted import FittedModels, load_fitted, parse_fitted
from qa.evidence.logistic import Logistic

FOREIGN = json.loads(resources.files("qa.models").joinpath("foreign.json").read_text(encoding="utf-8"))
TABLE = json.loads(resources.files("qa.models").joinpath("fitted.json").read_text(encoding="utf-8"))


def changed(model: str, **weights: float | None) -> dict[str, Any]:
    """The tables with other weights in the undated `model`; None takes one out."""
    tables = json.loads(json.dumps(TABLE["models"]))
    table = tables["undated"] if model == "sentence" else tables["undated"]["read"]
    known = table[model]["weights"]
    table[model]["weights"] = {n: w for n, w in (known | weights).items() if w is not None}
    return tables


def test_the_numbers_are_those_of_the_file_under_their_names() -> None:
    fitted = load_fitted()
    for name, which, models in (
        ("dated", "alone", fitted.dated),
        ("undated", "alone", fitted.undated),
        ("dated", "read", fitted.dated_read),
        ("undated", "read", fitted.undated_read),
    ):
        sentence, table = TABLE["models"][name]["sentence"], TABLE["models"][name][which]
        assert models.sentence == Logistic(sentence["weights"], sentence["bias"])
        assert models.confidence == Logistic(table["confidence"]["weights"], table["confidence"]["bias"])
        assert models.answer_from == table["answer_from"]
        assert tuple(models.sentence.weights) == FEATURES
        assert models.confidence.weights.keys() <= set(EVIDENCE)
        assert (models.reading is None) == (which == "alone")
        assert models is fitted.models(is_dated=name == "dated", is_read=which == "read")
        numbers = [*models.sentence.weights.values(), *models.confidence.weights.values()]
        assert all(math.isfinite(number) for number in numbers)
    # What is read speaks for a sentence, and a name that is missing against it.
    assert fitted.undated_read.reading is not None
    assert fitted.undated_read.reading.weights["read"] > 0 > fitted.undated_read.confidence.weights["missing"]
    # With the day of asking its freshness counts; without it nothing is fresh.
    assert fitted.dated.sentence.weights["fresh"] > 0 == fitted.undated.sentence.weights["fresh"]


def test_a_question_in_another_language_has_its_own_whoever_reads() -> None:
    fitted = load_fitted()
    for is_dated in (False, True):
        for is_read in (False, True):
            assert fitted.models(is_dated=is_dated, is_read=is_read, is_foreign=True) is fitted.foreign
    assert fitted.foreign.reading is None
    # Which words are missing says nothing of it, nearness does.
    assert "missing" not in fitted.foreign.confidence.weights
    assert fitted.foreign.sentence.weights["similarity_share"] > 0 < fitted.foreign.confidence.weights["sentence"]


@pytest.mark.parametrize("model", ["sentence", "confidence", "reading"])
def test_a_feature_that_is_not_computed_is_refused(model: str) -> None:
    with pytest.raises(ValueError, match="there is no feature 'similarty', known are .*; fit it anew"):
        parse_fitted(changed(model, similarty=1.0), FOREIGN["models"])


def test_a_feature_without_a_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="no weight for 'article_fused'; fit it anew"):
        parse_fitted(changed("sentence", article_fused=None), FOREIGN["models"])


def test_the_confidence_model_may_leave_evidence_out() -> None:
    models = parse_fitted(changed("confidence", fresh=None), FOREIGN["models"]).undated_read
    assert "fresh" not in models.confidence.weights


def test_fewer_wrong_answers_need_more_confidence() -> None:
    fitted = load_fitted()
    for models in (fitted.dated, fitted.undated, fitted.dated_read, fitted.undated_read):
        assert models.answers_from(None) == models.answer_from
        shares = (0.05, 0.1, 0.2, 0.3, 0.5)
        needed = [models.answers_from(share) for share in shares]
        assert needed == sorted(needed, reverse=True)
        assert needed[0] > 0.8


def test_between_two_shares_that_were_measured_the_stricter_holds() -> None:
    blank = Logistic({}, 0.0)
    models = FittedModels(blank, blank, 0.3, {0.05: 0.9, 0.1: 0.7, 0.2: 0.5})
    assert [models.answers_from(share) for share in (0.05, 0.1, 0.12, 0.2, 0.5)] == [0.9, 0.7, 0.7, 0.5, 0.5]
    assert models.answers_from(None) == 0.3
    # Below the least that was measured, nothing is answered.
    assert models.answers_from(0.01) == 1.0


def test_the_file_says_what_made_it() -> None:
    made = TABLE["made_by"]
    assert made["recipe"].startswith("python -m qa.train.fit")
    assert made["data"]["set"] == "realtimeqa-2022"
    assert {len(digest) for digest in made["data"]["sha256"].values()} == {64}
    assert made["encoder"].startswith("all-MiniLM-L6-v2@")
    assert {name for name in made["figures"]} == {"dated", "undated"}
    made = FOREIGN["made_by"]
    translated = resources.files("qa.train").joinpath("translated.jsonl").read_bytes()
    assert made["data"]["translated"] == hashlib.sha256(translated).hexdigest()
    assert made["encoder"] == MultilingualEncoder.fingerprint

"""The fitted models, read from `qa/models/fitted.json` and `foreign.json`, so that answering needs no scikit-learn."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from qa.evidence.confidence import EVIDENCE
from qa.evidence.features import FEATURES
from qa.evidence.logistic import Logistic

FILE = "fitted.json"
FOREIGN_FILE = "foreign.json"
# What makes of a sentence's probability the one with which it was read.
READING = ("sentence", "read")


@dataclass(frozen=True, slots=True)
class FittedModels:
    """The sentence model, the confidence model and the least confidence to answer.

    `reading` makes of a sentence's probability, and of what was read of it, one probability; None where nobody reads.
    `least_confidence` has it for a share of the answers given that may be wrong, such shares ascending.
    """

    sentence: Logistic
    confidence: Logistic
    answer_from: float
    least_confidence: Mapping[float, float] = field(default_factory=dict)
    reading: Logistic | None = None

    def answers_from(self, most_wrong: float | None) -> float:
        """The least confidence to answer when at most `most_wrong` of the answers may be wrong.

        None: where answerable and unanswerable questions are told apart best.
        """
        if most_wrong is None:
            return self.answer_from
        allowed = [least for share, least in self.least_confidence.items() if share <= most_wrong]
        return allowed[-1] if allowed else 1.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """What `qa/train/fit.py` found: for a question whose day of asking is given, and for any other; with a reader too.

    The sentence models are the same with a reader and without. `foreign` is what `qa/train/fit_foreign.py` found, for a
    question in another language than the articles.
    """

    dated: FittedModels
    undated: FittedModels
    dated_read: FittedModels
    undated_read: FittedModels
    foreign: FittedModels

    def models(self, *, is_dated: bool, is_read: bool, is_foreign: bool = False) -> FittedModels:
        """Those for such a question."""
        if is_foreign:
            return self.foreign
        if is_read:
            return self.dated_read if is_dated else self.undated_read
        return self.dated if is_dated else self.undated


@cache
def load_fitted() -> Fitted:
    """The models that come with the package. Raises ValueError when they are of other features than are computed."""
    folder = resources.files("qa.models")
    fitted, foreign = (json.loads(folder.joinpath(name).read_text(encoding="utf-8")) for name in (FILE, FOREIGN_FILE))
    return parse_fitted(fitted["models"], foreign["models"])


def parse_fitted(tables: Mapping[str, Mapping[str, object]], foreign: Mapping[str, object]) -> Fitted:
    """The models of the tables `dated` and `undated`, and `foreign`.

    Raises ValueError naming a feature that does not exist.
    """
    dated, undated = tables["dated"], tables["undated"]
    return Fitted(
        dated=_models(dated, "alone"),
        undated=_models(undated, "alone"),
        dated_read=_models(dated, "read"),
        undated_read=_models(undated, "read"),
        foreign=_models(foreign, "alone"),
    )


def _models(tables: Mapping[str, object], which: str) -> FittedModels:
    table = tables[which]
    assert isinstance(table, dict)
    sentence, confidence = _logistic(tables["sentence"], FEATURES), _logistic(table["confidence"], EVIDENCE)
    unweighed = set(FEATURES) - sentence.weights.keys()
    if unweighed:
        raise ValueError(f"{FILE}: the sentence model has no weight for {min(unweighed)!r}; fit it anew")
    least, answer_from = table["least_confidence"], table["answer_from"]
    assert isinstance(least, dict) and isinstance(answer_from, float)
    return FittedModels(
        sentence=sentence,
        confidence=confidence,
        answer_from=answer_from,
        least_confidence={float(share): float(needed) for share, needed in least.items()},
        reading=_logistic(table["reading"], READING) if "reading" in table else None,
    )


def _logistic(table: object, known: Collection[str]) -> Logistic:
    """A model that weighs features of `known`; which of them, the fitting has chosen."""
    assert isinstance(table, dict)
    unknown = table["weights"].keys() - set(known)
    if unknown:
        raise ValueError(f"{FILE}: there is no feature {min(unknown)!r}, known are {', '.join(known)}; fit it anew")
    return Logistic(table["weights"], float(table["bias"]))

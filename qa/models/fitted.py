"""The fitted coefficients: logistic models as numbers in `fitted.json`, so that answering needs no scikit-learn."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Logistic:
    """P(yes) = 1 / (1 + exp(-(bias + Σ weight · feature))), the features in the order of `names`."""

    names: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float

    def probability(self, features: Sequence[float]) -> float:
        """Probability in 0..1 for one row of features."""
        total = self.bias + sum(w * x for w, x in zip(self.weights, features, strict=True))
        return sigmoid(total)


def sigmoid(total: float) -> float:
    """1 / (1 + exp(-total)), the probability of these log-odds."""
    # exp overflows past 709; at 30 the probability is 1 to thirteen digits.
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def log_odds(probability: float) -> float:
    """ln(p / (1 - p)), `probability` first kept 0.0001 away from 0 and 1."""
    clipped = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(clipped / (1 - clipped))


@dataclass(frozen=True, slots=True)
class Models:
    """The sentence model, the confidence model and the least confidence to answer.

    `least_confidence` has it for a share of the answers given that may be wrong, such shares ascending.
    """

    sentence: Logistic
    confidence: Logistic
    answer_from: float
    least_confidence: Mapping[float, float] = field(default_factory=dict)

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
    """What `benchmarks/fit.py` found: for a question whose day of asking is given, and for any other."""

    dated: Models
    undated: Models


@cache
def load_fitted() -> Fitted:
    """The coefficients that come with the package."""
    table = json.loads(resources.files("qa.models").joinpath("fitted.json").read_text(encoding="utf-8"))
    return Fitted(_models(table["dated"]), _models(table["undated"]))


def _models(table: Mapping[str, Any]) -> Models:
    least = {float(share): float(confidence) for share, confidence in table["least_confidence"].items()}
    return Models(_logistic(table["sentence"]), _logistic(table["confidence"]), float(table["answer_from"]), least)


def _logistic(table: Mapping[str, Any]) -> Logistic:
    weights: Mapping[str, float] = table["weights"]
    return Logistic(tuple(weights), tuple(weights.values()), float(table["bias"]))

"""Logistic models: probabilities from features that go by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Logistic:
    """P(yes) = 1 / (1 + exp(-(bias + Σ weight · feature))), each weight under the name of its feature."""

    weights: Mapping[str, float]
    bias: float

    def probability(self, features: Mapping[str, float]) -> float:
        """Probability in 0..1; `features` has at least those that the model weighs, or it is a KeyError."""
        return sigmoid(self.bias + sum(weight * features[name] for name, weight in self.weights.items()))


def sigmoid(total: float) -> float:
    """1 / (1 + exp(-total)), the probability of these log-odds."""
    # exp overflows past 709; at 30 the probability is 1 to thirteen digits.
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def log_odds(probability: float) -> float:
    """ln(p / (1 - p)), `probability` first kept 0.0001 away from 0 and 1."""
    clipped = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(clipped / (1 - clipped))

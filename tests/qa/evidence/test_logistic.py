"""Logistic models by the names of their features."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evidence.logistic import Logistic, log_odds, sigmoid


def test_probability_is_the_logistic_function_whatever_the_order_of_the_features() -> None:
    model = Logistic({"a": 2.0, "b": -1.0}, 0.5)
    for features in ({"a": 1.0, "b": 3.0}, {"b": 3.0, "of no interest": 7.0, "a": 1.0}):
        assert model.probability(features) == pytest.approx(1 / (1 + math.exp(0.5)))
    assert Logistic({}, 0.0).probability({}) == 0.5


@pytest.mark.parametrize(("feature", "wanted"), [(1e9, 1.0), (-1e9, 0.0), (math.inf, 1.0)])
def test_no_feature_is_too_large(feature: float, wanted: float) -> None:
    assert Logistic({"a": 1.0}, 0.0).probability({"a": feature}) == pytest.approx(wanted, abs=1e-12)


def test_a_feature_that_is_missing_is_an_error_and_not_a_zero() -> None:
    with pytest.raises(KeyError, match="b"):
        Logistic({"a": 1.0, "b": 1.0}, 0.0).probability({"a": 1.0})


@given(st.floats(0.001, 0.999))
def test_log_odds_are_the_inverse(probability: float) -> None:
    assert sigmoid(log_odds(probability)) == pytest.approx(probability)


@pytest.mark.parametrize(("probability", "wanted"), [(0.0, -9.21024), (1.0, 9.21024), (1e-5, -9.21024)])
def test_the_log_odds_of_what_is_certain_are_finite(probability: float, wanted: float) -> None:
    assert log_odds(probability) == pytest.approx(wanted, abs=1e-5)

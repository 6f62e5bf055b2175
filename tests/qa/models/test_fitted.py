"""The logistic models and the coefficients that come with the package."""

from __future__ import annotations

import math

import pytest

from qa.evidence.choose import FEATURES
from qa.models.fitted import Logistic, load_fitted


def test_probability_is_the_logistic_function() -> None:
    model = Logistic(("a", "b"), (2.0, -1.0), 0.5)
    assert model.probability((1.0, 3.0)) == pytest.approx(1 / (1 + math.exp(0.5)))
    assert Logistic((), (), 0.0).probability(()) == 0.5


@pytest.mark.parametrize(("feature", "wanted"), [(1e9, 1.0), (-1e9, 0.0), (math.inf, 1.0)])
def test_no_feature_is_too_large(feature: float, wanted: float) -> None:
    assert Logistic(("a",), (1.0,), 0.0).probability((feature,)) == pytest.approx(wanted, abs=1e-12)


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        Logistic(("a", "b"), (1.0, 1.0), 0.0).probability((1.0,))


def test_the_coefficients_are_of_the_features_in_their_order() -> None:
    for models in (load_fitted().dated, load_fitted().undated):
        assert models.sentence.names == FEATURES
        numbers = [*models.sentence.weights, models.sentence.bias, *models.confidence.weights, models.confidence.bias]
        assert all(math.isfinite(number) for number in numbers)
        assert 0 < models.answer_from < 1


def test_fewer_wrong_answers_need_more_confidence() -> None:
    for models in (load_fitted().dated, load_fitted().undated):
        assert models.answers_from(None) == models.answer_from
        shares = (0.05, 0.1, 0.2, 0.3, 0.5)
        needed = [models.answers_from(share) for share in shares]
        assert needed == sorted(needed, reverse=True)
        assert needed[0] > 0.9
        # Between two shares that were measured the stricter holds; below the least, nothing is answered.
        assert models.answers_from(0.12) == models.answers_from(0.1)
        assert models.answers_from(0.01) == 1.0

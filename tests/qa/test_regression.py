"""The regression behind the confidence."""

from __future__ import annotations

import numpy as np
import pytest

from qa.train.regression import fit_logistic


def test_what_tells_in_each_setting_counts_though_it_says_the_opposite_across_them() -> None:
    at = np.random.default_rng(1)
    level = np.repeat([0.0, 3.0], 4000)
    nearness = at.normal(level)
    # Where everything is nearer, less is answered.
    odds = 1.5 * (nearness - level) + 1.0 - level
    is_right = (at.random(8000) < 1 / (1 + np.exp(-odds))).astype(float)
    settings = ["small"] * 4000 + ["large"] * 4000
    rows, counts = nearness[:, None], np.ones(8000)
    own = fit_logistic(rows, is_right, counts, ["nearest"], settings)
    assert own.weights["nearest"] == pytest.approx(1.5, abs=0.15)
    # Evidence may not count against an answer, so that with one bias for all it would not count at all.
    assert fit_logistic(rows, is_right, counts, ["nearest"], ["all"] * 8000).weights["nearest"] < 0.2

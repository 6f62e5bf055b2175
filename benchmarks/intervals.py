"""A mean with its 95% interval, as a cell of a table; the resampling is that of `article-qa evaluate`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qa.evaluate.measure.bootstrap import Bootstrap, interval

Values = np.ndarray[Any, np.dtype[np.float64]]


def mean_with_interval(values: Sequence[float] | Values, bootstrap: Bootstrap, *, signed: bool = False) -> str:
    """The mean of `values`, one for each question of `bootstrap`, nan left out."""
    column = np.asarray(values, dtype=float)[:, None]
    mean, ends = np.nanmean(column), interval(bootstrap.means(column))
    if signed:
        return f"{mean:+.3f} ({ends.low:+.3f} {ends.high:+.3f})"
    return f"{mean:.3f} ({ends.low:.3f}-{ends.high:.3f})"

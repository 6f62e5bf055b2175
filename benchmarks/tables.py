"""What the tables of these pages share: how a page begins, and a mean with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qa import __version__
from qa.evaluate.measure.bootstrap import Bootstrap, interval

Values = np.ndarray[Any, np.dtype[np.float64]]


def print_heading(title: str, command: str) -> None:
    """Print the page's title, the command that makes it and the version it was made with."""
    print(f"# {title}\n\n    python benchmarks/{command}\n\nVersion {__version__}.\n")


def mean_with_interval(values: Sequence[float] | Values, bootstrap: Bootstrap, *, signed: bool = False) -> str:
    """The mean of `values`, one for each question of `bootstrap`, nan left out, with the 95% interval of `evaluate`."""
    column = np.asarray(values, dtype=float)[:, None]
    mean, ends = np.nanmean(column), interval(bootstrap.means(column))
    if signed:
        return f"{mean:+.3f} ({ends.low:+.3f} {ends.high:+.3f})"
    return f"{mean:.3f} ({ends.low:.3f}-{ends.high:.3f})"

"""The page that lists saved runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qa.evaluate.measure.figures import HEADLINE
from qa.evaluate.report.templates import TEMPLATES
from qa.evaluate.run.saved_runs import SavedRun


def runs_page(runs: Sequence[SavedRun], folder: Path) -> str:
    """The page of the `runs` in `folder`."""
    return TEMPLATES.get_template("runs.html").render(runs=runs, folder=folder, headline=HEADLINE)

"""The runs that `evaluate --out` saved below one folder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from corpus.errors import UserError

METRICS = "metrics.json"
REPORT_PAGE = "report.html"


# JSON has no nan.
_Number = Annotated[float, BeforeValidator(lambda value: math.nan if value is None else value)]


class Figure(BaseModel):
    """A measure's value and the ends of its interval, nan where there is none."""

    value: _Number
    low: _Number
    high: _Number


class Metrics(BaseModel):
    """The part of `metrics.json` that the list shows."""

    set_name: str = Field(alias="set")
    questions: int
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A run by the `name` of its folder, `when` it was saved (UTC), and its metrics."""

    name: str
    folder: Path
    when: datetime
    metrics: Metrics = field(hash=False)

    @property
    def report(self) -> Path:
        """Its report, if nobody deleted it."""
        return self.folder / REPORT_PAGE


def saved_runs(folder: Path) -> list[SavedRun]:
    """The runs in the folders directly in `folder`, newest first; what is no run, or damaged, is left out."""
    found = [_read(metrics) for metrics in folder.glob(f"*/{METRICS}")]
    return sorted((run for run in found if run), key=lambda run: (run.when, run.name), reverse=True)


def has_saved_runs(folder: Path) -> bool:
    """There is a run to show in `folder`."""
    return any(folder.glob(f"*/{METRICS}"))


def find_run(runs: Sequence[SavedRun], name: str) -> SavedRun:
    """The run of that name. Raises UserError when there is none."""
    for run in runs:
        if run.name == name:
            return run
    raise UserError(f"no run {name!r} is saved")


def _read(file: Path) -> SavedRun | None:
    try:
        metrics = Metrics.model_validate_json(file.read_bytes())
        when = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except (OSError, ValidationError):
        return None
    return SavedRun(file.parent.name, file.parent, when, metrics)

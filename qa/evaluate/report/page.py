"""`report.html`: one file that needs no other and asks no host."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qa.evaluate.breakdown import SHOWN, labels_of
from qa.evaluate.compare import Comparison
from qa.evaluate.digits import number, signed
from qa.evaluate.evaluation import Evaluation
from qa.evaluate.figures import MEANING
from qa.evaluate.gate import GateResult
from qa.evaluate.judge import SUCCESSES
from qa.evaluate.refusal import Verdicts
from qa.evaluate.report import pictures
from qa.evaluate.report.failures import Failure
from qa.evaluate.text import CHANGE_HEADING, change_row, cost_line, counts_line, won_line

HEADLINE = ("answer-in-citation@1", "answer-in-sentence@1", "nDCG@10", "correct", "AUROC", "coverage@10%risk", "ECE")

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_ENVIRONMENT.filters |= {"number": number, "signed": signed}


def report_page(
    evaluation: Evaluation,
    failures: Sequence[Failure],
    comparison: Comparison | None = None,
    results: Sequence[GateResult] = (),
) -> str:
    """The page of `evaluation`, its failures told."""
    script = (Path(__file__).parent / "report.js").read_text(encoding="utf-8")
    figures = list(evaluation.figures.values())
    fields = [(name, list(groups)) for name, groups in groupby(evaluation.groups, lambda group: group.field)]
    outcomes = [(str(name), n, name not in SUCCESSES) for name, n in evaluation.outcomes.items()]
    return _ENVIRONMENT.get_template("report.html").render(
        counts=counts_line(evaluation),
        cost=cost_line(evaluation.cost) if evaluation.cost else None,
        evaluation=evaluation,
        comparison=comparison,
        change_heading=CHANGE_HEADING,
        change_rows=[change_row(change) for change in comparison.changes] if comparison else [],
        won_line=won_line(comparison) if comparison else "",
        results=results,
        headline=[evaluation.figures[name] for name in HEADLINE if name in evaluation.figures],
        figures=figures,
        meaning=MEANING,
        outcomes=outcomes,
        fields=fields,
        shown=SHOWN,
        failures=[(failure, _labels(failure, comparison, [name for name, _ in fields])) for failure in failures],
        pictures=_draw(evaluation, comparison, outcomes),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _draw(
    evaluation: Evaluation, comparison: Comparison | None, outcomes: Sequence[tuple[str, int, bool]]
) -> dict[str, str]:
    verdicts = Verdicts.of(evaluation.judgements)
    drawn: dict[str, str] = {
        "figures": pictures.draw_figures(list(evaluation.figures.values())),
        "outcomes": pictures.draw_outcomes(outcomes),
        "risk_coverage": pictures.draw_risk_coverage(verdicts, comparison.before if comparison else None),
        "reliability": pictures.draw_reliability(evaluation.bins),
    }
    return drawn | ({"changes": pictures.draw_changes(comparison.changes)} if comparison else {})


def _labels(failure: Failure, comparison: Comparison | None, fields: Sequence[str]) -> list[str]:
    """What the page can filter a failure by."""
    labels = {name: value for name, value in labels_of(failure.judgement).items() if name in fields}
    labels["outcome"] = str(failure.judgement.outcome)
    if comparison and failure.judgement.question.question_id in comparison.lost:
        labels["change"] = "became wrong"
    return [f"{name}: {value}" for name, value in labels.items()]

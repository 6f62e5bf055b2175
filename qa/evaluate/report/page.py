"""`report.html`: one file that needs no other and asks no host."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from index.postgres.address import Address
from qa.evaluate.compare.compare import Comparison
from qa.evaluate.compare.gate import GateResult
from qa.evaluate.measure.breakdown import SHOWN, labels_of
from qa.evaluate.measure.evaluation import Evaluation
from qa.evaluate.measure.figures import HEADLINE, MEANING
from qa.evaluate.measure.judge import SUCCESSES
from qa.evaluate.measure.refusal import Verdicts
from qa.evaluate.report import pictures
from qa.evaluate.report.failures import Failure
from qa.evaluate.report.templates import SCRIPT, SCRIPT_SOURCE, TEMPLATES
from qa.evaluate.report.text import CHANGE_HEADING, change_row, cost_line, counts_line, won_line


def report_page(
    evaluation: Evaluation,
    failures: Sequence[Failure],
    index: Path | Address,
    comparison: Comparison | None = None,
    results: Sequence[GateResult] = (),
) -> str:
    """The page of `evaluation`, its failures told; `index` is the folder or database of the index that was asked."""
    figures = list(evaluation.figures.values())
    fields = [(name, list(groups)) for name, groups in groupby(evaluation.groups, lambda group: group.field)]
    outcomes = [(str(name), n, name not in SUCCESSES) for name, n in evaluation.outcomes.items()]
    return TEMPLATES.get_template("report.html").render(
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
        serve=f"article-qa serve --index {shlex.quote(str(index))}",
        script=SCRIPT,
        script_source=SCRIPT_SOURCE,
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

"""Numbers and tables as text, for the terminal and the pull request."""

from __future__ import annotations

from collections.abc import Sequence

from qa.evaluate.compare.compare import Change, Comparison
from qa.evaluate.compare.gate import GateResult
from qa.evaluate.measure.cost import Cost
from qa.evaluate.measure.evaluation import Evaluation
from qa.evaluate.measure.figures import MEANING, Figure
from qa.evaluate.report.digits import number, signed

Row = tuple[str, ...]

CHANGE_HEADING = ("measure", "before", "after", "difference (95% interval)", "p (Holm)", "detectable", "verdict")


def with_interval(figure: Figure) -> str:
    """Value and interval: "0.734 (0.701 to 0.766)"."""
    return f"{number(figure.value)} ({number(figure.low)} to {number(figure.high)})"


def figure_rows(figures: Sequence[Figure]) -> list[Row]:
    """(name, value with interval, n, meaning) of each figure."""
    return [(each.name, with_interval(each), f"{each.n:,}", MEANING[each.name]) for each in figures]


def change_row(change: Change) -> Row:
    """The columns of CHANGE_HEADING."""
    return (
        change.name,
        number(change.before),
        number(change.after),
        f"{signed(change.difference)} ({signed(change.low)} to {signed(change.high)})",
        f"{change.p_holm:.2g}",
        number(change.detectable),
        change.verdict,
    )


def counts_line(evaluation: Evaluation) -> str:
    """How many questions of which set, asked of what."""
    info = evaluation.index
    n = len(evaluation.judgements)
    return (
        f"{evaluation.gold.name}: {n:,} questions, {evaluation.unanswerable:,} of them unanswerable, "
        f"asked of {info.articles:,} articles ({info.passages:,} passages)"
    )


def cost_line(cost: Cost) -> str:
    """Questions a second, and the stages."""
    stages = ", ".join(f"{stage.name} {stage.p50:,.0f}/{stage.p95:,.0f}" for stage in cost.stages)
    return f"{cost.questions_per_second:.2g} questions a second; ms p50/p95 of {cost.n}: {stages}"


def evaluation_lines(evaluation: Evaluation) -> list[str]:
    """An evaluation for the terminal."""
    lines = [counts_line(evaluation), "", *align(figure_rows(list(evaluation.figures.values()))), ""]
    lines += align([(str(outcome), f"{count:,}") for outcome, count in evaluation.outcomes.items()])
    lines += ["", f"{evaluation.citations:,} citations checked, all exact"]
    return lines + ([cost_line(evaluation.cost)] if evaluation.cost else [])


def won_line(comparison: Comparison) -> str:
    """How many questions changed sides."""
    return (
        f"{comparison.n:,} questions are in both runs: "
        f"{len(comparison.won)} became correct, {len(comparison.lost)} became wrong, "
        f"{comparison.same_right} stayed correct, {comparison.same_wrong} stayed wrong"
    )


def comparison_lines(comparison: Comparison, results: Sequence[GateResult]) -> list[str]:
    """A comparison for the terminal."""
    lines = align([CHANGE_HEADING, *(change_row(change) for change in comparison.changes)])
    lines += ["", won_line(comparison)]
    for what, names in (("became correct", comparison.won), ("became wrong", comparison.lost)):
        lines += [f"{what}: {' '.join(names)}"] if names else []
    return lines + [f"gate {'holds' if result.holds else 'CLOSED'}: {result.reason}" for result in results]


def align(rows: Sequence[Row]) -> list[str]:
    """Rows as lines of equal columns."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]

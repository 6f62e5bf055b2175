"""`report.md`: the evaluation as a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answer import Answer
from qa.evaluate.compare.compare import Comparison
from qa.evaluate.compare.gate import GateResult
from qa.evaluate.measure.evaluation import Evaluation
from qa.evaluate.report.text import CHANGE_HEADING, Row, change_row, cost_line, counts_line, figure_rows, won_line

# Failures told in full; the page has them all.
MAX_FAILURES = 10
MAX_CHARACTERS = 200


def report_markdown(
    evaluation: Evaluation, comparison: Comparison | None = None, results: Sequence[GateResult] = ()
) -> str:
    """The report as GitHub's Markdown."""
    lines = ["# Evaluation", "", escape(counts_line(evaluation)) + ".", ""]
    if comparison:
        lines += ["## Compared", "", *_table(CHANGE_HEADING, map(change_row, comparison.changes)), ""]
        lines += [won_line(comparison) + ".", ""]
        lines += [f"- gate **{'holds' if result.holds else 'CLOSED'}**: {result.reason}" for result in results]
        lines += [""] if results else []
    rows = figure_rows(list(evaluation.figures.values()))
    lines += ["## Figures", "", *_table(("measure", "value (95% interval)", "n", "what it says"), rows), ""]
    outcomes = [(str(outcome), f"{count:,}") for outcome, count in evaluation.outcomes.items()]
    lines += ["## Outcomes", "", *_table(("outcome", "questions"), outcomes), ""]
    lines += [f"{evaluation.citations:,} citations checked, all exact to the character.", ""]
    if evaluation.cost:
        lines += [cost_line(evaluation.cost) + ".", ""]
    failures = [judgement for judgement in evaluation.judgements if judgement.is_failure]
    if failures:
        lines += [f"## The first {min(len(failures), MAX_FAILURES)} of {len(failures):,} failures", ""]
    for judgement in failures[:MAX_FAILURES]:
        question, came = judgement.question, _came(judgement.asked.answer)
        expected = " / ".join(question.answers) or "an article judged relevant"
        expected = expected if question.is_answerable else "no answer"
        lines += [
            f"- **{judgement.outcome}**: {escape(question.text)}",
            f"  expected: {escape(expected)}; came: {came}",
        ]
    return "\n".join(lines).rstrip() + "\n"


def _came(answer: Answer) -> str:
    """The answer, its answering words before it: a long sentence is cut."""
    short = f"**{escape(answer.short)}** in " if answer.short else ""
    return short + escape(answer.text or "no answer")


def escape(text: str) -> str:
    """`text` on one line, cut, with nothing that Markdown or HTML would act on; mentions and links stay plain text."""
    line = " ".join(text.split())
    line = line if len(line) <= MAX_CHARACTERS else line[: MAX_CHARACTERS - 1] + "…"
    escaped = re.sub(r"([\\`*_\[\]#|~])", r"\\\1", line.replace("&", "&amp;").replace("<", "&lt;"))
    # A zero-width space keeps GitHub from notifying whoever is called so, and from linking.
    return escaped.replace("@", "@\u200b").replace("://", ":\u200b//").replace("www.", "www\u200b.")


def _table(heading: Row, rows: Sequence[Row] | map[Row]) -> list[str]:
    lines = [heading, ("---",) * len(heading), *((row[0], *row[1:]) for row in rows)]
    return [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines]

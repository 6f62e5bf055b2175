"""The page that compares two saved runs."""

from __future__ import annotations

from collections.abc import Sequence

from qa.evaluate.compare.compare import Comparison
from qa.evaluate.measure.judge import Judgement
from qa.evaluate.report import pictures
from qa.evaluate.report.templates import TEMPLATES
from qa.evaluate.report.text import CHANGE_HEADING, change_row, won_line


def comparison_page(
    names: tuple[str, str], comparison: Comparison, before: Sequence[Judgement], after: Sequence[Judgement]
) -> str:
    """The page; `names` are the runs', `before` and `after` the judgements that were compared, in one order."""
    was = {judgement.question.question_id: judgement for judgement in before}
    now = {judgement.question.question_id: judgement for judgement in after}
    changed = [
        (heading, [(was[question_id], now[question_id]) for question_id in question_ids])
        for heading, question_ids in (("Became wrong", comparison.lost), ("Became correct", comparison.won))
    ]
    return TEMPLATES.get_template("comparison.html").render(
        names=names,
        won_line=won_line(comparison),
        picture=pictures.draw_changes(comparison.changes),
        risk_coverage=pictures.draw_risk_coverage(comparison.after, comparison.before),
        heading=CHANGE_HEADING,
        rows=[change_row(change) for change in comparison.changes],
        changed=changed,
    )

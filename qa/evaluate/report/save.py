"""Writes what an evaluation leaves: answers, ranking, figures and reports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from corpus.errors import UserError
from qa.evaluate.compare.compare import Comparison
from qa.evaluate.compare.gate import GateResult
from qa.evaluate.measure.evaluation import Evaluation, json_number
from qa.evaluate.measure.judgements_file import write_judgements
from qa.evaluate.report.failures import Failure
from qa.evaluate.report.markdown import report_markdown
from qa.evaluate.run.files import write_run
from qa.evaluate.run.saved_runs import METRICS, REPORT_PAGE

REPORT_MARKDOWN = "report.md"


def save(
    evaluation: Evaluation,
    failures: Sequence[Failure],
    folder: Path,
    comparison: Comparison | None = None,
    results: Sequence[GateResult] = (),
) -> None:
    """Write answers, ranking, judgements, `metrics.json`, `report.html` and `report.md` into `folder`.

    Raises UserError when it cannot be written.
    """
    # It draws with matplotlib, which takes a second to load; who only reads figures does not wait for it.
    from qa.evaluate.report.page import report_page

    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_run([judgement.asked for judgement in evaluation.judgements], folder)
        write_judgements(evaluation.judgements, folder)
        metrics = json.dumps(metrics_json(evaluation, comparison, results), ensure_ascii=False, indent=1)
        (folder / METRICS).write_text(metrics + "\n", encoding="utf-8")
        (folder / REPORT_MARKDOWN).write_text(report_markdown(evaluation, comparison, results), encoding="utf-8")
        page = report_page(evaluation, failures, evaluation.folder, comparison, results)
        (folder / REPORT_PAGE).write_text(page, encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot write to {str(folder)!r}: {error.strerror}; name another folder with --out") from error


def metrics_json(
    evaluation: Evaluation, comparison: Comparison | None, results: Sequence[GateResult]
) -> dict[str, object]:
    """What `metrics.json` holds and `--json` prints."""
    metrics = evaluation.to_json()
    if comparison:
        changes = [asdict(change) | {"verdict": change.verdict} for change in comparison.changes]
        metrics["comparison"] = {
            "changes": [
                {key: json_number(value) if isinstance(value, float) else value for key, value in change.items()}
                for change in changes
            ],
            "won": list(comparison.won),
            "lost": list(comparison.lost),
            "same_right": comparison.same_right,
            "same_wrong": comparison.same_wrong,
            "gates": [asdict(result) for result in results],
        }
    return metrics

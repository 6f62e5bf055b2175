"""The headline table of several runs, as Markdown.

    for set in SETS/*; do article-qa evaluate "$set" --out "runs/$(basename "$set")"; done
    python benchmarks/headline.py runs/*

Each run is a folder that `article-qa evaluate --out` wrote; a figure stands with its 95% interval.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

COLUMNS = {
    "answer-in-citation@1": "first passage",
    "answer-in-citation@5": "first five",
    "answer-in-sentence@1": "marked sentence",
    "nDCG@10": "nDCG@10",
    "R@1": "R@1",
    "AUROC": "AUROC",
    "ECE": "ECE",
}


@click.command()
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def main(runs: Sequence[Path]) -> None:
    """Print the table of the RUNs, folders that `article-qa evaluate --out` wrote."""
    rows = [("set", "questions (unanswerable)", *COLUMNS.values()), ("---",) * (len(COLUMNS) + 2)]
    rows += [row(run) for run in runs]
    for cells in rows:
        print(f"| {' | '.join(cells)} |")


def row(folder: Path) -> tuple[str, ...]:
    """The set, its size, and each column's figure with its interval."""
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    figures = metrics["figures"]
    cells = [
        f"{figures[name]['value']:.3f} <sub>{figures[name]['low']:.2f}-{figures[name]['high']:.2f}</sub>"
        if name in figures
        else ""
        for name in COLUMNS
    ]
    return metrics["set"], f"{metrics['questions']:,} ({metrics['unanswerable']:,})", *cells


if __name__ == "__main__":
    main()

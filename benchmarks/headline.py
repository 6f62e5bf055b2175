"""The headline table of several runs, as Markdown.

    for set in SETS/*; do article-qa evaluate "$set" --out "runs/$(basename "$set")"; done
    python benchmarks/headline.py runs/*

Each run is a folder that `article-qa evaluate --out` wrote; a figure stands with its 95% interval.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

COLUMNS = {
    "answer-in-citation@1": "first passage",
    "answer-in-citation@5": "first five",
    "answer-in-sentence@1": "marked sentence",
    "nDCG@10": "nDCG@10",
    "R@1": "R@1",
    "AUROC": "AUROC",
    "ECE": "ECE",
}


def main(folders: list[str]) -> int:
    """Print the table of `folders`; 2 when there is none."""
    if not folders:
        sys.stderr.write("usage: python benchmarks/headline.py RUN...\n")
        return 2
    rows = [("set", "questions (unanswerable)", *COLUMNS.values()), ("---",) * (len(COLUMNS) + 2)]
    rows += [row(Path(folder)) for folder in folders]
    sys.stdout.writelines(f"| {' | '.join(cells)} |\n" for cells in rows)
    return 0


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
    sys.exit(main(sys.argv[1:]))

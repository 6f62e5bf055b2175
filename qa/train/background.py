"""Count in how many English passages each term stands, for `qa/models/background.json`.

    python -m qa.train.background DATA_DIR > qa/models/background.json

The passages are those of DATA_DIR/training (QAMR, SquadShifts, QED, SelQA, COVID-QA: openly licensed).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

from index.words.analyze import analyze

RECIPE = "python -m qa.train.background DATA_DIR > qa/models/background.json"
FILE = "training/train.jsonl.gz"
# A rarer term tells little more than an unlisted one, and the list stays under 100 KB.
MIN_PASSAGES = 10
# Shorter ones are single sentences.
MIN_WORDS = 40


def main(data_dir: Path) -> None:
    """Print `background.json`: `with` has the number of passages for each term, `unlisted` that of a rarer one."""
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    with gzip.open(data_dir / FILE, "rt", encoding="utf-8") as lines:
        for line in lines:
            passage = json.loads(line)["passage"]
            if passage not in seen and len(passage.split()) >= MIN_WORDS:
                seen.add(passage)
                counts.update(set(analyze(passage)))
    listed = {term: count for term, count in sorted(counts.items()) if count >= MIN_PASSAGES}
    rest = [count for count in counts.values() if count < MIN_PASSAGES]
    unlisted = round(sum(rest) / len(rest), 2)
    digest = hashlib.sha256((data_dir / FILE).read_bytes()).hexdigest()
    figures = {"passages": len(seen), "terms": len(counts), "listed": len(listed)}
    made_by = {"recipe": RECIPE, "data": {"set": "training", "sha256": {FILE: digest}}, "figures": figures}
    table = {"made_by": made_by, "passages": len(seen), "unlisted": unlisted, "with": listed}
    print(json.dumps(table, ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {RECIPE}")
    main(Path(sys.argv[1]))

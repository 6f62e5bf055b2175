"""Count in how many English passages each term stands, for `qa/models/background.json`.

python benchmarks/background.py DATA_DIR > qa/models/background.json

The passages are those of DATA_DIR/training (QAMR, SquadShifts, QED, SelQA, COVID-QA: openly licensed).
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from index.words.analyze import analyze

# A rarer term tells little more than an unlisted one, and the list stays under 100 KB.
MIN_PASSAGES = 10
# Shorter ones are single sentences.
MIN_WORDS = 40


def main(data_dir: Path) -> None:
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    with gzip.open(data_dir / "training" / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            passage = json.loads(line)["passage"]
            if passage not in seen and len(passage.split()) >= MIN_WORDS:
                seen.add(passage)
                counts.update(set(analyze(passage)))
    listed = {term: count for term, count in sorted(counts.items()) if count >= MIN_PASSAGES}
    rest = [count for count in counts.values() if count < MIN_PASSAGES]
    table = {"passages": len(seen), "unlisted": round(sum(rest) / len(rest), 2), "with": listed}
    json.dump(table, sys.stdout, ensure_ascii=False, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

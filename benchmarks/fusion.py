"""Is the fusion as good as its better leg? R@1, R@5 and nDCG@10 over articles, with intervals, leg by leg.

python benchmarks/fusion.py DATA_DIR INDEX_DIR SET... > benchmarks/fusion.md

INDEX_DIR/SET keeps the index of each set, so that a second run need not encode it again. An article counts by its best
passage. On realtimeqa the table also has the share of questions whose first (five) passages hold a gold answer.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
from ir_measures import R, nDCG

sys.path.insert(0, str(Path(__file__).parents[1]))
from corpus.readers import read_articles
from index.encoders.torch import SentenceEncoder
from index.fusion import fuse
from index.generations import IndexFolder
from index.hit import Hit
from index.retriever import WEIGHTS, Ranking, Retriever
from index.update import build_index

MEASURES = (R @ 1, R @ 5, nDCG @ 10)
RESAMPLES = 2_000
SEED = 7
# The constant of reciprocal rank fusion, as its authors set it.
RRF_K = 60


def rankings(found: Ranking) -> dict[str, list[Hit]]:
    """Each leg's ranking of one question, and what becomes of both."""
    by_score = {name: sort(leg) for name, leg in (("lexical", found.lexical), ("dense", found.dense))}
    ranks: dict[int, float] = {}
    for hits in by_score.values():
        for rank, hit in enumerate(hits, start=1):
            ranks[hit.number] = ranks.get(hit.number, 0.0) + 1 / (RRF_K + rank)
    return by_score | {"RRF": sort(ranks), "fused": fuse([found.lexical, found.dense], WEIGHTS)}


def sort(scores: Mapping[int, float]) -> list[Hit]:
    hits = [Hit(number, score) for number, score in scores.items()]
    return sorted(hits, key=lambda hit: (-hit.score, hit.number))


def measure_set(data_dir: Path, index_dir: Path, name: str) -> tuple[int, int, dict[str, dict[str, Any]]]:
    """(questions, passages, values): per ranking and measure one value a question, in one order of questions."""
    retriever = open_set(data_dir / name, index_dir / name)
    queries = [q for q in read_queries(data_dir / name) if q.get("answerable", True)]
    qrels = read_qrels(data_dir / name)
    runs: dict[str, dict[str, dict[str, float]]] = {}
    held: dict[str, dict[str, list[float]]] = {}
    for query in queries:
        found = retriever.search(query["text"])
        passages = retriever.store.passages(sorted({*found.lexical, *found.dense}))
        gold = [answer.lower() for answer in query.get("answers", []) if answer]
        for ranking, hits in rankings(found).items():
            articles: dict[str, float] = {}
            for hit in hits:
                articles.setdefault(passages[hit.number].article_id, hit.score)
            runs.setdefault(ranking, {})[query["_id"]] = articles
            for k in (1, 5):
                texts = [passages[hit.number].text.lower() for hit in hits[:k]]
                is_held = any(answer in text for answer in gold for text in texts)
                held.setdefault(ranking, {}).setdefault(f"answer@{k}", []).append(float(is_held))
    ids = [query["_id"] for query in queries if query["_id"] in qrels]
    values: dict[str, dict[str, Any]] = {}
    for ranking, run in runs.items():
        rows = {(row.query_id, str(row.measure)): row.value for row in ir_measures.iter_calc(MEASURES, qrels, run)}
        values[ranking] = {str(m): np.array([rows.get((i, str(m)), 0.0) for i in ids]) for m in MEASURES}
        if name.startswith(("realtimeqa", "squad")):
            values[ranking] |= {key: np.array(column) for key, column in held[ranking].items()}
    return len(ids), retriever.store.counts()[1], values


def open_set(set_dir: Path, index_dir: Path) -> Retriever:
    folder, encoder = IndexFolder(index_dir), SentenceEncoder()
    if folder.current() is None:
        build_index(folder, read_articles([str(set_dir / "corpus.jsonl.gz")]), encoder)
    return Retriever(folder, encoder)


def read_queries(set_dir: Path) -> list[dict[str, Any]]:
    with gzip.open(set_dir / "queries.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_qrels(set_dir: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    with (set_dir / "qrels.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            qrels.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    return qrels


def table(name: str, questions: int, passages: int, values: dict[str, dict[str, Any]]) -> str:
    """A Markdown table: means with intervals, and the fused ranking's paired difference from the better leg."""
    measures = list(values["fused"])
    draw = np.random.default_rng(SEED)
    lines = [
        f"### {name}: {questions:,} questions, {passages:,} passages",
        "",
        "| | " + " | ".join(measures) + " |",
        "| --- |" + " ---: |" * len(measures),
    ]
    for ranking, columns in values.items():
        lines.append(f"| {ranking} | " + " | ".join(interval(columns[m], draw) for m in measures) + " |")
    differences = []
    for measure in measures:
        better = max(("lexical", "dense"), key=lambda leg: float(values[leg][measure].mean()))
        differences.append(interval(values["fused"][measure] - values[better][measure], draw, signed=True))
    lines.append("| fused less its better leg, paired | " + " | ".join(differences) + " |")
    return "\n".join(lines) + "\n"


def interval(values: np.ndarray[Any, np.dtype[np.float64]], draw: np.random.Generator, *, signed: bool = False) -> str:
    """Mean and 95% bootstrap interval."""
    picks = draw.integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(values[picks].mean(axis=1), [2.5, 97.5])
    return f"{values.mean():+.3f} ({low:+.3f} {high:+.3f})" if signed else f"{values.mean():.3f} ({low:.3f}-{high:.3f})"


def main(data_dir: Path, index_dir: Path, names: Sequence[str]) -> None:
    print("# Fusion against its legs\n\n    python benchmarks/fusion.py DATA_DIR INDEX_DIR " + " ".join(names) + "\n")
    print(f"Weights {WEIGHTS[0]} lexical, {WEIGHTS[1]} dense; 95% bootstrap intervals ({RESAMPLES:,} resamples).\n")
    for name in names:
        print(table(name, *measure_set(data_dir, index_dir, name)), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])

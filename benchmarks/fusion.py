"""Is the fusion as good as its better leg? R@1, R@5 and nDCG@10 over articles, with intervals, leg by leg.

    python benchmarks/fusion.py DATA_DIR CACHE_DIR SET... > benchmarks/fusion.md

CACHE_DIR keeps the index of each set, as `evaluate --cache`, so that a second run need not encode it again. An article
counts by its best passage. Of a set whose questions have answers, the table also has the share of questions whose first
(five) passages hold one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click
import ir_measures
import numpy as np
from ir_measures import R, nDCG
from tables import Values, mean_with_interval, print_heading

from index.encoders.onnx import PackagedEncoder
from index.fusion import fuse
from index.generations import IndexFolder
from index.hit import Hit
from index.retriever import WEIGHTS, Ranking, Retriever
from qa.evaluate import pipeline
from qa.evaluate.gold.gold_set import GoldQuestion, GoldSet, clusters
from qa.evaluate.gold.read import read_gold_set
from qa.evaluate.measure.bootstrap import RESAMPLES, Bootstrap
from qa.evaluate.measure.match import holds, is_yes_or_no, words

MEASURES = (R @ 1, R @ 5, nDCG @ 10)
ANSWER_DEPTHS = (1, 5)
# The constant of reciprocal rank fusion, as its authors set it.
RRF_K = 60


@click.command()
@click.argument("data_dir", type=click.Path(exists=True, path_type=Path))
@click.argument("cache_dir", type=click.Path(path_type=Path))
@click.argument("sets", metavar="SET...", nargs=-1, required=True)
def main(data_dir: Path, cache_dir: Path, sets: Sequence[str]) -> None:
    """Print a table for each SET, a folder of DATA_DIR."""
    encoder = PackagedEncoder()
    print_heading("Fusion against its legs", f"fusion.py DATA_DIR CACHE_DIR {' '.join(sets)}")
    print(f"Weights {WEIGHTS[0]} lexical, {WEIGHTS[1]} dense; 95% bootstrap intervals ({RESAMPLES:,} resamples).\n")
    for name in sets:
        gold = read_gold_set(data_dir / name)
        folder = pipeline.index_of(gold, IndexFolder(cache_dir / "none"), cache_dir, encoder)
        gold = replace(gold, questions=tuple(question for question in gold.questions if question.is_answerable))
        print(table(gold, Retriever(folder, encoder)), flush=True)


def table(gold: GoldSet, retriever: Retriever) -> str:
    """A Markdown table: means with intervals, and the fused ranking's paired difference from the better leg."""
    values, bootstrap = measure_rankings(gold, retriever), Bootstrap(clusters(gold.questions))
    measures = [measure for measure, column in values["fused"].items() if not np.isnan(column).all()]
    lines = [
        f"### {gold.name}: {len(gold.questions):,} questions, {retriever.store.counts()[1]:,} passages",
        "",
        "| | " + " | ".join(measures) + " |",
        "| --- |" + " ---: |" * len(measures),
    ]
    for ranking, columns in values.items():
        cells = (mean_with_interval(columns[measure], bootstrap) for measure in measures)
        lines.append(f"| {ranking} | " + " | ".join(cells) + " |")
    differences = []
    for measure in measures:
        better = max((values[leg][measure] for leg in ("lexical", "dense")), key=np.nanmean)
        differences.append(mean_with_interval(values["fused"][measure] - better, bootstrap, signed=True))
    lines.append("| fused less its better leg, paired | " + " | ".join(differences) + " |")
    return "\n".join(lines) + "\n"


def measure_rankings(gold: GoldSet, retriever: Retriever) -> dict[str, dict[str, Values]]:
    """Per ranking and measure one value a question of the set, nan where the measure does not apply."""
    runs: dict[str, dict[str, dict[str, float]]] = {}
    held: dict[str, dict[str, list[float]]] = {}
    for question in gold.questions:
        found = retriever.search(question.text)
        passages = found.store.passages(sorted({*found.lexical, *found.dense}))
        for ranking, hits in rankings(found).items():
            articles = dict.fromkeys(passages[hit.number].article_id for hit in hits)
            run = runs.setdefault(ranking, {})
            run[question.question_id] = {article: -float(rank) for rank, article in enumerate(articles)}
            texts = [passages[hit.number].text for hit in hits[: max(ANSWER_DEPTHS)]]
            for k in ANSWER_DEPTHS:
                held.setdefault(ranking, {}).setdefault(f"answer@{k}", []).append(holds_answer(question, texts[:k]))
    return {
        ranking: measure_articles(gold, run) | {name: np.array(column) for name, column in held[ranking].items()}
        for ranking, run in runs.items()
    }


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


def measure_articles(gold: GoldSet, run: Mapping[str, Mapping[str, float]]) -> dict[str, Values]:
    """MEASURES of a ranking of articles, nan for questions that no article is judged for."""
    qrels = {question.question_id: dict(question.relevant) for question in gold.questions if question.relevant}
    found = {(row.query_id, row.measure): row.value for row in ir_measures.iter_calc(MEASURES, qrels, run)}
    return {
        str(measure): np.array([found.get((question.question_id, measure), math.nan) for question in gold.questions])
        for measure in MEASURES
    }


def holds_answer(question: GoldQuestion, texts: Sequence[str]) -> float:
    """1 when one of `texts` holds an answer to the question, nan for a question that words cannot tell it of."""
    if not question.answers or is_yes_or_no(question.answers):
        return math.nan
    answers = [words(answer) for answer in question.answers]
    return float(any(holds(words(text), answers) for text in texts))


if __name__ == "__main__":
    main()

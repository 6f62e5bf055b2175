"""Does the confidence tell what the articles answer from what they do not, and is it as sure as it should be?

    python benchmarks/refusal.py DATA_DIR CACHE_DIR IN_PERIOD_SET > benchmarks/refusal.md

Beside it the best cosine of any passage, which a program without models would have. `in-period` is a set of news from
which the articles that answer some of its questions were taken out, asked with the days of asking and without; `small`
are thirty indexes of 3 to 30 of its articles, half of them of mixed subjects and half of near ones.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from tables import print_heading

from index.generations import IndexFolder
from index.retriever import Retriever
from qa.answerer import Answerer
from qa.build import Models, load_models
from qa.evaluate.gold.gold_set import GoldQuestion, GoldSet
from qa.evaluate.gold.read import read_gold_set
from qa.evaluate.measure.match import holds, words
from qa.evaluate.pipeline import index_of, read_bundled
from qa.evidence.fitted import load_fitted
from qa.settings import Settings
from qa.train.questions import small_indexes

SMALL_INDEXES = 30
# Of each set at most so many questions are asked.
MOST = 500
BINS = 10


@dataclass(frozen=True)
class Row:
    """A question, as it came out."""

    is_answerable: bool
    confidence: float
    cosine: float
    is_right: bool
    is_answered: bool


def ask(question: GoldQuestion, answerer: Answerer, retriever: Retriever, *, is_answerable: bool) -> Row:
    """Ask `question`."""
    answer = answerer.ask(question.text, history=question.history, asked_on=question.asked_on)
    cosine = max(retriever.search(answer.query).dense.values(), default=0.0)
    gold = [words(each) for each in question.answers] if is_answerable else []
    is_right = bool(answer.citations) and holds(words(answer.citations[0].answer), gold)
    return Row(is_answerable, answer.confidence, cosine, is_right, answer.is_answerable)


def ask_set(gold: GoldSet, folder: IndexFolder, models: Models) -> list[Row]:
    """Ask the whole set."""
    retriever = Retriever(folder, models.encoder)
    answerer = Answerer(retriever, load_fitted(), reader=models.reader)
    return [ask(each, answerer, retriever, is_answerable=each.is_answerable) for each in gold.questions]


def ask_small(gold: GoldSet, folder: IndexFolder, models: Models) -> Iterator[Row]:
    """Ask of the small indexes."""
    for retriever, questions in small_indexes(gold, folder, models.encoder, SMALL_INDEXES):
        answerer = Answerer(retriever, load_fitted(), reader=models.reader)
        for question, is_answerable in questions:
            yield ask(question, answerer, retriever, is_answerable=is_answerable)


def line(name: str, rows: list[Row]) -> str:
    """The row of the table."""
    answerable = np.array([row.is_answerable for row in rows])
    confidence = np.array([row.confidence for row in rows])
    right = np.array([row.is_right for row in rows])
    refused = np.array([not row.is_answered for row in rows])
    ours, cosine = (roc_auc_score(answerable, values) for values in (confidence, [row.cosine for row in rows]))
    step = np.minimum((confidence * BINS).astype(int), BINS - 1)
    ece = sum((step == n).mean() * abs((confidence - right)[step == n].mean()) for n in set(step))
    return (
        f"| {name} | {len(rows)} | {(~answerable).sum()} | {ours:.3f} | {cosine:.3f} | {ece:.3f} "
        f"| {confidence.mean():.3f} | {right.mean():.3f} | {refused[~answerable].mean():.3f} "
        f"| {refused[answerable].mean():.3f} |"
    )


def main(data_dir: Path, cache: Path, in_period: Path) -> None:
    """Print the table."""
    print_heading("Refusal", "refusal.py DATA_DIR CACHE_DIR IN_PERIOD_SET")
    print(
        "| set | questions | unanswerable | AUROC | of the best cosine | ECE | mean confidence | marked right "
        "| unanswerable refused | answerable refused |\n|" + " --- |" * 10
    )
    models = load_models(Settings())
    period = read_gold_set(in_period)
    undated = replace(period, questions=tuple(replace(each, asked_on=None) for each in period.questions))
    for name, gold in (
        ("bundled", read_bundled()),
        ("squad2-dev", read_gold_set(data_dir / "squad2-dev")),
        ("in-period", period),
        ("in-period, no day", undated),
    ):
        folder = index_of(gold, IndexFolder(cache), cache, models.encoder)
        print(line(name, ask_set(gold.sample(MOST), folder, models)), flush=True)
    print(line("small", list(ask_small(undated, folder, models))), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))

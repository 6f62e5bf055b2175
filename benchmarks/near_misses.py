"""Questions with one name, year or number exchanged for another of the same kind: refused, or answered all the same?

    python benchmarks/near_misses.py DATA_DIR CACHE_DIR > benchmarks/near_misses.md

At most 210 questions of each set. At the program's own line, and at the line under which 5 in 100 of the rightly
answered untouched questions would be lost.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from tables import print_heading

from index.generations import IndexFolder
from index.retriever import Retriever
from qa.answer import Answer
from qa.answerer import Answerer
from qa.build import Models, load_models
from qa.evaluate.gold.gold_set import GoldQuestion, GoldSet
from qa.evaluate.gold.read import read_gold_set
from qa.evaluate.measure.match import holds, words
from qa.evaluate.pipeline import index_of, read_bundled
from qa.evidence.fitted import load_fitted
from qa.settings import Settings
from qa.train.pairs import exchange

SETS = ("bundled", "squad1-dev", "squad2-dev")
# Of each set so many questions are asked.
MOST = 210
LOST = 0.05
AROUND = 700
SEED = 2022


@dataclass(frozen=True)
class NearMiss:
    """A question, the same with something exchanged, and what that was."""

    question: GoldQuestion
    exchanged: str
    kind: str


def near_misses(gold: GoldSet, retriever: Retriever) -> Iterator[NearMiss]:
    """Those of the answerable questions in which something can be exchanged."""
    at = random.Random(SEED)
    store = retriever.store
    questions = [each for each in gold.questions if each.is_answerable and not each.history]
    at.shuffle(questions)
    for question in questions:
        for article_id, article in store.articles(sorted(question.relevant)).items():
            spans = [(each.start, each.end) for each in question.spans if each.article_id == article_id]
            spans = spans or [m.span() for a in question.answers for m in re.finditer(re.escape(a), article.text)]
            if not spans:
                continue
            begin = max(0, spans[0][0] - AROUND)
            around = article.text[begin : spans[0][1] + AROUND]
            inside = [
                (first - begin, end - begin) for first, end in spans if begin <= first and end <= begin + len(around)
            ]
            exchanged = exchange(question.text, around, "", inside, at)
            if exchanged:
                yield NearMiss(question, exchanged, kind_of(question.text, exchanged))
                break


def kind_of(question: str, exchanged: str) -> str:
    """What was exchanged: the words of `exchanged` that `question` does not have."""
    new = [word for word in re.findall(r"\w+", exchanged) if word not in question]
    if all(word.isdigit() for word in new):
        return "year" if any(len(word) == 4 for word in new) else "number"
    return "name"


def is_right(question: GoldQuestion, answer: Answer) -> bool:
    """The marked sentence holds a gold answer."""
    return bool(answer.citations) and holds(words(answer.citations[0].answer), [words(a) for a in question.answers])


def main(data_dir: Path, cache: Path) -> None:
    """Print the table, with the reader and without."""
    print_heading("Near misses", "near_misses.py DATA_DIR CACHE_DIR")
    print(
        "| set | reader | questions | untouched answered | exchanged refused | refused where 5% of the right are lost "
        "| AUROC | names | years | numbers |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    models = load_models(Settings())
    for name in SETS:
        gold = read_bundled() if name == "bundled" else read_gold_set(data_dir / name)
        retriever = Retriever(index_of(gold, IndexFolder(cache), cache, models.encoder), models.encoder)
        misses = list(near_misses(gold, retriever))[:MOST]
        for each in (replace(models, reader=None), models):
            print(row(name, misses, retriever, each), flush=True)


def row(name: str, misses: list[NearMiss], retriever: Retriever, models: Models) -> str:
    """A row of the table."""
    answerer = Answerer(retriever, load_fitted(), reader=models.reader)
    untouched = [answerer.ask(each.question.text) for each in misses]
    exchanged = [answerer.ask(each.exchanged) for each in misses]
    right = [a.confidence for each, a in zip(misses, untouched, strict=True) if is_right(each.question, a)]
    line = float(np.quantile(right, LOST))
    below = np.array([answer.confidence < line for answer in exchanged])
    area = roc_auc_score(
        [1] * len(untouched) + [0] * len(exchanged), [answer.confidence for answer in (*untouched, *exchanged)]
    )
    kinds = np.array([each.kind for each in misses])
    by_kind = " | ".join(
        f"{below[kinds == kind].mean():.2f} of {(kinds == kind).sum()}" if (kinds == kind).any() else ""
        for kind in ("name", "year", "number")
    )
    answered = np.mean([answer.is_answerable for answer in untouched])
    refused = np.mean([not answer.is_answerable for answer in exchanged])
    return (
        f"| `{name}` | {'yes' if models.reader else 'no'} | {len(misses)} | {answered:.3f} | {refused:.3f} "
        f"| {below.mean():.3f} | {area:.3f} | {by_kind} |"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

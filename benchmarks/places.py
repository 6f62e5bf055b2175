"""The same questions asked of the same articles in a folder and in PostgreSQL: are the answers the same?

    python benchmarks/places.py DATA_DIR CACHE_DIR > benchmarks/places.md

Each set's index is made in a folder, kept in CACHE_DIR, and copied to a database of the tests' own server. A passage
that both have to read is read once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tables import print_heading

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from postgres_server import Server, new_database, serving

from index.copy import copy_index
from index.generations import IndexFolder
from index.postgres.store import NEAREST_KEY, open_current
from qa.build import Models, load_models
from qa.evaluate.gold.gold_set import GoldSet
from qa.evaluate.gold.read import read_gold_set
from qa.evaluate.measure.bootstrap import Bootstrap
from qa.evaluate.measure.judge import Judgement
from qa.evaluate.pipeline import ask_set, index_of, judge_run, read_bundled
from qa.evidence.gather import Found
from qa.evidence.reader import Reader, Reading
from qa.settings import Settings

# So many questions, spread over the set; all of those of the bundled articles.
QUESTIONS = {"squad1-dev": 300, "squad2-dev": 300, "multihop-rag": 100}


class RememberingReader(Reader):
    """Reads each passage for a question once: what is read does not depend on where it was found."""

    def __init__(self) -> None:
        super().__init__()
        self._read_before: dict[tuple[object, ...], list[Reading]] = {}

    def _read(self, question: str, found: Found) -> list[Reading]:
        key = question, found.article, found.passage, tuple(found.sentences)
        if key not in self._read_before:
            self._read_before[key] = super()._read(question, found)
        return self._read_before[key]


def compare(name: str, gold: GoldSet, cache: Path, server: Server, models: Models) -> str:
    """The set's row of the table."""
    folder = index_of(gold, IndexFolder(cache), cache, models.encoder)
    asked = gold.sample(QUESTIONS.get(name))
    with new_database(server) as database:
        copy_index(folder, database, lambda _: None)
        store = open_current(database)
        passages, how = store.counts()[1], "HNSW" if store.meta(NEAREST_KEY) else "all compared"
        one, other = (judge_run(asked, ask_set(asked, place, cache, models), place) for place in (folder, database))
    pairs = [(a.asked.answer, b.asked.answer) for a, b in zip(one, other, strict=True)]
    verdict = sum(a.is_answerable == b.is_answerable for a, b in pairs)
    marked = sum(_marked(a) == _marked(b) for a, b in zip(one, other, strict=True))
    off = np.array([abs(a.confidence - b.confidence) for a, b in pairs])
    return (
        f"| {name} | {passages:,} | {how} | {len(pairs)} | {verdict} | {marked} | {off.max():.1e} "
        f"| {(off > 1e-6).sum()} | {_mean(one)} | {_mean(other)} |"
    )


def _marked(judgement: Judgement) -> object:
    first = judgement.asked.answer.citations[:1]
    return [(each.article_id, each.start, each.end, each.answer_start, each.answer_end) for each in first]


def _mean(run: Sequence[Judgement]) -> str:
    values = np.array([each.values.get("nDCG@10", np.nan) for each in run])[:, None]
    error = Bootstrap([each.question.question_id for each in run]).means(values).std()
    return f"{np.nanmean(values):.4f} ± {error:.3f}"


def main(data_dir: Path, cache: Path) -> None:
    """Print the table."""
    print_heading("The answers of a folder and of PostgreSQL", "places.py DATA_DIR CACHE_DIR")
    print(
        "| set | passages | vectors | questions | same verdict | same sentence marked | largest change of confidence "
        "| differ by more than 1e-6 | nDCG@10, folder | database |\n|" + " --- |" * 10
    )
    given = load_models(Settings(index=cache))
    models = Models(given.encoder, RememberingReader(), given.reranker)
    with serving() as server:
        print(compare("bundled", read_bundled(), cache, server, models), flush=True)
        for name in QUESTIONS:
            print(compare(name, read_gold_set(data_dir / name), cache, server, models), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""Where the time of a question and of a build goes, part by part; `speed.py` prints them.

Processor time, each part without those inside it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

# What is measured is named here, by where it is.
QUESTION = (
    ("qa.answerer:read_question", "understand the question"),
    ("index.encoders.onnx:PackagedEncoder.encode_queries", "encode its two forms"),
    ("index.words.tantivy:LexicalIndex.search", "search the words"),
    ("index.words.tantivy:LexicalIndex.passages_with", "count its words in the passages"),
    ("index.vectors:StoredVectors.search", "search the vectors"),
    ("index.vectors:StoredVectors.scores", "compare what only the words found"),
    ("index.retriever:Retriever.refresh", "see whether the index has changed"),
    ("qa.answerer:gather", "fetch the passages and the vectors of their sentences"),
    ("qa.answerer:weigh", "weigh the sentences"),
    ("qa.evidence.reader:Reader.read", "read the likeliest passages"),
    ("qa.answerer:read_candidates", "weigh what was read"),
    ("qa.answerer:group_copies", "find copies"),
    ("qa.answerer:put_updates_first", "find later versions"),
    ("qa.answerer:confidence", "confidence"),
    ("qa.answerer:cite", "cite"),
)
BUILD = (
    ("index.draft:read_article", "split into sentences and passages, and their words"),
    ("index.encoders.onnx:PackagedEncoder.encode_passages", "encode passages and sentences"),
    ("index.draft:_record", "pack the vectors"),
    ("index.update:_put", "store"),
    ("index.words.tantivy:LexicalIndex.catch_up", "derive the words"),
    ("index.update:write_snapshot", "derive the vectors"),
)
REST = "the rest"


@contextmanager
def measured(parts: Sequence[tuple[str, str]]) -> Iterator[Counter[str]]:
    """Within the block the calls of `parts` are measured; seconds by name. The block itself is the rest."""
    spent: Counter[str] = Counter()
    inside = [0.0]
    undone = []
    for place, name in parts:
        owner, last = found(place)
        undone.append((owner, last, getattr(owner, last)))
        setattr(owner, last, timed(getattr(owner, last), name, spent, inside))
    began = time.process_time()
    try:
        yield spent
    finally:
        spent[REST] = time.process_time() - began - inside[0]
        for owner, last, real in undone:
            setattr(owner, last, real)


def found(place: str) -> tuple[Any, str]:
    """The module or class, and the name in it, of "module:name" or "module:Class.name"."""
    from importlib import import_module

    module, _, names = place.partition(":")
    owner: Any = import_module(module)
    *outer, last = names.split(".")
    for name in outer:
        owner = getattr(owner, name)
    return owner, last


def timed(call: Callable[..., Any], name: str, spent: Counter[str], inside: list[float]) -> Callable[..., Any]:
    """`call`, its time without that of the measured calls in it added to `spent`; `inside` is a stack of these."""

    @wraps(call)
    def measuring(*given: Any, **options: Any) -> Any:  # noqa: ANN401  (whatever is measured)
        inside.append(0.0)
        began = time.process_time()
        try:
            return call(*given, **options)
        finally:
            took = time.process_time() - began
            spent[name] += took - inside.pop()
            inside[-1] += took

    return measuring


def print_parts(title: str, runs: Sequence[Counter[str]], per: int) -> None:
    """A row a part, the dearest first: milliseconds of each of `per`, the least of the runs, and the share."""
    least = Counter({name: min(run[name] for run in runs) * 1000 / per for run in runs for name in run})
    whole = sum(least.values())
    print(f"\n| {title} | ms | share |\n| --- | ---: | ---: |")
    for name, ms in least.most_common():
        print(f"| {name} | {ms:.2f} | {ms / whole:.0%} |")
    print(f"| **together** | **{whole:.1f}** | |", flush=True)


def question_parts(reader: bool, questions: Sequence[str], rounds: int) -> list[Counter[str]]:
    """Of the index of the settings, each round with every question."""
    from qa.build import open_answerer
    from qa.settings import load_settings

    answerer = open_answerer(load_settings().model_copy(update={"reader": reader}))
    answerer.warm_up()
    for question in questions:
        answerer.ask(question)
    runs = []
    for _ in range(rounds):
        with measured(QUESTION) as spent:
            for question in questions:
                answerer.ask(question)
        runs.append(spent)
    return runs


def build_parts(articles: Path, folder: Path) -> tuple[Counter[str], int]:
    """Of a build of `articles` (a JSON Lines file) in `folder`; and how many passages."""
    from corpus.readers import read_articles
    from index.encoders.onnx import PackagedEncoder
    from index.generations import IndexFolder
    from index.store.sqlite import open_current
    from index.update import build_index

    encoder = PackagedEncoder()
    # Loading it is no part of a build.
    encoder.encode_passages(["warm"])
    with measured(BUILD) as spent:
        build_index(IndexFolder(folder), read_articles([str(articles)]), encoder)
    return spent, open_current(IndexFolder(folder)).counts()[1]

"""How an index grows: what building, opening, adding and asking cost at several sizes, each beside its floor.

    python benchmarks/growth.py DATA_DIR KEPT_DIR 10000 35000 105000 > benchmarks/growth.md

The articles are those of DATA_DIR's realtimeqa-2022, realtimeqa-2023 and reuters21578, over again with another first
word where they do not suffice. The vectors of passages and sentences are random ones, which cost nothing; questions are
encoded by the real encoder. KEPT_DIR keeps the indexes: made anew when their folders are deleted. Processor time, the
least of several runs, so that a busy machine changes little.
"""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import click
import numpy as np
from tables import print_heading

from corpus.article import Article
from corpus.filters import Filters
from index.encoders.encoder import Vectors
from index.encoders.onnx import DIM, PackagedEncoder
from index.generations import IndexFolder

SETS = ("realtimeqa-2023", "realtimeqa-2022", "reuters21578")
LEAST_CHARACTERS = 200
RUNS = 12
QUESTIONS = (
    "Who won the Super Bowl in Glendale?",
    "Which company agreed to buy Activision Blizzard?",
    "How many people were killed in the earthquake in Turkey?",
)
ADDED = Article(
    "added",
    "A ferry for the fjord",
    "The electric ferry Aurora made its first crossing of the fjord on Monday. It carries 120 cars and 300 people, the "
    "owners said. A crossing takes eighteen minutes and costs the energy of a litre of fuel.",
    published=date(2023, 5, 1),
)
MEGA = 1e6
T = TypeVar("T")
ROWS = {
    "passages": "passages",
    "snapshot": "snapshot, MB",
    "build": "build: most that was resident above rest, MB",
    "build ratio": "over the snapshot",
    "derive": "of it while words and vectors are derived",
    "derive ratio": "over the snapshot",
    "open ratio": "opening: most resident over what is kept",
    "open": "opening, ms",
    "add": "one article added, beside encoding it, ms",
    "encode": "encoding a question's two forms, ms",
    "ask alone": "a question without the reader, over that",
    "ask read": "a question with it, over that",
    "half": "with a date filter that half pass, over without (no reader)",
    "thousandth": "with one that a thousandth pass",
}


class StandIn(PackagedEncoder):
    """Random vectors for what is stored, known as the packaged model's."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, 384) float32, unit rows, each by its text alone."""
        rows = [np.random.default_rng(zlib.crc32(text.encode())).standard_normal(DIM, np.float32) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows]).reshape(-1, DIM)


@click.command()
@click.argument("data", type=Path)
@click.argument("kept", type=Path)
@click.argument("sizes", nargs=-1, type=int, required=True)
def main(data: Path, kept: Path, sizes: tuple[int, ...]) -> None:
    """Print the table, a column for each of SIZES."""
    print_heading("Growth", "growth.py DATA_DIR KEPT_DIR " + " ".join(map(str, sizes)))
    columns = []
    for size in sizes:
        column: dict[str, float] = {}
        # Each in a process of its own, whose memory is its own.
        for step in (build, opening, asking, adding):
            with get_context("spawn").Pool(1) as process:
                column |= process.apply(step, (data, kept / str(size), size))
        columns.append(column)
    print("| |" + " |" * len(sizes))
    print("| --- |" + " ---: |" * len(sizes))
    for key, name in ROWS.items():
        print(f"| {name} | " + " | ".join(shown(column[key]) for column in columns) + " |")


def shown(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def build(data: Path, folder: Path, size: int) -> dict[str, float]:
    """Make the index, unless it is there; what that took is kept beside it."""
    from index import update

    noted = folder.with_suffix(".json")
    if not noted.exists():
        most: dict[str, float] = {}
        real = update.derive

        def derive(*given: object) -> None:
            most["before"], most["rest 2"] = resident("VmHWM"), resident("VmRSS")
            forget_most()
            real(*given)  # type: ignore[arg-type]
            most["derive"] = resident("VmHWM")

        update.derive = derive
        forget_most()
        rest = resident("VmRSS")
        update.build_index(IndexFolder(folder), articles(data, size), StandIn())
        figures = {"build": max(most["before"], most["derive"]) - rest, "derive": most["derive"] - most["rest 2"]}
        noted.write_text(json.dumps(figures), encoding="utf-8")
    figures = json.loads(noted.read_text(encoding="utf-8"))
    current = IndexFolder(folder).require_current()
    snapshot = sum(file.stat().st_size for file in current.glob("*.faiss")) / MEGA
    ratios = {f"{name} ratio": figures[name] / snapshot for name in figures}
    return {"snapshot": snapshot} | figures | ratios


def articles(data: Path, passages: int) -> Iterator[Article]:
    """Articles of about so many passages."""
    from corpus.passages import split_article

    turn, made = 0, 0
    while True:
        for name in SETS:
            with gzip.open(data / name / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
                for line in lines:
                    record = json.loads(line)
                    if len(record["text"]) < LEAST_CHARACTERS:
                        continue
                    published = None
                    with suppress(ValueError, KeyError):
                        published = date.fromisoformat(record["date"])
                    text = f"Again, {turn}: {record['text']}" if turn else record["text"]
                    article = Article(f"{name}-{turn}-{record['_id']}", record["title"], text, published=published)
                    made += len(split_article(article))
                    yield article
                    if made >= passages:
                        return
        turn += 1


def opening(_data: Path, folder: Path, _size: int) -> dict[str, float]:
    """Open the index to ask it, everything imported already."""
    from index.retriever import Retriever

    encoder = PackagedEncoder()
    encoder.encode_queries(["warm"])
    import index.folder_legs  # noqa: F401

    rest = resident("VmRSS")
    forget_most()
    took, retriever = spent(lambda: Retriever(IndexFolder(folder), encoder))
    most, kept = resident("VmHWM") - rest, resident("VmRSS") - rest
    return {"open": took, "open ratio": most / kept, "passages": retriever.store.counts()[1]}


def asking(_data: Path, folder: Path, _size: int) -> dict[str, float]:
    """Questions with and without the reader, and with filters."""
    from qa.build import load_models, open_answerer
    from qa.question.read import read_question
    from qa.settings import load_settings

    settings = load_settings().model_copy(update={"index": folder})
    figures, encoder = {}, PackagedEncoder()
    forms = [[question, read_question(question).bare] for question in QUESTIONS]
    figures["encode"] = least(lambda: [encoder.encode_queries(both) for both in forms]) / len(QUESTIONS)
    for name, has_reader in (("alone", False), ("read", True)):
        some = settings.model_copy(update={"reader": has_reader})
        answerer = open_answerer(some, load_models(some))
        took = least(lambda: [answerer.ask(question) for question in QUESTIONS])  # noqa: B023
        figures[f"ask {name}"] = took / len(QUESTIONS) / figures["encode"]
        if not has_reader:
            days = sorted(article.published for article in answerer.store.list_articles() if article.published)
            for share, filters in (
                ("half", Filters(after=days[len(days) // 2])),
                ("thousandth", Filters(after=days[-max(1, len(days) // 1000)])),
            ):
                filtered = least(lambda: [answerer.ask(each, filters=filters) for each in QUESTIONS])  # noqa: B023
                figures[share] = filtered / took
    return figures


def adding(_data: Path, folder: Path, _size: int) -> dict[str, float]:
    """One article, added and removed again."""
    from index.update import add_articles, remove_articles

    encoder, place = PackagedEncoder(), IndexFolder(folder)
    encoder.encode_passages(["warm"])
    whole, encoded = [], [0.0]
    real = encoder.encode_passages

    def timed(texts: Sequence[str]) -> Vectors:
        took, vectors = spent(lambda: real(texts))
        encoded.append(took)
        return vectors

    encoder.encode_passages = timed  # type: ignore[method-assign]
    for _ in range(RUNS // 2):
        took, _report = spent(lambda: add_articles(place, [ADDED], encoder))
        whole.append(took - encoded[-1])
        remove_articles(place, [ADDED.article_id], encoder)
    return {"add": min(whole)}


def spent(work: Callable[[], T]) -> tuple[float, T]:
    """Milliseconds of processor time, and what came back."""
    began = time.process_time()
    done = work()
    return (time.process_time() - began) * 1000, done


def least(work: Callable[[], object]) -> float:
    """Milliseconds of the quickest run; the first does not count."""
    return min([spent(work)[0] for _ in range(RUNS)][1:])


def resident(which: str) -> float:
    """Megabytes: now (VmRSS), or the most since `forget_most` (VmHWM)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith(which))) * 1024 / MEGA


def forget_most() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


if __name__ == "__main__":
    main()

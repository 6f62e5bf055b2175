"""What each step of an answer is worth: every set asked with it and without it, the difference with its interval.

    python benchmarks/quality.py DATA_DIR CACHE_DIR SET... > benchmarks/quality.md

SET is a folder of DATA_DIR, or "bundled". CACHE_DIR keeps indexes and what was encoded, as `evaluate --cache`.
Of a large set LIMIT questions are asked, evenly spaced. The fitted models stay as they are. The last table has the time
that the answer to a question takes, nothing remembered, with and without.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from unittest.mock import patch

import click
from tables import print_heading

from index.encoders.onnx import PackagedEncoder
from index.generations import IndexFolder
from qa.build import Models
from qa.evaluate import pipeline
from qa.evaluate.compare.compare import Change, compare
from qa.evaluate.gold.gold_set import GoldSet
from qa.evaluate.gold.read import read_gold_set
from qa.evaluate.measure.judge import Judgement

LIMIT = 600
TIMED = 30
SHOWN = ("answer-in-citation@1", "answer-in-citation@5", "answer-in-sentence@1", "R@1", "nDCG@10", "AUROC", "ECE")


@contextmanager
def without_time() -> Iterator[None]:
    """No time is named, and no day of asking is known."""
    with (
        patch("qa.question.preference.asked_period", lambda *_: None),
        patch("qa.question.preference.fortnight_of", lambda *_: None),
    ):
        yield


@contextmanager
def without_sources() -> Iterator[None]:
    """No source is named."""
    with patch("qa.question.preference.named_sources", lambda *_: ()):
        yield


@contextmanager
def without_wider_marks() -> Iterator[None]:
    """Only the sentence itself is marked."""
    with patch("qa.evidence.choose._marked_from", lambda sentence, *_: sentence.start):
        yield


@contextmanager
def without_words_alone() -> Iterator[None]:
    """The encoder is believed to know every script."""
    with patch.object(PackagedEncoder, "knows", lambda *_: True):
        yield


@contextmanager
def without_exchange() -> Iterator[None]:
    """A follow-up such as "And in 2023?" goes behind the question before."""
    with patch("qa.question.followup._exchange", lambda *_: None):
        yield


STEPS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "time of the question and of the articles": without_time,
    "sources that the question names": without_sources,
    "mark from the sentence before": without_wider_marks,
    "words alone for an unknown script": without_words_alone,
    "one thing exchanged in a follow-up": without_exchange,
}


@click.command()
@click.argument("data_dir", type=click.Path(exists=True, path_type=Path))
@click.argument("cache_dir", type=click.Path(path_type=Path))
@click.argument("sets", metavar="SET...", nargs=-1, required=True)
def main(data_dir: Path, cache_dir: Path, sets: Sequence[str]) -> None:
    """Print the tables of each SET, a folder of DATA_DIR or "bundled"."""
    models = Models(PackagedEncoder())
    print_heading("What each step is worth", "quality.py DATA_DIR CACHE_DIR SET...")
    print(f"At most {LIMIT:,} questions of a set; differences that are significant after Holm's correction are bold.")
    costs: list[str] = []
    for name in sets:
        gold = (pipeline.read_bundled() if name == "bundled" else read_gold_set(data_dir / name)).sample(LIMIT)
        folder = pipeline.index_of(gold, IndexFolder(cache_dir / "none"), cache_dir, models.encoder)
        whole = judged(gold, folder, cache_dir, models)
        print(f"\n## {name}\n\n{len(gold.questions):,} questions\n")
        print("| without | measure | with | without | difference (95% interval) |\n| --- | --- | ---: | ---: | ---: |")
        for step, off in STEPS.items():
            with off():
                changes = compare(judged(gold, folder, cache_dir, models), whole).changes
            rows = [row(step, change) for change in changes if change.name in SHOWN and change.difference]
            print("\n".join(rows) or f"| {step} | | | | no difference |", flush=True)
        costs.append(cost(name, gold, folder, models))
    print("\n## Time of an answer\n\n| set | ms | without time |\n| --- | ---: | ---: |\n" + "\n".join(costs))


def judged(gold: GoldSet, folder: IndexFolder, cache: Path, models: Models) -> list[Judgement]:
    return pipeline.judge_run(gold, pipeline.ask_set(gold, folder, cache, models), folder)


def row(step: str, change: Change) -> str:
    difference = f"{change.difference:+.3f}"
    shown = f"**{difference}**" if change.verdict != "no significant difference" else difference
    ends = f"{change.low:+.3f} to {change.high:+.3f}"
    return f"| {step} | {change.name} | {change.after:.3f} | {change.before:.3f} | {shown} ({ends}) |"


def cost(name: str, gold: GoldSet, folder: IndexFolder, models: Models) -> str:
    def median(gold: GoldSet) -> float:
        answers = pipeline.time_answers(gold, folder, models, TIMED)
        return statistics.median(answer.timing_ms["total"] for answer in answers)

    with_time = median(gold)
    with without_time():
        without = median(gold)
    return f"| {name} | {with_time:.0f} | {without:.0f} |"


if __name__ == "__main__":
    main()

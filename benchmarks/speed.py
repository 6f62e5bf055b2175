"""What a question, a build and serving cost: with the reader and without, each beside its floor of the same run.

    python benchmarks/speed.py ARTICLES > benchmarks/speed.md

Uses the index in `.article-qa` (`article-qa build` makes it); ARTICLES is a JSON Lines file to build an index of.
Work is processor time, which changes little with what else the machine does; other times are the clock's: compare those
of one run only.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from load import Figures, serving
from parts import build_parts, print_parts, question_parts
from tables import print_heading

RUNS = 5
QUESTIONS = (
    "When did South Korea open a diplomatic mission to NATO?",
    "How many people attended the Jeju Forum?",
    "Who introduced the Indo-Pacific Treaty Organization Act?",
    "What did the senator say about AUKUS?",
    "Why is the tailored partnership important?",
)
READERS = {"with the reader": "true", "without": "false"}
# As many as a machine of two processors has; the second would only wait for the first.
ROUNDS = 12

# In a process of its own: nothing is imported yet, as for a person who types `article-qa ask`.
_ASK = """
import json, sys, time
questions = sys.argv[1:]
began = time.process_time()
from qa.build import open_answerer
from qa.settings import load_settings
answerer = open_answerer(load_settings())
opened = time.process_time()
answerer._retriever.search("warm", k=1)
encoder_loaded = time.process_time()
answerer.warm_up()
loaded = time.process_time()
answerer.ask(questions[0])
first = time.process_time()
from index.encoders.onnx import PackagedEncoder
from qa.question.read import read_question
encoder, forms = PackagedEncoder(), [[question, read_question(question).bare] for question in questions]
def least(work, each):
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for one in each:
            work(one)
        times.append(time.process_time() - began)
    return min(times) * 1000 / len(each)
asking, encoding = least(answerer.ask, questions), least(encoder.encode_queries, forms)
print(json.dumps({
    "imports and opening the index": (opened - began) * 1000,
    "loading the encoder": (encoder_loaded - opened) * 1000,
    "loading the reader": (loaded - encoder_loaded) * 1000,
    "first question": (first - loaded) * 1000,
    "encoding the two forms of a question (the floor)": encoding,
    "a question, warm": asking,
    "a question over encoding it": asking / encoding,
}))
""".replace("ROUNDS", str(ROUNDS))


@click.command()
@click.argument("articles", type=click.Path(exists=True, path_type=Path))
def main(articles: Path) -> None:
    """Print the tables, of the index in `.article-qa` and of a build of ARTICLES."""
    print_heading("Speed", "speed.py ARTICLES")
    print(f"Python {platform.python_version()}, {platform.machine()}; medians of {RUNS} processes (least to most).\n")
    print_commands()
    print_serving()
    for name, value in READERS.items():
        print_parts(f"a question {name}", question_parts(value == "true", QUESTIONS, ROUNDS), len(QUESTIONS))
    with tempfile.TemporaryDirectory() as folder:
        spent, passages = build_parts(articles, Path(folder) / "index")
    print_parts(f"a build of {passages:,} passages, each", [spent], passages)


def print_commands() -> None:
    """Of whole commands, and of the steps in `ask`."""
    print(f"| | {' | '.join(READERS)} |\n| --- | ---: | ---: |")
    rows: dict[str, list[str]] = {}
    for value in READERS.values():
        columns: dict[str, list[float]] = {}
        for _ in range(RUNS):
            asked = command(["-m", "qa", "ask", QUESTIONS[0]], value)
            listed = command(["-m", "qa", "list"], value)
            steps = command(["-c", _ASK, *QUESTIONS], value)
            figures = {
                "`article-qa ask`, work, ms": asked[1],
                "`article-qa list` (its floor), work, ms": listed[1],
                "`ask` over `list`": asked[1] / listed[1],
                "`article-qa ask`, most resident, MB": asked[2],
            }
            figures |= {
                f"{step}, work, ms" if "over" not in step else step: ms for step, ms in json.loads(steps[0]).items()
            }
            for name, figure in figures.items():
                columns.setdefault(name, []).append(figure)
        for name, numbers in columns.items():
            rows.setdefault(name, []).append(spread(numbers))
    for name, cells in rows.items():
        print(f"| {name} | {' | '.join(cells)} |")


def print_serving() -> None:
    """Of `article-qa serve`, by the clock."""
    print(f"\n| `article-qa serve` | {' | '.join(READERS)} |\n| --- | ---: | ---: |")
    found: list[Figures] = [serving(value, QUESTIONS) for value in READERS.values()]
    for name in found[0]:
        print(f"| {name} | {' | '.join(shown(figures[name]) for figures in found)} |", flush=True)


def spread(numbers: Sequence[float]) -> str:
    return f"{shown(statistics.median(numbers))} ({shown(min(numbers))}-{shown(max(numbers))})"


def shown(number: float) -> str:
    return f"{number:,.0f}" if number >= 20 else f"{number:.1f}"


def command(arguments: Sequence[str], reader: str) -> tuple[str, float, float]:
    """What a process printed, its ms of processor time and the most MB that were resident."""
    environment = {**os.environ, "ARTICLE_QA_READER": reader}
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, env=environment, text=True)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise click.ClickException(f"{arguments[:3]} ended with {process.returncode}")
    return printed, work_of(used), used.ru_maxrss / 1024


def work_of(used: resource.struct_rusage) -> float:
    return (used.ru_utime + used.ru_stime) * 1000


if __name__ == "__main__":
    main()

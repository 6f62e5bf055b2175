"""Where the time of a question goes, and what serving takes: whole processes, the median of five.

    python benchmarks/speed.py > benchmarks/speed.md

Uses the index in `.article-qa` (`article-qa build` makes it). On a busy machine compare the rows of one run only.
"""

from __future__ import annotations

import json
import platform
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import click
from tables import print_heading

RUNS = 5
READY_SECONDS = 180
QUESTION = "When did South Korea open a diplomatic mission to NATO?"

# Runs in a process of its own: nothing is imported yet, as for a person who types `article-qa ask`.
_ASK = """
import json, sys, time
began = time.perf_counter()
from qa.build import open_answerer
from qa.settings import load_settings
answerer = open_answerer(load_settings())
opened = time.perf_counter()
answerer.warm_up()
loaded = time.perf_counter()
first = answerer.ask(sys.argv[1]).timing_ms
second = answerer.ask(sys.argv[1]).timing_ms
from index.encoders.onnx import PackagedEncoder
from qa.question.read import read_question
encoder, forms = PackagedEncoder(), [sys.argv[1], read_question(sys.argv[1]).bare]
def least(work):
    times = []
    for _ in range(20):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times) * 1000
print(json.dumps({
    "imports and opening the index": (opened - began) * 1000,
    "loading the model": (loaded - opened) * 1000,
    "first question: encode": first["encode"],
    "first question: search": first["search"],
    "first question: weigh sentences": first["select"],
    "next question: whole": second["total"],
    "next question, processor time": least(lambda: answerer.ask(sys.argv[1])),
    "encoding its two forms, processor time": least(lambda: encoder.encode_queries(forms)),
}))
"""


@click.command()
def main() -> None:
    """Print the tables, of the index in `.article-qa`."""
    print_heading("Speed", "speed.py")
    print(f"Python {platform.python_version()}, {platform.machine()}; medians of {RUNS} processes (least to most).\n")
    print("| `article-qa ask`, from typing to answer | ms |\n| --- | ---: |")
    command = [sys.executable, "-m", "qa", "ask", QUESTION]
    print_row("whole command", [timed(command) for _ in range(RUNS)])
    runs = [json.loads(output([sys.executable, "-c", _ASK, QUESTION])) for _ in range(RUNS)]
    for stage in runs[0]:
        print_row(stage, [run[stage] for run in runs])
    for verb in ("list", "info"):
        print_row(
            f"`article-qa {verb}`, whole command", [timed([sys.executable, "-m", "qa", verb]) for _ in range(RUNS)]
        )
    print("\n| `article-qa serve` | |\n| --- | ---: |")
    healthy, ready, resident = zip(*(serve() for _ in range(RUNS)), strict=True)
    print_row("answers /health after, ms", healthy)
    print_row("answers /ready after (model loaded), ms", ready)
    print_row("resident memory when ready, MB", resident)


def print_row(name: str, values: object) -> None:
    numbers = [float(value) for value in values]  # type: ignore[attr-defined]
    print(f"| {name} | {statistics.median(numbers):,.0f} ({min(numbers):,.0f}-{max(numbers):,.0f}) |", flush=True)


def timed(command: list[str]) -> float:
    """Milliseconds of a whole process."""
    began = time.perf_counter()
    output(command)
    return (time.perf_counter() - began) * 1000


def output(command: list[str]) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise click.ClickException(done.stderr.strip())
    return done.stdout


def serve() -> tuple[float, float, float]:
    """(ms until /health answers, ms until /ready does, resident MB then) of one server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    server = subprocess.Popen([sys.executable, "-m", "qa", "serve", "--port", str(port)], stderr=subprocess.DEVNULL)
    try:
        healthy = wait_for(f"http://127.0.0.1:{port}/health", began)
        ready = wait_for(f"http://127.0.0.1:{port}/ready", began)
        status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
        resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        return healthy, ready, resident / 1024
    finally:
        server.terminate()
        server.wait()


def wait_for(url: str, began: float) -> float:
    while time.perf_counter() - began < READY_SECONDS:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return (time.perf_counter() - began) * 1000
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise TimeoutError(f"{url} did not answer in {READY_SECONDS} s")


if __name__ == "__main__":
    main()

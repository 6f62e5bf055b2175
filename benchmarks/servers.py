"""Three servers on one database, many clients, two writers: errors, stale answers, and what the memory does.

    python benchmarks/servers.py --minutes 5 > benchmarks/servers.md

The database is the tests' own, the articles are those that come with the program, and the clients ask the questions
that come with them. A writer adds an article that says a word nobody else says; a second after its commit each server
is asked for the word and must cite it, and a second after it was removed again none may.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import httpx
import numpy as np
from tables import print_heading

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from postgres_server import serving

from corpus import bundled
from corpus.article import Article
from index.place import place_of
from index.postgres.address import Address
from index.update import add_articles, remove_articles
from qa.archive import Archive
from qa.build import load_models
from qa.settings import Settings

ROOT = Path(__file__).parents[1]
SERVERS, CLIENTS, WRITERS = 3, 32, 2
SECONDS_TO_SEE = 1.0
SAMPLE_SECONDS = 5.0
# A busy machine of two cores takes its time for 32 at once.
PATIENCE = 120.0
MANY = "1000000/minute"


@click.command()
@click.option("--minutes", default=5.0)
@click.option("--port", default=26000, help="The servers take this one and the next two.")
def main(minutes: float, port: int) -> None:
    """Print what the clients, the writers and the memory did."""
    addresses = [f"http://127.0.0.1:{port + n}" for n in range(SERVERS)]
    with serving() as server, TemporaryDirectory() as folder, ExitStack() as stack:
        place = server.address()
        Archive.build(index=place.secret)
        servers = [stack.enter_context(_server(place, port + n, Path(folder))) for n in range(SERVERS)]
        for address in addresses:
            _until_ready(address)
        ended = time.time() + minutes * 60
        context = get_context("spawn")
        told = context.Queue()
        writers = [context.Process(target=write, args=(n, place, addresses, ended, told)) for n in range(WRITERS)]
        for writer in writers:
            writer.start()
        memory: list[list[float]] = []
        watching = threading.Thread(target=_watch, args=([each.pid for each in servers], ended, memory))
        watching.start()
        with ThreadPoolExecutor(CLIENTS) as pool:
            clients = list(pool.map(lambda seed: ask(seed, addresses, ended), range(CLIENTS)))
        checks = [told.get(timeout=PATIENCE * SERVERS) for _ in writers]
        for thread in (*writers, watching):
            thread.join()
    _print(minutes, clients, checks, memory)


def ask(seed: int, addresses: Sequence[str], ended: float) -> tuple[list[float], Counter[str]]:
    """The milliseconds that each answer took, and what went wrong, by what it was."""
    lines = (bundled.GOLD / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["text"] for line in lines]
    at, times, wrong = random.Random(seed), list[float](), Counter[str]()
    with httpx.Client(timeout=PATIENCE) as client:
        while time.time() < ended:
            began = time.perf_counter()
            try:
                answer = client.post(f"{at.choice(addresses)}/api/ask", json={"question": at.choice(questions)})
            except httpx.HTTPError as error:
                wrong[type(error).__name__] += 1
                continue
            times.append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200 or not answer.json()["citations"]:
                wrong[f"{answer.status_code} {answer.text[:80]}"] += 1
    return times, wrong


def write(writer: int, place: Address, addresses: Sequence[str], ended: float, told: object) -> None:
    """Add and remove until it ends; puts (changes, looks, stale answers, errors) into `told`."""
    encoder, database = load_models(Settings()).encoder, place_of(place)
    changes, looks, stale, wrong = 0, 0, 0, Counter[str]()
    with httpx.Client(timeout=PATIENCE) as client:
        while time.time() < ended:
            word = f"zorvex{writer}x{changes}"
            text = f"The ferry {word} sank in the harbour of Lima on Monday. Its captain was saved."
            for is_there in (True, False):
                try:
                    if is_there:
                        add_articles(database, [Article(word, f"Ferry {word} sinks", text)], encoder)
                    else:
                        remove_articles(database, [word], encoder)
                    changes += 1
                    time.sleep(SECONDS_TO_SEE)
                    for address in addresses:
                        answer = client.post(
                            f"{address}/api/ask", json={"question": f"Where did the ferry {word} sink?"}
                        )
                        cited = {each["article_id"] for each in answer.json()["citations"]}
                        looks += 1
                        stale += (word in cited) != is_there
                except Exception as error:  # whatever it is, it is counted and shown
                    wrong[f"{type(error).__name__} {error}"[:120]] += 1
    told.put((changes, looks, stale, wrong))  # type: ignore[attr-defined]


@contextmanager
def _server(place: Address, port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    own = folder / str(port)
    own.mkdir()
    settings = {"INDEX": place.secret, "CLIENT_RATE": MANY, "SITE_RATE": MANY}
    environment = os.environ | {f"ARTICLE_QA_{key}": value for key, value in settings.items()}
    environment["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, "-m", "qa", "serve", "--port", str(port)]
    with (own / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=own, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _until_ready(address: str) -> None:
    ended = time.time() + PATIENCE * 2
    while time.time() < ended:
        try:
            if httpx.get(f"{address}/ready", timeout=PATIENCE).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(1)
    raise SystemExit(f"{address} did not get ready")


def _watch(processes: Sequence[int], ended: float, memory: list[list[float]]) -> None:
    """A row of megabytes every SAMPLE_SECONDS, a number for each process."""
    while time.time() < ended:
        memory.append([_megabytes(process) for process in processes])
        time.sleep(SAMPLE_SECONDS)


def _megabytes(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


def _print(
    minutes: float,
    clients: Sequence[tuple[list[float], Counter[str]]],
    checks: Sequence[tuple[int, int, int, Counter[str]]],
    memory: list[list[float]],
) -> None:
    times = [each for taken, _ in clients for each in taken]
    wrong = sum((found for _, found in clients), Counter[str]())
    wrong_there = sum((found for *_, found in checks), Counter[str]())
    quarter = max(1, len(memory) // 4)
    print_heading("Several servers", f"servers.py --minutes {minutes:g}")
    print(f"{SERVERS} servers on one database, {CLIENTS} clients, {WRITERS} writers, {minutes:g} minutes.\n")
    print("| | |\n| --- | ---: |")
    print(f"| answers | {len(times):,} |")
    print(f"| answers a second | {len(times) / minutes / 60:.1f} |")
    print(f"| p50 / p95, ms | {statistics.median(times):,.0f} / {np.percentile(times, 95):,.0f} |")
    print(f"| errors that clients saw | {wrong.total()} |")
    print(f"| articles added or removed | {sum(changes for changes, *_ in checks)} |")
    print(f"| errors that writers saw | {wrong_there.total()} |")
    print(f"| looks, a second after a change | {sum(looks for _, looks, *_ in checks)} |")
    print(f"| of them stale | {sum(stale for *_, stale, _ in checks)} |")
    for n, column in enumerate(zip(*memory, strict=True), start=1):
        second, last = column[quarter : 2 * quarter], column[-quarter:]
        print(f"| memory of server {n}, MB: second quarter, last | {np.mean(second):.0f}, {np.mean(last):.0f} |")
    for what, n in (wrong + wrong_there).most_common(10):
        print(f"\n{n} x {what}")


if __name__ == "__main__":
    main()

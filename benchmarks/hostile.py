"""What an attack leaves: kills, hostile inputs and load, each counted. Ends with 1 where something was lost or broke.

    python benchmarks/hostile.py [--kills 1000] [--inputs 20000] [--minutes 10] [--clients 64] [--slow 200] [--seed 1]

Kills and inputs go to indexes of their own, the load to a server over the bundled articles, in a process of its own.
"""

from __future__ import annotations

import logging
import multiprocessing
import random
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import click
import httpx
import numpy as np
from tables import print_heading

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "hostile")]

import test_crash as crash  # noqa: E402
from attacks import ATTACKS, place  # noqa: E402

from corpus.article import Article  # noqa: E402
from index.generations import IndexFolder  # noqa: E402

READY_SECONDS = 180
# More files than a server with that many connections needs at this end.
FILES = 4_096
# Of the kills, such a share is a power cut, where the run has left something that one can take.
CUTS = 0.5
PROGRESS = 50
# How slow a machine is shows in the times; an error is what the server does.
PATIENCE_SECONDS = 600
# Of the minutes of load: of ten, the first, the fifth and the tenth.
PARTS = (0.1, 0.5, 1.0)
QUESTION = "How many people attended the Jeju Forum?"


def kill_runs(folder: Path, at: random.Random, n: int) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """By kind: the kills, those that found the run at work; and what was found lost or damaged after."""
    sent: Counter[str] = Counter()
    killed: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    runs = make_runs(folder)
    for number in range(n):
        if number % PROGRESS == 0:
            sys.stderr.write(f"{number} kills, {faults.total()} lost or damaged\n")
        kind = at.choice([*runs, "swap"])
        run, path = runs["build over an old one" if kind == "swap" else kind], folder / f"kill-{number}"
        shutil.copytree(run.before, path)
        if kind == "swap":
            # Too short to be hit by chance: it kills itself, before or after one of its steps.
            process = crash.start(crash.swap_until, path, at.choice(crash.STEPS), at.random() < 0.5)
        else:
            process = crash.start(crash.work, path, run.verb)
            time.sleep(at.random() * run.seconds)
            process.kill()
        process.join()
        what = f"{kind}, power cut" if at.random() < CUTS and cut_power(path) else kind
        sent[what] += 1
        killed[what] += process.exitcode == -9
        try:
            check_after(IndexFolder(path), kind, run.verb)
        except Exception as error:
            faults[f"{what}: {type(error).__name__}: {error!s:.100}"] += 1
        shutil.rmtree(path)
    return sent, killed, faults


def cut_power(path: Path) -> bool:
    """Take from the disk what it need not have: SQLite does not wait for its log. The other files are waited for."""
    logs = [*path.rglob("*.db-wal"), *path.rglob("*.db-shm")]
    for log in logs:
        log.unlink()
    return bool(logs)


def make_runs(folder: Path) -> dict[str, crash.Run]:
    """One run of each kind that came to its end."""
    crash.start(int).join()
    runs = {}
    for kind, verb in crash.KINDS.items():
        before, path = folder / f"before {kind}", folder / f"whole {kind}"
        crash.make_before(before, kind)
        shutil.copytree(before, path)
        began = time.monotonic()
        process = crash.start(crash.work, path, verb)
        process.join()
        runs[kind] = crash.Run(before, verb, time.monotonic() - began)
    return runs


def check_after(folder: IndexFolder, kind: str, verb: str) -> None:
    """Nothing but whole articles, none lost that was there before, and the same run again completes it."""
    known: list[Article] = [*crash.ARTICLES, *crash.CHANGED]
    # One of an earlier format, or by another encoder, is read by nothing but a rebuild until it is rebuilt.
    if folder.current() is not None and kind not in crash.REBUILDS:
        ids = crash.check_whole(folder, known)
        if kind == "remove":
            assert ids in (crash.ALL, crash.ALL[crash.GONE :]), "articles lost"
            if ids != crash.ALL:
                return
        elif kind != "first build":
            before = {article.article_id for article in [*crash.OLD, *crash.CHANGED]}
            assert before <= set(ids), "articles lost"
    crash.change(folder, verb, crash.HashEncoder())
    assert crash.check_whole(folder, crash.ARTICLES) == (crash.ALL[crash.GONE :] if kind == "remove" else crash.ALL)


@contextmanager
def serving(folder: Path):  # noqa: ANN201
    """The address and the process of a server over the bundled articles."""
    command = [sys.executable, "-m", "qa"]
    index = ["--index", str(folder / "index")]
    subprocess.run([*command, "build", *index], cwd=ROOT, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = folder / "load.toml"
    config.write_text('client_rate = "1000000/minute"\n', encoding="utf-8")
    log = (folder / "log").open("wb")
    with subprocess.Popen(
        [*command, "serve", *index, "--config", str(config), "--port", str(port)], cwd=ROOT, stderr=log
    ) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/ready")
            yield port, server.pid
        finally:
            server.terminate()
            server.wait(60)


def wait_for(address: str) -> None:
    for _ in range(READY_SECONDS * 2):
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"{address} is not ready after {READY_SECONDS} s")


def memory(pid: int) -> int:
    """Resident MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


class Load:
    """Clients that ask, and some that never finish, till it is over. `seen`: when an answer came, what, its seconds."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.over = threading.Event()
        self.seen: list[tuple[float, str, float]] = []

    def ask(self) -> None:
        with httpx.Client(timeout=PATIENCE_SECONDS) as client:
            while not self.over.is_set():
                began = time.monotonic()
                try:
                    response = client.post(f"http://127.0.0.1:{self.port}/api/ask", json={"question": QUESTION})
                except httpx.HTTPError as error:
                    self.seen.append((time.monotonic(), type(error).__name__, 0.0))
                    continue
                told = response.status_code == 503 and "Retry-After" in response.headers
                result = "later" if told else str(response.status_code)
                ended = time.monotonic()
                self.seen.append((ended, result, ended - began))
                if told:
                    self.over.wait(float(response.headers["Retry-After"]))

    def crawl(self) -> None:
        while not self.over.is_set():
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
                    for part in (b"POST /api/ask HTTP/1.1\r\n", b"Host: localhost\r\n", *[b"X: y\r\n"] * 1_000):
                        connection.sendall(part)
                        if self.over.wait(1):
                            return
            except OSError:
                continue


def load(port: int, pid: int, *, clients: int, slow: int, minutes: float) -> list[tuple[object, ...]]:
    """A row for each of `PARTS`: answers, refusals that say when to come again, errors, times, memory at its end."""
    run, rows, began = Load(port), [], time.monotonic()
    since = began
    with ThreadPoolExecutor(clients + slow) as threads:
        for work in [run.ask] * clients + [run.crawl] * slow:
            threads.submit(work)
        for share in PARTS:
            time.sleep(max(0.0, began + share * minutes * 60 - time.monotonic()))
            asked = time.monotonic()
            status = httpx.get(f"http://127.0.0.1:{port}/health", timeout=60).status_code
            took = f"{(time.monotonic() - asked) * 1000:.0f} ms, {status}"
            figures = summed([each for each in run.seen if each[0] >= since])
            rows.append((f"{share * minutes:.1f}", *figures, took, memory(pid)))
            since = asked
        run.over.set()
    return rows


def summed(seen: list[tuple[float, str, float]]) -> tuple[int, int, int, str, str]:
    times = [seconds for _, result, seconds in seen if result == "200"]
    middle, most = np.percentile(times or [0], [50, 99])
    results = Counter(result for _, result, _ in seen)
    errors = len(seen) - results["200"] - results["later"]
    return results["200"], results["later"], errors, f"{middle:.1f} s", f"{most:.1f} s"


@click.command()
@click.option("--kills", default=1_000)
@click.option("--inputs", default=20_000)
@click.option("--minutes", default=10.0)
@click.option("--clients", default=64)
@click.option("--slow", default=200)
@click.option("--seed", default=1)
def main(**options: float) -> None:
    """Attack, and print what came of it as Markdown."""
    warnings.simplefilter("ignore")
    logging.disable()
    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, files[1]), files[1]))
    print_heading("Attacked", f"hostile.py --seed {options['seed']}")
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        broken += print_kills(Path(name), random.Random(options["seed"]), int(options["kills"]))
        broken += print_inputs(Path(name), random.Random(options["seed"]), int(options["inputs"]))
        if options["minutes"]:
            print_load(Path(name), options)
    for fault in broken:
        print(f"- {fault}")
    sys.exit(bool(broken))


def print_kills(folder: Path, at: random.Random, n: int) -> list[str]:
    if not n:
        return []
    sent, killed, faults = kill_runs(folder, at, n)
    print("\n| run | kills sent | found it at work | lost or damaged |\n| --- | --- | --- | --- |")
    for kind, kills in sorted(sent.items()):
        lost = sum(times for fault, times in faults.items() if fault.startswith(f"{kind}: "))
        print(f"| {kind} | {kills:,} | {killed[kind]:,} | {lost} |")
    print(f"| all | {n:,} | {killed.total():,} | {faults.total()} |", flush=True)
    return [f"{fault} ({times})" for fault, times in faults.items()]


def print_inputs(folder: Path, at: random.Random, n: int) -> list[str]:
    if not n:
        return []
    broken = []
    print("\n| door | inputs | taken | refused in words | traceback or 5xx | seconds |")
    print("| --- | --- | --- | --- | --- | --- |")
    with place(folder) as where:
        for attack in ATTACKS:
            began = time.monotonic()
            tally = attack(where, at, n // len(ATTACKS))
            took = time.monotonic() - began
            counts = f"{tally.tried:,} | {tally.taken:,} | {tally.refused:,} | {len(tally.broken)}"
            print(f"| {tally.door} | {counts} | {took:.0f} |", flush=True)
            broken += [f"{tally.door}: {fault} ({times})" for fault, times in Counter(tally.broken).items()]
    return broken


def print_load(folder: Path, options: dict[str, float]) -> None:
    with serving(folder) as (port, pid):
        counts = {name: int(options[name]) for name in ("clients", "slow")}
        rows = load(port, pid, **counts, minutes=options["minutes"])
    print(
        f"\n{counts['clients']} clients that ask one question after the other, {counts['slow']} that never finish one."
    )
    print("\n| until minute | answers | told to come later | errors | p50 | p99 | /health | memory, MB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")
    print(f"\nThe server's log has {(folder / 'log').stat().st_size / 1024:,.0f} KB.")


if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()

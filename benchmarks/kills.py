"""SIGKILL of a replica, of the primary, of a shard and of a writer at random moments: what clients saw, what was lost.

    python benchmarks/kills.py --moments 50 > benchmarks/kills.md

A primary with a streaming replica holds one index, and another whose vectors lie on a server of their own
(examples/shards.py). Four clients ask the first, by an address with both servers, and one the second; a writer adds to
each and notes what was stored. What was killed is started again. The encoder is the tests' own, so that the processor
is PostgreSQL's.
"""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

import click
from tables import print_heading

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from fakes import ARTICLES, CHESS, HashEncoder
from postgres_server import Server, serving

from corpus.errors import UserError
from index.place import place_of
from index.postgres.address import Address
from index.postgres.database import Database
from index.postgres.store import open_current
from index.update import build_index
from qa.archive import Archive
from qa.build import Models
from qa.settings import Settings

ROOT = Path(__file__).parents[1]
SEED = 2022
CLIENTS = 4
KINDS = ("replica", "primary", "shard", "writer", "writer of the shard")
PATIENCE = 120.0
# Adds one article after the other, for ever; prints the id of each that was stored.
WRITER = """
import itertools, sys, time
sys.path[:0] = ["tests", "."]
from dataclasses import replace
from fakes import HashEncoder, long_article
from corpus.errors import UserError
from index.place import place_of, read_place
from index.update import add_articles
place, encoder = place_of(read_place(sys.argv[1])), HashEncoder()
for n in itertools.count():
    name = f"{sys.argv[2]}-{n}"
    while True:
        try:
            add_articles(place, [long_article(name, name, 12)], encoder)
            break
        except UserError as error:
            print("refused", str(error)[:100], flush=True)
            time.sleep(.05)
    print("stored", name, flush=True)
"""


@dataclass
class Seen:
    """What the clients of one index got while something of `kind` was down: answers, and errors by what they said."""

    answers: Counter[str] = field(default_factory=Counter)
    errors: dict[str, Counter[str]] = field(default_factory=dict)
    longest: float = 0.0


class Writers:
    """A writer process for each address; what it stored, over all its lives."""

    def __init__(self, addresses: dict[str, Address]) -> None:
        self._addresses = addresses
        self._lives = 0
        self.stored: dict[str, list[str]] = {name: [] for name in addresses}
        self.refused: Counter[str] = Counter()
        self._running: dict[str, subprocess.Popen[str]] = {}

    def start(self, name: str) -> None:
        self._lives += 1
        command = [sys.executable, "-c", WRITER, self._addresses[name].secret, f"life{self._lives}"]
        writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self._running[name] = writer
        threading.Thread(target=self._note, args=(name, writer), daemon=True).start()
        # It takes a moment to start; what is killed is to be at work.
        before, ended = len(self.stored[name]), time.time() + PATIENCE
        while len(self.stored[name]) == before and time.time() < ended:
            time.sleep(0.05)

    def kill(self, name: str) -> None:
        self._running[name].kill()
        self._running[name].wait()

    def _note(self, name: str, writer: subprocess.Popen[str]) -> None:
        assert writer.stdout is not None
        for line in writer.stdout:
            what, _, rest = line.rstrip("\n").partition(" ")
            if what == "stored":
                self.stored[name].append(rest)
            elif what == "refused":
                self.refused[_short(rest)] += 1


class Clients:
    """Threads that ask for ever; `down` says of what kind the kill was that they live through."""

    def __init__(self, addresses: list[tuple[str, Address]]) -> None:
        self.down = ""
        self.seen = {name: Seen() for name, _ in addresses}
        self._stops = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=each, daemon=True) for each in addresses]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stops.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _ask(self, name: str, address: Address) -> None:
        archive, seen = Archive(Settings(index=address), models=Models(HashEncoder())), self.seen[name]
        while not self._stops.is_set():
            began, down = time.perf_counter(), self.down
            try:
                cited = [each.article_id for each in archive.ask("Who won the chess title in Toronto?").citations]
                seen.answers[down] += 1
                if CHESS.article_id not in cited:
                    seen.errors.setdefault(down, Counter())["an answer without the article"] += 1
            except UserError as error:
                seen.errors.setdefault(down, Counter())[_short(str(error))] += 1
                time.sleep(0.05)
            except Exception as error:  # not one that is promised: it is shown as what it is
                seen.errors.setdefault(down, Counter())[f"!! {type(error).__name__}: {error}"[:150]] += 1
                time.sleep(0.05)
            seen.longest = max(seen.longest, time.perf_counter() - began)
            time.sleep(0.02)


@click.command()
@click.option("--moments", default=50)
def main(moments: int) -> None:
    """Kill, start again, and print what was seen and what was lost."""
    at = random.Random(SEED)
    with serving() as primary, serving() as shard, _replica(primary) as (data, socket):
        # A commit is on the disk before it is told, as it is where nobody turned that off.
        primary.ask("ALTER ROLE postgres SET synchronous_commit = 'local'")
        shard.ask("ALTER ROLE postgres SET synchronous_commit = 'local'")
        primary.ask("CREATE DATABASE divided")
        whole, divided = primary.address(), primary.address("divided")
        for address in (whole, divided):
            build_index(_place(address), ARTICLES, HashEncoder())
        divide(divided, shard.address())
        both = Address(whole.secret.replace("host=", f"host={socket},"))
        writers = Writers({"whole": whole, "divided": divided})
        starts: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
            "replica": (lambda: _kill(data), lambda: _start(primary, data, socket)),
            "primary": (lambda: _kill(primary.data), lambda: _start(primary)),
            "shard": (lambda: _kill(shard.data), lambda: _start(shard)),
            "writer": (lambda: writers.kill("whole"), lambda: writers.start("whole")),
            "writer of the shard": (lambda: writers.kill("divided"), lambda: writers.start("divided")),
        }
        for name in ("whole", "divided"):
            writers.start(name)
        clients = Clients([("whole", both)] * CLIENTS + [("divided", divided)])
        done = 0
        # Stopped early, it prints what there was until then.
        with suppress(KeyboardInterrupt):
            for done, kind in enumerate(islice(cycle(KINDS), moments), start=1):
                kill, start = starts[kind]
                time.sleep(at.uniform(0.2, 1.5))
                clients.down = kind
                kill()
                time.sleep(at.uniform(0.0, 1.0))
                start()
                time.sleep(0.5)
                clients.down = ""
                print(f"{done} {kind}", file=sys.stderr, flush=True)
        time.sleep(3)
        clients.stop()
        for name in ("whole", "divided"):
            writers.kill(name)
        time.sleep(1)
        _print(done, clients, writers, {"whole": whole, "divided": divided})
        _place(whole).close()
        _place(divided).close()


def _print(moments: int, clients: Clients, writers: Writers, places: dict[str, Address]) -> None:
    print_heading("Kills", f"kills.py --moments {moments}")
    print(f"{moments} times SIGKILL, of each in turn: {', '.join(KINDS)}.\n")
    print("| index | while what was down | answers | errors |")
    print("| --- | --- | ---: | --- |")
    for name, seen in clients.seen.items():
        for down in ("", *KINDS):
            errors = seen.errors.get(down, Counter())
            told = "; ".join(f"{n} x {what}" for what, n in errors.most_common(4)) or "none"
            print(f"| {name} | {down or 'nothing'} | {seen.answers[down]:,} | {told} |")
    print("\n| index | articles stored | of them lost | vectors of no passage | `doctor` finds | longest question, s |")
    print("| --- | ---: | ---: | ---: | --- | ---: |")
    for name, address in places.items():
        store = open_current(_place(address))
        lost = set(writers.stored[name]) - set(store.article_ids())
        query = "SELECT count(*) FROM {s}.vector LEFT JOIN {s}.passage USING (number) WHERE article_id IS NULL"
        print(
            f"| {name} | {len(writers.stored[name]):,} | {len(lost)} | {store.schema.rows(query)[0][0]} "
            f"| {'; '.join(store.problems()) or 'nothing'} | {clients.seen[name].longest:.1f} |"
        )
    print("\nWriters were told, and tried again:\n")
    for what, n in writers.refused.most_common(6):
        print(f"- {n} x {what}")


@contextmanager
def _replica(primary: Server) -> Iterator[tuple[Path, Path]]:
    data, socket = primary.home / "replica", primary.home / "r"
    primary.run("pg_basebackup", "-h", str(primary.home), "-U", "postgres", "-D", str(data), "-R", "-c", "fast", "-N")
    primary.run_as_its_user("mkdir", str(socket))
    primary.start(data, socket)
    try:
        yield data, socket
    finally:
        if (data / "postmaster.pid").exists():
            primary.stop(data)


def _kill(data: Path) -> None:
    os.kill(int((data / "postmaster.pid").read_text(encoding="ascii").split()[0]), signal.SIGKILL)


def _start(server: Server, data: Path | None = None, socket: Path | None = None) -> None:
    """Start what was killed; its children may hold its memory for a moment longer."""
    ended = time.time() + PATIENCE
    while True:
        try:
            server.start(data, socket)
            return
        except subprocess.CalledProcessError:
            if time.time() > ended:
                raise
            time.sleep(0.2)


def _place(address: Address) -> Database:
    place = place_of(address)
    assert isinstance(place, Database)
    return place


def divide(index: Address, *shards: Address) -> None:
    """Spread the vectors of the index over `shards`, as examples/shards.py does."""
    spec = importlib.util.spec_from_file_location("shards", ROOT / "examples" / "shards.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main(index.secret, *(shard.secret for shard in shards))


def _short(error: str) -> str:
    """What was said, without the names and the numbers that differ each time."""
    return (
        error.replace("the database ", "").split("host=")[0][:60] + "..." + error[-70:] if len(error) > 140 else error
    )


if __name__ == "__main__":
    main()

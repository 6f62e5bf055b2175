"""Several processes that add to one database: how many articles a second, of different articles and of the same.

    python benchmarks/builders.py reuters21578/corpus.jsonl.gz > benchmarks/builders.md

The server is the tests' own, on this machine. `encoded` is the work as it is; `stored` leaves the encoding out, by the
tests' own encoder, so that what is left is what the database takes, where writers take turns. Every run ends with all
articles added once more, which must change nothing, and with what `doctor` looks at.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import time
from collections.abc import Sequence
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tables import print_heading

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from fakes import HashEncoder
from postgres_server import Server, new_database, serving

from corpus.article import Article
from index.encoders.encoder import Encoder
from index.place import place_of
from index.postgres.address import Address
from index.postgres.store import open_current
from index.update import add_articles, build_index
from qa.build import load_models
from qa.settings import Settings

# Articles of each process; those stored without encoding are more, as they take less time.
ARTICLES = {"encoded": 100, "stored": 500}


def encoder_for(kind: str) -> Encoder:
    """What makes the vectors."""
    return load_models(Settings()).encoder if kind == "encoded" else HashEncoder(dim=384)


def work(kind: str, address: Address, articles: Sequence[Article], ready: Any, told: Any) -> None:  # noqa: ANN401  (of multiprocessing)
    """Add `articles` once all processes are ready; tells when it was done, what of it, and how much work it was."""
    place, encoder = place_of(address), encoder_for(kind)
    encoder.encode_queries(["to load it"])
    ready.wait()
    busy = time.process_time()
    report = add_articles(place, articles, encoder)
    told.put((time.time(), report.added, report.unchanged, time.process_time() - busy))


def measure(kind: str, name: str, server: Server, shares: Sequence[Sequence[Article]], first: Article) -> str:
    """The row of the table: a process for each of `shares`."""
    context = get_context("spawn")
    with new_database(server) as database:
        build_index(database, [first], encoder_for(kind))
        ready, told = context.Barrier(len(shares) + 1), context.Queue()
        processes = [
            context.Process(target=work, args=(kind, database.address, share, ready, told)) for share in shares
        ]
        for process in processes:
            process.start()
        ready.wait()
        began = time.time()
        done = [told.get() for _ in processes]
        for process in processes:
            process.join()
        took = max(ended for ended, *_ in done) - began
        every = {article.article_id: article for share in shares for article in share}
        again = add_articles(database, list(every.values()), encoder_for(kind))
        store = open_current(database)
        problems = "; ".join(store.problems()) or "nothing"
        assert store.counts()[0] == len(every) + 1
    added, known, busy = (sum(each[n] for each in done) for n in (1, 2, 3))
    return (
        f"| {kind} | {name} | {len(every):,} | {added:,} | {known:,} | {took:.1f} | {len(every) / took:.1f} "
        f"| {busy:.1f} | {again.added + again.updated} | {problems} |"
    )


def main(corpus: Path) -> None:
    """Print the table."""
    print_heading("Several builders", f"builders.py {corpus.name}")
    print(
        f"{os.cpu_count()} threads of processor, on which PostgreSQL runs too.\n\n"
        "| | processes | articles | added | known already | seconds | articles a second | of processor, s "
        "| changed by adding all again | wrong then |\n|" + " --- |" * 10
    )
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        stories = [json.loads(line) for line in islice(lines, 4 * max(ARTICLES.values()))]
    # The same text under two names is one article.
    different = {story["text"]: Article(story["_id"], story["title"], story["text"]) for story in stories}
    first, *articles = different.values()
    with serving() as server:
        for kind, n in ARTICLES.items():
            one, other = articles[:n], articles[n : 2 * n]
            for name, shares in (
                ("one", [one]),
                ("two, different articles", [one, other]),
                ("two, the same articles", [one, one]),
            ):
                print(measure(kind, name, server, shares, first), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

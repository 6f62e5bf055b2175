"""The nearest vectors on one server and on three that share them (examples/shards.py): how long, how many are missed.

    python benchmarks/shards.py DATA_DIR/squad2-dev CACHE_DIR 30000 > benchmarks/shards.md

Passages, questions and servers are those of `postgres.py`; all servers run on this machine, so that three have no more
processor and memory than one.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click
import numpy as np
from kills import divide
from postgres import QUESTIONS, StandIns, begun, exact, fill_database, give_room, read_real
from postgres_server import serving
from tables import print_heading

from index.encoders.encoder import Vectors
from index.place import place_of
from index.postgres.database import Database
from index.postgres.legs import nearest
from index.postgres.store import PostgresStore, open_current
from qa.build import load_models
from qa.evaluate.gold.read import read_gold_set
from qa.settings import Settings

NODES = 3
K = 10
WARM_UP = 2


def measure(store: PostgresStore, vectors: Vectors, best: Sequence[Sequence[int]]) -> str:
    """Milliseconds of the nearest passages of each vector, and how many of the truly nearest are among them."""
    for _ in range(WARM_UP):
        found, took = [], []
        for vector in vectors:
            began = time.perf_counter()
            found.append([hit.number for hit in nearest(store, vector[None], K)])
            took.append((time.perf_counter() - began) * 1000)
    recall = np.mean([len(set(near) & set(true)) / K for near, true in zip(found, best, strict=True)])
    return f"{statistics.median(took):.1f} | {np.percentile(took, 95):.1f} | {recall:.4f} |"


@click.command()
@click.argument("gold", type=click.Path(exists=True, path_type=Path))
@click.argument("cache", type=click.Path(path_type=Path))
@click.argument("size", type=int)
def main(gold: Path, cache: Path, size: int) -> None:
    """Print the table for SIZE passages, a multiple of 1,000; GOLD and CACHE are as for `postgres.py`."""
    encoder = load_models(Settings(index=Path("unused"))).encoder
    real, questions = read_real(read_gold_set(gold), cache, encoder)
    passages = StandIns(real, size)
    vectors = encoder.encode_queries(questions[:QUESTIONS])
    best = exact(vectors, passages)
    print_heading("Vectors on several servers", f"shards.py {gold.name} CACHE_DIR {size}")
    print("| passages | servers | p50, ms | p95, ms | recall@10 |\n| ---: | ---: | ---: | ---: | ---: |")
    with ExitStack() as stack:
        server, *shards = (stack.enter_context(serving()) for _ in range(NODES + 1))
        give_room(server)
        place = place_of(server.address())
        assert isinstance(place, Database)
        stack.callback(place.close)
        store = begun(place, encoder)
        fill_database(place, store, passages)
        store.derive()
        with place.writing():
            place.activate(store.generation)
        server.ask("VACUUM ANALYZE")
        print(f"| {size:,} | 1 | {measure(store, vectors, best)}", flush=True)
        divide(server.address(), *(shard.address() for shard in shards))
        print(f"| {size:,} | {NODES} | {measure(open_current(place), vectors, best)}", flush=True)
    print(f"\n{QUESTIONS} questions, each server asked as often before.")


if __name__ == "__main__":
    main()

"""How search grows: exact up to EXACT_UP_TO vectors, in lists beyond.

    python benchmarks/scale.py 100000 1000000 > benchmarks/scale.md

The vectors stand in for those of passages: each is that of one of a thousand subjects with as much of its own, so that
two of one subject have a cosine of about .5; a query is made in the same way. The floor is numpy comparing one query
with every vector.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import click
import numpy as np
from tables import print_heading

from index.encoders.encoder import Vectors
from index.engines.faiss import FaissIndex
from index.vectors import RESCORED

DIM = 384
SUBJECTS = 1_000
QUERIES = 100
CHUNK = 5_000
K = 100
SEED = 2022

T = TypeVar("T")


class StandIns:
    """`n` vectors, the same each time they are gone through, so that they need not all be held."""

    def __init__(self, n: int) -> None:
        self.n = n
        self._subjects = np.random.default_rng(SEED).standard_normal((SUBJECTS, DIM)).astype(np.float32)

    def __iter__(self) -> Iterator[tuple[list[int], Vectors]]:
        for first in range(0, self.n, CHUNK):
            many = min(CHUNK, self.n - first)
            yield list(range(first + 1, first + many + 1)), self.made(many, first + 1)

    def made(self, many: int, seed: int) -> Vectors:
        at = np.random.default_rng(seed)
        rows = self._subjects[at.integers(SUBJECTS, size=many)] + at.standard_normal((many, DIM), np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@click.command()
@click.argument("sizes", nargs=-1, type=int, required=True)
def main(sizes: tuple[int, ...]) -> None:
    """Print the table, a row for each of SIZES."""
    print_heading("Scale", "scale.py " + " ".join(map(str, sizes)))
    columns = "snapshot, MB | written in, s | opened in, s | p50 of a search, ms | resident, MB | recall@10 | floor, ms"
    print(f"| vectors | {columns} |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for size in sizes:
        with TemporaryDirectory() as folder:
            print(row(size, Path(folder) / "passages.faiss"), flush=True)
    print(f"\nOf {K} passages asked for, by one thread; {QUERIES} queries.")
    print("Resident: the most of a process that does nothing else.")


def row(size: int, path: Path) -> str:
    vectors = StandIns(size)
    written, crc32 = timed(lambda: FaissIndex.write(path, DIM, vectors, size))
    opened, index = timed(lambda: FaissIndex.load(path, DIM, crc32))
    queries = vectors.made(QUERIES, 0)
    best = nearest(queries, vectors)
    found, times = [], []
    for query in queries:
        took, hits = timed(lambda query=query: index.search(query[None], K if index.is_exact else K * RESCORED))
        times.append(took * 1000)
        found.append({hit.number for hit in hits})
    with get_context("spawn").Pool(1) as process:
        megabytes_resident = process.apply(resident, (path, crc32, queries))
    recall = np.mean([len(near & set(true)) / len(true) for near, true in zip(found, best, strict=True)])
    table = np.concatenate([rows for _, rows in vectors])
    floor = statistics.median(timed(lambda query=query: table @ query)[0] * 1000 for query in queries[:20])
    megabytes = path.stat().st_size / 1e6
    return (
        f"| {size:,} | {megabytes:,.0f} | {written:,.1f} | {opened:.2f} | {statistics.median(times):.1f} "
        f"| {megabytes_resident:,.0f} | {recall:.3f} | {floor:.1f} |"
    )


def resident(path: Path, crc32: int, queries: Vectors) -> float:
    """The most megabytes that were resident while `queries` were asked, with the snapshot's pages."""
    index = FaissIndex.load(path, DIM, crc32)
    for query in queries:
        index.search(query[None], K if index.is_exact else K * RESCORED)
    # Not `getrusage`, which for a process that was just started has what its parent had.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


def nearest(queries: Vectors, vectors: StandIns) -> list[list[int]]:
    """The numbers of the ten vectors nearest to each query, every one compared."""
    scores = np.concatenate([queries @ rows.T for _, rows in vectors], axis=1)
    return (np.argpartition(-scores, 10, axis=1)[:, :10] + 1).tolist()


def timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


if __name__ == "__main__":
    main()

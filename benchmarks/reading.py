"""How fast are saved pages read, beside trafilatura's own extraction of the same files?

    python benchmarks/reading.py FOLDER --pages 1000

FOLDER is the article-extraction-benchmark of scrapinghub; its pages are taken over again until there are so many. Each
BLOCK pages are read by trafilatura alone, without and with its metadata, and then by this reader, from files, in its
process of its own; so a busy machine slows all of them. The rates are by the clock and by the processor, of both
processes and with the start of the other one.
"""

from __future__ import annotations

import argparse
import gzip
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import trafilatura

from corpus.article import Article
from corpus.readers import Remark, Unreadable, read_articles

BLOCK = 100


class Clock:
    """Seconds by the clock and of the processor, of this process and of those that have ended."""

    def __init__(self) -> None:
        self.wall = self.processor = 0.0

    def run(self, work: Callable[[], object]) -> None:
        wall, processor = time.monotonic(), self._used()
        work()
        self.wall += time.monotonic() - wall
        self.processor += self._used() - processor

    @staticmethod
    def _used() -> float:
        each = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(usage.ru_utime + usage.ru_stime for usage in each)


def write_pages(samples: Path, folder: Path, count: int) -> list[Path]:
    """So many pages as files, whatever there is over again."""
    files = []
    for number, packed in enumerate(islice(cycle(sorted(samples.glob("html/*.html.gz"))), count)):
        path = folder / f"{number:05}.html"
        path.write_bytes(gzip.decompress(packed.read_bytes()))
        files.append(path)
    return files


def extract(files: list[Path], *, metadata: bool) -> None:
    for path in files:
        trafilatura.extract(path.read_bytes(), with_metadata=metadata)


def take(results: Iterator[object], count: int, seen: list[object]) -> None:
    seen.extend(islice(results, count))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=1_000)
    options = parser.parse_args()
    ours, alone, described = Clock(), Clock(), Clock()
    seen: list[object] = []
    with tempfile.TemporaryDirectory() as home:
        files = write_pages(options.folder, Path(home), options.pages)
        extract(files[:20], metadata=True)
        # A page that was there before is a remark.
        results = (each for each in read_articles([home]) if isinstance(each, Article | Unreadable | Remark))
        for first in range(0, len(files), BLOCK):
            block = files[first : first + BLOCK]
            alone.run(partial(extract, block, metadata=False))
            described.run(partial(extract, block, metadata=True))
            ours.run(partial(take, results, len(block), seen))
        # Ends the process that reads, which only then is counted.
        ours.run(partial(take, results, 1, seen))
    assert len(seen) == len(files), f"{len(seen)} results of {len(files)} files"
    print(f"{len(files)} pages\n")
    print("| | pages/s by the clock | of the processor | share of trafilatura's by the clock | of the processor |")
    print("| --- | --- | --- | --- | --- |")
    named = {"trafilatura": alone, "trafilatura, with metadata": described, "this reader": ours}
    for name, clock in named.items():
        shares = (alone.wall / clock.wall, alone.processor / clock.processor)
        rates = (len(files) / clock.wall, len(files) / clock.processor)
        print(f"| {name} | {rates[0]:.1f} | {rates[1]:.1f} | {shares[0]:.2f} | {shares[1]:.2f} |")


if __name__ == "__main__":
    main()

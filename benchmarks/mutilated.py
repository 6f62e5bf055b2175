"""Thousands of broken files through every reader: is each read or refused in time, and the next one read?

    python benchmarks/mutilated.py --files 5000

Prints how many were read or refused, the longest time one took, by the clock and by the processor, and the most memory.
Exits with 1 for an error that no reader should let through.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

import mutilated  # noqa: E402  (the folders above)

from corpus.article import Article  # noqa: E402
from corpus.errors import UserError  # noqa: E402
from corpus.readers.confined import Confined  # noqa: E402
from corpus.readers.files import read_file  # noqa: E402
from corpus.readers.find import ArticleFile  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    took: list[tuple[float, float, str]] = []
    files = [*mutilated.hostile(), *mutilated.mutilated(options.files, options.seed)]
    with tempfile.TemporaryDirectory() as folder, Confined() as confined:
        for name, data in files:
            path = Path(folder, name)
            path.write_bytes(data)
            began, used = time.monotonic(), time.process_time()
            try:
                found = [result for _, result in read_file(ArticleFile(path, name), {}, confined)]
            except Exception as error:
                counts["broken"] += 1
                print(f"{name}: {error!r:.200}")
                path.rename(Path(tempfile.gettempdir(), f"broken-{name}"))
                continue
            kinds = {type(result) for result in found}
            counts["read" if Article in kinds else "refused" if UserError in kinds else "nothing"] += 1
            counts["reader ended"] += any("reader broke" in str(each) or "too long" in str(each) for each in found)
            took.append((time.monotonic() - began, time.process_time() - used, name))
            path.unlink()
    for seconds, own, name in sorted(took, reverse=True)[:5]:
        print(f"{name:<20} {seconds:6.1f} s by the clock, {own:6.1f} s in this process")
    most = [resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"{len(files)} files: {dict(counts)}; most memory: {most[0]} MB here, {most[1]} MB in the reading process")
    sys.exit(1 if counts["broken"] else 0)


if __name__ == "__main__":
    main()

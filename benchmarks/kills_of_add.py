"""Kill -9 at random moments of `add` over a folder of all formats: nothing is half, and nothing is lost.

    python benchmarks/kills_of_add.py --kills 100

An index has some of the folder's articles, one of them with another text, and one that is not in the folder. After each
kill every article of it must be whole, as it was or as it is in the folder, and none gone. After some kills the same
command runs to its end: then the index must be the folder. Vectors are made of words alone, so that reading and writing
are what is killed. Exits with 1 where something is wrong.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

import one_of_each  # noqa: E402  (the folders above)
from fakes import CHESS, HashEncoder  # noqa: E402

from corpus.article import Article  # noqa: E402
from corpus.readers import read_articles  # noqa: E402
from index.generations import IndexFolder  # noqa: E402
from index.store.store import open_current  # noqa: E402
from index.update import add_articles, build_index  # noqa: E402
from index.words.tantivy import LexicalIndex  # noqa: E402

# Kills of one index before the command is let to its end.
KILLS_EACH = 5


def write_folder(folder: Path) -> None:
    """One of each format; each has a word of its own, so that no two are the same article."""
    folder.mkdir()
    articles = one_of_each.bundled()
    for number, suffix in enumerate((*one_of_each.SINGLE, *one_of_each.SEVERAL)):
        own = [
            replace(each, article_id=f"f{number}-{n}", text=f"{each.text}\n\nThis one was kept as number {number}.")
            for n, each in enumerate(articles[:2])
        ]
        make = one_of_each.SEVERAL.get(suffix)
        (folder / f"f{number}{suffix}").write_bytes(make(own) if make else one_of_each.SINGLE[suffix](own[0]))


def add(index: Path, folder: Path) -> None:
    """What is killed: a process and those that it starts, all of one group."""
    os.setsid()
    add_articles(IndexFolder(index), read_articles([str(folder)]), HashEncoder())


def killed(index: Path, folder: Path, seconds: float) -> bool:
    """Kill an add after so many seconds; whether it was still running."""
    process = multiprocessing.get_context("fork").Process(target=add, args=(index, folder))
    process.start()
    process.join(seconds)
    was_running = process.is_alive()
    if was_running:
        # The process may not have made its group yet.
        try:
            os.killpg(process.pid or 0, signal.SIGKILL)
        except ProcessLookupError:
            os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    return was_running


def problems(index: Path, before: dict[str, Article], after: dict[str, Article]) -> list[str]:
    """What is half or lost."""
    with closing(open_current(IndexFolder(index))) as store:
        found = store.problems()
        articles = {each.article_id: each for each in store.each_article()}
        known = {each.article_id for each in store.provenance.origins()}
        LexicalIndex(store).catch_up()
    lost = before.keys() - articles.keys()
    half = [
        each.article_id
        for each in articles.values()
        if each not in (before.get(each.article_id), after.get(each.article_id))
    ]
    strangers = known - articles.keys()
    return [*found, *(f"{each} is lost" for each in lost), *(f"{each} is half" for each in half), *sorted(strangers)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    at, wrong, kills, ended = random.Random(options.seed), list[str](), 0, 0
    with tempfile.TemporaryDirectory() as home:
        folder, base = Path(home, "folder"), Path(home, "base")
        write_folder(folder)
        read = [each for each in read_articles([str(folder)]) if isinstance(each, Article)]
        after = {each.article_id: each for each in read} | {CHESS.article_id: CHESS}
        older = replace(read[0], text="An older text of it.")
        build_index(IndexFolder(base), [older, *read[3:6], CHESS], HashEncoder())
        with closing(open_current(IndexFolder(base))) as store:
            before = {each.article_id: each for each in store.each_article()}
        shutil.copytree(base, Path(home, "timed"))
        began = time.monotonic()
        killed(Path(home, "timed"), folder, 600)
        whole = time.monotonic() - began
        print(f"{len(read)} articles in {len(list(folder.iterdir()))} files; an add takes {whole:.1f} s", flush=True)
        while kills < options.kills:
            index = Path(home, "index")
            shutil.rmtree(index, ignore_errors=True)
            shutil.copytree(base, index)
            for _ in range(KILLS_EACH):
                was_running = killed(index, folder, at.uniform(0, whole))
                kills += was_running
                ended += not was_running
                wrong += problems(index, before, after)
            add_articles(IndexFolder(index), read_articles([str(folder)]), HashEncoder())
            with closing(open_current(IndexFolder(index))) as store:
                found = {each.article_id: each for each in store.each_article()}
                revisions = [each.article for each in store.provenance.revisions(older.article_id)]
            wrong += [] if found == after else ["the index is not the folder"]
            wrong += [] if revisions == [older] else ["the earlier text is lost"]
            print(f"{kills} kills, {ended} that came too late, {len(wrong)} wrong {wrong[:3]}", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

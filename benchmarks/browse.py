"""How long the Articles page takes to leaf through a hundred thousand articles, in a folder and in a database.

    python benchmarks/browse.py 100000 [postgresql://user@host/database]

The articles are made up, with a passage each, and put into the store as rows; nothing is encoded. An index that is in
the database already is replaced. Each figure is the middle of five, in milliseconds.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.filters import Filters
from index.place import place_of, read_place
from index.store.record import PassageRecord
from index.store.sqlite import ArticleStore
from index.store.store import create_store
from index.words.analyze import analyze
from index.words.tantivy import LexicalIndex
from qa.archive import Archive
from qa.settings import Settings

if TYPE_CHECKING:
    from index.store.store import Store

SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "il", "os")]
TIMES = 5
# In a transaction.
TOGETHER = 2_000


def articles(n: int) -> Iterator[Article]:
    """Some thousand words, the first of them everywhere; fifty sources; ten years, a tenth without a day."""
    chosen = random.Random(2022)
    words = ["".join(chosen.choices(SYLLABLES, k=3)) for _ in range(8_000)]
    for number in range(n):
        said = [words[int(len(words) * chosen.random() ** 3)] for _ in range(400)]
        day = None if number % 10 == 9 else date(2014, 1, 1) + timedelta(days=chosen.randrange(3650))
        title = " ".join(said[:8]).capitalize()
        source = f"{words[number % 50].capitalize()} Post"
        yield Article(f"article-{number:07}", title, f"{title}\n\n{' '.join(said)}.", source, day)


def fill(store: Store, n: int) -> None:
    held: list[Article] = []
    for article in articles(n):
        held.append(article)
        if len(held) == TOGETHER:
            _put(store, held)
            held.clear()
    _put(store, held)


def _put(store: Store, held: list[Article]) -> None:
    with store.writing():
        for article in held:
            terms = " ".join(analyze(article.text[:800]))
            store.put(article, [PassageRecord(article.article_id, 0, 800, bytes(8), terms, b"", b"")])


def asked(archive: Archive, n: int) -> dict[str, Callable[[], object]]:
    some = next(iter(articles(1)))
    common, rare = some.title.split()[0].lower(), "article"
    middle = archive.browse(first=n // 2, most=1).articles[0].article_id
    days = Filters(after=date(2019, 1, 1), before=date(2019, 12, 31))
    return {
        "first page": archive.browse,
        "page in the middle": lambda: archive.browse(first=n // 2),
        "last page": lambda: archive.browse(first=n - 50),
        "oldest first, in the middle": lambda: archive.browse(order="oldest", first=n // 2),
        "by title": lambda: archive.browse(order="title"),
        "by title, in the middle": lambda: archive.browse(order="title", first=n // 2),
        "of a source": lambda: archive.browse(source=str(some.source)[:5]),
        "of a year": lambda: archive.browse(filters=days),
        "a word": lambda: archive.browse(common),
        "two words": lambda: archive.browse(" ".join(some.title.lower().split()[:2])),
        "a word that is nowhere": lambda: archive.browse(rare),
        "a word, by title, of a source": lambda: archive.browse(common, source=str(some.source), order="title"),
        "the one before and the one behind": lambda: archive.neighbours(middle),
        "the sources to choose from": archive.common_sources,
    }


def measure(what: Callable[[], object]) -> float:
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        what()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def table(where: str | Path, n: int) -> dict[str, float]:
    place = place_of(read_place(where))
    with place.writing():
        store = create_store(place, 2)
        fill(store, n)
        if isinstance(store, ArticleStore):
            LexicalIndex(store).catch_up()
        else:
            # As the server itself does it after a while.
            with place.connection(writes=True) as connection:  # type: ignore[union-attr]  # a database
                connection.execute(f"VACUUM ANALYZE {store.generation}.article".encode())
                connection.execute(f"VACUUM ANALYZE {store.generation}.words".encode())
                connection.execute(f"VACUUM ANALYZE {store.generation}.passage".encode())
        place.activate(store.generation)  # type: ignore[arg-type]  # a place's own
    with Archive(Settings(index=read_place(where))) as archive:
        return {name: measure(what) for name, what in asked(archive, n).items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=int)
    parser.add_argument("database", nargs="?")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = {"folder": table(Path(folder) / "index", given.articles)}
    if given.database:
        found["database"] = table(given.database, given.articles)
    print(f"| {given.articles:,} articles | {' | '.join(found)} |\n| --- |{' --- |' * len(found)}")
    for name in found["folder"]:
        print(f"| {name} | {' | '.join(f'{column[name]:.0f}' for column in found.values())} |")


if __name__ == "__main__":
    main()

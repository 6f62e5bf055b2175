"""How long the Articles page takes to leaf through a hundred thousand articles, in a folder and in a database.

    python benchmarks/browse.py 100000 [postgresql://user@host/database]

The articles are made up, with a passage each, and put into the tables as rows; nothing is encoded. An index that is in
the database already is replaced. Each figure is the least of five, in milliseconds.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.filters import Filters
from index.place import place_of, read_place
from index.store.sqlite import ArticleStore
from index.store.store import create_store
from index.words.analyze import analyze
from index.words.tantivy import LexicalIndex
from qa.archive import Archive
from qa.settings import Settings

if TYPE_CHECKING:
    from index.postgres.store import PostgresStore

SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "il", "os")]
TIMES = 5
CHOSEN = random.Random(2022)
WORDS = ["".join(CHOSEN.choices(SYLLABLES, k=3)) for _ in range(8_000)]
# The first words are nearly everywhere, the last hardly anywhere.
ODDS = [*accumulate(1 / (n + 10) for n in range(len(WORDS)))]
TERMS = {word: " ".join(analyze(word)) for word in WORDS}
COMMON, RARER = WORDS[0], WORDS[300]

# Number, id, title, source, day, text, terms.
Row = tuple[int, str, str, str, str | None, str, list[str]]


def rows(n: int) -> Iterator[Row]:
    """Fifty sources; ten years, a tenth without a day; a text of some 2,500 characters."""
    for number in range(1, n + 1):
        said = CHOSEN.choices(WORDS, cum_weights=ODDS, k=60)
        day = None if number % 10 == 9 else (date(2014, 1, 1) + timedelta(days=CHOSEN.randrange(3650))).isoformat()
        title, source = " ".join(said[:8]).capitalize(), f"{WORDS[number % 50].capitalize()} Post"
        text = "\n".join([" ".join(said)] * 6)
        yield number, f"article-{number:07}", title, source, day, text, [TERMS[word] for word in said]


def fill_folder(store: ArticleStore, n: int) -> None:
    with store.writing() as db:
        for number, name, title, source, day, text, terms in rows(n):
            db.execute("INSERT INTO change VALUES (?, ?, 'add')", (number, name))
            values = (name, title, source, day, None, 1, len(text), number, name, text)
            db.execute("INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            db.execute("INSERT INTO passage VALUES (?, ?, 0, 400, ?)", (number, name, number))
            db.execute("INSERT INTO sentences VALUES (?, ?, '', '')", (number, " ".join(terms)))
    LexicalIndex(store).catch_up()


def fill_database(store: PostgresStore, n: int) -> None:
    made = list(rows(n))
    tables: dict[str, Iterator[tuple[object, ...]]] = {
        "article": ((a, t, s, d, None, 1, len(x), a, x) for _, a, t, s, d, x, _ in made),
        "passage": ((k, a, 0, 400, " ".join(w), b"", b"") for k, a, *_, w in made),
        "vector": ((k, d, s, "[1,0]") for k, _, _, s, d, _, _ in made),
        "words": ((k, d, s, 60, 60, " ".join(f"'{w}'" for w in set(ws))) for k, _, _, s, d, _, ws in made),
    }
    with store.database.connection(writes=True) as connection:
        with connection.transaction(), connection.cursor() as cursor:
            for table, values in tables.items():
                with cursor.copy(f"COPY {store.generation}.{table} FROM STDIN".encode()) as copied:
                    for row in values:
                        copied.write_row(row)
            counted = "UPDATE article_qa.generation SET seq = 1, articles = %s, passages = %s WHERE name = %s"
            cursor.execute(counted, (n, n, store.generation))
        # As the server itself does it after a while.
        for table in tables:
            connection.execute(f"VACUUM ANALYZE {store.generation}.{table}".encode())


def asked(archive: Archive, n: int) -> dict[str, Callable[[], object]]:
    middle = archive.browse(first=n // 2, most=1).articles[0].article_id
    year = Filters(after=date(2019, 1, 1), before=date(2019, 12, 31))
    source = f"{WORDS[7].capitalize()} Post"
    return {
        "first page": archive.browse,
        "page in the middle": lambda: archive.browse(first=n // 2),
        "last page": lambda: archive.browse(first=n - 50),
        "oldest first, in the middle": lambda: archive.browse(order="oldest", first=n // 2),
        "by title": lambda: archive.browse(order="title"),
        "by title, in the middle": lambda: archive.browse(order="title", first=n // 2),
        "of a source": lambda: archive.browse(source=source),
        "of a year": lambda: archive.browse(filters=year),
        "a word that is everywhere": lambda: archive.browse(COMMON),
        "two words": lambda: archive.browse(f"{COMMON} {RARER}"),
        "a word that is nowhere": lambda: archive.browse("zeppelins"),
        "a word, of a source, by title": lambda: archive.browse(RARER, source=source, order="title"),
        "the one before and the one behind": lambda: archive.neighbours(middle),
        "the sources to choose from": archive.common_sources,
    }


def measure(what: Callable[[], object]) -> float:
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        what()
        took.append((time.perf_counter() - began) * 1000)
    return min(took)


def table(where: str | Path, n: int) -> dict[str, float]:
    place = place_of(read_place(where))
    with place.writing():
        store = create_store(place, 2)
        if isinstance(store, ArticleStore):
            fill_folder(store, n)
        else:
            fill_database(store, n)
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
    print(f"| {given.articles:,} articles, ms | {' | '.join(found)} |\n| --- |{' --- |' * len(found)}")
    for name in found["folder"]:
        print(f"| {name} | {' | '.join(f'{column[name]:.0f}' for column in found.values())} |")


if __name__ == "__main__":
    main()

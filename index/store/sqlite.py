"""ArticleStore: articles, passages and all vectors in one SQLite file, from which all else can be made again."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import weakref
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

from corpus.article import Article, Passage
from index.generations import IndexFolder
from index.store.errors import ArticleNotFound, OtherFormat, StoreDamaged, explained
from index.store.find import find_current, find_unfinished
from index.store.listed import LISTED, ListedArticle, to_listed
from index.store.provenance import TABLES, Provenance, to_pages
from index.store.record import PassageRecord

# Raised with every change of the tables below; an index of another format is refused.
FORMAT = 2
# The one before, which had no sentences: its articles can be read, and so made an index of this format.
EARLIER_FORMAT = 1
BUSY_SECONDS = 30.0
# SQLite allows 32,766 parameters in a statement; stay well under it.
MAX_PARAMETERS = 10_000
ARTICLES_AT_A_TIME = 500

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS change (seq INTEGER PRIMARY KEY AUTOINCREMENT, article_id TEXT NOT NULL, kind TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS article (
    article_id TEXT PRIMARY KEY, title TEXT NOT NULL, source TEXT, published TEXT, url TEXT,
    passages INTEGER NOT NULL, characters INTEGER NOT NULL, seq INTEGER NOT NULL,
    text_sha256 TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS article_published ON article (published);
CREATE INDEX IF NOT EXISTS article_source ON article (source);
CREATE INDEX IF NOT EXISTS article_listed ON article (
    published DESC, article_id, title, source, url, passages, characters);
CREATE INDEX IF NOT EXISTS article_title ON article (title COLLATE NOCASE, article_id);
CREATE INDEX IF NOT EXISTS article_text ON article (text_sha256);
CREATE TABLE IF NOT EXISTS passage (
    number INTEGER PRIMARY KEY AUTOINCREMENT, article_id TEXT NOT NULL REFERENCES article,
    start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, seq INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS passage_article ON passage (article_id);
CREATE INDEX IF NOT EXISTS passage_seq ON passage (seq);
CREATE TABLE IF NOT EXISTS vector (number INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS sentences (
    number INTEGER PRIMARY KEY, terms TEXT NOT NULL, places BLOB NOT NULL, vectors BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS removed (number INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS removed_seq ON removed (seq);
"""


# In the order of a PassageRecord's fields.
_RECORD = (
    "article_id, start_offset, end_offset, data, terms, places, vectors "
    "FROM passage JOIN vector USING (number) JOIN sentences USING (number)"
)
# What no change by the program leaves behind.
_WRONG = (
    (
        "SELECT count(*) FROM passage JOIN article USING (article_id) "
        "WHERE start_offset < 0 OR end_offset <= start_offset OR end_offset > length(text)",
        "passages that are not in their article's text",
    ),
)


class ArticleStore:
    """One SQLite file. Safe to use from several threads and, through SQLite, several processes."""

    # In one transaction as many as are encoded together.
    articles_together: int | None = None

    def __init__(self, path: Path, *, create: bool = False, formats: Sequence[int] = (FORMAT,)) -> None:
        """Open `path`; make it when `create`. Raises StoreDamaged, or OtherFormat for one that is not of `formats`."""
        self.path = path
        self._lock = threading.RLock()
        self._counted = (-1, 0, 0)
        # Whether the tables of `provenance` were seen.
        self.has_provenance = False
        if not create and not path.is_file():
            raise StoreDamaged(f"{str(path)!r} is missing; run `article-qa build`")
        with explained(path):
            name, is_uri = (_read_only(path), True) if not create and _only_readable(path) else (str(path), False)
            self.connection = sqlite3.connect(
                name, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=is_uri
            )
            # After a build a reader drops the old store while other threads may still read it: close it after the last.
            weakref.finalize(self, self.connection.close)
            if not is_uri:
                self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
            self.connection.execute("PRAGMA foreign_keys = ON")
            if create:
                self.connection.executescript(";".join((_SCHEMA, *TABLES)))
                self.connection.execute("INSERT OR IGNORE INTO meta VALUES ('format', ?)", (str(FORMAT),))
            found = self.meta("format")
            self._identity, self._written = _identity(path), path.stat().st_mtime_ns
        if found not in [str(each) for each in formats]:
            self.close()
            if found is not None and found.isdecimal() and int(found) > FORMAT:
                raise OtherFormat(
                    f"{str(path)!r} was written by a later version (index format {found}, this one knows {FORMAT}); "
                    "update article-qa"
                )
            raise OtherFormat(
                f"{str(path)!r} has index format {found!r}, this version's is {FORMAT}; run "
                "`article-qa rebuild`, which makes it anew from its own articles"
            )

    @property
    def provenance(self) -> Provenance:
        """Where its articles were found, and what they were."""
        # Made anew each time: of two objects that hold each other neither is closed when nobody needs it any more.
        return Provenance(self)

    @property
    def generation(self) -> Path:
        """The folder of the generation that it is of."""
        return self.path.parent

    def changed_at(self) -> float:
        """When the index was changed last, in seconds since 1970."""
        return max(file.stat().st_mtime for file in self.generation.glob(f"{self.path.name}*"))

    def size(self) -> int:
        """Bytes that it takes on disk, with what is derived from it."""
        return sum(file.stat().st_size for file in self.generation.rglob("*") if file.is_file())

    def sync(self) -> None:
        """Return when the disk has all that was committed: until then a power cut may take the last of it back."""
        with self._lock, explained(self.path):
            self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self.connection.close()

    @property
    def is_replaced(self) -> bool:
        """Another file is there now by the same name, or another index in it: the folder was restored, or swapped."""
        found = _identity(self.path)
        # While none is there, what was opened is all there is.
        return found is not None and (found != self._identity or self._is_overwritten())

    def _is_overwritten(self) -> bool:
        """A copy was written into the file itself: SQLite goes on with what it has of the old one in memory."""
        written = self.path.stat().st_mtime_ns
        if written == self._written:
            return False
        # Still being copied, it cannot be read at all.
        with self._lock, suppress(sqlite3.Error):
            before = _last_change(self.connection)
            with closing(sqlite3.connect(_read_only(self.path), uri=True)) as beside:
                found = _last_change(beside)
            if found not in (before, _last_change(self.connection)):
                return found < before
            # By a program that writes as SQLite has it.
            self._written = written
        return False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection; no other thread uses it within the block."""
        with self._lock, explained(self.path):
            yield self.connection

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """What is read in the block is the state of one moment, whatever other processes commit meanwhile."""
        with self._lock, explained(self.path):
            self.connection.execute("BEGIN")
            try:
                yield
            finally:
                self.connection.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: everything in the block happens, or nothing."""
        with self._lock, explained(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                self.provenance.prepare()
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                # The next change will have the number that was counted under, and may be another.
                self._counted = (-1, 0, 0)
                # When the disk is full, SQLite may have rolled back by itself.
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def meta(self, key: str) -> str | None:
        """A setting of the index, None when it was never set."""
        with self.reading() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Set a setting of the index."""
        with self._lock, explained(self.path):
            self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def drop_meta(self, key: str) -> None:
        """Forget a setting of the index."""
        with self._lock, explained(self.path):
            self.connection.execute("DELETE FROM meta WHERE key = ?", (key,))

    def put(self, article: Article, records: Sequence[PassageRecord]) -> list[int]:
        """Store an article and its passages; the passages' new numbers come back.

        Call it inside `writing()`, and `drop` an article with the same id first.
        """
        db = self.connection
        seq = self._record(article.article_id, "add")
        db.execute(
            "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                article.article_id,
                article.title,
                article.source,
                article.published.isoformat() if article.published else None,
                article.url,
                len(records),
                len(article.text),
                seq,
                article.text_sha256,
                article.text,
            ),
        )
        self.provenance.put_pages(article)
        # Numbers ever given, also those of passages that are gone, are not given again.
        last = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passage'").fetchone()[0]
        numbers = [last + n for n in range(1, len(records) + 1)]
        rows = list(zip(numbers, records, strict=True))
        db.executemany(
            "INSERT INTO passage VALUES (?, ?, ?, ?, ?)",
            [(number, article.article_id, record.start, record.end, seq) for number, record in rows],
        )
        db.executemany("INSERT INTO vector VALUES (?, ?)", [(number, record.vector) for number, record in rows])
        db.executemany(
            "INSERT INTO sentences VALUES (?, ?, ?, ?)",
            [(number, record.terms, record.places, record.sentence_vectors) for number, record in rows],
        )
        return numbers

    def drop(self, article_id: str) -> list[int]:
        """Remove an article and its passages; the passages' numbers come back. Call it inside `writing()`."""
        db = self.connection
        numbers = self.numbers_of(article_id)
        seq = self._record(article_id, "remove")
        for table in ("vector", "sentences"):
            db.executemany(f"DELETE FROM {table} WHERE number = ?", [(number,) for number in numbers])
        db.executemany("INSERT INTO removed VALUES (?, ?)", [(number, seq) for number in numbers])
        db.execute("DELETE FROM passage WHERE article_id = ?", (article_id,))
        self.provenance.drop_pages(article_id)
        if db.execute("DELETE FROM article WHERE article_id = ?", (article_id,)).rowcount == 0:
            raise ArticleNotFound(f"no article {article_id!r}; `article-qa list` shows the ids")
        return numbers

    def article(self, article_id: str) -> Article:
        """One article, whole. Raises ArticleNotFound."""
        found = self.articles([article_id])
        if not found:
            raise ArticleNotFound(f"no article {article_id!r}; `article-qa list` shows the ids")
        return found[article_id]

    def articles(self, article_ids: Sequence[str]) -> dict[str, Article]:
        """The articles with these ids, whole, by id; unknown ids are left out."""
        starts = "(SELECT starts FROM paged WHERE article_id = article.article_id)"
        rows = self._select(
            f"SELECT article_id, title, text, source, published, url, {starts if self.provenance.is_there else 'NULL'} "
            "FROM article WHERE article_id IN ({})",
            article_ids,
        )
        return {
            row[0]: Article(row[0], row[1], row[2], row[3], _date(row[4]), row[5], to_pages(row[6])) for row in rows
        }

    def same_as(self, article: Article) -> str | None:
        """The id under which the same as `article` is stored, in all but its id and the beginnings of its pages."""
        query = (
            "SELECT article_id FROM article WHERE text_sha256 = ? AND title = ? "
            "AND source IS ? AND published IS ? AND url IS ? ORDER BY article_id"
        )
        day = article.published.isoformat() if article.published else None
        with self.reading() as db:
            values = (article.text_sha256, article.title, article.source, day, article.url)
            row = db.execute(query, values).fetchone()
        return None if row is None else str(row[0])

    def list_articles(self) -> list[ListedArticle]:
        """Every article without its text, newest first, undated ones last."""
        with self.reading() as db:
            rows = db.execute(f"SELECT {LISTED} FROM article ORDER BY published IS NULL, published DESC, article_id")
            return [to_listed(row) for row in rows]

    def listed(self, article_ids: Collection[str]) -> dict[str, ListedArticle]:
        """The articles with these ids without their texts, by id; unknown ids are left out."""
        rows = self._select(f"SELECT {LISTED} FROM article WHERE article_id IN ({{}})", sorted(article_ids))
        return {row[0]: to_listed(row) for row in rows}

    def sources(self, limit: int) -> list[str]:
        """The sources with the most articles, at most `limit`, in alphabetical order."""
        query = (
            "SELECT source FROM article WHERE source IS NOT NULL GROUP BY source ORDER BY count(*) DESC, source LIMIT ?"
        )
        with self.reading() as db:
            return sorted((row[0] for row in db.execute(query, (limit,))), key=str.casefold)

    def by_source(self) -> list[tuple[str, int]]:
        """Each source with how many articles it has, the one with the most first."""
        query = "SELECT source, count(*) FROM article WHERE source IS NOT NULL GROUP BY source ORDER BY 2 DESC, 1"
        with self.reading() as db:
            return [(str(source), int(number)) for source, number in db.execute(query)]

    def by_month(self) -> list[tuple[str, int]]:
        """Each month that has articles (`2023-07`) with how many, the earliest first."""
        query = (
            "SELECT substr(published, 1, 7), count(*) FROM article WHERE published IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
        with self.reading() as db:
            return [(str(month), int(number)) for month, number in db.execute(query)]

    def titles(self, limit: int) -> list[str]:
        """The titles of the newest articles, at most `limit`."""
        with self.reading() as db:
            query = "SELECT title FROM article ORDER BY published DESC, article_id LIMIT ?"
            found = db.execute(query, (limit,))
            return [str(row[0]) for row in found]

    def every_source(self) -> list[str]:
        """Every source, in alphabetical order."""
        with self.reading() as db:
            return sorted(row[0] for row in db.execute("SELECT DISTINCT source FROM article WHERE source IS NOT NULL"))

    def text_sha256(self, article_id: str) -> str | None:
        """SHA-256 of an article's text, None when there is no such article."""
        with self.reading() as db:
            row = db.execute("SELECT text_sha256 FROM article WHERE article_id = ?", (article_id,)).fetchone()
        return None if row is None else str(row[0])

    def article_ids(self) -> list[str]:
        """Every article's id, in order."""
        with self.reading() as db:
            return [row[0] for row in db.execute("SELECT article_id FROM article ORDER BY article_id")]

    def each_article(self) -> Iterator[Article]:
        """Every article, whole, in the order of the ids."""
        ids = self.article_ids()
        for first in range(0, len(ids), ARTICLES_AT_A_TIME):
            yield from self.articles(ids[first : first + ARTICLES_AT_A_TIME]).values()

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """The passages with these numbers, by number, their text cut from the article; unknown numbers are left out."""
        rows = self._select(
            "SELECT number, article_id, start_offset, end_offset FROM passage WHERE number IN ({})", numbers
        )
        texts = {key: article.text for key, article in self.articles(sorted({row[1] for row in rows})).items()}
        return {
            number: Passage(article_id, start, end, texts[article_id][start:end])
            for number, article_id, start, end in rows
            if article_id in texts
        }

    def records(self, numbers: Sequence[int]) -> dict[int, PassageRecord]:
        """What is kept of the passages with these numbers, by number; unknown numbers are left out."""
        rows = self._select(f"SELECT number, {_RECORD} WHERE number IN ({{}})", numbers)
        return {row[0]: PassageRecord(*row[1:]) for row in rows}

    def records_of(self, article_id: str) -> list[PassageRecord]:
        """What is kept of an article's passages, in the order of its text."""
        with self.reading() as db:
            rows = db.execute(f"SELECT {_RECORD} WHERE article_id = ? ORDER BY number", (article_id,))
            return [PassageRecord(*row) for row in rows]

    def terms(self, numbers: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Of the passages with these numbers, by number: their articles' ids, and their terms."""
        rows = self._select(
            "SELECT number, article_id, terms FROM passage JOIN sentences USING (number) WHERE number IN ({})", numbers
        )
        return {number: (article_id, terms) for number, article_id, terms in rows}

    def numbers_of(self, article_id: str) -> list[int]:
        """Numbers of an article's passages, in the order of its text."""
        with self.reading() as db:
            rows = db.execute("SELECT number FROM passage WHERE article_id = ? ORDER BY number", (article_id,))
            return [row[0] for row in rows]

    def vectors_of(self, article_id: str) -> dict[tuple[int, int], bytes]:
        """The vectors of an article's passages, by where these start and end."""
        with self.reading() as db:
            rows = db.execute(
                "SELECT start_offset, end_offset, data FROM passage JOIN vector USING (number) WHERE article_id = ?",
                (article_id,),
            )
            return {(start, end): data for start, end, data in rows}

    def vectors(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """The vectors of the passages with these numbers, by number; unknown numbers are left out."""
        return dict(self._select("SELECT number, data FROM vector WHERE number IN ({})", numbers))

    def days_and_sources(self, after_number: int, n: int) -> list[tuple[int, str | None, str | None]]:
        """(number, day, source) of the first `n` passages behind `after_number`, ascending."""
        query = (
            "SELECT number, published, source FROM passage CROSS JOIN article USING (article_id) "
            "WHERE number > ? ORDER BY number LIMIT ?"
        )
        with self.reading() as db:
            return db.execute(query, (after_number, n)).fetchall()

    def added_since(self, seq: int) -> list[int]:
        """Numbers of the passages added after `seq` and still there, ascending."""
        with self.reading() as db:
            return [row[0] for row in db.execute("SELECT number FROM passage WHERE seq > ? ORDER BY number", (seq,))]

    def removed_since(self, seq: int) -> list[int]:
        """Numbers of the passages removed after `seq`, ascending."""
        with self.reading() as db:
            return [row[0] for row in db.execute("SELECT number FROM removed WHERE seq > ? ORDER BY number", (seq,))]

    def seq(self) -> int:
        """Sequence number of the last change, 0 before the first; every change by any process raises it."""
        with self.reading() as db:
            return int(db.execute("SELECT coalesce(max(seq), 0) FROM change").fetchone()[0])

    def counts(self) -> tuple[int, int]:
        """(articles, passages)."""
        # SQLite goes through a table to count its rows: 10 ms in a million passages.
        with self.reading() as db:
            seq = self.seq()
            if self._counted[0] != seq:
                query = "SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM passage)"
                # What another process adds meanwhile is counted, and then once more under its own number.
                self._counted = (seq, *db.execute(query).fetchone())
            return self._counted[1:]

    def newest(self) -> date | None:
        """The day of the newest article; None when none has a date."""
        with self.reading() as db:
            found = db.execute("SELECT max(published) FROM article").fetchone()[0]
        return date.fromisoformat(found) if found else None

    def days(self) -> tuple[date | None, date | None, int]:
        """The days of the oldest and of the newest article, and how many have none."""
        with self.reading() as db:
            query = "SELECT min(published), max(published), count(*) - count(published) FROM article"
            oldest, newest, undated = db.execute(query).fetchone()
        return _date(oldest), _date(newest), undated

    def problems(self, vector_bytes: int | None = None) -> list[str]:
        """What is wrong with the file or between its tables; empty when all is well. Reads the whole file.

        A vector has `vector_bytes`, where that is known.
        """
        with self.reading() as db:
            found = [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
            found += [f"passage without its article: {row}" for row in db.execute("PRAGMA foreign_key_check")]
            for table, column, what in (("vector", "data", "a vector"), ("sentences", "places", "sentences")):
                query = f"SELECT count(*) FROM passage LEFT JOIN {table} USING (number) WHERE {column} IS NULL"
                lost = db.execute(query).fetchone()[0]
                found += [f"{lost} passages without {what}"] if lost else []
            for query, what in _WRONG:
                wrong = db.execute(query).fetchone()[0]
                found += [f"{wrong} {what}"] if wrong else []
            if vector_bytes is not None:
                query = "SELECT count(*) FROM vector WHERE length(data) != ?"
                wrong = db.execute(query, (vector_bytes,)).fetchone()[0]
                found += [f"{wrong} vectors that are not of the encoder's length"] if wrong else []
            rows = db.execute("SELECT CAST(text AS BLOB), text_sha256 FROM article")
            changed = sum(hashlib.sha256(text).hexdigest() != digest for text, digest in rows)
            found += [f"{changed} articles whose text is not the one that was stored"] if changed else []
        return found

    def _record(self, article_id: str, kind: str) -> int:
        row = self.connection.execute(
            "INSERT INTO change (article_id, kind) VALUES (?, ?) RETURNING seq", (article_id, kind)
        ).fetchone()
        return int(row[0])

    def _select(self, query: str, values: Sequence[str] | Sequence[int]) -> list[tuple[Any, ...]]:
        rows = []
        with self.reading() as db:
            for first in range(0, len(values), MAX_PARAMETERS):
                some = values[first : first + MAX_PARAMETERS]
                rows += db.execute(query.format(_marks(len(some))), some).fetchall()
        return rows


def open_current(folder: IndexFolder, formats: Sequence[int] = (FORMAT,)) -> ArticleStore:
    """The store of the folder's current generation.

    Raises UserError when nothing was built, StoreDamaged, or OtherFormat for one that is not of `formats`.
    """
    return find_current(folder, lambda generation: ArticleStore(generation / folder.store_name, formats=formats))


def unfinished(folder: IndexFolder, key: str) -> ArticleStore | None:
    """The store of a generation that is not current and has a setting `key`; None when there is none."""
    return find_unfinished(folder, key, lambda generation: ArticleStore(generation / folder.store_name))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _last_change(connection: sqlite3.Connection) -> tuple[int, str]:
    row = connection.execute("SELECT seq, article_id FROM change ORDER BY seq DESC LIMIT 1").fetchone()
    return row or (0, "")


def _only_readable(path: Path) -> bool:
    return not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def _read_only(path: Path) -> str:
    """The address by which SQLite opens a file beside which it may write nothing."""
    # With what another process has not written into the file yet, SQLite needs that one's files beside it.
    has_log = path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro{'' if has_log else '&immutable=1'}"


def _marks(n: int) -> str:
    return ", ".join("?" * n)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

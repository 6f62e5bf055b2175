"""Where the articles of an index were found, what they were before, and where their pages begin."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from corpus.article import Article
from index.store.origin import MOST_REVISIONS, Origin, Revision

if TYPE_CHECKING:
    from index.store.sqlite import ArticleStore

# An index of an earlier day lacks these; its first writer makes them, and until then nothing is known of all this.
TABLES = (
    "CREATE TABLE IF NOT EXISTS place (place TEXT NOT NULL, item TEXT NOT NULL, own_id TEXT NOT NULL, "
    "article_id TEXT NOT NULL, PRIMARY KEY (place, item)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS place_article ON place (article_id)",
    "CREATE TABLE IF NOT EXISTS paged (article_id TEXT PRIMARY KEY, starts TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS revision (article_id TEXT NOT NULL, text_sha256 TEXT NOT NULL, changed TEXT NOT NULL, "
    "title TEXT NOT NULL, source TEXT, published TEXT, url TEXT, pages TEXT NOT NULL, text TEXT NOT NULL, "
    "number INTEGER PRIMARY KEY AUTOINCREMENT, UNIQUE (article_id, text_sha256))",
)
_REVISION = "article_id, title, text, source, published, url, pages, changed FROM revision"


class Provenance:
    """What one store knows of it. What changes something is called inside the store's `writing()`."""

    def __init__(self, store: ArticleStore) -> None:
        self._store = store

    @property
    def is_there(self) -> bool:
        """Whether the index has the tables."""
        found = self._store.has_provenance
        if not found:
            with self._store.reading() as db:
                found = _has(db, "revision")
                # Those made in a transaction that fails are gone again.
                self._store.has_provenance = found and not db.in_transaction
        return found

    def prepare(self) -> None:
        """Make the tables where they are missing, with what an earlier version knew."""
        if self.is_there:
            return
        db = self._store.connection
        for table in TABLES:
            db.execute(table)
        if _has(db, "origin"):
            db.execute("INSERT INTO place SELECT path, '', article_id, article_id FROM origin")

    def origins(self, article_ids: Sequence[str] | None = None) -> list[Origin]:
        """Where these articles were found, or all; in order."""
        with self._store.reading() as db:
            if not self.is_there:
                rows = db.execute("SELECT path, '', article_id, article_id FROM origin") if _has(db, "origin") else []
                found = [Origin(*row) for row in rows]
                return [each for each in found if article_ids is None or each.article_id in article_ids]
            query = "SELECT place, item, own_id, article_id FROM place"
            if article_ids is None:
                return [Origin(*row) for row in db.execute(f"{query} ORDER BY place, item")]
            query += " WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY place, item"
            return [Origin(*row) for row in db.execute(query, (json.dumps(list(article_ids)),))]

    def origin(self, place: str, item: str) -> Origin | None:
        """What was found there; None for nothing."""
        if not self.is_there:
            return next((each for each in self.origins() if (each.place, each.item) == (place, item)), None)
        with self._store.reading() as db:
            query = "SELECT place, item, own_id, article_id FROM place WHERE place = ? AND item = ?"
            row = db.execute(query, (place, item)).fetchone()
        return None if row is None else Origin(*row)

    def put_origins(self, origins: Iterable[Origin]) -> None:
        """Note where articles were found; a place that is known leads to its new article from then on."""
        rows = [(each.place, each.item, each.own_id, each.article_id) for each in origins]
        self._store.connection.executemany("INSERT OR REPLACE INTO place VALUES (?, ?, ?, ?)", rows)

    def drop_origins(self, origins: Iterable[Origin]) -> None:
        """Forget that something was found there."""
        rows = [(each.place, each.item) for each in origins]
        self._store.connection.executemany("DELETE FROM place WHERE place = ? AND item = ?", rows)

    def revised(self) -> list[str]:
        """The ids of the articles of which earlier texts are kept, in order."""
        if not self.is_there:
            return []
        with self._store.reading() as db:
            return [row[0] for row in db.execute("SELECT DISTINCT article_id FROM revision ORDER BY article_id")]

    def revisions(self, article_id: str) -> list[Revision]:
        """What the article was before, the latest first."""
        if not self.is_there:
            return []
        with self._store.reading() as db:
            rows = db.execute(f"SELECT {_REVISION} WHERE article_id = ? ORDER BY number DESC", (article_id,))
            return [_to_revision(row) for row in rows]

    def put_revision(self, revision: Revision) -> None:
        """Keep what an article was."""
        article, db = revision.article, self._store.connection
        values = (article.article_id, article.text_sha256, revision.changed.isoformat(), article.title, article.source)
        day = article.published.isoformat() if article.published else None
        db.execute(
            "INSERT OR REPLACE INTO revision (article_id, text_sha256, changed, title, source, published, url, pages, "
            "text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, day, article.url, json.dumps(article.pages), article.text),
        )
        db.execute(
            "DELETE FROM revision WHERE article_id = ? AND number NOT IN "
            "(SELECT number FROM revision WHERE article_id = ? ORDER BY number DESC LIMIT ?)",
            (article.article_id, article.article_id, MOST_REVISIONS),
        )

    def drop_revision(self, article: Article) -> None:
        """Forget that an article had this text before: it has it again."""
        self._store.connection.execute(
            "DELETE FROM revision WHERE article_id = ? AND text_sha256 = ?", (article.article_id, article.text_sha256)
        )

    def drop(self, article_id: str) -> None:
        """Forget all of an article that is gone."""
        for table in ("place", "revision"):
            self._store.connection.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))

    def put_pages(self, article: Article) -> None:
        """Keep where an article's pages begin."""
        if article.pages:
            values = (article.article_id, json.dumps(article.pages))
            self._store.connection.execute("INSERT OR REPLACE INTO paged VALUES (?, ?)", values)

    def drop_pages(self, article_id: str) -> None:
        """Forget where an article's pages began."""
        self._store.connection.execute("DELETE FROM paged WHERE article_id = ?", (article_id,))


def to_pages(starts: str | None) -> tuple[int, ...]:
    """The offsets as they are kept."""
    return tuple(json.loads(starts)) if starts else ()


def _to_revision(row: Sequence[str]) -> Revision:
    article_id, title, text, source, published, url, pages, changed = row
    day = date.fromisoformat(published) if published else None
    article = Article(article_id, title, text, source, day, url, to_pages(pages))
    return Revision(article, date.fromisoformat(changed))


def _has(db: sqlite3.Connection, table: str) -> bool:
    return bool(db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone())

"""Where the articles of an index in PostgreSQL were found, what they were before, and where their pages begin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString

from corpus.article import Article
from index.postgres.schema import Schema
from index.store.origin import MOST_REVISIONS, Origin, Revision

# An index of an earlier day lacks these; its first writer makes them, and until then nothing is known of all this.
TABLES: LiteralString = """
CREATE TABLE {s}.place (
    place text COLLATE "C" NOT NULL, item text COLLATE "C" NOT NULL, own_id text NOT NULL,
    article_id text COLLATE "C" NOT NULL, PRIMARY KEY (place, item));
CREATE INDEX ON {s}.place (article_id);
CREATE TABLE {s}.paged (
    article_id text COLLATE "C" PRIMARY KEY REFERENCES {s}.article ON DELETE CASCADE, starts integer[] NOT NULL);
CREATE TABLE {s}.revision (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, article_id text COLLATE "C" NOT NULL,
    text_sha256 text NOT NULL, changed date NOT NULL, title text NOT NULL, source text, published date, url text,
    pages integer[] NOT NULL, text text NOT NULL, UNIQUE (article_id, text_sha256));
"""
_ORIGIN: LiteralString = "SELECT place, item, own_id, article_id FROM {s}.place"


class PostgresProvenance:
    """What one store knows of it. What changes something is called inside the store's `writing()`."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._is_there = False

    @property
    def is_there(self) -> bool:
        """Whether the index has the tables."""
        found = self._is_there
        if not found:
            query: LiteralString = "SELECT to_regclass(%(name)s) IS NOT NULL"
            found = bool(self._schema.rows(query, {"name": f"{self._schema.name}.revision"})[0][0])
            # Those made in a transaction that fails are gone again.
            self._is_there = found and not self._schema.is_held
        return found

    def prepare(self) -> None:
        """Make the tables where they are missing, with what an earlier version knew."""
        if self.is_there:
            return
        self._schema.run(TABLES)
        if self._has_origin():
            self._schema.run("INSERT INTO {s}.place SELECT path, '', article_id, article_id FROM {s}.origin")

    def origins(self, article_ids: Sequence[str] | None = None) -> list[Origin]:
        """Where these articles were found, or all; in order."""
        if not self.is_there:
            query: LiteralString = "SELECT path, '', article_id, article_id FROM {s}.origin ORDER BY path"
            found = [Origin(*row) for row in self._schema.rows(query)] if self._has_origin() else []
            return [each for each in found if article_ids is None or each.article_id in article_ids]
        if article_ids is None:
            return [Origin(*row) for row in self._schema.rows(_ORIGIN + " ORDER BY place, item")]
        query = _ORIGIN + " WHERE article_id = ANY(%(ids)s) ORDER BY place, item"
        return [Origin(*row) for row in self._schema.rows(query, {"ids": list(article_ids)})]

    def origin(self, place: str, item: str) -> Origin | None:
        """What was found there; None for nothing."""
        if not self.is_there:
            return next((each for each in self.origins() if (each.place, each.item) == (place, item)), None)
        query: LiteralString = _ORIGIN + " WHERE place = %(place)s AND item = %(item)s"
        rows = self._schema.rows(query, {"place": place, "item": item})
        return Origin(*rows[0]) if rows else None

    def put_origins(self, origins: Iterable[Origin]) -> None:
        """Note where articles were found; a place that is known leads to its new article from then on."""
        self._schema.write(
            "INSERT INTO {s}.place VALUES (%s, %s, %s, %s) ON CONFLICT (place, item) DO UPDATE "
            "SET own_id = excluded.own_id, article_id = excluded.article_id",
            [(each.place, each.item, each.own_id, each.article_id) for each in origins],
        )

    def drop_origins(self, origins: Iterable[Origin]) -> None:
        """Forget that something was found there."""
        self._schema.write(
            "DELETE FROM {s}.place WHERE place = %s AND item = %s", [(each.place, each.item) for each in origins]
        )

    def revised(self) -> list[str]:
        """The ids of the articles of which earlier texts are kept, in order."""
        query: LiteralString = "SELECT DISTINCT article_id FROM {s}.revision ORDER BY article_id"
        return [row[0] for row in self._schema.rows(query)] if self.is_there else []

    def revisions(self, article_id: str) -> list[Revision]:
        """What the article was before, the latest first."""
        query: LiteralString = (
            "SELECT article_id, title, text, source, published, url, pages, changed FROM {s}.revision "
            "WHERE article_id = %(id)s ORDER BY number DESC"
        )
        return [_to_revision(row) for row in self._schema.rows(query, {"id": article_id})] if self.is_there else []

    def put_revision(self, revision: Revision) -> None:
        """Keep what an article was."""
        article = revision.article
        self.drop_revision(article)
        self._schema.write(
            "INSERT INTO {s}.revision (article_id, text_sha256, changed, title, source, published, url, pages, text) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    article.article_id,
                    article.text_sha256,
                    revision.changed,
                    article.title,
                    article.source,
                    article.published,
                    article.url,
                    list(article.pages),
                    article.text,
                )
            ],
        )
        self._schema.write(
            "DELETE FROM {s}.revision WHERE article_id = %s AND number NOT IN "
            "(SELECT number FROM {s}.revision WHERE article_id = %s ORDER BY number DESC LIMIT %s)",
            [(article.article_id, article.article_id, MOST_REVISIONS)],
        )

    def drop_revision(self, article: Article) -> None:
        """Forget that an article had this text before: it has it again."""
        self._schema.write(
            "DELETE FROM {s}.revision WHERE article_id = %s AND text_sha256 = %s",
            [(article.article_id, article.text_sha256)],
        )

    def drop(self, article_id: str) -> None:
        """Forget all of an article that is gone."""
        self._schema.write("DELETE FROM {s}.place WHERE article_id = %s", [(article_id,)])
        self._schema.write("DELETE FROM {s}.revision WHERE article_id = %s", [(article_id,)])

    def put_pages(self, article: Article) -> None:
        """Keep where an article's pages begin."""
        if article.pages:
            self._schema.write("INSERT INTO {s}.paged VALUES (%s, %s)", [(article.article_id, list(article.pages))])

    def _has_origin(self) -> bool:
        query: LiteralString = "SELECT to_regclass(%(name)s) IS NOT NULL"
        return bool(self._schema.rows(query, {"name": f"{self._schema.name}.origin"})[0][0])


def _to_revision(row: Sequence[Any]) -> Revision:
    article_id, title, text, source, published, url, pages, changed = row
    return Revision(Article(article_id, title, text, source, published, url, tuple(pages)), changed)

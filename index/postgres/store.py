"""PostgresStore: the articles, passages and vectors of one generation in a database, all that there is of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, LiteralString

import numpy as np
from psycopg import sql

from corpus.article import Article, Passage
from index.postgres.database import Database, Generation
from index.postgres.errors import GenerationGone
from index.postgres.problems import find_problems
from index.postgres.provenance import TABLES as OF_PROVENANCE
from index.postgres.provenance import PostgresProvenance
from index.postgres.schema import Schema
from index.postgres.tables import FORMAT, MIGRATIONS, NEAREST, TABLES
from index.postgres.words import (
    as_kept,
    as_tsvector,
    as_weighed,
    term_counts,
)
from index.store.errors import ArticleNotFound, OtherFormat
from index.store.find import find_current, find_unfinished
from index.store.listed import LISTED, ListedArticle, to_listed
from index.store.record import PassageRecord
from index.words.analyze import analyze

ARTICLES_AT_A_TIME = 200
# To compare a query with one vector takes .5 µs. Of more vectors, the nearest are found by HNSW in half precision.
EXACT_UP_TO = 20_000
NEAREST_KEY = "nearest"
# vector_send puts two 16-bit numbers in front of the floats.
HEADER_BYTES = 4

# In the order of a PassageRecord's fields.
_RECORD: LiteralString = (
    "article_id, start_offset, end_offset, vector_send(data), passage.terms, places, sentence_vectors "
    "FROM {s}.passage JOIN {s}.vector USING (number)"
)


class PostgresStore:
    """One generation. Safe to use from several threads, processes and machines."""

    # A transaction an article: writers take turns, and none waits for more than one article of another.
    articles_together = 1

    def __init__(
        self, database: Database, generation: str, *, dim: int | None = None, formats: Sequence[int] = (FORMAT,)
    ) -> None:
        """Open a generation; with `dim`, the length of its vectors, make the tables of a new one.

        Raises StoreDamaged, or OtherFormat for one that is not of `formats`.
        """
        self.database = database
        self.generation = generation
        self.schema = Schema(database, generation)
        self.provenance = PostgresProvenance(self.schema)
        if dim is not None:
            with self.schema.writing():
                self.schema.run(TABLES + OF_PROVENANCE, dim=sql.Literal(dim))
            self.set_meta("format", str(FORMAT))
            self.set_meta("dim", str(dim))
        self._check_format(formats)
        self.dim = int(self.meta("dim") or 0)
        self.vector_tables = self._parts("vector")

    @property
    def is_replaced(self) -> bool:
        """Never: no other database takes the place of this one under its name."""
        return False

    def close(self) -> None:
        """Nothing: the connections are the database's."""

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """What is read in the block is the state of one moment, whatever others commit meanwhile."""
        with self.schema.one_moment():
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: everything in the block happens, or nothing. One writer at a time."""
        with self.schema.writing():
            self.provenance.prepare()
            yield

    def state(self) -> Generation:
        """How much is in it now, and the number of its last change."""
        query: LiteralString = (
            "SELECT name, seq, articles, passages, terms FROM article_qa.generation WHERE name = %(name)s"
        )
        rows = self.schema.rows(query, {"name": self.generation})
        if not rows:
            raise GenerationGone(f"{self.database.name!r} has no index {self.generation!r} any more; ask again")
        return Generation(*rows[0])

    def migrate(self) -> bool:
        """Make the tables those of this version, all of it or nothing; whether there was anything to do."""
        with self.writing():
            begun = int(self.meta("format") or 0)
            for step in range(begun, FORMAT):
                self.schema.run(MIGRATIONS[step])
            self.set_meta("format", str(FORMAT))
        return begun < FORMAT

    def meta(self, key: str) -> str | None:
        """A setting of the index, None when it was never set."""
        rows = self.schema.rows("SELECT value FROM {s}.meta WHERE key = %(key)s", {"key": key})
        return str(rows[0][0]) if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Set a setting of the index."""
        self.schema.write(
            "INSERT INTO {s}.meta VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [(key, value)],
        )

    def drop_meta(self, key: str) -> None:
        """Forget a setting of the index."""
        self.schema.write("DELETE FROM {s}.meta WHERE key = %s", [(key,)])

    def put(self, article: Article, records: Sequence[PassageRecord]) -> list[int]:
        """Store an article and its passages; the passages' new numbers come back.

        Call it inside `writing()`, and `drop` an article with the same id first.
        """
        title = analyze(article.title)
        terms = [[as_kept(term) for term in (*title, *record.terms.split())] for record in records]
        last = self._changed(1, len(records), sum(map(len, terms)))
        numbers = [last - len(records) + n for n in range(1, len(records) + 1)]
        day, source = article.published, article.source
        values = (article.article_id, article.title, source, day, article.url)
        counts = (len(records), len(article.text))
        self.schema.write(
            "INSERT INTO {s}.article VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [(*values, *counts, article.text_sha256, article.text)],
        )
        self.provenance.put_pages(article)
        rows = list(zip(numbers, records, terms, strict=True))
        self.schema.write(
            "INSERT INTO {s}.passage VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [(n, article.article_id, r.start, r.end, r.terms, r.places, r.sentence_vectors) for n, r, _ in rows],
        )
        if self.vector_tables != [self.schema.table("vector")]:
            # Another server keeps what it was given when this one died before it had stored the rest.
            self.schema.write("DELETE FROM {s}.vector WHERE number = ANY(%s)", [(numbers,)])
        self.schema.write(
            "INSERT INTO {s}.vector VALUES (%s, %s, %s, %s)",
            [(n, day, source, written(np.frombuffer(r.vector, "<f4").tolist())) for n, r, _ in rows],
        )
        self.schema.write(
            "INSERT INTO {s}.words VALUES (%s, %s, %s, %s, %s, %s)",
            [(n, day, source, len(found), as_weighed(len(found)), as_tsvector(found)) for n, _, found in rows],
        )
        counted = term_counts(terms)
        self.schema.write(
            "INSERT INTO {s}.term SELECT * FROM unnest(%s::text[], %s::bigint[]) "
            "ON CONFLICT (term) DO UPDATE SET passages = term.passages + excluded.passages",
            [(list(counted), list(counted.values()))],
        )
        return numbers

    def drop(self, article_id: str) -> list[int]:
        """Remove an article and its passages; the passages' numbers come back. Call it inside `writing()`."""
        numbers = self.numbers_of(article_id)
        # They go with their passages, but for those that are on other servers.
        self.schema.write("DELETE FROM {s}.vector WHERE number = ANY(%s)", [(numbers,)])
        gone: LiteralString = (
            "UPDATE {s}.term SET passages = term.passages - gone.n FROM (SELECT lexeme, count(*) AS n FROM {s}.words "
            "CROSS JOIN LATERAL unnest(words.terms) WHERE number = ANY(%s) GROUP BY lexeme) AS gone "
            "WHERE term.term = gone.lexeme"
        )
        self.schema.write(gone, [(numbers,)])
        lengths = self.schema.rows("SELECT sum(length) FROM {s}.words WHERE number = ANY(%(n)s)", {"n": numbers})
        query: LiteralString = "DELETE FROM {s}.article WHERE article_id = %(id)s RETURNING article_id"
        if not self.schema.rows(query, {"id": article_id}):
            raise ArticleNotFound(f"no article {article_id!r}; `article-qa list` shows the ids")
        self._changed(-1, -len(numbers), -int(lengths[0][0] or 0))
        return numbers

    def article(self, article_id: str) -> Article:
        """One article, whole. Raises ArticleNotFound."""
        found = self.articles([article_id])
        if not found:
            raise ArticleNotFound(f"no article {article_id!r}; `article-qa list` shows the ids")
        return found[article_id]

    def articles(self, article_ids: Sequence[str]) -> dict[str, Article]:
        """The articles with these ids, whole, by id; unknown ids are left out."""
        query: LiteralString = "SELECT article_id, title, text, source, published, url FROM {s}.article"
        if self.provenance.is_there:
            query = "SELECT article_id, title, text, source, published, url, starts FROM {s}.article "
            query += "LEFT JOIN {s}.paged USING (article_id)"
        rows = self.schema.rows(query + " WHERE article_id = ANY(%(ids)s)", {"ids": list(article_ids)})
        return {row[0]: _to_article(row) for row in rows}

    def same_as(self, article: Article) -> str | None:
        """The id under which the same as `article` is stored, in all but its id and the beginnings of its pages."""
        query: LiteralString = (
            "SELECT article_id FROM {s}.article WHERE text_sha256 = %(sha)s AND title = %(title)s "
            "AND source IS NOT DISTINCT FROM %(source)s AND published IS NOT DISTINCT FROM %(day)s::date "
            "AND url IS NOT DISTINCT FROM %(url)s ORDER BY article_id LIMIT 1"
        )
        values = {"sha": article.text_sha256, "title": article.title, "source": article.source}
        rows = self.schema.rows(query, values | {"day": article.published, "url": article.url})
        return str(rows[0][0]) if rows else None

    def list_articles(self) -> list[ListedArticle]:
        """Every article without its text, newest first, undated ones last."""
        query: LiteralString = "SELECT " + LISTED + " FROM {s}.article ORDER BY published DESC NULLS LAST, article_id"
        return [to_listed(row) for row in self.schema.rows(query)]

    def listed(self, article_ids: Collection[str]) -> dict[str, ListedArticle]:
        """The articles with these ids without their texts, by id; unknown ids are left out."""
        query: LiteralString = "SELECT " + LISTED + " FROM {s}.article WHERE article_id = ANY(%(ids)s)"
        return {row[0]: to_listed(row) for row in self.schema.rows(query, {"ids": sorted(article_ids)})}

    def sources(self, limit: int) -> list[str]:
        """The sources with the most articles, at most `limit`, in alphabetical order."""
        query: LiteralString = (
            "SELECT source FROM {s}.article WHERE source IS NOT NULL GROUP BY source "
            "ORDER BY count(*) DESC, source LIMIT %(limit)s"
        )
        return sorted((row[0] for row in self.schema.rows(query, {"limit": limit})), key=str.casefold)

    def by_source(self) -> list[tuple[str, int]]:
        """Each source with how many articles it has, the one with the most first."""
        query: LiteralString = (
            "SELECT source, count(*) FROM {s}.article WHERE source IS NOT NULL GROUP BY source "
            "ORDER BY count(*) DESC, source"
        )
        return [(source, n) for source, n in self.schema.rows(query)]

    def by_month(self) -> list[tuple[str, int]]:
        """Each month that has articles (`2023-07`) with how many, the earliest first."""
        query: LiteralString = (
            "SELECT to_char(published, 'YYYY-MM') AS month, count(*) FROM {s}.article WHERE published IS NOT NULL "
            "GROUP BY month ORDER BY month"
        )
        return [(month, n) for month, n in self.schema.rows(query)]

    def titles(self, limit: int) -> list[str]:
        """The titles of the newest articles, at most `limit`."""
        query: LiteralString = (
            "SELECT title FROM {s}.article ORDER BY published DESC NULLS LAST, article_id LIMIT %(limit)s"
        )
        return [row[0] for row in self.schema.rows(query, {"limit": limit})]

    def every_source(self) -> list[str]:
        """Every source, in alphabetical order."""
        query: LiteralString = "SELECT DISTINCT source FROM {s}.article WHERE source IS NOT NULL"
        return sorted(row[0] for row in self.schema.rows(query))

    def text_sha256(self, article_id: str) -> str | None:
        """SHA-256 of an article's text, None when there is no such article."""
        rows = self.schema.rows("SELECT text_sha256 FROM {s}.article WHERE article_id = %(id)s", {"id": article_id})
        return str(rows[0][0]) if rows else None

    def article_ids(self) -> list[str]:
        """Every article's id, in order."""
        return [row[0] for row in self.schema.rows("SELECT article_id FROM {s}.article ORDER BY article_id")]

    def each_article(self) -> Iterator[Article]:
        """Every article, whole, in the order of the ids."""
        ids = self.article_ids()
        for first in range(0, len(ids), ARTICLES_AT_A_TIME):
            some = ids[first : first + ARTICLES_AT_A_TIME]
            articles = self.articles(some)
            # One that was removed meanwhile is left out.
            yield from (articles[each] for each in some if each in articles)

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """The passages with these numbers, by number, their text cut from the article; unknown numbers are left out."""
        query: LiteralString = (
            "SELECT number, article_id, start_offset, end_offset, "
            "substr(text, start_offset + 1, end_offset - start_offset) "
            "FROM {s}.passage JOIN {s}.article USING (article_id) WHERE number = ANY(%(n)s)"
        )
        return {row[0]: Passage(*row[1:]) for row in self.schema.rows(query, {"n": list(numbers)})}

    def records(self, numbers: Sequence[int]) -> dict[int, PassageRecord]:
        """What is kept of the passages with these numbers, by number; unknown numbers are left out."""
        query: LiteralString = "SELECT number, " + _RECORD + " WHERE number = ANY(%(n)s)"
        return {row[0]: _to_record(row[1:]) for row in self.schema.rows(query, {"n": list(numbers)})}

    def records_of(self, article_id: str) -> list[PassageRecord]:
        """What is kept of an article's passages, in the order of its text."""
        query: LiteralString = "SELECT " + _RECORD + " WHERE article_id = %(id)s ORDER BY number"
        return [_to_record(row) for row in self.schema.rows(query, {"id": article_id})]

    def numbers_of(self, article_id: str) -> list[int]:
        """Numbers of an article's passages, in the order of its text."""
        query: LiteralString = "SELECT number FROM {s}.passage WHERE article_id = %(id)s ORDER BY number"
        return [row[0] for row in self.schema.rows(query, {"id": article_id})]

    def vectors_of(self, article_id: str) -> dict[tuple[int, int], bytes]:
        """The vectors of an article's passages, by where these start and end."""
        return {(record.start, record.end): record.vector for record in self.records_of(article_id)}

    def counts(self) -> tuple[int, int]:
        """(articles, passages)."""
        state = self.state()
        return state.articles, state.passages

    def newest(self) -> date | None:
        """The day of the newest article; None when none has a date."""
        found: date | None = self.schema.rows("SELECT max(published) FROM {s}.article")[0][0]
        return found

    def days(self) -> tuple[date | None, date | None, int]:
        """The days of the oldest and of the newest article, and how many have none."""
        rows = self.schema.rows("SELECT min(published), max(published), count(*) - count(published) FROM {s}.article")
        oldest, newest, undated = rows[0]
        return oldest, newest, undated

    def changed_at(self) -> float:
        """When the index was changed last, in seconds since 1970."""
        query: LiteralString = (
            "SELECT extract(epoch FROM changed_at)::float8 FROM article_qa.generation WHERE name = %(name)s"
        )
        return float(self.schema.rows(query, {"name": self.generation})[0][0])

    def size(self) -> int:
        """Bytes that it takes on disk."""
        query: LiteralString = (
            "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = %(name)s::regnamespace"
        )
        return int(self.schema.rows(query, {"name": self.generation})[0][0])

    def derive(self) -> None:
        """Index the vectors once there are too many to compare them all."""
        if self.counts()[1] <= EXACT_UP_TO or self.meta(NEAREST_KEY):
            return
        with self.writing():
            if self.meta(NEAREST_KEY) is None:
                self.schema.run(NEAREST, dim=sql.Literal(self.dim))
                self.schema.run("ANALYZE {s}.vector, {s}.words, {s}.passage, {s}.article")
                self.set_meta(NEAREST_KEY, "hnsw")

    def problems(self, _vector_bytes: int | None = None) -> list[str]:
        """What is wrong between the tables; empty when all is well. Reads all of them."""
        return find_problems(self)

    def _changed(self, articles: int, passages: int, terms: int) -> int:
        """Count a change; the last number ever given to a passage comes back."""
        query: LiteralString = (
            "UPDATE article_qa.generation SET seq = seq + 1, changed_at = now(), articles = articles + %(articles)s, "
            "passages = passages + %(passages)s, terms = terms + %(terms)s, "
            "last_number = last_number + greatest(%(passages)s, 0) WHERE name = %(name)s RETURNING last_number"
        )
        values = {"articles": articles, "passages": passages, "terms": terms, "name": self.generation}
        return int(self.schema.rows(query, values)[0][0])

    def _check_format(self, formats: Sequence[int]) -> None:
        name, found = self.database.name, self.meta("format")
        if found in [str(each) for each in formats]:
            return
        if found is not None and found.isdecimal() and int(found) > FORMAT:
            raise OtherFormat(
                f"{name!r} was written by a later version (index format {found}, this one knows {FORMAT}); "
                "update article-qa"
            )
        is_known = found in [str(each) for each in MIGRATIONS]
        mend = (
            "`article-qa rebuild`, which brings it up to date"
            if is_known
            else "`article-qa build` with the same sources"
        )
        raise OtherFormat(f"{name!r} has index format {found!r}, this version's is {FORMAT}; run {mend}")

    def _parts(self, table: LiteralString) -> list[sql.Identifier]:
        """The partitions that a table consists of; itself, if it is whole."""
        query: LiteralString = (
            "SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid "
            "WHERE inhparent = (%(schema)s || '.' || %(table)s)::regclass ORDER BY relname"
        )
        names = [row[0] for row in self.schema.rows(query, {"schema": self.generation, "table": table})]
        return [self.schema.table(name) for name in names or [table]]


def open_current(database: Database, formats: Sequence[int] = (FORMAT,)) -> PostgresStore:
    """The store of the database's current generation.

    Raises UserError when nothing was built, or OtherFormat for one that is not of `formats`.
    """
    return find_current(database, lambda generation: PostgresStore(database, generation, formats=formats))


def unfinished(database: Database, key: str) -> PostgresStore | None:
    """The store of a generation that is not current and has a setting `key`; None when there is none."""
    return find_unfinished(database, key, lambda generation: PostgresStore(database, generation))


def written(vector: Sequence[float]) -> str:
    """A vector as pgvector reads it, every bit of it."""
    return f"[{','.join(map(repr, vector))}]"


def _to_article(row: Sequence[Any]) -> Article:
    article_id, title, text, source, published, url, *starts = row
    return Article(article_id, title, text, source, published, url, tuple(starts[0] or ()) if starts else ())


def _to_record(row: Sequence[Any]) -> PassageRecord:
    article_id, start, end, vector, terms, places, sentence_vectors = row
    # PostgreSQL sends the highest byte first.
    data = np.frombuffer(vector, ">f4", offset=HEADER_BYTES).astype("<f4").tobytes()
    return PassageRecord(article_id, start, end, data, terms, bytes(places), bytes(sentence_vectors))

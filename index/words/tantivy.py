"""The lexical (BM25) leg. The only file that imports tantivy."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import tantivy

from corpus.errors import UserError
from corpus.filters import Filters
from index.hit import Hit
from index.store.errors import StoreDamaged
from index.store.sqlite import ArticleStore
from index.words.analyze import analyze

FOLDER = "lexical"
# The terms come analysed; tantivy only splits them at the spaces.
TOKENIZER = "terms"
# Passage numbers start at 1. The document with this number is no passage: it says up to which change of the store the
# index is complete. It is committed together with the passages, so the two cannot disagree.
MARKER = 0
WRITER_BYTES = 64_000_000
MAX_QUERY_TERMS = 64
# Of equal scores tantivy gives those of its largest segment first: ask for some more than k and sort them by number.
TIE_MARGIN = 8
# Passages read from the store at a time during a replay.
BATCH = 500
# What tantivy says where there is no room: of the file itself, or of its thread that writes and has ended.
_CANNOT_WRITE = ("No space left", "File too large", "quota exceeded", "index writer was killed", "io::Error")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# A source is one term, whatever is in it.
WHOLE = "raw"


class LexicalIndex:
    """BM25 (k1 1.2, b 0.75) over the terms of each passage and its article's title, in a folder beside the store.

    It knows each passage's day and source too. Everything in it comes from the store: `catch_up` makes it from the
    store's changes. tantivy locks a file even to read, so where nothing may be written there `is_own`: it is a copy,
    for this process alone.
    """

    def __init__(self, store: ArticleStore) -> None:
        """Open the index beside `store`, an empty one if there is none. Raises StoreDamaged when it cannot be read."""
        self.store = store
        self._folder = store.path.parent / FOLDER
        self.is_own = self._folder.is_dir() and not os.access(self._folder, os.W_OK)
        with self._explained():
            if self.is_own:
                self._folder = self._copied()
            self._tantivy = self._open()
            self._schema = self._tantivy.schema
            self.seq = self._read_seq()
        if self.is_own:
            self.catch_up()

    def refresh(self) -> None:
        """See what other processes have committed."""
        if self.is_own:
            self.catch_up()
        else:
            with self._explained():
                self._reload()

    def catch_up(self) -> None:
        """Replay the store's changes since `seq` and commit them.

        The caller holds the index folder's write lock, unless it `is_own`.
        """
        with self.store.one_moment():
            seq = self.store.seq()
            # Ahead of the store, which was put back from a copy without this: it is made from the beginning.
            since = self.seq if self.seq <= seq else 0
            added, removed = self.store.added_since(since), self.store.removed_since(since)
        if seq == self.seq:
            return
        with self._explained():
            writer = self._tantivy.writer(heap_size=WRITER_BYTES, num_threads=1)
            # A writer that was killed may have left files behind whose names this one is about to use.
            writer.garbage_collect_files()
            if since < self.seq:
                writer.delete_all_documents()
            for number in [*removed, MARKER]:
                writer.delete_documents_by_term("number", number)
            for first in range(0, len(added), BATCH):
                self._write(writer, added[first : first + BATCH])
            writer.add_document(tantivy.Document(number=MARKER, seq=seq))
            if not self.is_own:
                # After a power cut these must not be ahead of the store: the next changes would have numbers seen
                # already.
                self.store.sync()
            writer.commit()
            writer.wait_merging_threads()
            self._reload()

    def search(self, terms: Sequence[str], k: int, filters: Filters | None = None) -> list[Hit]:
        """The best `k` passages for these terms, best first; of equal scores the smaller number first.

        The terms are those of `analyze`, each once; those beyond the first MAX_QUERY_TERMS do not count.
        """
        if not terms:
            return []
        should = [(tantivy.Occur.Should, self._term_query(term)) for term in terms[:MAX_QUERY_TERMS]]
        wanted = tantivy.Query.boolean_query(should)
        if filters:
            must = [wanted, *self._passing(filters)]
            wanted = tantivy.Query.boolean_query([(tantivy.Occur.Must, each) for each in must])
        with self._explained():
            searcher = self._tantivy.searcher()
            found: list[Any] = searcher.search(wanted, k + TIE_MARGIN, count=False).hits
            numbers: list[Any] = searcher.fast_field_values("number", [address for _, address in found])
        hits = [Hit(number, score) for number, (score, _) in zip(numbers, found, strict=True)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.number))[:k]

    def with_all(self, terms: Sequence[str], most: int) -> list[int]:
        """Numbers of passages that have every one of these terms, themselves or in their title: at most `most`."""
        if not terms:
            return []
        must = [(tantivy.Occur.Must, self._term_query(term)) for term in terms[:MAX_QUERY_TERMS]]
        with self._explained():
            searcher = self._tantivy.searcher()
            found: list[Any] = searcher.search(tantivy.Query.boolean_query(must), most, count=False).hits
            numbers: list[Any] = searcher.fast_field_values("number", [address for _, address in found])
        return [int(number) for number in numbers]

    def passages_with(self, terms: Sequence[str]) -> dict[str, int]:
        """For each term, the number of passages that have it."""
        with self._explained():
            searcher: Any = self._tantivy.searcher()
            # `doc_freq` would be quicker but counts removed passages too; this takes 0.5 ms for a term of 100,000.
            return {term: int(searcher.search(self._term_query(term), 1, count=True).count) for term in terms}

    def __len__(self) -> int:
        """Passages in the index."""
        with self._explained():
            return max(0, int(self._tantivy.searcher().num_docs) - 1)

    def _copied(self) -> Path:
        """A folder of its own, deleted with this object: a copy, or empty where not all may be read."""
        own = Path(tempfile.mkdtemp(prefix="article-qa-"))
        weakref.finalize(self, shutil.rmtree, own, ignore_errors=True)
        try:
            (own / FOLDER).mkdir()
            for file in self._folder.iterdir():
                if file.suffix != ".lock":
                    shutil.copyfile(file, own / FOLDER / file.name)
        # A writer is at work, or not all may be read: it is made anew from the store.
        except (FileNotFoundError, PermissionError):
            shutil.rmtree(own / FOLDER)
        return own / FOLDER

    def _open(self) -> tantivy.Index:
        if self._folder.is_dir() and tantivy.Index.exists(str(self._folder)):
            opened = tantivy.Index.open(str(self._folder))
        else:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir()
            fields = tantivy.SchemaBuilder().add_integer_field("number", indexed=True, fast=True)
            fields = fields.add_integer_field("seq", fast=True)
            fields = fields.add_integer_field("day", indexed=True, fast=True)
            fields = fields.add_text_field("source", tokenizer_name=WHOLE, index_option="basic")
            fields = fields.add_text_field("terms", tokenizer_name=TOKENIZER, index_option="freq")
            opened = tantivy.Index(fields.build(), str(self._folder))
        opened.register_tokenizer(TOKENIZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        return opened

    def _reload(self) -> None:
        self._tantivy.reload()
        self.seq = self._read_seq()

    def _read_seq(self) -> int:
        searcher = self._tantivy.searcher()
        marker = tantivy.Query.term_query(self._schema, "number", MARKER)
        found = searcher.search(marker, 1, count=False).hits
        values: list[Any] = searcher.fast_field_values("seq", [address for _, address in found])
        return int(values[0]) if values else 0

    def _write(self, writer: tantivy.IndexWriter, numbers: Sequence[int]) -> None:
        passages = self.store.terms(numbers)
        listed = self.store.listed({article_id for article_id, _ in passages.values()})
        titles = {article_id: " ".join(analyze(article.title)) for article_id, article in listed.items()}
        for number, (article_id, terms) in passages.items():
            document = tantivy.Document(number=number, terms=f"{titles[article_id]} {terms}")
            article = listed[article_id]
            if article.published:
                document.add_integer("day", article.published.toordinal())
            if article.source is not None:
                document.add_text("source", article.source)
            writer.add_document(document)

    def _passing(self, filters: Filters) -> Iterator[tantivy.Query]:
        """Queries that the passages of articles pass which pass `filters`. They add nothing to a score."""
        if filters.after or filters.before:
            first, last = (filters.after or date.min).toordinal(), (filters.before or date.max).toordinal()
            yield self._unscored(tantivy.Query.range_query(self._schema, "day", tantivy.FieldType.Integer, first, last))
        if filters.sources:
            yield self._unscored(tantivy.Query.term_set_query(self._schema, "source", list(filters.sources)))
        if filters.articles:
            numbers = [number for each in filters.articles for number in self.store.numbers_of(each)]
            yield self._unscored(tantivy.Query.term_set_query(self._schema, "number", numbers))

    def _term_query(self, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, "terms", term, "freq")

    @staticmethod
    def _unscored(query: tantivy.Query) -> tantivy.Query:
        return tantivy.Query.const_score_query(query, 0.0)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _FULL:
                raise self._full() from error
            raise StoreDamaged(f"{str(self._folder)!r} cannot be used ({error}); run `article-qa build`") from error
        # tantivy raises ValueError for a file it cannot read, and pyo3's PanicException, which is no Exception, for
        # one whose bytes were changed.
        except BaseException as error:
            if not isinstance(error, ValueError) and type(error).__name__ != "PanicException":
                raise
            reason = str(error).splitlines()[0] if str(error) else "unreadable"
            if any(sign in str(error) for sign in _CANNOT_WRITE):
                raise self._full() from error
            raise StoreDamaged(f"{str(self._folder)!r} is damaged ({reason}); run `article-qa build`") from error

    def _full(self) -> UserError:
        return UserError(f"the disk with {str(self._folder)!r} is full; free some space and run this again")

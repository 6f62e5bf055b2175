"""Both legs of an index in a folder: vectors in memory, words beside the store."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from corpus.errors import UserError
from corpus.filters import Filters
from index.columns import PassageColumns
from index.encoders.encoder import Encoder, Vectors
from index.generations import IndexFolder
from index.legs import Found
from index.recipe import check_recipe
from index.store.errors import StoreDamaged
from index.store.sqlite import ArticleStore, open_current
from index.vectors import StoredVectors
from index.words.tantivy import LexicalIndex

log = logging.getLogger(__name__)


class FolderLegs:
    """The legs of the current generation of an index folder; notices what other processes change."""

    def __init__(self, folder: IndexFolder, encoder: Encoder) -> None:
        """Open the index. Raises UserError when there is none or it cannot be used."""
        self._folder = folder
        self._encoder = encoder
        self._lock = threading.Lock()
        self._open()

    @property
    def store(self) -> ArticleStore:
        """The current generation's store."""
        return self._store

    @property
    def version(self) -> str:
        """Changes with every change of the index: its generation and the store's last change."""
        return f"{self._generation.name.rpartition('-')[2]}.{self._vectors.seq}"

    def refresh(self) -> None:
        """Catch up with what this or another process has built, added or removed since the last call."""
        with self._lock:
            if self._folder.current() != self._generation or self._store.is_replaced:
                self._open()
            else:
                self._vectors.catch_up()
                self._catch_up_lexical()

    def search(self, terms: Sequence[str], query: Vectors, searches: Sequence[Filters | None], depth: int) -> Found:
        """The best `depth` passages of each leg in each of `searches`, by what may pass it.

        A passage that only the words found has its true score among the vectors too.
        """
        lexical: dict[int, float] = {}
        dense: dict[int, float] = {}
        # One thread at a time: the vectors must not change while they are searched.
        with self._lock:
            masks = [self._columns.passing(filters) if filters else None for filters in searches]
            for filters, among in zip(searches, masks, strict=True):
                lexical |= {hit.number: hit.score for hit in self._lexical.search(terms, depth, filters)}
                dense |= {hit.number: hit.score for hit in self._vectors.search(query, depth, among)}
            dense |= self._vectors.scores(query, [number for number in lexical if number not in dense])
            store, last = self._store, masks[-1]
        passing = dense if last is None else [number for number in dense if last[number]]
        return Found(store, lexical, dense, frozenset(passing))

    def passages_with(self, terms: Sequence[str]) -> dict[str, int]:
        """For each term, the number of passages that have it."""
        return self._lexical.passages_with(terms)

    def _open(self) -> None:
        generation: Path | None = None
        while True:
            tried, generation = generation, self._folder.require_current()
            try:
                store = open_current(self._folder)
                check_recipe(store, self._folder.name, self._encoder)
                vectors = StoredVectors(store, self._encoder.dim)
                lexical = LexicalIndex(store)
            except StoreDamaged:
                # Perhaps a build replaced and deleted this generation while it was being opened: try again with the
                # current one. A second failure with the same one, or with the current one, is real damage.
                if generation in (tried, self._folder.current()):
                    raise
                continue
            self._generation, self._store, self._vectors, self._lexical = generation, store, vectors, lexical
            self._columns = PassageColumns(store)
            self._catch_up_lexical()
            return

    def _catch_up_lexical(self) -> None:
        if self._lexical.seq == self._vectors.seq:
            return
        self._lexical.refresh()
        if self._lexical.seq == self._vectors.seq:
            return
        # The store is ahead of the lexical index, or was put back from a copy without it. A writer at work holds the
        # lock and will soon commit; one that was killed in between does not, and its changes are replayed here.
        try:
            with self._folder.writing():
                self._lexical.catch_up()
        except StoreDamaged:
            raise
        except UserError as error:
            log.info("the lexical index stays behind the articles until the next question: %s", error)

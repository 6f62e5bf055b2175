"""A query to ranked passages: search by words and by vectors, fused, in an index that follows its folder."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UserError
from corpus.filters import Filters
from index.columns import PassageColumns
from index.encoders.encoder import Encoder, Vectors
from index.engines.engine import Mask
from index.fusion import fuse
from index.generations import IndexFolder
from index.hit import Hit
from index.recipe import open_store
from index.store.errors import StoreDamaged
from index.store.sqlite import ArticleStore
from index.vectors import StoredVectors
from index.words.analyze import analyze
from index.words.tantivy import LexicalIndex

log = logging.getLogger(__name__)

# Passages that each leg gives to fusion. Plenty: the best 20 of each together hold the answer to 99 in 100 questions
# of SQuAD.
DEPTH = 100
# Lexical and dense share; benchmarks/fusion.md has the table.
WEIGHTS = (0.5, 0.5)
# For a question in a script that the encoder does not know: its vectors would only get in the way.
WORDS_ALONE = (1.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """What a search found: the fused `hits`, best first, and what they were made of, for those who judge the evidence.

    `lexical` and `dense` are the scores each leg gave, by passage number. The numbers are those of `store`, which a
    build may have replaced since. `preferred` are the numbers of the hits that pass the preference, which was searched
    on its own. `terms` are the terms of the query, each once, in order. `query_vectors` has a row for the query and one
    for each other form of it. `knows`: the encoder knows the query's script.
    """

    hits: list[Hit]
    lexical: dict[int, float]
    dense: dict[int, float]
    terms: tuple[str, ...]
    query_vectors: Vectors
    store: ArticleStore
    preferred: frozenset[int]
    knows: bool
    timing_ms: dict[str, float]


class Retriever:
    """Searches the current generation of an index folder; notices what other processes change."""

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

    def search(
        self,
        query: str,
        *,
        forms: Sequence[str] = (),
        k: int = DEPTH,
        filters: Filters | None = None,
        prefer: Filters | None = None,
    ) -> Ranking:
        """The best `k` passages for `query` among those that pass `filters`, best first.

        With `prefer`, the passages that pass it as well are also searched on their own, and those found that way are
        among the hits whatever their rank. Other `forms` of the query are encoded with it, no more.
        """
        self.refresh()
        started = time.perf_counter()
        query_vectors = self._encode([query, *forms])
        encoded = time.perf_counter()
        terms = tuple(dict.fromkeys(analyze(query)))
        searches = [filters, *([(filters or Filters()).and_also(prefer)] if prefer else [])]
        # One thread at a time: the vectors must not change while they are searched.
        with self._lock:
            store = self._store
            masks = [self._columns.passing(each) if each else None for each in searches]
            lexical, dense = self._search_legs(terms, query_vectors[:1], zip(searches, masks, strict=True))
        knows = self._encoder.knows(query)
        fused = fuse([lexical, dense], WEIGHTS if knows else WORDS_ALONE)
        preferred = masks[-1] if prefer else None
        kept = frozenset() if preferred is None else frozenset(hit.number for hit in fused if preferred[hit.number])
        searched = time.perf_counter()
        return Ranking(
            hits=[hit for rank, hit in enumerate(fused) if rank < k or hit.number in kept],
            lexical=lexical,
            dense=dense,
            terms=terms,
            query_vectors=query_vectors,
            store=store,
            preferred=kept,
            knows=knows,
            timing_ms={"encode": (encoded - started) * 1000, "search": (searched - encoded) * 1000},
        )

    @property
    def version(self) -> str:
        """Changes with every change of the index: its generation and the store's last change."""
        return f"{self._generation.name.rpartition('-')[2]}.{self._vectors.seq}"

    def passages_with(self, terms: Sequence[str]) -> dict[str, int]:
        """For each term, the number of passages that have it."""
        return self._lexical.passages_with(terms)

    def refresh(self) -> None:
        """Catch up with what this or another process has built, added or removed since the last call."""
        with self._lock:
            if self._folder.current() != self._generation or self._store.is_replaced:
                self._open()
            else:
                self._vectors.catch_up()
                self._catch_up_lexical()

    def _encode(self, forms: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows; each different text is encoded once, all of them together."""
        different = list(dict.fromkeys(forms))
        vectors = self._encoder.encode_queries(different)
        return vectors[[different.index(form) for form in forms]]

    def _search_legs(
        self, terms: Sequence[str], query_vector: Vectors, searches: Iterable[tuple[Filters | None, Mask | None]]
    ) -> tuple[dict[int, float], dict[int, float]]:
        """Scores by words and by vectors: the best DEPTH of each search, whose mask are those that pass its filters."""
        lexical: dict[int, float] = {}
        dense: dict[int, float] = {}
        for filters, among in searches:
            lexical |= {hit.number: hit.score for hit in self._lexical.search(terms, DEPTH, filters)}
            dense |= {hit.number: hit.score for hit in self._vectors.search(query_vector, DEPTH, among)}
        # A passage that only the words found is given its true score among the vectors too.
        dense |= self._vectors.scores(query_vector, [number for number in lexical if number not in dense])
        return lexical, dense

    def _open(self) -> None:
        generation: Path | None = None
        while True:
            tried, generation = generation, self._folder.require_current()
            try:
                store = open_store(self._folder, self._encoder)
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
        if self._lexical.seq >= self._vectors.seq:
            return
        self._lexical.refresh()
        if self._lexical.seq >= self._vectors.seq:
            return
        # The store is ahead of the lexical index. A writer that is at work holds the lock and will soon commit; one
        # that was killed in between does not, and its changes are replayed here.
        try:
            with self._folder.writing():
                self._lexical.catch_up()
        except StoreDamaged:
            raise
        except UserError as error:
            log.info("the lexical index stays behind the articles until the next question: %s", error)

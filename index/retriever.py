"""Question to hits: dense and lexical search, fused, over an index that follows its folder."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import UserError
from corpus.filters import Filters
from index.encoders.encoder import Encoder, Vectors
from index.fusion import fuse
from index.generations import IndexFolder
from index.hit import Hit
from index.recipe import open_store
from index.store.errors import StoreDamaged
from index.store.sqlite import ArticleStore
from index.vectors import StoredVectors
from index.words.tantivy import LexicalIndex

log = logging.getLogger(__name__)

# Candidates each leg gives to fusion: their union of top 20 already holds the answer for 99 in 100 SQuAD questions.
DEPTH = 100
# Lexical and dense share; benchmarks/fusion.md has the table.
WEIGHTS = (0.5, 0.5)
# For a question in a script that the encoder does not know: its vectors would only get in the way.
WORDS_ALONE = (1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Fused `hits`, and what each leg gave (passage number to score) for those who judge the evidence.

    `preferred` are the numbers of those that were looked for on their own as well. The numbers are those of `store`,
    which a build may since have replaced as the current one. `knows`: the encoder knows the query's script.
    """

    hits: list[Hit]
    lexical: dict[int, float]
    dense: dict[int, float]
    query_vector: Vectors
    store: ArticleStore
    timing_ms: dict[str, float] = field(default_factory=dict)
    preferred: frozenset[int] = frozenset()
    knows: bool = True


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
        self, query: str, *, k: int = DEPTH, filters: Filters | None = None, prefer: Filters | None = None
    ) -> Ranking:
        """Rank passages for `query`, best first, among those that pass `filters`: the best `k`.

        Those that pass `prefer` too are also looked for on their own, and found however many others fit better.
        """
        self.refresh()
        started = time.perf_counter()
        query_vector = self._encoder.encode_queries([query])
        encoded = time.perf_counter()
        # One thread at a time: FAISS must not change while it is searched.
        with self._lock:
            store, faiss = self._store, self._vectors.faiss
            searches = [store.numbers_where(filters) if filters else None]
            preferred = store.numbers_where(filters.and_also(prefer) if filters else prefer) if prefer else []
            searches += [preferred] if preferred else []
            lexical: dict[int, float] = {}
            dense: dict[int, float] = {}
            for among in searches:
                lexical |= {hit.number: hit.score for hit in self._lexical.search(query, DEPTH, among)}
                dense |= {hit.number: hit.score for hit in faiss.search(query_vector, DEPTH, among)}
            # A passage that only the words found has its exact place among the vectors too.
            dense |= faiss.scores(query_vector, [number for number in lexical if number not in dense])
        kept = frozenset(preferred)
        knows = self._encoder.knows(query)
        fused = fuse([lexical, dense], WEIGHTS if knows else WORDS_ALONE)
        hits = [hit for rank, hit in enumerate(fused) if rank < k or hit.number in kept]
        timing = {"encode": (encoded - started) * 1000, "search": (time.perf_counter() - encoded) * 1000}
        return Ranking(hits, lexical, dense, query_vector, store, timing, kept, knows)

    @property
    def version(self) -> str:
        """Changes with every change of the index: its generation and the store's last change."""
        return f"{self._generation.name.rpartition('-')[2]}.{self._vectors.seq}"

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows, by the encoder the index was made with."""
        return self._encoder.encode_queries(queries)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows, by the encoder the index was made with."""
        return self._encoder.encode_passages(texts)

    def passages_with(self, terms: Sequence[str]) -> dict[str, int]:
        """For each term, the number of passages that have it."""
        return self._lexical.passages_with(terms)

    def refresh(self) -> None:
        """Catch up with whatever was built, added or removed since the last call, by any process."""
        with self._lock:
            if self._folder.current() != self._generation:
                self._open()
            else:
                self._vectors.catch_up()
                self._catch_up_lexical()

    def _open(self) -> None:
        generation: Path | None = None
        while True:
            tried, generation = generation, self._folder.require_current()
            try:
                store = open_store(self._folder, self._encoder)
                vectors = StoredVectors(store, self._encoder.dim)
                lexical = LexicalIndex(store)
            except StoreDamaged:
                # A build may have swapped the generation between the two reads; damage stays where it is.
                if generation in (tried, self._folder.current()):
                    raise
                continue
            self._generation, self._store, self._vectors, self._lexical = generation, store, vectors, lexical
            self._catch_up_lexical()
            return

    def _catch_up_lexical(self) -> None:
        if self._lexical.seq >= self._vectors.seq:
            return
        self._lexical.refresh()
        if self._lexical.seq >= self._vectors.seq:
            return
        # A writer was killed between the store and the lexical index. One still at work has the lock and will commit.
        try:
            with self._folder.writing():
                self._lexical.catch_up()
        except StoreDamaged:
            raise
        except UserError as error:
            log.info("the lexical index stays behind the articles until the next question: %s", error)

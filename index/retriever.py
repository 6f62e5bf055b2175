"""A query to ranked passages: search by words and by vectors, fused, in an index that others change."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.filters import Filters
from index.encoders.encoder import Encoder, Vectors
from index.encoders.onnx import PACKAGED
from index.fusion import fuse
from index.generations import IndexFolder
from index.hit import Hit
from index.legs import Legs
from index.words.analyze import analyze

if TYPE_CHECKING:
    from index.place import Place
    from index.store.store import Store

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
    store: Store
    preferred: frozenset[int]
    knows: bool
    timing_ms: dict[str, float]


class Retriever:
    """Searches the current generation of an index; notices what other processes change."""

    def __init__(self, place: Place, encoder: Encoder) -> None:
        """Open the index. Raises UserError when there is none or it cannot be used."""
        self._encoder = encoder
        self._legs = _open_legs(place, encoder)

    @property
    def store(self) -> Store:
        """The current generation's store."""
        return self._legs.store

    @property
    def crosses_languages(self) -> bool:
        """What is found by vectors may be in another language than the query: not with the packaged encoder."""
        return not self._encoder.fingerprint.startswith(f"{PACKAGED}@")

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
        found = self._legs.search(terms, query_vectors[:1], searches, DEPTH)
        knows = self._encoder.knows(query)
        fused = fuse([found.lexical, found.dense], WEIGHTS if knows else WORDS_ALONE)
        kept = found.last if prefer else frozenset()
        searched = time.perf_counter()
        return Ranking(
            hits=[hit for rank, hit in enumerate(fused) if rank < k or hit.number in kept],
            lexical=found.lexical,
            dense=found.dense,
            terms=terms,
            query_vectors=query_vectors,
            store=found.store,
            preferred=kept,
            knows=knows,
            timing_ms={"encode": (encoded - started) * 1000, "search": (searched - encoded) * 1000},
        )

    @property
    def version(self) -> str:
        """Changes with every change of the index: its generation and the store's last change."""
        return self._legs.version

    def passages_with(self, terms: Sequence[str]) -> dict[str, int]:
        """For each term, the number of passages that have it."""
        return self._legs.passages_with(terms)

    def refresh(self) -> None:
        """Catch up with what this or another process has built, added or removed since the last call."""
        self._legs.refresh()

    def _encode(self, forms: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows; each different text is encoded once, all of them together."""
        different = list(dict.fromkeys(forms))
        vectors = self._encoder.encode_queries(different)
        return vectors[[different.index(form) for form in forms]]


def _open_legs(place: Place, encoder: Encoder) -> Legs:
    """The legs of the place's index. Raises UserError when there is none or it cannot be used."""
    if isinstance(place, IndexFolder):
        from index.folder_legs import FolderLegs

        return FolderLegs(place, encoder)
    from index.postgres.legs import PostgresLegs

    return PostgresLegs(place, encoder)

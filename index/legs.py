"""Legs: search by words and by vectors in one place, whichever engines do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from corpus.filters import Filters
from index.encoders.encoder import Vectors

if TYPE_CHECKING:
    from index.store.store import Store


@dataclass(frozen=True, slots=True)
class Found:
    """The scores each leg gave, by passage number; `last` are those of them that pass the last search's filters."""

    store: Store
    lexical: dict[int, float]
    dense: dict[int, float]
    last: frozenset[int]


class Legs(Protocol):
    """Both legs of one index, in step with what any process changes. Safe to use from several threads."""

    @property
    def store(self) -> Store:
        """The current generation's store."""

    @property
    def version(self) -> str:
        """Changes with every change of the index: its generation and the store's last change."""

    def refresh(self) -> None:
        """Catch up with what this or another process has built, added or removed since the last call."""

    def search(self, terms: Sequence[str], query: Vectors, searches: Sequence[Filters | None], depth: int) -> Found:
        """The best `depth` passages of each leg in each of `searches`, by what may pass it.

        A passage that only the words found has its true score among the vectors too.
        """

    def passages_with(self, terms: Sequence[str]) -> dict[str, int]:
        """For each term, the number of passages that have it."""

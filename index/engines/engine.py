"""VectorIndex: what finds the nearest vectors, whichever library does it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

from index.encoders.encoder import Vectors
from index.hit import Hit


class SnapshotError(Exception):
    """A snapshot file is missing, cut short or not what was written; the store can make it again."""


class VectorIndex(Protocol):
    """Unit vectors of `dim` numbers, kept under the numbers of their passages. A query is one row, (1, dim)."""

    def __init__(self, dim: int) -> None: ...

    def __len__(self) -> int: ...

    def add(self, numbers: Sequence[int], vectors: Vectors) -> None:
        """Add `vectors` ((n, dim) float32, unit rows) under `numbers`, which must be new."""

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove the vectors of these numbers. Numbers that are not there are ignored."""

    def search(self, query: Vectors, k: int, among: Sequence[int] | None = None) -> list[Hit]:
        """The `k` vectors nearest to `query`, best first; of equal scores the smaller number first.

        The score is the inner product. `among` restricts the search to these numbers.
        """

    def scores(self, query: Vectors, numbers: Sequence[int]) -> dict[int, float]:
        """The inner product of `query` with the vector of each of these numbers; numbers not there are left out."""

    def save(self, path: Path) -> int:
        """Write a snapshot to `path`; its CRC-32 comes back. A write that fails leaves no file under that name."""

    @classmethod
    def load(cls, path: Path, dim: int, crc32: int) -> Self:
        """The index that `save` wrote to `path` and gave `crc32` for. Raises SnapshotError when it is anything else."""

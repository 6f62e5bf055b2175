"""VectorIndex: what finds the nearest vectors, whichever library does it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from index.encoders.encoder import Vectors
from index.hit import Hit

# Whether the passage of each number, from 0 on, is meant; those beyond its end are not.
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
# Numbers and their vectors ((n, dim) float32), some at a time.
Rows = Iterable[tuple[Sequence[int], Vectors]]


class SnapshotError(Exception):
    """A snapshot file is missing, cut short or not what was written; the store can make it again."""


class VectorIndex(Protocol):
    """Unit vectors of `dim` numbers, kept under the numbers of their passages. A query is one row, (1, dim)."""

    def __init__(self, dim: int) -> None: ...

    def __len__(self) -> int: ...

    @property
    def is_exact(self) -> bool:
        """Every vector is compared as it is. Else scores are near the true ones, and some of the nearest are missed."""

    def add(self, numbers: Sequence[int], vectors: Vectors) -> None:
        """Add `vectors` ((n, dim) float32, unit rows) under `numbers`, which must be new."""

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove the vectors of these numbers. Numbers that are not there are ignored."""

    def search(self, query: Vectors, k: int, among: Mask | None = None) -> list[Hit]:
        """The `k` vectors nearest to `query`, best first; of equal scores the smaller number first.

        The score is the inner product. `among` restricts the search.
        """

    @classmethod
    def write(cls, path: Path, dim: int, rows: Rows, n: int) -> int:
        """Write a snapshot of `n` vectors to `path`; its CRC-32 comes back. A write that fails leaves no such file.

        `rows` may be gone through several times.
        """

    @classmethod
    def load(cls, path: Path, dim: int, crc32: int) -> Self:
        """The index that `write` wrote to `path` and gave `crc32` for. Raises SnapshotError for anything else."""

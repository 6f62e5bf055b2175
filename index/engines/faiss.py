"""Exact nearest-neighbour search. The only file that imports faiss."""

from __future__ import annotations

import contextlib
import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np

from index.encoders.encoder import Vectors
from index.engines.engine import SnapshotError
from index.hit import Hit

# FAISS orders equal scores by descending id, and which of them it leaves out at the end is chance: ask for some more
# than k and sort them ourselves.
TIE_MARGIN = 8


class FaissIndex:
    """A VectorIndex that compares the query with every vector: a flat index under the passages' own numbers."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self._faiss = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))

    def __len__(self) -> int:
        return int(self._faiss.ntotal)

    def add(self, numbers: Sequence[int], vectors: Vectors) -> None:
        """Add `vectors` ((n, dim) float32, unit rows) under `numbers`, which must be new."""
        if len(numbers):
            self._faiss.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.asarray(numbers, np.int64))

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove the vectors of these numbers. Numbers that are not there are ignored."""
        if len(numbers):
            self._faiss.remove_ids(np.asarray(numbers, np.int64))

    def search(self, query: Vectors, k: int, among: Sequence[int] | None = None) -> list[Hit]:
        """The `k` vectors nearest to `query`, best first; of equal scores the smaller number first.

        `among` restricts the search to these numbers.
        """
        if len(self) == 0 or (among is not None and not len(among)):
            return []
        parameters = None
        if among is not None:
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(np.asarray(among, np.int64)))
        asked = k + TIE_MARGIN
        found = self._nearest(query, asked, parameters)
        # When the last one found is as good as the k-th, more of the same score may have been left out.
        while len(found) == asked and found[-1].score == found[k - 1].score:
            asked *= 2
            found = self._nearest(query, asked, parameters)
        return found[:k]

    def scores(self, query: Vectors, numbers: Sequence[int]) -> dict[int, float]:
        """The inner product of `query` with the vector of each of these numbers; numbers not there are left out."""
        found = {}
        for number in numbers:
            # FAISS has no other way to say that it does not hold a number.
            with contextlib.suppress(RuntimeError):
                found[number] = float(self._faiss.reconstruct(int(number)) @ query[0])
        return found

    def save(self, path: Path) -> int:
        """Write a snapshot to `path`; its CRC-32 comes back. A write that fails leaves no file under that name."""
        data = faiss.serialize_index(self._faiss)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        return zlib.crc32(data)

    @classmethod
    def load(cls, path: Path, dim: int, crc32: int) -> FaissIndex:
        """The index that `save` wrote to `path` and gave `crc32` for. Raises SnapshotError when it is anything else."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise SnapshotError(f"{path} cannot be read: {error.strerror}") from error
        if zlib.crc32(data) != crc32:
            raise SnapshotError(f"{path} is damaged (its checksum differs)")
        loaded = cls(dim)
        loaded._faiss = faiss.deserialize_index(np.frombuffer(data, np.uint8))
        return loaded

    def _nearest(self, query: Vectors, n: int, parameters: faiss.SearchParameters | None) -> list[Hit]:
        """The best `n` hits that FAISS finds, by score, then number; which of those that tie for the last is open."""
        scores, numbers = self._faiss.search(query, min(n, len(self)), params=parameters)
        # FAISS fills up with -1 where fewer than n are allowed.
        found = [Hit(int(number), float(s)) for number, s in zip(numbers[0], scores[0], strict=True) if number >= 0]
        return sorted(found, key=lambda hit: (-hit.score, hit.number))

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
from index.hit import Hit

# Equal scores come back from FAISS in descending id, so ask for some more than k and sort them ourselves.
TIE_MARGIN = 8


class SnapshotError(Exception):
    """A snapshot file is missing, cut short or not what was written; the store can make it again."""


class FaissIndex:
    """Inner products over unit vectors, exact: a flat index under the passages' own numbers."""

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
        """Remove these numbers; unknown ones are passed over."""
        if len(numbers):
            self._faiss.remove_ids(np.asarray(numbers, np.int64))

    def search(self, query: Vectors, k: int, among: Sequence[int] | None = None) -> list[Hit]:
        """Best `k` hits for one query ((1, dim)), by score, then number; fewer when fewer are stored.

        `among` restricts the search to these numbers.
        """
        if len(self) == 0 or (among is not None and not len(among)):
            return []
        parameters = None
        if among is not None:
            selector = faiss.IDSelectorBatch(np.asarray(among, np.int64))
            parameters = faiss.SearchParameters(sel=selector)
        scores, numbers = self._faiss.search(query, min(k + TIE_MARGIN, len(self)), params=parameters)
        found = [Hit(int(n), float(s)) for n, s in zip(numbers[0], scores[0], strict=True) if n >= 0]
        return sorted(found, key=lambda hit: (-hit.score, hit.number))[:k]

    def scores(self, query: Vectors, numbers: Sequence[int]) -> dict[int, float]:
        """Inner product of one query with each of these stored vectors; numbers not stored are left out."""
        found = {}
        for number in numbers:
            # FAISS has no other way to say that it does not hold a number.
            with contextlib.suppress(RuntimeError):
                found[number] = float(self._faiss.reconstruct(int(number)) @ query[0])
        return found

    def save(self, path: Path) -> int:
        """Write a snapshot; its CRC-32 comes back. The file is whole or not there."""
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
        """Read the snapshot that `save` gave `crc32` for. Raises SnapshotError when it is anything else."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise SnapshotError(f"{path} cannot be read: {error.strerror}") from error
        if zlib.crc32(data) != crc32:
            raise SnapshotError(f"{path} is damaged (its checksum differs)")
        loaded = cls(dim)
        loaded._faiss = faiss.deserialize_index(np.frombuffer(data, np.uint8))
        return loaded

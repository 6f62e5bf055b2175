"""The plain version of a VectorIndex, by which the fast ones are judged."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.encoders.encoder import Vectors
from index.engines.engine import Mask, Rows, SnapshotError
from index.hit import Hit


class BruteForce:
    """Vectors in a dict; each is compared with the query."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self._vectors: dict[int, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self._vectors)

    def add(self, numbers: Sequence[int], vectors: Vectors) -> None:
        self._vectors |= dict(zip(numbers, vectors, strict=True))

    def remove(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._vectors.pop(number, None)

    def search(self, query: Vectors, k: int, among: Mask | None = None) -> list[Hit]:
        held = [n for n in self._vectors if among is None or (n < len(among) and among[n])]
        rows = np.array([self._vectors[number] for number in held], np.float32).reshape(-1, self.dim)
        hits = [Hit(number, score) for number, score in zip(held, (rows @ query[0]).tolist(), strict=True)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.number))[:k]

    def vector(self, number: int) -> np.ndarray:
        return self._vectors[number]

    @property
    def is_exact(self) -> bool:
        return True

    @classmethod
    def write(cls, path: Path, dim: int, rows: Rows, n: int) -> int:
        table = {str(number): vector.tolist() for some, vectors in rows for number, vector in zip(some, vectors)}  # noqa: B905
        assert len(table) == n
        data = json.dumps(table).encode()
        path.write_bytes(data)
        return zlib.crc32(data)

    @classmethod
    def load(cls, path: Path, dim: int, crc32: int) -> BruteForce:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise SnapshotError(f"{path} cannot be read: {error.strerror}") from error
        if zlib.crc32(data) != crc32:
            raise SnapshotError(f"{path} is damaged (its checksum differs)")
        loaded = cls(dim)
        loaded._vectors = {int(number): np.float32(vector) for number, vector in json.loads(data).items()}
        return loaded

"""The vectors of a store, ready to be searched: loaded from their snapshot, replayed to the store's last change."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from index.encoders.encoder import Vectors
from index.engines.engine import SnapshotError, VectorIndex
from index.engines.faiss import FaissIndex
from index.hit import Hit
from index.store.sqlite import ArticleStore

# What holds and searches the vectors: the one place that chooses.
ENGINE: type[VectorIndex] = FaissIndex
SNAPSHOT_KEY = "snapshot"
# Replaying this many passages takes about as long as reading their snapshot; below it a new one is not worth writing.
SNAPSHOT_EVERY = 2_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    """What the store knows of the snapshot beside it: complete up to `seq`, its bytes as in `crc32`."""

    file: str
    seq: int
    passages: int
    crc32: int


class StoredVectors:
    """The vectors of a store's passages in memory. `catch_up` follows the store; `seq` is the last change followed."""

    def __init__(self, store: ArticleStore, dim: int) -> None:
        """Load the snapshot beside the store, if a good one is there, and replay what came after."""
        self._store = store
        self._engine = ENGINE(dim)
        self.seq = 0
        self._behind = 0
        snapshot = read_snapshot(store)
        if snapshot is not None:
            try:
                self._engine = _load(store, snapshot, dim)
                self.seq = snapshot.seq
            except SnapshotError as error:
                log.warning("%s; it is made again from the store", error)
        self.catch_up()

    def __len__(self) -> int:
        """Passages whose vectors are held."""
        return len(self._engine)

    def search(self, query: Vectors, k: int, among: Sequence[int] | None = None) -> list[Hit]:
        """The `k` passages nearest to `query` ((1, dim)), best first; of equal scores the smaller number first.

        `among` restricts the search to these numbers.
        """
        return self._engine.search(query, k, among)

    def scores(self, query: Vectors, numbers: Sequence[int]) -> dict[int, float]:
        """The inner product of `query` with the vector of each of these passages; those not held are left out."""
        return self._engine.scores(query, numbers)

    def catch_up(self) -> bool:
        """Replay the store's changes since the last call; whether there were any."""
        if self._store.seq() == self.seq:
            return False
        with self._store.one_moment():
            seq = self._store.seq()
            added = self._store.vectors_since(self.seq)
            removed = self._store.removed_since(self.seq)
        self._engine.remove(removed)
        if added:
            numbers = [number for number, _ in added]
            self._engine.add(numbers, from_bytes([data for _, data in added]))
        self._behind += len(added) + len(removed)
        self.seq = seq
        return True

    def save(self) -> None:
        """Write a snapshot when enough has changed since the last one."""
        if self._behind < SNAPSHOT_EVERY:
            return
        folder = self._store.path.parent
        name = f"passages-{self.seq}.faiss"
        crc32 = self._engine.save(folder / name)
        snapshot = _Snapshot(file=name, seq=self.seq, passages=len(self), crc32=crc32)
        self._store.set_meta(SNAPSHOT_KEY, json.dumps(asdict(snapshot)))
        self._behind = 0
        for old in folder.glob("passages-*"):
            if old.name != name:
                old.unlink(missing_ok=True)


def read_snapshot(store: ArticleStore) -> _Snapshot | None:
    """What the store says of its snapshot, None when it has none."""
    value = store.meta(SNAPSHOT_KEY)
    return None if value is None else _Snapshot(**json.loads(value))


def snapshot_problem(store: ArticleStore, dim: int) -> str | None:
    """What is wrong with the snapshot's file, None when it is good or there is none."""
    snapshot = read_snapshot(store)
    if snapshot is None:
        return None
    try:
        _load(store, snapshot, dim)
    except SnapshotError as error:
        return str(error)
    return None


def _load(store: ArticleStore, snapshot: _Snapshot, dim: int) -> VectorIndex:
    return ENGINE.load(store.path.parent / snapshot.file, dim, snapshot.crc32)


def to_bytes(vectors: Vectors) -> list[bytes]:
    """Each row as little-endian float32 bytes, as the store keeps it."""
    return [row.tobytes() for row in vectors.astype("<f4")]


def from_bytes(rows: list[bytes]) -> Vectors:
    """(n, dim) float32 from the store's bytes."""
    return np.frombuffer(b"".join(rows), dtype="<f4").reshape(len(rows), -1).astype(np.float32)

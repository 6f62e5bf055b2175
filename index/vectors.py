"""The FAISS index of a store: loaded from its snapshot, replayed to the store's last change, saved again."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from index.encoders.encoder import Vectors
from index.engines.faiss import FaissIndex, SnapshotError
from index.store.sqlite import ArticleStore

SNAPSHOT_KEY = "snapshot"
# Replaying this many passages takes about as long as reading their snapshot; below it a new one is not worth writing.
SNAPSHOT_EVERY = 2_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What the store knows of the snapshot beside it: complete up to `seq`, its bytes as in `crc32`."""

    file: str
    seq: int
    passages: int
    crc32: int


class StoredVectors:
    """A FAISS index that follows a store."""

    def __init__(self, store: ArticleStore, dim: int) -> None:
        """Load the snapshot beside the store, if a good one is there, and replay what came after."""
        self._store = store
        self.faiss = FaissIndex(dim)
        self.seq = 0
        self._behind = 0
        snapshot = read_snapshot(store)
        if snapshot is not None:
            try:
                self.faiss = FaissIndex.load(store.path.parent / snapshot.file, dim, snapshot.crc32)
                self.seq = snapshot.seq
            except SnapshotError as error:
                log.warning("%s; it is made again from the store", error)
        self.catch_up()

    def catch_up(self) -> bool:
        """Replay the store's changes since the last call; whether there were any."""
        if self._store.seq() == self.seq:
            return False
        with self._store.one_moment():
            seq = self._store.seq()
            added = self._store.vectors_since(self.seq)
            removed = self._store.removed_since(self.seq)
        self.faiss.remove(removed)
        if added:
            numbers = [number for number, _ in added]
            self.faiss.add(numbers, from_bytes([data for _, data in added]))
        self._behind += len(added) + len(removed)
        self.seq = seq
        return True

    def save(self) -> None:
        """Write a snapshot when enough has changed since the last one."""
        if self._behind < SNAPSHOT_EVERY:
            return
        folder = self._store.path.parent
        name = f"passages-{self.seq}.faiss"
        crc32 = self.faiss.save(folder / name)
        snapshot = _Snapshot(name, self.seq, len(self.faiss), crc32)
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
        FaissIndex.load(Path(store.path.parent / snapshot.file), dim, snapshot.crc32)
    except SnapshotError as error:
        return str(error)
    return None


def to_bytes(vectors: Vectors) -> list[bytes]:
    """Each row as little-endian float32 bytes, as the store keeps it."""
    return [row.tobytes() for row in vectors.astype("<f4")]


def from_bytes(rows: list[bytes]) -> Vectors:
    """(n, dim) float32 from the store's bytes."""
    return np.frombuffer(b"".join(rows), dtype="<f4").reshape(len(rows), -1).astype(np.float32)

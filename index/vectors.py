"""The vectors of a store, ready to be searched: loaded from their snapshot, replayed to the store's last change."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from index.encoders.encoder import Vector, Vectors
from index.engines.engine import Mask, SnapshotError, VectorIndex
from index.engines.faiss import FaissIndex
from index.hit import Hit
from index.store.errors import StoreDamaged
from index.store.record import FLOAT_BYTES
from index.store.sqlite import ArticleStore

# What holds and searches the vectors: the one place that chooses.
ENGINE: type[VectorIndex] = FaissIndex
SNAPSHOT_KEY = "snapshot"
# A new snapshot is worth writing when so many passages have changed, or so great a share of them.
SNAPSHOT_EVERY = 2_000
SNAPSHOT_SHARE = 0.05
# Passages read from the store at a time: their bytes are there twice for a moment.
CHUNK = 1_000
# An engine that is not exact is asked for so many times the passages wanted; their true scores tell which are the best.
RESCORED = 2

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
        self._dim = dim
        self._engine = ENGINE(dim)
        self._snapshot_seq = 0
        self.seq = 0
        self.catch_up()

    def __len__(self) -> int:
        """Passages whose vectors are held."""
        return len(self._engine)

    def search(self, query: Vectors, k: int, among: Mask | None = None) -> list[Hit]:
        """The `k` passages nearest to `query` ((1, dim)), best first; of equal scores the smaller number first.

        `among` restricts the search.
        """
        if self._engine.is_exact:
            return self._engine.search(query, k, among)
        near = self._engine.search(query, k * RESCORED, among)
        found = [Hit(*pair) for pair in self.scores(query, [hit.number for hit in near]).items()]
        return sorted(found, key=lambda hit: (-hit.score, hit.number))[:k]

    def scores(self, query: Vectors, numbers: Sequence[int]) -> dict[int, float]:
        """The inner product of `query` with the vector of each of these passages; those not there are left out."""
        stored = self._store.vectors(numbers)
        return dict(zip(stored, (from_bytes(list(stored.values()), self._dim) @ query[0]).tolist(), strict=True))

    def catch_up(self) -> bool:
        """Replay the store's changes since the last call; whether there were any."""
        if self._store.seq() == self.seq:
            return False
        self._load_newer_snapshot()
        with self._store.one_moment():
            seq = self._store.seq()
            self._engine.remove(self._store.removed_since(self.seq))
            for numbers, vectors in _rows(self._store, self._dim, self.seq):
                self._engine.add(numbers, vectors)
        self.seq = seq
        return True

    def _load_newer_snapshot(self) -> None:
        snapshot = read_snapshot(self._store)
        if snapshot is None or snapshot.seq <= self._snapshot_seq:
            return
        try:
            self._engine = _load(self._store, snapshot, self._dim)
            self.seq = snapshot.seq
        except SnapshotError as error:
            log.warning("%s; it is made again from the store", error)
            # So that the next change writes a new one.
            (self._store.path.parent / snapshot.file).unlink(missing_ok=True)
        self._snapshot_seq = snapshot.seq


class _StoredRows:
    """All vectors of a store, some at a time, as often as they are gone through."""

    def __init__(self, store: ArticleStore, dim: int) -> None:
        self._store, self._dim = store, dim

    def __iter__(self) -> Iterator[tuple[list[int], Vectors]]:
        return _rows(self._store, self._dim, 0)


def write_snapshot(store: ArticleStore, dim: int) -> None:
    """Write a snapshot of the vectors when enough has changed since the last. The caller holds the write lock."""
    last = read_snapshot(store)
    folder, seq = store.path.parent, store.seq()
    since = last.seq if last and (folder / last.file).is_file() else 0
    behind = len(store.added_since(since)) + len(store.removed_since(since))
    passages = store.counts()[1]
    if behind < max(SNAPSHOT_EVERY, passages * SNAPSHOT_SHARE):
        return
    name = f"passages-{seq}.faiss"
    crc32 = ENGINE.write(folder / name, dim, _StoredRows(store, dim), passages)
    snapshot = _Snapshot(file=name, seq=seq, passages=passages, crc32=crc32)
    store.set_meta(SNAPSHOT_KEY, json.dumps(asdict(snapshot)))
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


def _rows(store: ArticleStore, dim: int, since: int) -> Iterator[tuple[list[int], Vectors]]:
    """Numbers and vectors of the passages added after the change `since` and still there, ascending, a chunk each."""
    added = store.added_since(since)
    for first in range(0, len(added), CHUNK):
        rows = sorted(store.vectors(added[first : first + CHUNK]).items())
        yield [number for number, _ in rows], from_bytes([data for _, data in rows], dim)


def to_bytes(vector: Vector) -> bytes:
    """A vector as little-endian float32 bytes, as the store keeps it."""
    return vector.astype("<f4").tobytes()


def is_whole(data: bytes, dim: int) -> bool:
    """The store's bytes are a vector of `dim` numbers."""
    return len(data) == dim * FLOAT_BYTES


def from_bytes(rows: list[bytes], dim: int) -> Vectors:
    """(n, dim) float32 from the store's bytes. Raises StoreDamaged."""
    if not all(is_whole(row, dim) for row in rows):
        raise StoreDamaged(f"a vector of a passage has not {dim} numbers; run `article-qa rebuild`")
    return np.frombuffer(b"".join(rows), dtype="<f4").reshape(len(rows), dim).astype(np.float32, copy=False)

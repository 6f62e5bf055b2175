"""Nearest-neighbour search, exact in all but large indexes. The only file that imports faiss."""

from __future__ import annotations

import math
import os
import zlib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from index.encoders.encoder import Vectors
from index.engines.engine import Mask, Rows, SnapshotError
from index.hit import Hit

# FAISS orders equal scores by descending id, and which of them it leaves out at the end is chance: ask for some more
# than k and sort them ourselves.
TIE_MARGIN = 8
# To compare a query with so many vectors takes some 15 ms. Of more, each is kept at a byte a number in one of several
# lists of like vectors, and the nearest lists are read; benchmarks/scale.md has the table.
EXACT_UP_TO = 100_000
# Lists for n vectors, by the root of n; more are read faster and take longer to make.
LISTS = 4
# Each list's place is found from so many vectors, in so many rounds. Of twice as many no more is found
# (benchmarks/scale.md), and just above EXACT_UP_TO they would take more memory than the snapshot has bytes.
TRAINED_ON = 20
ROUNDS = 10
# One list in so many is read: it finds 99 of 100 of the ten passages nearest to a question of realtimeqa-2022. More are
# read where, of the NEAREST vectors to each of SAMPLED of them, less than this share would be found.
READ = 6
LEAST_FOUND = 0.99
NEAREST = 10
SAMPLED = 100
# Found among so many, which are then told apart by their whole vectors.
AMONG = 200
CHUNK_BYTES = 1 << 22
SEED = 2022

Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


class FaissIndex:
    """A VectorIndex: a snapshot, mapped from its file, that never changes, and what was added and removed since."""

    def __init__(self, dim: int) -> None:
        self._snapshot: Any = None
        self._numbers: Numbers = np.empty(0, np.int64)
        self._removed: set[int] = set()
        self._recent = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))

    def __len__(self) -> int:
        return len(self._numbers) - len(self._removed) + int(self._recent.ntotal)

    @property
    def is_exact(self) -> bool:
        """Every vector is compared as it is. Else scores are near the true ones, and some of the nearest are missed."""
        return not isinstance(self._snapshot, faiss.IndexIVF)

    def add(self, numbers: Sequence[int], vectors: Vectors) -> None:
        """Add `vectors` ((n, dim) float32, unit rows) under `numbers`, which must be new."""
        if len(numbers):
            self._recent.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.asarray(numbers, np.int64))

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove the vectors of these numbers. Numbers that are not there are ignored."""
        if len(numbers):
            self._recent.remove_ids(np.asarray(numbers, np.int64))
            self._removed.update(np.intersect1d(self._numbers, np.asarray(numbers, np.int64)).tolist())

    def search(self, query: Vectors, k: int, among: Mask | None = None) -> list[Hit]:
        """The `k` vectors nearest to `query`, best first; of equal scores the smaller number first.

        `among` restricts the search.
        """
        asked = k + TIE_MARGIN
        found = self._nearest(query, asked, among)
        # When the last one found is as good as the k-th, more of the same score may have been left out.
        while len(found) == asked and found[-1].score == found[k - 1].score:
            asked *= 2
            found = self._nearest(query, asked, among)
        return found[:k]

    @classmethod
    def write(cls, path: Path, dim: int, rows: Rows, n: int) -> int:
        """Write a snapshot of the `n` vectors of `rows` to `path`; its CRC-32 comes back.

        A write that fails leaves no file under that name.
        """
        made = _exact(dim, rows, n) if n <= EXACT_UP_TO else _in_lists(dim, rows, n)
        part, crc32 = path.with_suffix(".part"), 0
        with part.open("wb") as file:

            def write(data: bytes) -> int:
                nonlocal crc32
                crc32 = zlib.crc32(data, crc32)
                return file.write(data)

            faiss.write_index(made, faiss.PyCallbackIOWriter(write))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        return crc32

    @classmethod
    def load(cls, path: Path, dim: int, crc32: int) -> FaissIndex:
        """The index that `write` wrote to `path` and gave `crc32` for. Raises SnapshotError for anything else."""
        found = 0
        try:
            with path.open("rb") as file:
                while data := file.read(CHUNK_BYTES):
                    found = zlib.crc32(data, found)
        except OSError as error:
            raise SnapshotError(f"{path} cannot be read: {error.strerror}") from error
        if found != crc32:
            raise SnapshotError(f"{path} is damaged (its checksum differs)")
        loaded = cls(dim)
        loaded._snapshot = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        loaded._numbers = _numbers(loaded._snapshot)
        return loaded

    def _nearest(self, query: Vectors, n: int, among: Mask | None) -> list[Hit]:
        """The best `n` hits that FAISS finds, by score, then number; which of those that tie for the last is open."""
        found = _search(self._recent, query, n, among)
        if self._snapshot is not None:
            found += _search(self._snapshot, query, n, among, self._removed)
        return sorted(found, key=lambda hit: (-hit.score, hit.number))[:n]


def _exact(dim: int, rows: Rows, n: int) -> faiss.IndexIDMap:
    """Filled in place: an index that grows as it is added to holds three times as much for a moment."""
    flat = faiss.IndexFlatIP(dim)
    made = faiss.IndexIDMap(flat)
    flat.codes.resize(n * flat.code_size)
    table = faiss.rev_swig_ptr(flat.codes.data(), n * flat.code_size).view(np.float32).reshape(n, dim)
    found = np.empty(n, np.int64)
    filled = 0
    for numbers, vectors in rows:
        here = slice(filled, filled + len(numbers))
        table[here], found[here] = vectors, numbers
        filled += len(numbers)
    faiss.copy_array_to_vector(found, made.id_map)
    flat.ntotal = made.ntotal = n
    return made


def _in_lists(dim: int, rows: Rows, n: int) -> faiss.IndexIVF:
    """Vectors in lists of like ones, and how many of the lists must be read."""
    lists = LISTS * math.isqrt(n)
    made = faiss.index_factory(dim, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    made.cp.seed, made.cp.niter, made.cp.min_points_per_centroid = SEED, ROUNDS, 1
    # What is kept of a vector is the vector, not how far it is from its list's place: to learn the bytes of that FAISS
    # would hold everything that it is trained on once more.
    made.by_residual = False
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    made.train(_sample(dim, rows, n, lists * TRAINED_ON))
    _fill(made, rows, n)
    made.nprobe = _lists_needed(made, rows, n)
    return made


def _fill(made: faiss.IndexIVF, rows: Rows, n: int) -> None:
    """Each of the vectors into its list. A list that grows as it is added to holds twice as much in the end."""
    lists, filled = np.empty(n, np.int64), 0
    for _, vectors in rows:
        lists[filled : filled + len(vectors)] = made.quantizer.assign(np.ascontiguousarray(vectors, np.float32), 1)[
            :, 0
        ]
        filled += len(vectors)
    for number, size in enumerate(np.bincount(lists, minlength=int(made.nlist)).tolist()):
        # What was room once stays room.
        made.invlists.resize(number, size)
        made.invlists.resize(number, 0)
    filled = 0
    for numbers, vectors in rows:
        given = np.ascontiguousarray(vectors, np.float32), np.asarray(numbers, np.int64), lists[filled:]
        made.add_core(len(numbers), *map(faiss.swig_ptr, given))
        filled += len(numbers)


def _sample(dim: int, rows: Rows, n: int, wanted: int) -> Vectors:
    """At least `wanted` of the `n` vectors, if there are as many, evenly spaced. No more than these are held."""
    every = max(n // wanted, 1)
    taken = np.empty((math.ceil(n / every), dim), np.float32)
    filled = first = 0
    for _, vectors in rows:
        some = vectors[first::every]
        taken[filled : filled + len(some)] = some
        filled += len(some)
        first = (first - len(vectors)) % every
    return taken


def _lists_needed(made: faiss.IndexIVF, rows: Rows, n: int) -> int:
    """How many lists must be read to find LEAST_FOUND of the nearest, measured on some of the vectors themselves."""
    sample = _sample(int(made.d), rows, n, SAMPLED)
    nearest = _nearest_of_all(sample, rows)
    lists = int(made.nlist)
    read = math.ceil(lists / READ)
    while read < lists:
        _, found = made.search(sample, AMONG, params=faiss.SearchParametersIVF(nprobe=read))
        shares = [np.isin(true, near).mean() for true, near in zip(nearest, found, strict=True)]
        if np.mean(shares) >= LEAST_FOUND:
            break
        read *= 2
    return min(read, lists)


def _nearest_of_all(sample: Vectors, rows: Rows) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """(len(sample), NEAREST): the numbers of the vectors nearest to each, every one compared."""
    best = np.full((len(sample), NEAREST), -np.inf, np.float32)
    nearest = np.zeros((len(sample), NEAREST), np.int64)
    for numbers, vectors in rows:
        scores = np.concatenate([best, sample @ vectors.T], axis=1)
        known = np.concatenate([nearest, np.broadcast_to(numbers, (len(sample), len(numbers)))], axis=1)
        order = np.argsort(-scores, axis=1)[:, :NEAREST]
        best, nearest = np.take_along_axis(scores, order, 1), np.take_along_axis(known, order, 1)
    return nearest


def _numbers(index: faiss.Index) -> Numbers:
    """Every number in `index`, ascending."""
    if isinstance(index, faiss.IndexIVF):
        lists = index.invlists
        parts = [faiss.rev_swig_ptr(lists.get_ids(i), lists.list_size(i)) for i in range(index.nlist)]
        found: Numbers = np.concatenate(parts).astype(np.int64)
    else:
        found = faiss.vector_to_array(index.id_map)
    return np.sort(found)


def _search(
    index: Any,  # noqa: ANN401  (FAISS has no types)
    query: Vectors,
    n: int,
    among: Mask | None,
    removed: Collection[int] = (),
) -> list[Hit]:
    if index.ntotal == 0:
        return []
    # Two threads would spend twice the processor time on one query. The setting is the calling thread's own.
    faiss.omp_set_num_threads(1)
    selector = _selector(among, removed)
    if isinstance(index, faiss.IndexIVF):
        parameters = faiss.SearchParametersIVF(sel=selector, nprobe=_lists_read(index, among))
    else:
        parameters = faiss.SearchParameters(sel=selector)
    scores, numbers = index.search(query, min(n, int(index.ntotal)), params=parameters)
    # FAISS fills up with -1 where fewer than n are allowed.
    return [Hit(int(number), float(s)) for number, s in zip(numbers[0], scores[0], strict=True) if number >= 0]


def _selector(among: Mask | None, removed: Collection[int]) -> faiss.IDSelector | None:
    if among is None:
        return faiss.IDSelectorNot(faiss.IDSelectorBatch(np.array([*removed], np.int64))) if removed else None
    if removed:
        among = among.copy()
        among[[number for number in removed if number < len(among)]] = False
    return faiss.IDSelectorBitmap(np.packbits(among, bitorder="little"))


def _lists_read(index: faiss.IndexIVF, among: Mask | None) -> int:
    """As many more as there are fewer vectors to be found in each."""
    # A mask may end before the last number, or be empty.
    share = 1.0 if among is None else np.count_nonzero(among) / max(len(among), int(index.ntotal))
    lists, read = int(index.nlist), int(index.nprobe)
    return min(math.ceil(read / max(share, 1 / lists)), lists)

"""FaissIndex: snapshots that are whole or refused."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from brute_force import BruteForce
from hypothesis import given, settings
from hypothesis import strategies as st

from index.encoders.encoder import Vectors
from index.engines import faiss
from index.engines.engine import Mask, SnapshotError
from index.engines.faiss import FaissIndex

DIM = 8


def save(path: Path, numbers: Sequence[int] = (1, 2, 3)) -> int:
    return FaissIndex.write(path, DIM, [(numbers, np.eye(len(numbers), DIM, dtype=np.float32))], len(numbers))


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_a_snapshot_cut_short_or_changed_is_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.faiss"
    crc32 = save(path)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        path.write_bytes(whole[:at])
    else:
        changed = bytearray(whole)
        changed[at] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(changed)
    with pytest.raises(SnapshotError) as error:
        FaissIndex.load(path, DIM, crc32)
    assert str(error.value) == f"{path} is damaged (its checksum differs)"


def test_a_save_that_fails_leaves_the_old_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "passages.faiss"
    crc32 = save(path)

    def full(descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space left"):
        save(path, [1, 3])
    assert len(FaissIndex.load(path, DIM, crc32)) == 3


def test_a_save_whose_rows_cannot_be_read_leaves_the_old_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "passages.faiss"
    crc32 = save(path)

    def broken() -> Iterator[tuple[list[int], Vectors]]:
        yield [1], np.eye(1, DIM, dtype=np.float32)
        raise OSError("disk I/O error")

    with pytest.raises(OSError, match="disk I/O error"):
        FaissIndex.write(path, DIM, broken(), 2)
    assert len(FaissIndex.load(path, DIM, crc32)) == 3


@pytest.mark.parametrize(("limit", "is_exact"), [(2_999, False), (3_000, True)])
def test_a_snapshot_is_exact_up_to_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: Rows, limit: int, *, is_exact: bool
) -> None:
    monkeypatch.setattr("index.engines.faiss.EXACT_UP_TO", limit)
    crc32 = FaissIndex.write(tmp_path / "some.faiss", WIDE, rows, MANY)
    loaded = FaissIndex.load(tmp_path / "some.faiss", WIDE, crc32)
    assert (len(loaded), loaded.is_exact) == (MANY, is_exact)


# ---- beyond what is compared one by one

MANY, WIDE = 3_000, 32


class Rows:
    """Vectors in 60 heaps, as those of passages on as many subjects."""

    def __init__(self) -> None:
        at = np.random.default_rng(1)
        near = at.standard_normal((60, WIDE))[at.integers(60, size=MANY + 50)]
        rows = near + 0.7 * at.standard_normal((MANY + 50, WIDE))
        rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        self.vectors, self.queries = rows[:MANY], rows[MANY:]

    def __iter__(self) -> Iterator[tuple[list[int], Vectors]]:
        for first in range(0, MANY, 1_000):
            yield list(range(first + 1, first + 1_001)), self.vectors[first : first + 1_000]


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: Rows) -> FaissIndex:
    monkeypatch.setattr("index.engines.faiss.EXACT_UP_TO", 1_000)
    crc32 = FaissIndex.write(tmp_path / "large.faiss", WIDE, rows, MANY)
    return FaissIndex.load(tmp_path / "large.faiss", WIDE, crc32)


def recall(found: FaissIndex, plain: BruteForce, rows: Rows, among: Mask | None = None) -> float:
    """The share of the ten nearest that are among the twenty found."""
    shares = []
    for query in rows.queries:
        wanted = {hit.number for hit in plain.search(query[None], 10, among)}
        shares.append(len(wanted & {hit.number for hit in found.search(query[None], 20, among)}) / len(wanted))
    return float(np.mean(shares))


def test_nearly_all_of_the_nearest_are_found(large: FaissIndex, rows: Rows) -> None:
    plain = BruteForce(WIDE)
    plain.add(range(1, MANY + 1), rows.vectors)
    assert (len(large), large.is_exact) == (MANY, False)
    assert recall(large, plain, rows) >= 0.97
    at = np.random.default_rng(2)
    for share in (0.5, 0.05, 0.005):
        assert recall(large, plain, rows, at.random(MANY + 1) < share) >= 0.97


def test_what_the_lists_are_learned_from_is_all_that_is_held() -> None:
    n, of_a_chunk, every = 40_000, 2_001, 10

    def passing() -> Iterator[tuple[range, Vectors]]:
        """Vectors that nobody else keeps, as those of a store."""
        for first in range(0, n, of_a_chunk):
            numbers = range(first, min(first + of_a_chunk, n))
            yield numbers, np.repeat(np.array(numbers, np.float32)[:, None], WIDE, axis=1)

    tracemalloc.start()
    try:
        learned = faiss._sample(WIDE, passing(), n, n // every)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert np.array_equal(learned, np.repeat(np.arange(0, n, every, dtype=np.float32)[:, None], WIDE, axis=1))
    # And two chunks: one that goes, and the next. All vectors would be ten times as much.
    assert most < 2.5 * learned.nbytes


def test_a_mask_that_ends_early_is_as_narrow_as_it_is(large: FaissIndex, rows: Rows) -> None:
    plain = BruteForce(WIDE)
    plain.add(range(1, MANY + 1), rows.vectors)
    for end in (10, 30, 300):
        assert recall(large, plain, rows, np.ones(end, np.bool_)) >= 0.97
    assert large.search(rows.queries[:1], 5, np.ones(0, np.bool_)) == []
    assert large.search(rows.queries[:1], 5, np.zeros(MANY + 1, np.bool_)) == []


def test_nearly_all_of_the_nearest_are_found_after_many_changes(large: FaissIndex, rows: Rows) -> None:
    plain = BruteForce(WIDE)
    plain.add(range(1, MANY + 1), rows.vectors)
    gone, again = list(range(1, MANY + 1, 3)), list(range(1, MANY + 1, 6))
    for each in (large, plain):
        each.remove(gone)
        each.add(again, rows.vectors[::6])
        each.add(range(MANY + 1, MANY + 26), rows.queries[:25])
    assert (len(large), large.is_exact) == (len(plain), False)
    assert recall(large, plain, rows) >= 0.97
    at = np.random.default_rng(2)
    for share in (0.5, 0.05, 0.005):
        assert recall(large, plain, rows, at.random(MANY + 26) < share) >= 0.97
    left = set(gone) - set(again)
    assert not left & {hit.number for hit in large.search(rows.queries[:1], 2 * MANY)}


def test_scores_of_a_large_index_are_near_the_true_ones(large: FaissIndex, rows: Rows) -> None:
    for query in rows.queries[:10]:
        hits = large.search(query[None], 20)
        true = [float(rows.vectors[hit.number - 1] @ query) for hit in hits]
        assert [hit.score for hit in hits] == pytest.approx(true, abs=0.02)
        assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.number))


def test_a_large_snapshot_cut_short_or_changed_is_refused(large: FaissIndex, tmp_path: Path, rows: Rows) -> None:
    path = tmp_path / "large.faiss"
    crc32 = FaissIndex.write(path, WIDE, rows, MANY)
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:100], b"", whole[:500] + bytes([whole[500] ^ 1]) + whole[501:]):
        # Under another name: `large` has this one mapped.
        (tmp_path / "damaged.faiss").write_bytes(damaged)
        with pytest.raises(SnapshotError, match="its checksum differs"):
            FaissIndex.load(tmp_path / "damaged.faiss", WIDE, crc32)
    assert len(FaissIndex.load(path, WIDE, crc32)) == len(large)


def test_the_same_rows_make_the_same_large_snapshot(large: FaissIndex, tmp_path: Path, rows: Rows) -> None:
    again = FaissIndex.load(
        tmp_path / "again.faiss", WIDE, FaissIndex.write(tmp_path / "again.faiss", WIDE, rows, MANY)
    )
    for query in rows.queries[:10]:
        assert again.search(query[None], 20) == large.search(query[None], 20)


def test_a_large_index_follows_changes(large: FaissIndex, rows: Rows) -> None:
    query = rows.queries[:1]
    best = large.search(query, 5)
    large.remove([best[0].number, best[1].number])
    assert len(large) == MANY - 2
    assert [hit.number for hit in large.search(query, 3)] == [hit.number for hit in best[2:]]
    large.add([MANY + 1], query)
    assert [hit.number for hit in large.search(query, 3)] == [MANY + 1, best[2].number, best[3].number]
    mask = np.zeros(MANY + 2, np.bool_)
    mask[[best[0].number, best[4].number, MANY + 1]] = True
    assert [hit.number for hit in large.search(query, 3, mask)] == [MANY + 1, best[4].number]


def test_where_the_lists_tell_nothing_apart_most_of_them_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: Rows
) -> None:
    monkeypatch.setattr("index.engines.faiss.EXACT_UP_TO", 1_000)
    noise = np.random.default_rng(3).standard_normal((MANY + 50, WIDE)).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    rows.vectors, rows.queries = noise[:MANY], noise[MANY:]
    crc32 = FaissIndex.write(tmp_path / "noise.faiss", WIDE, rows, MANY)
    plain = BruteForce(WIDE)
    plain.add(range(1, MANY + 1), rows.vectors)
    assert recall(FaissIndex.load(tmp_path / "noise.faiss", WIDE, crc32), plain, rows) >= 0.95

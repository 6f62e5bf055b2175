"""FaissIndex against brute force; snapshots that are whole or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.encoders.encoder import Vectors
from index.engines.faiss import FaissIndex, SnapshotError
from index.hit import Hit

DIM = 8


def unit_rows(n: int, seed: int = 0) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((n, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def filled(numbers: list[int], vectors: Vectors) -> FaissIndex:
    made = FaissIndex(DIM)
    made.add(numbers, vectors)
    return made


def brute_force(stored: dict[int, Vectors], query: Vectors, k: int) -> list[Hit]:
    hits = [Hit(number, float(vector @ query[0])) for number, vector in stored.items()]
    return sorted(hits, key=lambda hit: (-hit.score, hit.number))[:k]


def near(hits: list[Hit]) -> list[tuple[int, object]]:
    return [(hit.number, pytest.approx(hit.score, abs=1e-6)) for hit in hits]


def pairs(hits: list[Hit]) -> list[tuple[int, float]]:
    return [(hit.number, hit.score) for hit in hits]


def test_hits_are_ranked_by_inner_product() -> None:
    made = filled([7, 3], np.eye(2, DIM, dtype=np.float32))
    query = np.eye(DIM, dtype=np.float32)[1:2]
    assert made.search(query, 5) == [Hit(3, 1.0), Hit(7, 0.0)]


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.data())
def test_search_agrees_with_brute_force_after_any_changes(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 40))
    numbers = sorted(data.draw(st.sets(st.integers(1, 10_000), min_size=n, max_size=n)))
    vectors = unit_rows(n, seed=n)
    made = filled(numbers, vectors)
    gone = data.draw(st.sets(st.sampled_from(numbers))) if numbers else set()
    made.remove(sorted(gone))
    stored = {number: vector for number, vector in zip(numbers, vectors, strict=True) if number not in gone}
    among = data.draw(st.none() | st.lists(st.integers(1, 10_000) | st.sampled_from(numbers or [1]), unique=True))
    allowed = {number: v for number, v in stored.items() if among is None or number in among}
    query, k = unit_rows(1, seed=99), data.draw(st.integers(1, 50))
    assert len(made) == len(stored)
    assert pairs(made.search(query, k, among)) == near(brute_force(allowed, query, k))
    assert made.scores(query, numbers) == {
        hit.number: pytest.approx(hit.score, abs=1e-6) for hit in brute_force(stored, query, 99)
    }


@pytest.mark.parametrize("k", [1, 5, 100, 300])
def test_ties_go_to_the_smaller_number(k: int) -> None:
    numbers = [*range(2, 400, 2), *range(1, 400, 2)]
    same = np.repeat(np.eye(1, DIM, dtype=np.float32), len(numbers), axis=0)
    made = filled(sorted(numbers), same)
    assert made.search(same[:1], k) == [Hit(number, 1.0) for number in range(1, k + 1)]


def test_ties_stay_in_order_when_passages_came_and_went() -> None:
    same = np.repeat(np.eye(1, DIM, dtype=np.float32), 30, axis=0)
    made = filled(list(range(1, 31)), same)
    made.remove([1, 5, 30])
    made.add([31, 32], same[:2])
    wanted = [number for number in range(2, 33) if number not in (5, 30)]
    assert [hit.number for hit in made.search(same[:1], 40)] == wanted


def test_more_are_asked_for_than_there_are() -> None:
    vectors = unit_rows(3)
    made = filled([1, 2, 3], vectors)
    query = unit_rows(1, seed=5)
    assert pairs(made.search(query, 1_000)) == near(brute_force(dict(zip([1, 2, 3], vectors, strict=True)), query, 3))


def test_an_empty_index_finds_nothing() -> None:
    assert FaissIndex(DIM).search(unit_rows(1), 5) == []
    assert FaissIndex(DIM).scores(unit_rows(1), [1, 2]) == {}


def test_among_nothing_nothing_is_found() -> None:
    made = filled([1, 2], unit_rows(2))
    assert made.search(unit_rows(1), 5, []) == []
    assert made.search(unit_rows(1), 5, [99]) == []


def test_unknown_numbers_are_removed_without_a_word() -> None:
    made = filled([1, 2], unit_rows(2))
    made.remove([3])
    made.remove([])
    assert [hit.number for hit in made.search(unit_rows(2)[1:], 1)] == [2]
    assert len(made) == 2


def test_nothing_added_changes_nothing() -> None:
    made = filled([], np.empty((0, DIM), np.float32))
    assert len(made) == 0


def test_a_snapshot_gives_the_same_answers(tmp_path: Path) -> None:
    made = filled([4, 8, 15], unit_rows(3))
    crc32 = made.save(tmp_path / "passages.faiss")
    loaded = FaissIndex.load(tmp_path / "passages.faiss", DIM, crc32)
    query = unit_rows(1, seed=3)
    assert loaded.search(query, 3) == made.search(query, 3)
    loaded.remove([8])
    loaded.add([16], query)
    assert [hit.number for hit in loaded.search(query, 3)][0] == 16
    assert [path.name for path in tmp_path.iterdir()] == ["passages.faiss"]


def test_an_empty_index_is_saved_too(tmp_path: Path) -> None:
    crc32 = FaissIndex(DIM).save(tmp_path / "passages.faiss")
    assert len(FaissIndex.load(tmp_path / "passages.faiss", DIM, crc32)) == 0


def test_a_missing_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "passages.faiss"
    with pytest.raises(SnapshotError) as error:
        FaissIndex.load(path, DIM, 0)
    assert str(error.value) == f"{path} cannot be read: No such file or directory"


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_a_snapshot_cut_short_or_changed_is_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.faiss"
    crc32 = filled([1, 2, 3], unit_rows(3)).save(path)
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

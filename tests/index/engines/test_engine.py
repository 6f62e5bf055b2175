"""Every VectorIndex does the same, and the fast one what brute force does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from brute_force import BruteForce
from fakes import make_records
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article, Passage
from index.encoders.encoder import Vectors
from index.engines.engine import Mask, SnapshotError, VectorIndex
from index.engines.faiss import FaissIndex
from index.hit import Hit
from index.store.sqlite import ArticleStore
from index.vectors import StoredVectors, read_snapshot, to_bytes, write_snapshot

DIM = 8
# Unit vectors whose inner products are exact in float32, whatever the order of the additions, so that ties are ties.
AXES = np.eye(DIM, dtype=np.float32)
HALVES = np.float32([[0.5] * 4 + [0] * 4, [0, 0.5, 0.5, 0.5, -0.5, 0, 0, 0], [0] * 4 + [-0.5] * 4])
EXACT = np.concatenate([AXES, -AXES, HALVES])


@pytest.fixture(params=[FaissIndex, BruteForce], ids=["faiss", "brute force"])
def engine(request: pytest.FixtureRequest) -> type[VectorIndex]:
    return request.param


def filled(engine: type[VectorIndex], numbers: Sequence[int], vectors: Vectors) -> VectorIndex:
    made = engine(DIM)
    made.add(numbers, vectors)
    return made


def only(*numbers: int) -> Mask:
    """The mask that these numbers pass."""
    mask = np.zeros(max(numbers, default=0) + 1, np.bool_)
    mask[list(numbers)] = True
    return mask


def saved(engine: type[VectorIndex], path: Path, numbers: Sequence[int], vectors: Vectors) -> int:
    """Write a snapshot, its rows three at a time."""
    rows = [(numbers[first : first + 3], vectors[first : first + 3]) for first in range(0, len(numbers), 3)]
    return engine.write(path, DIM, rows, len(numbers))


def test_hits_are_ranked_by_inner_product(engine: type[VectorIndex]) -> None:
    made = filled(engine, [7, 3, 5], EXACT[[0, 1, 16]])
    assert made.search(EXACT[1:2], 5) == [Hit(3, 1.0), Hit(5, 0.5), Hit(7, 0.0)]
    assert made.search(EXACT[1:2], 2) == [Hit(3, 1.0), Hit(5, 0.5)]


@pytest.mark.parametrize("k", [1, 5, 100, 300])
def test_ties_go_to_the_smaller_number(engine: type[VectorIndex], k: int) -> None:
    made = filled(engine, range(1, 400), np.repeat(AXES[:1], 399, axis=0))
    assert made.search(AXES[:1], k) == [Hit(number, 1.0) for number in range(1, k + 1)]


def test_ties_go_to_the_smaller_number_whichever_came_first(engine: type[VectorIndex]) -> None:
    made = filled(engine, range(399, 0, -1), np.repeat(AXES[:1], 399, axis=0))
    assert made.search(AXES[:1], 20) == [Hit(number, 1.0) for number in range(1, 21)]


@pytest.mark.parametrize("k", [11, 20, 60, 130])
def test_however_many_tie_for_the_last_places(engine: type[VectorIndex], k: int) -> None:
    made = filled(engine, range(1, 201), np.repeat(HALVES[:1], 200, axis=0))
    made.add(range(201, 211), np.repeat(AXES[:1], 10, axis=0))
    wanted = [*range(201, 211), *range(1, k - 9)]
    assert [hit.number for hit in made.search(AXES[:1], k)] == wanted


def test_ties_stay_in_order_when_passages_came_and_went(engine: type[VectorIndex]) -> None:
    made = filled(engine, range(1, 31), np.repeat(AXES[:1], 30, axis=0))
    made.remove([1, 5, 30])
    made.add([31, 32], np.repeat(AXES[:1], 2, axis=0))
    wanted = [number for number in range(2, 33) if number not in (5, 30)]
    assert [hit.number for hit in made.search(AXES[:1], 40)] == wanted


def test_what_is_removed_is_not_found(engine: type[VectorIndex]) -> None:
    made = filled(engine, [1, 2, 3], AXES[:3])
    made.remove([1, 3])
    assert len(made) == 1
    assert made.search(AXES[:1], 5) == [Hit(2, 0.0)]
    assert made.search(AXES[:1], 5, only(1, 3)) == []


def test_a_removed_number_can_be_added_again(engine: type[VectorIndex]) -> None:
    made = filled(engine, [1, 2], AXES[:2])
    made.remove([1])
    made.add([1], AXES[4:5])
    assert made.search(AXES[4:5], 5) == [Hit(1, 1.0), Hit(2, 0.0)]


def test_more_are_asked_for_than_there_are(engine: type[VectorIndex]) -> None:
    assert filled(engine, [1, 2], AXES[:2]).search(AXES[1:2], 1_000) == [Hit(2, 1.0), Hit(1, 0.0)]


def test_an_empty_index_finds_nothing(engine: type[VectorIndex]) -> None:
    made = engine(DIM)
    assert (len(made), made.is_exact, made.search(AXES[:1], 5)) == (0, True, [])


def test_among_restricts_the_search(engine: type[VectorIndex]) -> None:
    made = filled(engine, [1, 2, 3, 4], EXACT[[0, 16, 1, 8]])
    assert made.search(AXES[:1], 5, only(4, 99, 2)) == [Hit(2, 0.5), Hit(4, -1.0)]
    assert made.search(AXES[:1], 1, only(4, 2)) == [Hit(2, 0.5)]
    assert made.search(AXES[:1], 5, only()) == []
    assert made.search(AXES[:1], 5, only(99)) == []
    # Numbers beyond the end of the mask are not meant.
    assert made.search(AXES[:1], 5, np.ones(3, np.bool_)) == [Hit(1, 1.0), Hit(2, 0.5)]
    assert made.search(AXES[:1], 5, np.ones(0, np.bool_)) == []


def test_unknown_numbers_are_removed_without_a_word(engine: type[VectorIndex]) -> None:
    made = filled(engine, [1, 2], AXES[:2])
    made.remove([3])
    made.remove([])
    assert made.search(AXES[:1], 5) == [Hit(1, 1.0), Hit(2, 0.0)]


def test_nothing_added_changes_nothing(engine: type[VectorIndex]) -> None:
    assert len(filled(engine, [], np.empty((0, DIM), np.float32))) == 0


def test_a_snapshot_gives_the_same_answers(engine: type[VectorIndex], tmp_path: Path) -> None:
    path = tmp_path / "passages.saved"
    crc32 = saved(engine, path, [4, 8, 15, 17], EXACT[[0, 16, 1, 2]])
    assert [path.name for path in tmp_path.iterdir()] == ["passages.saved"]
    loaded = engine.load(path, DIM, crc32)
    assert (len(loaded), loaded.is_exact) == (4, True)
    assert loaded.search(AXES[:1], 3) == [Hit(4, 1.0), Hit(8, 0.5), Hit(15, 0.0)]
    loaded.remove([8, 17])
    loaded.add([16], AXES[:1])
    assert len(loaded) == 3
    assert loaded.search(AXES[:1], 3) == [Hit(4, 1.0), Hit(16, 1.0), Hit(15, 0.0)]
    assert loaded.search(AXES[:1], 3, only(8, 15, 16)) == [Hit(16, 1.0), Hit(15, 0.0)]
    # The file is left as it was.
    assert len(engine.load(path, DIM, crc32)) == 4


def test_what_a_snapshot_holds_can_be_removed_and_added_again(engine: type[VectorIndex], tmp_path: Path) -> None:
    path = tmp_path / "passages.saved"
    loaded = engine.load(path, DIM, saved(engine, path, [1, 2], AXES[:2]))
    loaded.remove([1])
    loaded.remove([1, 9])
    assert (len(loaded), loaded.search(AXES[:1], 5)) == (1, [Hit(2, 0.0)])
    loaded.add([1], AXES[4:5])
    assert (len(loaded), loaded.search(AXES[4:5], 5)) == (2, [Hit(1, 1.0), Hit(2, 0.0)])
    loaded.remove([1])
    assert (len(loaded), loaded.search(AXES[4:5], 5)) == (1, [Hit(2, 0.0)])


def test_a_mask_is_left_as_it_was(engine: type[VectorIndex], tmp_path: Path) -> None:
    path = tmp_path / "passages.saved"
    loaded = engine.load(path, DIM, saved(engine, path, [1, 2], AXES[:2]))
    loaded.remove([1])
    mask = only(1, 2)
    assert loaded.search(AXES[:1], 5, mask) == [Hit(2, 0.0)]
    assert mask.tolist() == [False, True, True]


def test_a_loaded_index_answers_though_its_file_is_gone(engine: type[VectorIndex], tmp_path: Path) -> None:
    path = tmp_path / "passages.saved"
    loaded = engine.load(path, DIM, saved(engine, path, [1, 2], AXES[:2]))
    saved(engine, path, [3], AXES[2:3])
    path.unlink()
    assert loaded.search(AXES[:1], 5) == [Hit(1, 1.0), Hit(2, 0.0)]


def test_an_empty_index_is_saved_too(engine: type[VectorIndex], tmp_path: Path) -> None:
    path = tmp_path / "passages.saved"
    assert len(engine.load(path, DIM, saved(engine, path, [], AXES[:0]))) == 0


def test_a_missing_snapshot(engine: type[VectorIndex], tmp_path: Path) -> None:
    path = tmp_path / "passages.saved"
    with pytest.raises(SnapshotError) as error:
        engine.load(path, DIM, 0)
    assert str(error.value) == f"{path} cannot be read: No such file or directory"


def test_another_snapshot_than_the_one_that_was_saved(engine: type[VectorIndex], tmp_path: Path) -> None:
    path = tmp_path / "passages.saved"
    crc32 = saved(engine, path, [1, 2], AXES[:2])
    saved(engine, path, [1, 3], AXES[:2])
    with pytest.raises(SnapshotError) as error:
        engine.load(path, DIM, crc32)
    assert str(error.value) == f"{path} is damaged (its checksum differs)"


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_faiss_agrees_with_brute_force_after_any_changes(seed: int) -> None:
    at = np.random.default_rng(seed)
    fast, plain = FaissIndex(DIM), BruteForce(DIM)
    # Few different vectors: many ties.
    pool = EXACT[at.integers(len(EXACT), size=at.integers(1, 8))]
    next_number = 1
    for _ in range(3):
        many = int(at.integers(0, 150))
        numbers = list(range(next_number, next_number + many))
        next_number += many
        vectors = pool[at.integers(len(pool), size=many)]
        gone = sorted({int(number) for number in at.integers(0, next_number + 5, size=at.integers(0, 60))})
        for each in (fast, plain):
            each.add(numbers, vectors)
            each.remove(gone)
        assert len(fast) == len(plain)
        query, k = EXACT[at.integers(len(EXACT), size=1)], int(at.integers(1, 250))
        some = [int(number) for number in at.permutation(next_number + 5)[: at.integers(0, 300)]]
        assert fast.search(query, k) == plain.search(query, k)
        assert fast.search(query, k, only(*some)) == plain.search(query, k, only(*some))
        if at.integers(2):
            with TemporaryDirectory() as folder:
                held = {hit.number: None for hit in plain.search(query, next_number)}
                table = np.array([plain.vector(number) for number in held], np.float32).reshape(-1, DIM)
                crc32 = saved(FaissIndex, Path(folder) / "saved", list(held), table)
                fast = FaissIndex.load(Path(folder) / "saved", DIM, crc32)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 60))
def test_faiss_agrees_with_brute_force_on_any_vectors(seed: int, many: int, k: int) -> None:
    rows = np.random.default_rng(seed).standard_normal((many + 1, DIM)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    numbers, query = range(1, many + 1), rows[:1]
    fast, plain = (filled(engine, numbers, rows[1:]) for engine in (FaissIndex, BruteForce))
    # Two scores that differ in their last digit may change places: the scores are compared, rank by rank.
    found = fast.search(query, k)
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in plain.search(query, k)], abs=1e-6)
    exact = {hit.number: hit.score for hit in plain.search(query, many)}
    assert {hit.number: hit.score for hit in found} == {
        hit.number: pytest.approx(exact[hit.number], abs=1e-6) for hit in found
    }


def test_the_vectors_of_a_store_can_be_held_by_any(
    engine: type[VectorIndex], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.vectors.ENGINE", engine)
    monkeypatch.setattr("index.vectors.SNAPSHOT_EVERY", 2)
    store = ArticleStore(tmp_path / "articles.db", create=True)
    put(store, "a", EXACT[[0, 16]])
    write_snapshot(store, DIM)
    put(store, "b", EXACT[[0]])
    with store.writing():
        store.drop("a")
    opened = StoredVectors(store, DIM)
    assert read_snapshot(store) is not None
    assert (len(opened), opened.search(AXES[:1], 5)) == (1, [Hit(3, 1.0)])
    assert opened.scores(AXES[:1], [1, 3]) == {3: 1.0}
    store.close()


def put(store: ArticleStore, article_id: str, vectors: Vectors) -> None:
    passages = [Passage(article_id, 0, 4, "Text")] * len(vectors)
    with store.writing():
        store.put(Article(article_id, "Title", "Text"), make_records(passages, [to_bytes(row) for row in vectors]))

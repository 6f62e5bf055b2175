"""StoredVectors: a snapshot and a replay are as good as a start from nothing."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from fakes import HashEncoder, make_records

from corpus.article import Article, Passage
from index.encoders.encoder import Vectors
from index.hit import Hit
from index.store.errors import StoreDamaged
from index.store.sqlite import ArticleStore
from index.vectors import StoredVectors, from_bytes, read_snapshot, snapshot_problem, to_bytes, write_snapshot

DIM = 16
ENCODER = HashEncoder(dim=DIM)
WORDS = ["steel", "bridge", "ice", "vaccine", "chess", "harbour", "glacier", "mayor", "dose", "title"]


def put(store: ArticleStore, article_id: str, texts: list[str]) -> list[int]:
    article = Article(article_id, article_id, " ".join(texts))
    passages = [Passage(article_id, 0, len(text), text) for text in texts]
    with store.writing():
        return store.put(article, make_records(passages, [to_bytes(row) for row in ENCODER.encode_passages(texts)]))


def drop(store: ArticleStore, article_id: str) -> list[int]:
    with store.writing():
        return store.drop(article_id)


def search(vectors: StoredVectors, query: str, k: int = 5) -> list[Hit]:
    return vectors.search(ENCODER.encode_queries([query]), k)


def scores(vectors: StoredVectors, query: str) -> dict[int, object]:
    """Scores of all passages, equal to those that differ in the last digits of a float32."""
    return {hit.number: pytest.approx(hit.score, abs=1e-6) for hit in search(vectors, query, 1_000)}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ArticleStore]:
    monkeypatch.setattr("index.vectors.SNAPSHOT_EVERY", 3)
    store = ArticleStore(tmp_path / "articles.db", create=True)
    yield store
    store.close()


def snapshots(store: ArticleStore) -> list[str]:
    return sorted(path.name for path in store.path.parent.glob("passages*"))


def test_bytes_give_the_vectors_back() -> None:
    vectors: Vectors = ENCODER.encode_passages(["one", "two"])
    rows = [to_bytes(vector) for vector in vectors]
    assert rows[0] == vectors[0].astype("<f4").tobytes()
    assert np.array_equal(from_bytes(rows, DIM), vectors)
    assert from_bytes(rows, DIM).dtype == np.float32
    assert from_bytes([], DIM).shape == (0, DIM)
    for wrong in ([rows[0], rows[1][:-4]], [rows[0], b""], [rows[0] + b"\0" * 4], [rows[0][:-1]]):
        with pytest.raises(StoreDamaged, match="`article-qa rebuild`"):
            from_bytes(wrong, DIM)


def test_a_vector_of_another_length_in_the_store_is_told(store: ArticleStore) -> None:
    put(store, "a", ["steel", "bridge"])
    with store.writing() as db:
        db.execute("UPDATE vector SET data = substr(data, 1, 60) WHERE number = 2")
    with pytest.raises(StoreDamaged, match="a vector of a passage has not 16 numbers"):
        StoredVectors(store, DIM)


def test_a_mask_restricts_the_search(store: ArticleStore) -> None:
    put(store, "a", ["steel", "bridge", "ice"])
    write_snapshot(store, DIM)
    put(store, "b", ["steel", "chess"])
    vectors = StoredVectors(store, DIM)
    query = ENCODER.encode_queries(["steel"])
    assert [hit.number for hit in vectors.search(query, 2)] == [1, 4]
    mask = np.zeros(6, np.bool_)
    mask[[2, 4]] = True
    assert [hit.number for hit in vectors.search(query, 5, mask)] == [4, 2]
    # It ends before 4 and 5.
    assert {hit.number for hit in vectors.search(query, 5, np.ones(4, np.bool_))} == {1, 2, 3}
    assert vectors.search(query, 5, np.ones(0, np.bool_)) == []


def test_changes_are_replayed(store: ArticleStore) -> None:
    put(store, "a", ["steel bridge"])
    vectors = StoredVectors(store, DIM)
    assert search(vectors, "steel bridge") == [Hit(1, pytest.approx(1.0))]
    assert vectors.catch_up() is False
    put(store, "b", ["ice"])
    drop(store, "a")
    assert vectors.catch_up() is True
    assert search(vectors, "ice") == [Hit(2, pytest.approx(1.0))]
    assert vectors.scores(ENCODER.encode_queries(["ice"]), [1, 2]) == {2: pytest.approx(1.0)}
    assert (len(vectors), vectors.seq) == (1, store.seq())


def test_an_article_replaced_in_one_step_leaves_no_vector(store: ArticleStore) -> None:
    put(store, "a", ["steel", "bridge"])
    vectors = StoredVectors(store, DIM)
    with store.writing():
        store.drop("a")
        (row,) = ENCODER.encode_passages(["ice"])
        store.put(Article("a", "a", "ice"), make_records([Passage("a", 0, 3, "ice")], [to_bytes(row)]))
    vectors.catch_up()
    assert (len(vectors), [hit.number for hit in search(vectors, "steel")]) == (1, [3])


def test_what_came_and_went_between_two_calls_is_not_there(store: ArticleStore) -> None:
    vectors = StoredVectors(store, DIM)
    put(store, "a", ["steel"])
    drop(store, "a")
    put(store, "b", ["ice"])
    assert vectors.catch_up() is True
    assert (len(vectors), [hit.number for hit in search(vectors, "steel")]) == (1, [2])


def test_what_is_committed_during_a_replay_is_replayed_once(
    store: ArticleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = StoredVectors(store, DIM)
    put(store, "a", ["steel"])
    read = ArticleStore.added_since

    def another_writes_first(reader: ArticleStore, seq: int) -> list[int]:
        monkeypatch.undo()
        with closing(ArticleStore(store.path)) as other:
            put(other, "b", ["ice"])
        return read(reader, seq)

    monkeypatch.setattr(ArticleStore, "added_since", another_writes_first)
    vectors.catch_up()
    assert (len(vectors), vectors.seq) == (1, 1)
    vectors.catch_up()
    assert (len(vectors), vectors.seq) == (2, 2)


def test_a_snapshot_says_up_to_which_change_it_goes(store: ArticleStore) -> None:
    put(store, "a", ["steel", "bridge", "ice"])
    write_snapshot(store, DIM)
    snapshot = read_snapshot(store)
    assert snapshot is not None
    assert (snapshot.file, snapshot.seq, snapshot.passages) == ("passages-1.faiss", 1, 3)
    put(store, "b", ["chess"])
    drop(store, "a")
    opened = StoredVectors(store, DIM)
    assert (len(opened), opened.seq) == (1, 3)
    assert search(opened, "chess") == [Hit(4, pytest.approx(1.0))]


def test_who_holds_the_vectors_takes_up_a_newer_snapshot(store: ArticleStore) -> None:
    put(store, "a", ["steel", "bridge", "ice"])
    vectors = StoredVectors(store, DIM)
    write_snapshot(store, DIM)
    put(store, "b", ["chess"])
    drop(store, "a")
    # Nothing but the snapshot can say what is in it: what it holds was replayed already.
    vectors.catch_up()
    assert (len(vectors), vectors._snapshot_seq) == (1, 1)
    assert scores(vectors, "chess") == scores(StoredVectors(store, DIM), "chess")


def test_a_snapshot_is_written_when_enough_has_changed(store: ArticleStore) -> None:
    vectors = StoredVectors(store, DIM)
    put(store, "a", ["steel", "bridge"])
    vectors.catch_up()
    write_snapshot(store, DIM)
    assert (snapshots(store), read_snapshot(store)) == ([], None)
    put(store, "b", ["ice"])
    vectors.catch_up()
    write_snapshot(store, DIM)
    assert snapshots(store) == ["passages-2.faiss"]
    snapshot = read_snapshot(store)
    assert snapshot is not None
    assert (snapshot.file, snapshot.seq, snapshot.passages) == ("passages-2.faiss", 2, 3)
    assert snapshot_problem(store, DIM) is None
    # Counted from there: two more are not enough.
    put(store, "c", ["chess", "mayor"])
    vectors.catch_up()
    write_snapshot(store, DIM)
    assert (snapshots(store), read_snapshot(store)) == (["passages-2.faiss"], snapshot)


def test_a_new_snapshot_takes_the_old_ones_place(store: ArticleStore) -> None:
    vectors = StoredVectors(store, DIM)
    for n in range(3):
        put(store, f"a{n}", ["steel", "bridge", f"word{n}"])
        vectors.catch_up()
        write_snapshot(store, DIM)
        assert snapshots(store) == [f"passages-{n + 1}.faiss"]


def test_removals_count_towards_a_snapshot(store: ArticleStore) -> None:
    put(store, "a", ["steel", "bridge"])
    put(store, "b", ["ice"])
    vectors = StoredVectors(store, DIM)
    write_snapshot(store, DIM)
    drop(store, "a")
    put(store, "c", ["chess"])
    vectors.catch_up()
    write_snapshot(store, DIM)
    assert snapshots(store) == ["passages-4.faiss"]
    assert [hit.number for hit in search(StoredVectors(store, DIM), "chess")] == [4, 3]


@pytest.mark.parametrize("seed", range(12))
def test_snapshot_and_replay_equal_a_start_from_nothing(store: ArticleStore, seed: int) -> None:
    at = random.Random(seed)
    vectors, present = StoredVectors(store, DIM), []
    for step in range(25):
        if present and at.random() < 0.4:
            drop(store, present.pop(at.randrange(len(present))))
        else:
            present.append(f"a{step}")
            put(store, present[-1], [" ".join(at.choices(WORDS, k=3)) for _ in range(at.randrange(4))])
        if at.random() < 0.5:
            vectors.catch_up()
        if at.random() < 0.4:
            vectors.catch_up()
            write_snapshot(store, DIM)
        if at.random() < 0.2:
            vectors = StoredVectors(store, DIM)
    vectors.catch_up()
    opened = StoredVectors(store, DIM)
    assert read_snapshot(store) is not None
    for path in store.path.parent.glob("passages-*"):
        path.unlink()
    scratch = StoredVectors(store, DIM)
    assert vectors.seq == opened.seq == scratch.seq == store.seq()
    assert len(vectors) == len(opened) == len(scratch) == store.counts()[1]
    for query in WORDS:
        assert scores(vectors, query) == scores(opened, query) == scores(scratch, query)


@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_a_damaged_snapshot_is_made_again(store: ArticleStore, caplog: pytest.LogCaptureFixture, damage: str) -> None:
    put(store, "a", ["steel bridge", "ice", "chess"])
    vectors = StoredVectors(store, DIM)
    write_snapshot(store, DIM)
    path = store.path.parent / "passages-1.faiss"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    if damage != "gone":
        path.write_bytes(data if damage == "flipped" else data[:-7])
    problem = snapshot_problem(store, DIM)
    with caplog.at_level(logging.WARNING):
        opened = StoredVectors(store, DIM)
    assert [record.getMessage() for record in caplog.records] == [f"{problem}; it is made again from the store"]
    assert not path.exists()
    assert scores(opened, "steel bridge") == scores(vectors, "steel bridge")
    write_snapshot(store, DIM)
    assert path.exists()
    assert snapshot_problem(store, DIM) is None
    caplog.clear()
    assert scores(StoredVectors(store, DIM), "steel bridge") == scores(vectors, "steel bridge")
    assert caplog.records == []


def test_who_meets_a_newer_snapshot_that_is_damaged_goes_on(
    store: ArticleStore, caplog: pytest.LogCaptureFixture
) -> None:
    put(store, "a", ["steel bridge", "ice", "chess"])
    write_snapshot(store, DIM)
    vectors = StoredVectors(store, DIM)
    put(store, "b", ["title", "mayor", "dose"])
    drop(store, "a")
    write_snapshot(store, DIM)
    path = store.path.parent / "passages-3.faiss"
    path.write_bytes(path.read_bytes()[:-7])
    with caplog.at_level(logging.WARNING):
        assert vectors.catch_up() is True
    assert [record.getMessage() for record in caplog.records] == [
        f"{path} is damaged (its checksum differs); it is made again from the store"
    ]
    assert not path.exists()
    assert (len(vectors), vectors.seq) == (3, 3)
    assert scores(vectors, "title") == scores(StoredVectors(store, DIM), "title")


def test_a_snapshot_half_written_leaves_the_old_one(store: ArticleStore) -> None:
    """As after a kill before the file was renamed, or after that and before the store knew of it."""
    put(store, "a", ["steel bridge", "ice", "chess"])
    write_snapshot(store, DIM)
    put(store, "b", ["title"])
    (store.path.parent / "passages-2.part").write_bytes(b"half")
    (store.path.parent / "passages-2.faiss").write_bytes(b"unknown to the store")
    opened = StoredVectors(store, DIM)
    assert search(opened, "title", 1) == [Hit(4, pytest.approx(1.0))]
    put(store, "c", ["harbour", "mayor", "dose"])
    opened.catch_up()
    write_snapshot(store, DIM)
    assert snapshots(store) == ["passages-3.faiss"]


# ---- beyond what the engine compares one by one


def put_vectors(store: ArticleStore, article_id: str, vectors: Vectors) -> list[int]:
    passages = [Passage(article_id, 0, 4, "Text")] * len(vectors)
    with store.writing():
        return store.put(
            Article(article_id, "Title", "Text"), make_records(passages, [to_bytes(row) for row in vectors])
        )


def some_vectors(at: np.random.Generator, n: int) -> Vectors:
    rows = at.standard_normal((n, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.engines.faiss.EXACT_UP_TO", 200)


def exact(store: ArticleStore, query: Vectors) -> list[Hit]:
    """Every passage of the store, compared with its vector there, best first."""
    held = store.vectors(store.added_since(0))
    found = from_bytes(list(held.values()), DIM) @ query[0]
    hits = [Hit(number, score) for number, score in zip(held, found.tolist(), strict=True)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.number))


@pytest.mark.usefixtures("small_limit")
def test_a_large_store_is_searched_with_true_scores(store: ArticleStore) -> None:
    at = np.random.default_rng(4)
    put_vectors(store, "a", some_vectors(at, 600))
    write_snapshot(store, DIM)
    vectors = StoredVectors(store, DIM)
    assert (len(vectors), vectors._engine.is_exact) == (600, False)
    wide, narrow = at.random(601) < 0.5, at.random(601) < 0.03
    shares = []
    for query in some_vectors(at, 30):
        for among in (None, wide, narrow):
            meant = [hit for hit in exact(store, query[None]) if among is None or among[hit.number]]
            hits = vectors.search(query[None], 10, among)
            true = {hit.number: hit.score for hit in meant}
            assert {hit.number: hit.score for hit in hits} == {
                hit.number: pytest.approx(true[hit.number], abs=1e-6) for hit in hits
            }
            assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.number))
            assert len(hits) == min(10, len(meant))
            shares.append(len({hit.number for hit in hits} & {hit.number for hit in meant[:10]}) / len(hits))
    assert np.mean(shares) >= 0.97


@pytest.mark.usefixtures("small_limit")
def test_of_equal_true_scores_in_a_large_store_the_smaller_number_is_first(store: ArticleStore) -> None:
    at = np.random.default_rng(5)
    rows = some_vectors(at, 600)
    rows[[500, 20, 310]] = rows[7]
    put_vectors(store, "a", rows)
    write_snapshot(store, DIM)
    vectors = StoredVectors(store, DIM)
    assert [hit.number for hit in vectors.search(rows[7:8], 4)] == [8, 21, 311, 501]
    # One that came since is not in the lists; its score is the same all the same.
    put_vectors(store, "b", rows[7:8])
    vectors.catch_up()
    assert [hit.number for hit in vectors.search(rows[7:8], 5)] == [8, 21, 311, 501, 601]
    assert len({hit.score for hit in vectors.search(rows[7:8], 5)}) == 1


@pytest.mark.usefixtures("small_limit")
def test_who_holds_an_exact_snapshot_takes_up_one_in_lists(store: ArticleStore) -> None:
    at = np.random.default_rng(6)
    put_vectors(store, "a", some_vectors(at, 150))
    write_snapshot(store, DIM)
    vectors = StoredVectors(store, DIM)
    put_vectors(store, "b", some_vectors(at, 450))
    write_snapshot(store, DIM)
    drop(store, "a")
    # The old file is gone, and what was loaded of it still answers.
    assert snapshots(store) == ["passages-2.faiss"]
    assert (len(vectors), len(vectors.search(some_vectors(at, 1), 5)), vectors._engine.is_exact) == (150, 5, True)
    vectors.catch_up()
    opened = StoredVectors(store, DIM)
    assert (len(vectors), vectors.seq, vectors._engine.is_exact) == (450, 3, False)
    for query in some_vectors(at, 20):
        assert vectors.search(query[None], 10) == opened.search(query[None], 10)


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize("seed", range(6))
def test_in_a_large_store_who_held_an_old_snapshot_finds_what_a_new_one_does(
    store: ArticleStore, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("index.vectors.SNAPSHOT_EVERY", 100)
    at = np.random.default_rng(seed)
    put_vectors(store, "first", some_vectors(at, 300))
    write_snapshot(store, DIM)
    vectors, present = StoredVectors(store, DIM), []
    for step in range(20):
        if present and at.random() < 0.4:
            drop(store, present.pop(at.integers(len(present))))
        else:
            present.append(f"a{step}")
            put_vectors(store, present[-1], some_vectors(at, int(at.integers(0, 60))))
        if at.random() < 0.4:
            vectors.catch_up()
        if at.random() < 0.5:
            write_snapshot(store, DIM)
    # A newer snapshot is looked for when something has changed.
    put_vectors(store, "last", some_vectors(at, 1))
    vectors.catch_up()
    opened = StoredVectors(store, DIM)
    assert vectors.seq == opened.seq == store.seq()
    assert len(vectors) == len(opened) == store.counts()[1]
    wide = at.random(2_000) < 0.5
    shares = []
    for query in some_vectors(at, 20):
        for among in (None, wide):
            true = [hit for hit in exact(store, query[None]) if among is None or among[hit.number]]
            known = {hit.number: hit.score for hit in true}
            new, old = (each.search(query[None], 10, among) for each in (opened, vectors))
            for hits in (new, old):
                assert all(hit.score == pytest.approx(known[hit.number], abs=1e-6) for hit in hits)
            shares += [
                len({hit.number for hit in hits} & {hit.number for hit in true[:10]}) / 10 for hits in (new, old)
            ]
            assert new == old
    assert np.mean(shares) >= 0.97

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
    with pytest.raises(StoreDamaged, match="`article-qa rebuild`"):
        from_bytes([rows[0], rows[1][:-4]], DIM)


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
    assert scores(opened, "steel bridge") == scores(vectors, "steel bridge")
    write_snapshot(store, DIM)
    assert snapshot_problem(store, DIM) is None


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

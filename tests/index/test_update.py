"""Build, add, remove: what is reported, what is encoded, what is left when something goes wrong."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fakes import ARTICLES, BRIDGE, CHESS, GLACIER, VACCINE, HashEncoder, long_article, make_earlier

from corpus.article import Article
from corpus.errors import UserError
from corpus.passages import split_article
from corpus.readers import Unreadable
from index.encoders.encoder import Vectors
from index.generations import IndexFolder
from index.recipe import RECIPE, IndexMismatch, embedded_text, open_store
from index.retriever import Retriever
from index.sentences import ReadPassage, read_article, unpack_sentences, unpack_vectors
from index.store.errors import ArticleNotFound, OtherFormat, StoreDamaged
from index.store.record import FLOAT_BYTES, PassageRecord
from index.store.sqlite import ArticleStore
from index.update import Report, add_articles, build_index, rebuild_index, remove_articles
from index.vectors import from_bytes, read_snapshot, snapshot_problem, to_bytes
from index.words.tantivy import LexicalIndex

UNREADABLE = Unreadable("bad.txt", "it is empty")
NEW = Article("new", "New", "A volcano erupted near Naples on Monday.")


def stored(folder: IndexFolder) -> dict[str, Article]:
    with closing(ArticleStore(folder.require_current() / folder.store_name)) as store:
        assert store.problems() == []
        return store.articles(store.article_ids())


def by_id(*articles: Article) -> dict[str, Article]:
    return {article.article_id: article for article in articles}


def without_what_may_be_lost(generation: Path, to: Path) -> Path:
    """A copy of what the disk has for certain: SQLite does not wait for it to have the log of what was committed."""
    shutil.copytree(generation, to, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    return to


def test_the_disk_has_a_whole_index_before_it_is_led_to(
    folder: IndexFolder, encoder: HashEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    activate, copies = folder.activate, []

    def cut(generation: Path) -> None:
        copies.append(without_what_may_be_lost(generation, tmp_path / f"copy-{len(copies)}"))
        activate(generation)

    monkeypatch.setattr(folder, "activate", cut)
    build_index(folder, ARTICLES, encoder)
    # The first is of the very first batch, which is all there is here.
    assert len(copies) == 2
    for copy in copies:
        with closing(ArticleStore(copy / folder.store_name)) as store:
            assert store.problems() == []
            assert store.articles(store.article_ids()) == by_id(*ARTICLES)


def test_after_a_power_cut_the_words_are_not_ahead_of_the_articles(
    folder: IndexFolder, encoder: HashEncoder, tmp_path: Path
) -> None:
    build_index(folder, ARTICLES, encoder)
    # Somebody has the file open, so that its log is not emptied when an add ends.
    with closing(open_store(folder, encoder)):
        add_articles(folder, [NEW], encoder)
        copy = without_what_may_be_lost(folder.require_current(), tmp_path / "copy")
    with closing(ArticleStore(copy / folder.store_name)) as store:
        assert LexicalIndex(store).seq == store.seq() == len(ARTICLES) + 1


def encoded_of(*articles: Article) -> list[str]:
    """What is encoded of articles: each passage, and the sentences in it that can be an answer, each text once."""
    texts = []
    for article in articles:
        for read in read_article(article):
            texts.append(embedded_text(article, read.passage))
            texts += [article.text[sentence.start : sentence.end] for sentence in read.sentences]
    return list(dict.fromkeys(texts))


def vectors_of(store: ArticleStore, article_id: str) -> Vectors:
    """The vectors of an article's passages, in the order of its text."""
    return from_bytes([record.vector for record in store.records_of(article_id)], HashEncoder().dim)


def sentences_are_encoded(store: ArticleStore, article: Article) -> bool:
    """Each sentence that can be an answer has the vector of its own text."""
    near = []
    for record in store.records_of(article.article_id):
        places = unpack_sentences(record)
        wanted = HashEncoder().encode_passages([article.text[one.led_from : one.end] for one in places])
        stored = unpack_vectors(record.sentence_vectors, len(places), HashEncoder().dim)
        near += (wanted * stored).sum(axis=1).tolist()
    return bool(near) and min(near) > 0.999


def found(folder: IndexFolder, query: str) -> str:
    """Id of the article that answers `query` best."""
    retriever = Retriever(folder, HashEncoder())
    return best(retriever, query)


def best(retriever: Retriever, query: str) -> str:
    number = retriever.search(query).hits[0].number
    return retriever.store.passages([number])[number].article_id


def generations(folder: IndexFolder) -> list[Path]:
    return [path for path in folder.path.iterdir() if path.is_dir()]


def test_the_encoder_reads_title_and_date_in_front(encoder: HashEncoder) -> None:
    (passage,) = split_article(BRIDGE)
    assert embedded_text(BRIDGE, passage) == f"Harbour bridge opens\nMarch 1, 2024\n{BRIDGE.text}"
    (passage,) = split_article(CHESS)
    assert embedded_text(CHESS, passage) == f"Teenager wins chess title\n{CHESS.text}"


def test_a_build_stores_and_derives_everything(folder: IndexFolder, encoder: HashEncoder) -> None:
    progress: list[tuple[int, int]] = []
    assert build_index(folder, ARTICLES, encoder, lambda *done: progress.append(done)) == Report(added=4)
    assert progress == [(1, 1)] * 4
    assert stored(folder) == by_id(*ARTICLES)
    assert encoder.encoded == encoded_of(*ARTICLES)
    with closing(open_store(folder, encoder)) as store:
        assert all(sentences_are_encoded(store, article) for article in ARTICLES)
        (vector,) = vectors_of(store, "chess")
        wanted = encoder.encode_passages([embedded_text(CHESS, split_article(CHESS)[0])])[0]
        assert np.array_equal(vector, wanted)
    for article in ARTICLES:
        assert found(folder, article.title) == article.article_id


def test_every_change_is_derived_at_once(
    folder: IndexFolder, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.vectors.SNAPSHOT_EVERY", 1)
    for change in (
        lambda: build_index(folder, ARTICLES, encoder),
        lambda: add_articles(folder, [replace(CHESS, text="Another text altogether."), NEW], encoder),
        lambda: remove_articles(folder, ["bridge"], encoder),
    ):
        change()
        with closing(open_store(folder, encoder)) as store:
            lexical, snapshot = LexicalIndex(store), read_snapshot(store)
            assert snapshot is not None
            assert lexical.seq == snapshot.seq == store.seq()
            assert len(lexical) == snapshot.passages == store.counts()[1]


class Counting(HashEncoder):
    """Notes how many passages it was given at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.batches.append(len(texts))
        return super().encode_passages(texts)


def test_short_articles_are_encoded_together(folder: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = Counting()
    monkeypatch.setattr("index.draft.BATCH_PASSAGES", 3)
    build_index(folder, ARTICLES, encoder)
    assert encoder.batches == [len(encoded_of(*ARTICLES[:3])), len(encoded_of(ARTICLES[3]))]


def test_passages_are_encoded_in_batches(
    folder: IndexFolder, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.draft.BATCH_PASSAGES", 2)
    articles = [long_article(word, word) for word in ("steel", "ice", "trade")]
    assert build_index(folder, articles, encoder) == Report(added=3)
    assert encoder.encoded == encoded_of(*articles)
    with closing(open_store(folder, encoder)) as store:
        for article in articles:
            assert sentences_are_encoded(store, article)
            texts = [embedded_text(article, passage) for passage in split_article(article)]
            assert np.array_equal(vectors_of(store, article.article_id), encoder.encode_queries(texts))
            assert list(store.passages(store.numbers_of(article.article_id)).values()) == split_article(article)


def test_progress_counts_articles_and_their_passages(built: IndexFolder, encoder: HashEncoder) -> None:
    long = long_article("steel", "steel")
    progress: list[tuple[int, int]] = []
    add_articles(built, [CHESS, UNREADABLE, long, NEW], encoder, lambda *done: progress.append(done))
    assert len(split_article(long)) > 1
    # What is left alone is told at once, what is stored when its batch is.
    assert progress == [(1, 0), (1, 0), (1, len(split_article(long))), (1, 1)]


def test_a_text_that_articles_share_is_encoded_once(folder: IndexFolder, encoder: HashEncoder) -> None:
    twin = replace(CHESS, article_id="twin", url="https://example.org/twin")
    near = replace(CHESS, article_id="near", title="Chess in Toronto")
    build_index(folder, [CHESS, twin, near], encoder)
    assert encoder.encoded == encoded_of(CHESS, near)
    assert len(encoder.encoded) == len(encoded_of(CHESS)) + 1
    with closing(open_store(folder, encoder)) as store:
        assert all(sentences_are_encoded(store, article) for article in (CHESS, twin, near))
        assert np.array_equal(vectors_of(store, "twin"), vectors_of(store, "chess"))
        assert not np.array_equal(vectors_of(store, "near"), vectors_of(store, "chess"))


def test_a_batch_is_stored_whole_or_not_at_all(
    built: IndexFolder, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.draft.BATCH_PASSAGES", 2)
    articles = [replace(NEW, article_id=f"new {n}", title=f"Title {n}") for n in range(4)]
    progress: list[tuple[int, int]] = []
    put = ArticleStore.put

    def fails_at_the_last(store: ArticleStore, article: Article, records: Sequence[PassageRecord]) -> list[int]:
        if article == articles[-1]:
            raise RuntimeError("oops")
        return put(store, article, records)

    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="oops"):
        patch.setattr(ArticleStore, "put", fails_at_the_last)
        add_articles(built, articles, encoder, lambda *done: progress.append(done))
    assert stored(built) == by_id(*ARTICLES, *articles[:2])
    assert progress == [(1, 1)] * 2
    assert add_articles(built, articles, encoder) == Report(added=2, unchanged=2)
    assert stored(built) == by_id(*ARTICLES, *articles)


def test_what_cannot_be_read_is_counted_and_the_rest_is_in(folder: IndexFolder, encoder: HashEncoder) -> None:
    progress: list[int] = []
    report = build_index(folder, [BRIDGE, UNREADABLE, CHESS], encoder, lambda n, _: progress.append(n))
    assert report == Report(added=2, unreadable=[UNREADABLE])
    assert sum(progress) == 3
    assert stored(folder) == by_id(BRIDGE, CHESS)


@pytest.mark.parametrize(
    ("articles", "words"),
    [
        ([], "no articles were given; name files or folders with articles"),
        ([UNREADABLE, UNREADABLE], "none of 2 articles could be read; the first: bad.txt: it is empty"),
    ],
)
def test_a_build_of_nothing_leaves_the_old_index(
    built: IndexFolder, encoder: HashEncoder, articles: list[Article | Unreadable], words: str
) -> None:
    before = built.current()
    with pytest.raises(UserError) as error:
        build_index(built, articles, encoder)
    assert str(error.value) == words
    assert built.current() == before
    assert stored(built) == by_id(*ARTICLES)
    assert found(built, "chess title") == "chess"


def test_a_first_build_of_nothing_leaves_no_index(folder: IndexFolder, encoder: HashEncoder) -> None:
    with pytest.raises(UserError, match="none of 1 articles could be read"):
        build_index(folder, [UNREADABLE], encoder)
    with pytest.raises(UserError, match="no index in"):
        Retriever(folder, encoder)


def test_a_build_over_an_old_index_takes_over_its_vectors(built: IndexFolder, encoder: HashEncoder) -> None:
    changed = replace(CHESS, text=CHESS.text + " Her coach wept.")
    before = built.current()
    report = build_index(built, [BRIDGE, changed, VACCINE], encoder)
    assert report == Report(added=3)
    assert encoder.encoded == encoded_of(changed)
    assert stored(built) == by_id(BRIDGE, changed, VACCINE)
    assert (built.current() == before, generations(built)) == (False, [built.current()])
    assert found(built, "coach wept") == "chess"
    with closing(open_store(built, encoder)) as store:
        wanted = encoder.encode_queries([embedded_text(BRIDGE, split_article(BRIDGE)[0])])
        assert np.array_equal(vectors_of(store, "bridge"), wanted)
        assert sentences_are_encoded(store, BRIDGE)


def test_a_build_over_an_index_that_lost_vectors_makes_them_again(built: IndexFolder, encoder: HashEncoder) -> None:
    with closing(open_store(built, encoder)) as store, store.writing() as db:
        db.execute("DELETE FROM vector WHERE number = 1")
    build_index(built, ARTICLES, encoder)
    assert encoder.encoded == encoded_of(BRIDGE)
    assert stored(built) == by_id(*ARTICLES)
    with closing(open_store(built, encoder)) as store:
        assert sentences_are_encoded(store, BRIDGE)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE sentences SET places = x'0102' WHERE number = 1",
        "UPDATE sentences SET vectors = x'01' WHERE number = 1",
        "UPDATE sentences SET terms = '' WHERE number = 1",
        "UPDATE vector SET data = x'01020304' WHERE number = 1",
    ],
)
@pytest.mark.parametrize("is_earlier", [False, True])
def test_a_rebuild_mends_what_is_damaged(
    built: IndexFolder, encoder: HashEncoder, damage: str, is_earlier: bool
) -> None:
    with closing(open_store(built, encoder)) as store:
        wanted = store.records_of("bridge")
        with store.writing() as db:
            db.execute(damage)
    if is_earlier:
        make_earlier(built)
    rebuild_index(built, encoder)
    with closing(open_store(built, encoder)) as store:
        assert store.records_of("bridge") == wanted
        assert sentences_are_encoded(store, CHESS)
    if not is_earlier:
        assert set(encoder.encoded) <= set(encoded_of(BRIDGE))
    assert found(built, BRIDGE.title) == "bridge"


def test_a_rebuild_encodes_nothing_anew(built: IndexFolder, encoder: HashEncoder) -> None:
    before = built.current()
    assert rebuild_index(built, encoder) == Report(added=4)
    assert (encoder.encoded, built.current() == before) == ([], False)
    assert stored(built) == by_id(*ARTICLES)
    assert found(built, "chess title") == "chess"


def test_the_records_of_an_unchanged_article_are_copied(
    built: IndexFolder, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = [*ARTICLES, long_article("steel", "steel")]
    add_articles(built, articles, encoder)
    encoder.encoded.clear()
    with closing(open_store(built, encoder)) as store:
        before = {article_id: store.records_of(article_id) for article_id in store.article_ids()}
    read: list[str] = []

    def noted(article: Article) -> list[ReadPassage]:
        read.append(article.article_id)
        return read_article(article)

    monkeypatch.setattr("index.draft.read_article", noted)
    assert build_index(built, [*articles, NEW], encoder) == Report(added=6)
    # Only what is new is read and encoded.
    assert (read, encoder.encoded) == (["new"], encoded_of(NEW))
    with closing(open_store(built, encoder)) as store:
        assert {key: store.records_of(key) for key in before} == before


def test_a_rebuild_of_an_earlier_format_encodes_its_sentences_only(built: IndexFolder, encoder: HashEncoder) -> None:
    make_earlier(built)
    with pytest.raises(OtherFormat, match="`article-qa rebuild`"):
        open_store(built, encoder)
    assert rebuild_index(built, encoder) == Report(added=4)
    passages = {embedded_text(article, passage) for article in ARTICLES for passage in split_article(article)}
    assert sorted(encoder.encoded) == sorted(text for text in encoded_of(*ARTICLES) if text not in passages)
    with closing(open_store(built, encoder)) as store:
        assert all(sentences_are_encoded(store, article) for article in ARTICLES)


def test_a_rebuild_of_an_earlier_format_keeps_the_vectors_of_passages(built: IndexFolder, encoder: HashEncoder) -> None:
    long = long_article("steel", "steel")
    add_articles(built, [long], encoder)
    # A vector that no encoder made: where it is found again, it was kept.
    marked = np.full(encoder.dim, encoder.dim**-0.5, np.float32)
    with closing(open_store(built, encoder)) as store:
        number = store.numbers_of("steel")[1]
        with store.writing() as db:
            db.execute("UPDATE vector SET data = ? WHERE number = ?", (to_bytes(marked), number))
        before = {article_id: vectors_of(store, article_id) for article_id in store.article_ids()}
    make_earlier(built)
    assert rebuild_index(built, encoder) == Report(added=5)
    with closing(open_store(built, encoder)) as store:
        for article_id, vectors in before.items():
            assert np.array_equal(vectors_of(store, article_id), vectors)
        assert np.array_equal(vectors_of(store, "steel")[1], marked)
        assert sentences_are_encoded(store, long)


def test_a_rebuild_of_an_earlier_format_for_another_encoder_encodes_everything(built: IndexFolder) -> None:
    other = HashEncoder("other")
    make_earlier(built)
    assert rebuild_index(built, other) == Report(added=4)
    assert sorted(other.encoded) == sorted(encoded_of(*ARTICLES))


def test_a_rebuild_that_fails_leaves_the_old_index(built: IndexFolder) -> None:
    class Failing(HashEncoder):
        def encode_passages(self, texts: Sequence[str]) -> Vectors:
            raise RuntimeError("oops")

    before = built.current()
    with pytest.raises(RuntimeError, match="oops"):
        rebuild_index(built, Failing("other"))
    assert built.current() == before
    assert stored(built) == by_id(*ARTICLES)
    assert found(built, "chess title") == "chess"


def test_a_rebuild_needs_articles(folder: IndexFolder, built: IndexFolder, encoder: HashEncoder) -> None:
    with pytest.raises(UserError, match="^no index in"):
        rebuild_index(IndexFolder(folder.path.with_name("nowhere")), encoder)
    remove_articles(built, [article.article_id for article in ARTICLES], encoder)
    with pytest.raises(UserError, match="^the index in .* has no articles; name some to `article-qa build`$"):
        rebuild_index(built, encoder)


def test_a_new_snapshot_is_written_without_loading_the_old_one(
    built: IndexFolder, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.vectors.SNAPSHOT_EVERY", 1)
    add_articles(built, [NEW], encoder)

    def fails(*_: object) -> None:
        raise AssertionError("a snapshot was loaded")

    with monkeypatch.context() as patch:
        patch.setattr("index.vectors.ENGINE.load", fails)
        add_articles(built, [replace(CHESS, text="Another text altogether.")], encoder)
    with closing(open_store(built, encoder)) as store:
        snapshot = read_snapshot(store)
        assert snapshot is not None
        assert (snapshot.seq, snapshot.passages) == (store.seq(), 5)
        assert snapshot_problem(store, encoder.dim) is None


def test_a_rebuild_for_another_encoder_encodes_everything(built: IndexFolder) -> None:
    other = HashEncoder("other")
    assert rebuild_index(built, other) == Report(added=4)
    assert sorted(other.encoded) == sorted(encoded_of(*ARTICLES))
    with closing(open_store(built, other)) as store:
        assert store.counts() == (4, 4)


def test_the_title_and_date_of_an_article_count_as_a_change(built: IndexFolder, encoder: HashEncoder) -> None:
    retitled, redated = replace(CHESS, title="Surprise in Toronto"), replace(BRIDGE, published=date(2024, 3, 2))
    assert build_index(built, [retitled, redated, VACCINE], encoder) == Report(added=3)
    headed = [text.splitlines()[0] for text in encoder.encoded if "\n" in text]
    assert headed == ["Surprise in Toronto", "Harbour bridge opens"]


def test_a_build_with_an_id_twice_keeps_the_last(built: IndexFolder, encoder: HashEncoder) -> None:
    changed = replace(CHESS, text="Another text altogether.")
    assert build_index(built, [CHESS, changed, GLACIER], encoder) == Report(added=2, updated=1)
    assert stored(built) == by_id(changed, GLACIER)
    with closing(open_store(built, encoder)) as store:
        wanted = encoder.encode_queries([embedded_text(changed, split_article(changed)[0])])
        assert np.array_equal(vectors_of(store, "chess"), wanted)


def test_a_build_mends_whatever_is_there(folder: IndexFolder, encoder: HashEncoder) -> None:
    folder.path.mkdir()
    (folder.path / "current").write_text("nonsense", encoding="utf-8")
    build_index(folder, [CHESS], encoder)
    (folder.require_current() / "articles.db").write_bytes(b"no database at all" * 100)
    build_index(folder, [BRIDGE], encoder)
    assert stored(folder) == by_id(BRIDGE)
    assert generations(folder) == [folder.current()]


def test_a_first_build_answers_before_it_is_complete(
    folder: IndexFolder, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.draft.BATCH_PASSAGES", 1)
    seen: list[tuple[str, ...]] = []

    def articles() -> Iterator[Article]:
        for article in ARTICLES:
            seen.append(tuple(stored(folder)) if folder.current() else ())
            yield article

    build_index(folder, articles(), encoder)
    assert seen == [(), ("bridge",), ("bridge", "glacier"), ("bridge", "glacier", "vaccine")]


def test_a_build_that_fails_leaves_the_old_index(built: IndexFolder, encoder: HashEncoder) -> None:
    def articles() -> Iterator[Article]:
        yield replace(CHESS, text="New.")
        raise RuntimeError("oops")

    with pytest.raises(RuntimeError, match="oops"):
        build_index(built, articles(), encoder)
    assert stored(built) == by_id(*ARTICLES)
    # The next one sweeps up.
    build_index(built, ARTICLES, encoder)
    assert generations(built) == [built.current()]


def test_adding_again_changes_nothing(built: IndexFolder, encoder: HashEncoder) -> None:
    with closing(open_store(built, encoder)) as store:
        before = store.seq()
        assert add_articles(built, ARTICLES, encoder) == Report(unchanged=4)
        assert store.seq() == before
    assert encoder.encoded == []


def test_a_changed_article_takes_the_old_ones_place(built: IndexFolder, encoder: HashEncoder) -> None:
    changed = replace(BRIDGE, text="A volcano erupted near Naples.", title="Volcano", published=None, source=None)
    new = long_article("steel", "steel")
    progress: list[int] = []
    report = add_articles(built, [CHESS, changed, UNREADABLE, new], encoder, lambda n, _: progress.append(n))
    assert report == Report(added=1, updated=1, unchanged=1, unreadable=[UNREADABLE])
    assert sum(progress) == 4
    assert stored(built) == by_id(changed, GLACIER, VACCINE, CHESS, new)
    assert found(built, "volcano near Naples") == "bridge"
    assert found(built, "steel") == "steel"
    retriever = Retriever(built, encoder)
    # Nothing of the old text is found any more, by words or by vectors.
    assert retriever.passages_with(["harbour", "volcano"]) == {"harbour": 0, "volcano": 1}
    assert sorted(retriever.search("harbour").dense) == sorted(
        n for article_id in stored(built) for n in retriever.store.numbers_of(article_id)
    )


def test_an_article_without_words_has_no_passage(built: IndexFolder, encoder: HashEncoder) -> None:
    empty = replace(CHESS, text="")
    assert add_articles(built, [empty], encoder) == Report(updated=1)
    assert build_index(built, [empty, BRIDGE], encoder) == Report(added=2)
    assert found(built, "chess") == "bridge"


def test_adding_nothing_readable_is_no_change(built: IndexFolder, encoder: HashEncoder) -> None:
    assert add_articles(built, [UNREADABLE], encoder) == Report(unreadable=[UNREADABLE])
    assert stored(built) == by_id(*ARTICLES)


def test_removed_articles_are_gone(built: IndexFolder, encoder: HashEncoder) -> None:
    assert remove_articles(built, ["chess", "bridge", "chess"], encoder) == Report(removed=2)
    assert stored(built) == by_id(GLACIER, VACCINE)
    assert Retriever(built, encoder).passages_with(["chess", "ice"]) == {"chess": 0, "ice": 1}


def test_one_unknown_id_and_nothing_is_removed(built: IndexFolder, encoder: HashEncoder) -> None:
    with pytest.raises(ArticleNotFound) as error:
        remove_articles(built, ["chess", "nope", "bridge"], encoder)
    assert str(error.value) == "no article 'nope'; `article-qa list` shows the ids"
    assert stored(built) == by_id(*ARTICLES)
    assert found(built, "chess title") == "chess"


def test_the_last_article_can_be_removed(built: IndexFolder, encoder: HashEncoder) -> None:
    remove_articles(built, [article.article_id for article in ARTICLES], encoder)
    retriever = Retriever(built, encoder)
    assert retriever.search("chess").hits == []
    assert add_articles(built, [CHESS], encoder) == Report(added=1)
    assert best(retriever, "chess") == "chess"


@pytest.mark.parametrize("change", ["add", "remove", "open"])
def test_another_encoder_is_refused(built: IndexFolder, change: str) -> None:
    other = HashEncoder("other")
    with pytest.raises(IndexMismatch) as error:
        if change == "add":
            add_articles(built, [CHESS], other)
        elif change == "remove":
            remove_articles(built, ["chess"], other)
        else:
            Retriever(built, other)
    assert str(error.value) == (
        f"{str(built.path)!r} was built with the encoder 'hash@64' but the settings ask for 'other@64'; "
        "run `article-qa rebuild`, or change the setting `encoder`"
    )
    assert stored(built) == by_id(*ARTICLES)


def test_a_build_with_another_encoder_encodes_everything(built: IndexFolder) -> None:
    other = HashEncoder("other", dim=32)
    assert build_index(built, [CHESS, BRIDGE], other) == Report(added=2)
    assert other.encoded == encoded_of(CHESS, BRIDGE)
    assert best(Retriever(built, other), "chess") == "chess"


def test_another_recipe_is_refused_and_built_anew(built: IndexFolder, encoder: HashEncoder) -> None:
    with closing(open_store(built, encoder)) as store:
        store.set_meta("recipe", "0")
    with pytest.raises(IndexMismatch) as error:
        add_articles(built, [CHESS], encoder)
    assert str(error.value) == (
        f"{str(built.path)!r} was built by another version (recipe '0', wanted {RECIPE!r}); "
        "run `article-qa rebuild`, which makes it anew from its own articles"
    )
    build_index(built, [CHESS], encoder)
    assert encoder.encoded == encoded_of(CHESS)
    assert add_articles(built, [CHESS], encoder) == Report(unchanged=1)


def test_there_must_be_an_index_to_change(folder: IndexFolder, encoder: HashEncoder) -> None:
    with pytest.raises(UserError, match=r"^no index in .*; run `article-qa build`, or name another with --index$"):
        add_articles(folder, [CHESS], encoder)
    with pytest.raises(UserError, match="^no index in"):
        remove_articles(folder, ["chess"], encoder)


def test_one_writer_at_a_time(built: IndexFolder, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.update.WAIT_SECONDS", 0.05)
    with built.writing():
        for change in (build_index, add_articles):
            with pytest.raises(UserError, match="^another build, add or remove is writing to"):
                change(built, ARTICLES, encoder)
        with pytest.raises(UserError, match="^another build, add or remove is writing to"):
            remove_articles(built, ["chess"], encoder)


def test_the_same_by_another_id_or_path_is_the_same_article(built: IndexFolder, encoder: HashEncoder) -> None:
    again = replace(CHESS, article_id="again")
    assert add_articles(built, [again], encoder) == Report(unchanged=1)
    story = replace(NEW, article_id="2024/new", origin="/news/2024/new.txt", is_alone=True)
    # Twice in one batch, then once more: neither the folder that was named nor the order matters.
    assert add_articles(built, [story, replace(story, article_id="new")], encoder) == Report(added=1, unchanged=1)
    assert add_articles(built, [replace(story, article_id="new")], encoder) == Report(unchanged=1)
    changed = replace(story, article_id="new", text=f"{story.text} It rained.")
    assert add_articles(built, [changed], encoder) == Report(updated=1)
    assert stored(built) == by_id(*ARTICLES, replace(changed, article_id="2024/new"))
    # A rebuild forgets nothing of it.
    rebuild_index(built, encoder)
    changed = replace(changed, text=f"{changed.text} It snowed.")
    assert add_articles(built, [changed], encoder) == Report(updated=1)


def test_one_story_of_two_outlets_is_two_articles(built: IndexFolder, encoder: HashEncoder) -> None:
    outlets = [replace(NEW, article_id=name, source=name) for name in ("Post", "Times")]
    assert add_articles(built, outlets, encoder) == Report(added=2)


def test_a_first_build_that_is_stopped_at_once_leaves_no_index(folder: IndexFolder, encoder: HashEncoder) -> None:
    def stopped() -> Iterator[Article]:
        yield BRIDGE
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index(folder, stopped(), encoder)
    assert folder.current() is None
    assert generations(folder) == []


@pytest.mark.parametrize("table", ["article", "passage", "vector", "sentences", None])
def test_a_build_over_an_index_with_lost_pages_mends_it(
    built: IndexFolder, encoder: HashEncoder, table: str | None
) -> None:
    path = built.require_current() / built.store_name
    data = bytearray(path.read_bytes())
    if table is None:
        # All but the first page, which says what tables there are.
        data[4096:] = bytes(len(data) - 4096)
    else:
        with closing(sqlite3.connect(path)) as db:
            (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        data[(page - 1) * 4096 : page * 4096] = bytes(4096)
    path.write_bytes(data)
    for _ in range(2):
        build_index(built, ARTICLES, encoder)
        assert stored(built) == by_id(*ARTICLES)
        assert len(generations(built)) == 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE article SET text = 'Other words.' || substr(text, 13)", "text is not the one that was stored"),
        ("UPDATE article SET text = ''", "passages that are not in their article's text"),
        ("UPDATE passage SET end_offset = 100000", "passages that are not in their article's text"),
        ("UPDATE vector SET data = x'00' WHERE number = 1", "1 vectors that are not of the encoder's length"),
        ("UPDATE vector SET data = substr(data, 5)", "vectors that are not of the encoder's length"),
        ("UPDATE vector SET data = data || data", "vectors that are not of the encoder's length"),
    ],
)
def test_what_no_change_leaves_behind_is_found(
    built: IndexFolder, encoder: HashEncoder, change: str, problem: str
) -> None:
    with closing(open_store(built, encoder)) as store:
        assert store.problems(encoder.dim * FLOAT_BYTES) == []
        with store.writing() as db:
            db.execute(change)
        assert problem in " ".join(store.problems(encoder.dim * FLOAT_BYTES))


def test_an_index_that_may_only_be_read_is_read_and_not_written_to(
    built: IndexFolder, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever is root may write anywhere, except where the system says that nobody may.
    monkeypatch.setattr("index.store.sqlite.os.access", lambda path, mode: mode != os.W_OK)
    before = sorted(path.name for path in built.require_current().iterdir())
    with closing(open_store(built, encoder)) as store:
        assert {article.article_id for article in store.list_articles()} == set(by_id(*ARTICLES))
        assert sorted(path.name for path in built.require_current().iterdir()) == before
        with pytest.raises(UserError, match="check its permissions"):
            store.set_meta("a", "b")
    assert best(Retriever(built, encoder), "bridge") == BRIDGE.article_id


@pytest.mark.parametrize("is_whole", [True, False], ids=["copied", "made anew"])
def test_words_that_may_only_be_read_are_read_elsewhere(
    built: IndexFolder, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch, is_whole: bool
) -> None:
    words = built.require_current() / "lexical"
    # tantivy locks this file to read, which on a disk that may only be read nobody can, root neither.
    (words / ".tantivy-meta.lock").unlink(missing_ok=True)
    (words / ".tantivy-meta.lock").mkdir()
    if not is_whole:
        # As a file that the writer deletes meanwhile.
        (words / "gone").symlink_to("nowhere")
    with pytest.raises(StoreDamaged):
        Retriever(built, encoder)
    monkeypatch.setattr("index.store.sqlite.os.access", lambda path, mode: mode != os.W_OK)
    before = sorted(path.name for path in words.iterdir())
    retriever = Retriever(built, encoder)
    assert best(retriever, "bridge") == BRIDGE.article_id
    assert retriever.passages_with(["bridg"])["bridg"] > 0
    assert sorted(path.name for path in words.iterdir()) == before

"""ArticleStore: all or nothing, in order, and plain words when the file is no good."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from fakes import ARTICLES, make_records

from corpus.article import Article, Passage
from corpus.errors import UserError
from corpus.filters import Filters
from index.generations import IndexFolder
from index.store.errors import ArticleNotFound, OtherFormat, StoreDamaged
from index.store.listed import ListedArticle
from index.store.sqlite import ArticleStore, open_current

FIRST = Article("a", "First", "One day. Two days.", "Post", date(2024, 1, 10), "https://example.org/a")
SECOND = Article("b", "Second", "Só três 🏔 dias.", "Daily", date(2024, 1, 11))
UNDATED = Article("c", "Third", "No day is known.")


def passages_of(article: Article) -> list[Passage]:
    """Two passages that share nothing, whatever the text is."""
    middle = len(article.text) // 2
    spans = ((0, middle), (middle, len(article.text)))
    return [Passage(article.article_id, start, end, article.text[start:end]) for start, end in spans]


def put(store: ArticleStore, *articles: Article) -> list[int]:
    numbers: list[int] = []
    with store.writing():
        for article in articles:
            numbers += store.put(
                article, make_records(passages_of(article), [f"{article.article_id}{n}".encode() for n in (1, 2)])
            )
    return numbers


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "articles.db"


@pytest.fixture
def store(path: Path) -> Iterator[ArticleStore]:
    store = ArticleStore(path, create=True)
    yield store
    store.close()


@pytest.fixture
def other(store: ArticleStore) -> Iterator[ArticleStore]:
    """The same file, opened again as another process would."""
    other = ArticleStore(store.path)
    yield other
    other.close()


def test_what_is_put_is_what_comes_back(store: ArticleStore) -> None:
    assert put(store, FIRST, SECOND, UNDATED) == [1, 2, 3, 4, 5, 6]
    assert store.article("a") == FIRST
    assert store.articles(["c", "b", "missing"]) == {"b": SECOND, "c": UNDATED}
    listed = store.listed({"a", "c", "missing"})
    assert {article_id: article.title for article_id, article in listed.items()} == {"a": "First", "c": "Third"}
    assert list(store.each_article()) == [FIRST, SECOND, UNDATED]
    assert store.article_ids() == ["a", "b", "c"]
    assert store.numbers_of("b") == [3, 4]
    assert list(store.vectors_of("b").values()) == [b"b1", b"b2"]
    spans = [(passage.start, passage.end) for passage in passages_of(SECOND)]
    assert list(store.vectors_of("b")) == spans
    assert store.vectors([4, 99, 1]) == {1: b"a1", 4: b"b2"}
    records = make_records(passages_of(SECOND), [b"b1", b"b2"])
    assert store.records_of("b") == records
    assert store.records([4, 99]) == {4: records[1]}
    assert store.terms([4, 99]) == {4: ("b", "dia")}
    assert store.passages([4, 1, 99]) == {1: passages_of(FIRST)[0], 4: passages_of(SECOND)[1]}
    assert store.counts() == (3, 6)
    assert store.problems() == []


def test_text_sha256_is_that_of_the_text_in_utf_8(store: ArticleStore) -> None:
    put(store, SECOND)
    # printf 'Só três 🏔 dias.' | sha256sum
    wanted = "475eccbbba0945818716542d8341fd90153e2c50763f117a636bbc539b8a48f3"
    assert store.text_sha256("b") == SECOND.text_sha256 == wanted
    assert store.text_sha256("missing") is None


def test_articles_are_listed_newest_first_undated_last(store: ArticleStore) -> None:
    same_day = Article("aa", "Same day as b", "Text", published=date(2024, 1, 11))
    put(store, UNDATED, FIRST, SECOND, same_day)
    assert [listed.article_id for listed in store.list_articles()] == ["aa", "b", "a", "c"]
    assert store.list_articles()[2] == ListedArticle(
        article_id="a",
        title="First",
        source="Post",
        published=date(2024, 1, 10),
        url="https://example.org/a",
        passages=2,
        characters=18,
    )


def test_the_sources_with_the_most_articles_are_listed(store: ArticleStore) -> None:
    names = ["Aarhus", "alpine", "Coast", "Coast", "Post", "Post", None]
    put(store, *(Article(str(n), "Title", "Text", source=name) for n, name in enumerate(names)))
    assert store.sources(10) == ["Aarhus", "alpine", "Coast", "Post"]
    assert store.sources(2) == ["Coast", "Post"]


def test_an_article_without_passages_is_listed(store: ArticleStore) -> None:
    with store.writing():
        assert store.put(UNDATED, []) == []
    assert [(listed.article_id, listed.passages) for listed in store.list_articles()] == [("c", 0)]


def test_a_dropped_article_leaves_its_numbers_behind(store: ArticleStore) -> None:
    put(store, FIRST, SECOND)
    before = store.seq()
    with store.writing():
        assert store.drop("a") == [1, 2]
    assert store.article_ids() == ["b"]
    assert (store.removed_since(before), store.removed_since(store.seq())) == ([1, 2], [])
    assert store.passages([1, 2]) == {}
    with store.reading() as db:
        assert db.execute("SELECT number, data FROM vector ORDER BY number").fetchall() == [(3, b"b1"), (4, b"b2")]
        assert db.execute("SELECT number FROM passage ORDER BY number").fetchall() == [(3,), (4,)]
    assert store.problems() == []


def test_a_number_never_means_two_passages(store: ArticleStore) -> None:
    put(store, FIRST, SECOND)
    with store.writing():
        store.drop("b")
    assert put(store, UNDATED) == [5, 6]


def test_changes_since_a_moment(store: ArticleStore) -> None:
    put(store, FIRST)
    moment = store.seq()
    put(store, SECOND)
    assert store.added_since(moment) == [3, 4]
    assert store.vectors(store.added_since(moment)) == {3: b"b1", 4: b"b2"}
    with store.writing():
        store.drop("b")
    assert store.added_since(moment) == []
    assert store.removed_since(moment) == [3, 4]
    assert store.seq() == moment + 2


def test_a_block_that_fails_leaves_nothing(store: ArticleStore) -> None:
    put(store, FIRST)
    before = store.seq()
    with pytest.raises(RuntimeError, match="half way"), store.writing():
        store.drop("a")
        store.put(SECOND, make_records(passages_of(SECOND), [b"1", b"2"]))
        raise RuntimeError("half way")
    assert (store.article_ids(), store.seq(), store.numbers_of("a")) == (["a"], before, [1, 2])
    assert list(store.vectors_of("a").values()) == [b"a1", b"a2"]
    # The store still works.
    assert put(store, SECOND) == [3, 4]


def test_what_was_counted_in_a_block_that_fails_is_counted_anew(store: ArticleStore) -> None:
    with pytest.raises(RuntimeError, match="half way"), store.writing():
        store.put(FIRST, make_records(passages_of(FIRST), [b"1", b"2"]))
        assert store.counts() == (1, 2)
        raise RuntimeError("half way")
    with store.writing():
        store.put(UNDATED, [])
    assert store.counts() == (1, 0)


def test_an_article_with_too_few_vectors_is_not_stored(store: ArticleStore) -> None:
    with pytest.raises(ValueError, match="shorter"), store.writing():
        store.put(FIRST, make_records(passages_of(FIRST), [b"only one"]))
    assert store.counts() == (0, 0)
    assert store.seq() == 0


def test_an_id_is_put_once(store: ArticleStore) -> None:
    put(store, FIRST)
    with pytest.raises(sqlite3.IntegrityError, match="article.article_id"):
        put(store, FIRST)
    assert store.counts() == (1, 2)


def test_an_unknown_article(store: ArticleStore) -> None:
    words = "no article 'nope'; `article-qa list` shows the ids"
    with pytest.raises(ArticleNotFound) as error:
        store.article("nope")
    assert str(error.value) == words
    with pytest.raises(ArticleNotFound) as error, store.writing():
        store.drop("nope")
    assert str(error.value) == words
    assert store.seq() == 0


def test_empty_filters_are_false() -> None:
    assert not Filters()
    assert all(map(bool, (Filters(after=date(1, 1, 1)), Filters(before=date(1, 1, 1)), Filters(sources=("",)))))


def test_more_ids_than_a_statement_takes(store: ArticleStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.store.sqlite.MAX_PARAMETERS", 2)
    put(store, FIRST, SECOND, UNDATED)
    assert store.articles(["a", "b", "c"]) == {"a": FIRST, "b": SECOND, "c": UNDATED}
    assert list(store.passages([1, 2, 3, 4, 5])) == [1, 2, 3, 4, 5]


def test_settings_are_kept(store: ArticleStore, other: ArticleStore) -> None:
    assert store.meta("encoder") is None
    store.set_meta("encoder", "one")
    store.set_meta("encoder", "two")
    assert other.meta("encoder") == "two"


def test_another_process_sees_what_is_committed_and_nothing_else(store: ArticleStore, other: ArticleStore) -> None:
    with store.writing():
        store.put(FIRST, make_records(passages_of(FIRST), [b"1", b"2"]))
        assert (other.counts(), other.seq()) == ((0, 0), 0)
    assert (other.counts(), other.seq()) == ((1, 2), store.seq())
    assert other.article("a") == FIRST


def test_two_processes_write_one_after_the_other(store: ArticleStore, other: ArticleStore) -> None:
    assert put(store, FIRST) + put(other, SECOND) + put(store, UNDATED) == [1, 2, 3, 4, 5, 6]
    assert store.article_ids() == other.article_ids() == ["a", "b", "c"]


def test_a_second_writer_says_that_the_file_is_locked(store: ArticleStore, other: ArticleStore) -> None:
    other.connection.execute("PRAGMA busy_timeout = 10")
    with store.writing(), pytest.raises(UserError) as error, other.writing():
        pass
    assert str(error.value) == f"{str(store.path)!r} is locked by another process; try again when it has finished"


def test_one_moment_does_not_see_what_is_committed_meanwhile(store: ArticleStore, other: ArticleStore) -> None:
    put(store, FIRST)
    with store.one_moment():
        assert store.article_ids() == ["a"]
        put(other, SECOND)
        assert (store.article_ids(), store.counts(), store.seq()) == (["a"], (1, 2), 1)
    assert (store.article_ids(), store.seq()) == (["a", "b"], 2)


def test_one_moment_ends_when_its_block_fails(store: ArticleStore) -> None:
    with pytest.raises(RuntimeError, match="oops"), store.one_moment():
        raise RuntimeError("oops")
    assert put(store, FIRST) == [1, 2]


def test_a_store_let_go_closes_its_file(path: Path) -> None:
    connection = ArticleStore(path, create=True).connection
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_opening_again_keeps_what_is_there(store: ArticleStore) -> None:
    put(store, FIRST)
    again = ArticleStore(store.path, create=True)
    assert again.article("a") == FIRST
    again.close()


def test_a_missing_file(path: Path) -> None:
    with pytest.raises(StoreDamaged) as error:
        ArticleStore(path)
    assert str(error.value) == f"{str(path)!r} is missing; run `article-qa build`"
    assert not path.exists()


def test_a_file_that_is_no_database(path: Path) -> None:
    path.write_bytes(b"It was a dark and stormy night. " * 200)
    with pytest.raises(StoreDamaged) as error:
        ArticleStore(path)
    assert str(error.value) == f"{str(path)!r} is damaged (file is not a database); run `article-qa build`"


@pytest.mark.parametrize("data", [b"", None], ids=["empty", "another program's"])
def test_a_database_without_our_tables(path: Path, data: bytes | None) -> None:
    if data is None:
        db = sqlite3.connect(path)
        db.execute("CREATE TABLE unrelated (value TEXT)")
        db.close()
    else:
        path.write_bytes(data)
    with pytest.raises(StoreDamaged, match=r"cannot be used \(no such table: meta\); .* run `article-qa build`$"):
        ArticleStore(path)


def test_a_file_cut_short(store: ArticleStore) -> None:
    put(store, FIRST, *(Article(f"x{n}", "Long", "word " * 2_000) for n in range(20)))
    store.close()
    data = store.path.read_bytes()
    store.path.write_bytes(data[: len(data) // 2])
    with pytest.raises(StoreDamaged, match=r"is damaged \(.*malformed\); run `article-qa build`$"):
        cut = ArticleStore(store.path)
        cut.articles(cut.article_ids())


def test_bytes_that_are_no_text(store: ArticleStore) -> None:
    put(store, FIRST)
    store.connection.execute("UPDATE article SET text = CAST(x'FF41' AS TEXT)")
    with pytest.raises(StoreDamaged, match=r"is damaged \(Could not decode to UTF-8.*\); run `article-qa build`$"):
        store.article("a")


def test_another_format(store: ArticleStore) -> None:
    store.set_meta("format", "99")
    with pytest.raises(UserError) as error:
        ArticleStore(store.path)
    assert str(error.value) == (
        f"{str(store.path)!r} was written by a later version (index format 99, this one knows 2); update article-qa"
    )


def test_an_earlier_format_is_opened_only_by_who_asks_for_it(store: ArticleStore) -> None:
    put(store, FIRST)
    store.set_meta("format", "1")
    with pytest.raises(OtherFormat) as error:
        ArticleStore(store.path)
    assert str(error.value) == (
        f"{str(store.path)!r} has index format '1', this version's is 2; run "
        "`article-qa rebuild`, which makes it anew from its own articles"
    )
    with closing(ArticleStore(store.path, formats=(1, 2))) as earlier:
        assert list(earlier.each_article()) == [FIRST]


def test_the_current_store_is_opened_in_the_formats_asked_for(folder: IndexFolder) -> None:
    with folder.writing():
        generation = folder.new_generation()
        with closing(ArticleStore(generation / folder.store_name, create=True)) as made:
            made.set_meta("format", "1")
        folder.activate(generation)
    with pytest.raises(OtherFormat, match="`article-qa rebuild`"):
        open_current(folder)
    with closing(open_current(folder, formats=(1,))) as earlier:
        assert earlier.meta("format") == "1"


def test_counts_are_made_anew_after_each_change_by_anybody(store: ArticleStore, other: ArticleStore) -> None:
    asked: list[str] = []
    store.connection.set_trace_callback(lambda query: asked.append(query) if "count(" in query else None)
    put(store, FIRST)
    assert [store.counts(), store.counts(), len(asked)] == [(1, 2), (1, 2), 1]
    put(other, SECOND)
    assert [store.counts(), store.counts(), len(asked)] == [(2, 4), (2, 4), 2]
    with other.writing():
        other.drop("a")
    assert store.counts() == (1, 2)


def test_a_block_that_fails_leaves_the_counts_as_they_were(store: ArticleStore, other: ArticleStore) -> None:
    with pytest.raises(RuntimeError, match="half way"), store.writing():
        store.put(FIRST, make_records(passages_of(FIRST), [b"1", b"2"]))
        raise RuntimeError("half way")
    assert store.counts() == (0, 0)
    put(other, SECOND)
    assert store.counts() == (1, 2)


def test_days_and_sources_are_read_some_at_a_time(store: ArticleStore) -> None:
    put(store, FIRST, SECOND, UNDATED)
    with store.writing():
        store.drop("b")
    assert store.days_and_sources(0, 2) == [(1, "2024-01-10", "Post"), (2, "2024-01-10", "Post")]
    assert store.days_and_sources(2, 9) == [(5, None, None), (6, None, None)]
    assert store.days_and_sources(6, 9) == []


def test_articles_come_one_after_the_other_whatever_is_read_at_a_time(
    store: ArticleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store.sqlite.ARTICLES_AT_A_TIME", 2)
    put(store, UNDATED, SECOND, FIRST)
    assert list(store.each_article()) == [FIRST, SECOND, UNDATED]


def test_lost_sentences_are_a_problem(store: ArticleStore) -> None:
    put(store, FIRST)
    store.connection.execute("DELETE FROM sentences WHERE number = 1")
    assert store.problems() == ["1 passages without sentences"]


def test_problems_names_what_is_lost(store: ArticleStore) -> None:
    put(store, FIRST)
    store.connection.execute("DELETE FROM vector WHERE number = 2")
    assert store.problems() == ["1 passages without a vector"]
    store.connection.execute("PRAGMA foreign_keys = OFF")
    store.connection.execute("DELETE FROM article")
    assert [problem.partition(":")[0] for problem in store.problems()] == [
        "passage without its article",
        "passage without its article",
        "1 passages without a vector",
    ]


def test_articles_counted_by_month_and_source_and_their_titles(shared: IndexFolder) -> None:
    with closing(ArticleStore(shared.require_current() / shared.store_name)) as store:
        assert store.by_month() == [("2023-09", 1), ("2024-03", 1), ("2024-04", 1)]
        assert store.by_source() == [("Coast Daily", 2), ("Alpine Post", 1)]
        titles = {article.published: article.title for article in ARTICLES}
        newest_first = sorted(filter(None, titles), reverse=True)
        assert store.titles(2) == [titles[day] for day in newest_first[:2]]
        assert len(store.titles(100)) == len(ARTICLES)

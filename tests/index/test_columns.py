"""What passes a filter: the columns in memory, tantivy and a look at the articles say the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from fakes import make_records

from corpus.article import Article
from corpus.filters import Filters
from corpus.passages import split_article
from index.columns import PassageColumns
from index.store.sqlite import ArticleStore
from index.words.tantivy import LexicalIndex

# Two passages each, all with the word "shared".
LONG = " ".join(f"This shared sentence has the number {n} and some more words in it." for n in range(14))
FIRST = Article("a", "First", LONG, "Post", date(2024, 1, 10))
SECOND = Article("b", "Second", LONG, "Daily", date(2024, 1, 11))
UNDATED = Article("c", "Third", LONG)


def put(store: ArticleStore, *articles: Article) -> None:
    with store.writing():
        for article in articles:
            passages = split_article(article)
            assert len(passages) == 2
            store.put(article, make_records(passages, [b"vector"] * 2))


def passing(columns: PassageColumns, filters: Filters) -> list[int]:
    return columns.passing(filters).nonzero()[0].tolist()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ArticleStore]:
    with closing(ArticleStore(tmp_path / "articles.db", create=True)) as store:
        yield store


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(), [1, 2, 3, 4, 5, 6]),
        (Filters(after=date(2024, 1, 10)), [1, 2, 3, 4]),
        (Filters(after=date(2024, 1, 11)), [3, 4]),
        (Filters(before=date(2024, 1, 10)), [1, 2]),
        (Filters(before=date(2024, 1, 9)), []),
        (Filters(after=date(2024, 1, 11), before=date(2024, 1, 11)), [3, 4]),
        (Filters(after=date(2024, 1, 12), before=date(2024, 1, 10)), []),
        (Filters(sources=("Post",)), [1, 2]),
        (Filters(sources=("Daily", "Post")), [1, 2, 3, 4]),
        (Filters(sources=("post",)), []),
        (Filters(sources=("Post",), after=date(2024, 1, 11)), []),
        (Filters(sources=("x' OR '1' = '1",)), []),
        (Filters(articles=("b",)), [3, 4]),
        (Filters(articles=("c", "a")), [1, 2, 5, 6]),
        (Filters(articles=("b",), sources=("Post",)), []),
        (Filters(articles=("a", "b"), after=date(2024, 1, 11)), [3, 4]),
        (Filters(articles=("x' OR '1' = '1",)), []),
    ],
)
def test_filters(store: ArticleStore, filters: Filters, numbers: list[int]) -> None:
    put(store, FIRST, SECOND, UNDATED)
    assert passing(PassageColumns(store), filters) == numbers
    lexical = LexicalIndex(store)
    lexical.catch_up()
    every = {hit.number: hit.score for hit in lexical.search(["share"], 10)}
    assert sorted(every) == [1, 2, 3, 4, 5, 6]
    found = lexical.search(["share"], 10, filters)
    assert sorted(hit.number for hit in found) == numbers
    # Who passes is no question of how well it fits.
    assert all(hit.score == pytest.approx(every[hit.number]) for hit in found)


def passes(article: Article, filters: Filters) -> bool:
    """The plain version."""
    day = article.published
    return (
        (filters.after is None or (day is not None and day >= filters.after))
        and (filters.before is None or (day is not None and day <= filters.before))
        and (not filters.sources or article.source in filters.sources)
        and (not filters.articles or article.article_id in filters.articles)
    )


def test_columns_tantivy_and_a_plain_look_agree_on_many_filters(store: ArticleStore) -> None:
    days = [None, date.min, date(1969, 12, 31), date(2024, 2, 29), date(2024, 3, 1), date.max]
    sources = [None, "Post", "post", "Coast Daily", "Zürich 🏔", '"Post" OR *', ""]
    articles = [
        Article(f"{n:02}", "Title", LONG, source, day)
        for n, (day, source) in enumerate(itertools.product(days, sources))
    ]
    put(store, *articles)
    with store.writing():
        for gone in articles[::5]:
            store.drop(gone.article_id)
    left = {
        number: article
        for article in articles
        if article not in articles[::5]
        for number in store.numbers_of(article.article_id)
    }
    columns, lexical = PassageColumns(store), LexicalIndex(store)
    lexical.catch_up()
    asked = [(), ("Post",), ("Coast",), ("Coast Daily", "post"), ("Zürich 🏔", '"Post" OR *'), ("",), ("Nobody", "Post")]
    many = [Filters(*each) for each in itertools.product(days, days, asked)]
    many += [Filters(day, None, (), some) for day in days for some in (("03",), ("04", "05", "22"), ("nobody",))]
    for filters in many:
        wanted = sorted(number for number, article in left.items() if passes(article, filters))
        assert [number for number in passing(columns, filters) if number in left] == wanted, filters
        assert sorted(hit.number for hit in lexical.search(["share"], 100, filters)) == wanted, filters


def test_articles_that_come_later_are_seen(store: ArticleStore) -> None:
    put(store, FIRST)
    columns = PassageColumns(store)
    posted = Filters(sources=("Post",))
    assert passing(columns, posted) == [1, 2]
    put(store, SECOND, Article("d", "Fourth", LONG, "Post", date(2024, 1, 12)))
    assert passing(columns, posted) == [1, 2, 5, 6]
    assert passing(columns, Filters(after=date(2024, 1, 11))) == [3, 4, 5, 6]
    assert passing(columns, Filters(articles=("d",))) == [5, 6]


def test_an_article_that_comes_while_the_columns_are_read_is_no_error(
    store: ArticleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, FIRST)
    columns = PassageColumns(store)
    assert passing(columns, Filters(articles=("a",))) == [1, 2]
    monkeypatch.setattr(columns, "_catch_up", lambda: None)
    put(store, SECOND)
    assert passing(columns, Filters(articles=("a", "b"))) == [1, 2]


def test_numbers_that_were_given_up_move_none_of_the_others(store: ArticleStore) -> None:
    put(store, FIRST, SECOND)
    with store.writing():
        store.drop("a")
    put(store, UNDATED, Article("d", "Fourth", LONG, "Post"))
    assert passing(PassageColumns(store), Filters(sources=("Post",))) == [7, 8]
    assert passing(PassageColumns(store), Filters(sources=("Daily",))) == [3, 4]


def test_many_passages_are_read_some_at_a_time(store: ArticleStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.columns.CHUNK", 3)
    put(store, FIRST, SECOND, UNDATED)
    assert passing(PassageColumns(store), Filters(before=date(2024, 1, 11))) == [1, 2, 3, 4]

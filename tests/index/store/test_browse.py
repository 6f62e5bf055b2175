"""Leafing through the articles of a folder and of a database, against the same done by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.article import Article
from index.store import browse as folder
from index.store.browse import Listing, Order, Wanted, browse
from index.store.listed import ListedArticle
from index.store.sqlite import ArticleStore
from index.store.store import create_store

if TYPE_CHECKING:
    from postgres_server import Server

    from index.store.store import Store

DAY = date(2024, 1, 1)
SOURCES = ("Coast Daily", "coast 100%", "Alpine_Post", None)


def article(n: int) -> Article:
    """Two or three of a day, every fifth without one; their titles in no order of the ids."""
    day = None if n % 5 == 4 else DAY + timedelta(days=n // 3)
    return Article(f"id-{n:02}", f"{'bB'[n % 2]}ridge {(n * 7) % 40:02} 100%", "A text.", SOURCES[n % 4], day)


ARTICLES = [article(n) for n in range(40)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArticleStore]:
    with closing(ArticleStore(tmp_path_factory.mktemp("store") / "articles.db", create=True)) as store:
        put_all(store)
        yield store


@pytest.fixture(scope="module")
def in_database(server: Server) -> Iterator[Store]:
    from postgres_server import new_database

    with new_database(server, "browsed") as database:
        store = create_store(database, 2)
        put_all(store)
        yield store


@pytest.fixture(params=["folder", pytest.param("database", marks=pytest.mark.slow)])
def anywhere(request: pytest.FixtureRequest) -> Store:
    return request.getfixturevalue({"folder": "store", "database": "in_database"}[request.param])


def put_all(store: Store) -> None:
    with store.writing():
        for each in ARTICLES:
            store.put(each, [])


def leaf(store: Store, wanted: Wanted, *, order: Order, first: int, most: int) -> Listing:
    if isinstance(store, ArticleStore):
        return browse(store, wanted, order=order, first=first, most=most)
    from index.postgres import browse as database

    return database.browse(store, wanted, (), order=order, first=first, most=most)


def beside(store: Store, article_id: str) -> tuple[ListedArticle | None, ListedArticle | None]:
    if isinstance(store, ArticleStore):
        return folder.neighbours(store, article_id)
    from index.postgres import browse as database

    return database.neighbours(store, article_id)


def in_order(articles: list[Article], order: Order) -> list[str]:
    found = sorted(articles, key=lambda each: each.article_id, reverse=order == "oldest")
    if order == "title":
        found.sort(key=lambda each: each.title.lower())
    else:
        found.sort(key=lambda each: each.published or date.min, reverse=order == "newest")
        # Those without a day last, whatever the order.
        found.sort(key=lambda each: each.published is None)
    return [each.article_id for each in found]


ORDERS = st.sampled_from(["newest", "oldest", "title"])
DAYS = st.none() | st.integers(0, 14).map(lambda days: DAY + timedelta(days=days))


# A busy machine takes longer over a database than Hypothesis allows.
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=ORDERS,
    source=st.sampled_from(["", "coast", "DAILY", "100%", "%", "_", "\\", "none"]),
    after=DAYS,
    before=DAYS,
)
def test_as_by_hand(anywhere: Store, order: Order, source: str, after: date | None, before: date | None) -> None:
    wanted = Wanted(source=source, after=after, before=before)
    by_hand = [
        each
        for each in ARTICLES
        if source.lower() in (each.source or "").lower()
        and (after is None or (each.published is not None and each.published >= after))
        and (before is None or (each.published is not None and each.published <= before))
    ]
    ids: list[str] = []
    for first in range(0, 60, 7):
        listing = leaf(anywhere, wanted, order=order, first=first, most=7)
        assert listing.total == len(by_hand)
        ids += [each.article_id for each in listing.articles]
    assert ids == in_order(by_hand, order)


@pytest.mark.parametrize(
    ("words", "expected"),
    [(("bridge", "07"), ["id-01"]), (("RIDGE", "1%"), []), (("0%", "39"), ["id-17"]), (("tunnel",), []), (("_",), [])],
)
def test_all_words_stand_in_the_title(anywhere: Store, words: tuple[str, ...], expected: list[str]) -> None:
    listing = leaf(anywhere, Wanted(words=words), order="newest", first=0, most=50)
    assert [each.article_id for each in listing.articles] == expected


def test_the_neighbours_are_those_of_the_list(anywhere: Store) -> None:
    ids = in_order(ARTICLES, "newest")
    for n, article_id in enumerate(ids):
        newer, older = beside(anywhere, article_id)
        assert (newer and newer.article_id) == (ids[n - 1] if n else None)
        assert (older and older.article_id) == (ids[n + 1] if n + 1 < len(ids) else None)
    assert beside(anywhere, "nobody") == (None, None)


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_the_list_is_read_from_its_index_alone(store: ArticleStore, order: Order) -> None:
    """No article, whose text is a thousand times as long, is looked at."""
    seen: list[str] = []
    store.connection.set_trace_callback(seen.append)
    browse(store, Wanted(words=("a",), source="b", after=DAY), order=order, first=20, most=10)
    store.connection.set_trace_callback(None)
    queries = [query for query in seen if query.startswith("SELECT") and "LIKE" in query]
    assert len(queries) == 2
    for query in queries:
        plan = " / ".join(row[3] for row in store.connection.execute(f"EXPLAIN QUERY PLAN {query}"))
        assert "article USING COVERING INDEX article_listed" in plan
        assert "TEMP B-TREE FOR ORDER BY" not in plan


def test_an_index_without_it_is_listed_all_the_same(tmp_path: Path) -> None:
    """One that an earlier version made has none."""
    with closing(ArticleStore(tmp_path / "articles.db", create=True)) as store:
        with store.writing() as db:
            store.put(ARTICLES[0], [])
            db.execute("DROP INDEX article_listed")
        assert browse(store, Wanted(), order="newest", first=0, most=9).total == 1

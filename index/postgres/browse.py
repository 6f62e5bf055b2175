"""The articles of a database as somebody leafs through them. The list is read whole, so a large one takes its time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from index.postgres.store import PostgresStore
from index.postgres.words import all_of, as_kept
from index.store.browse import Listing, Order, Wanted
from index.store.listed import ListedArticle


def browse(
    store: PostgresStore, wanted: Wanted, terms: Sequence[str], *, order: Order, first: int, most: int
) -> Listing:
    """At most `most` of the articles wanted, from the one at `first` on; `terms` stand all in one of its passages."""
    told = _with_all(store, terms) if wanted.words and terms else frozenset()
    found = [article for article in store.list_articles() if _is_wanted(article, wanted, told)]
    if order == "title":
        found.sort(key=lambda article: (article.title.lower(), article.article_id))
    elif order == "oldest":
        dated = [article for article in found if article.published]
        found = dated[::-1] + [article for article in found if not article.published][::-1]
    return Listing(articles=found[first : first + most], total=len(found))


def neighbours(store: PostgresStore, article_id: str) -> tuple[ListedArticle | None, ListedArticle | None]:
    """The article before this one and the one behind it, newest first; None at either end, and for no such article."""
    listed = store.list_articles()
    place = next((n for n, article in enumerate(listed) if article.article_id == article_id), None)
    if place is None:
        return None, None
    return listed[place - 1] if place else None, listed[place + 1] if place + 1 < len(listed) else None


def _with_all(store: PostgresStore, terms: Sequence[str]) -> frozenset[str]:
    query: LiteralString = (
        "SELECT DISTINCT article_id FROM {s}.words JOIN {s}.passage USING (number) "
        "WHERE words.terms @@ %(all)s::tsquery"
    )
    return frozenset(row[0] for row in store.rows(query, {"all": all_of([as_kept(term) for term in terms])}))


def _is_wanted(article: ListedArticle, wanted: Wanted, told: frozenset[str]) -> bool:
    title, day = article.title.lower(), article.published
    is_told = article.article_id in told or all(word.lower() in title for word in wanted.words)
    is_of_source = wanted.source.lower() in (article.source or "").lower()
    is_of_time = not (wanted.after or wanted.before) or (
        day is not None and (wanted.after or day) <= day <= (wanted.before or day)
    )
    return is_told and is_of_source and is_of_time

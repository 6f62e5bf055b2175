"""The articles of a database as somebody leafs through them; the indexes do what can be done by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from index.postgres.store import PostgresStore
from index.postgres.words import all_of, as_kept
from index.store.browse import Listing, Order, Wanted
from index.store.listed import LISTED, ListedArticle, to_listed

# Undated ones last. Each is the order of an index, which is gone through no further than to the last that is shown.
_ORDERS: dict[Order, LiteralString] = {
    "newest": "published DESC NULLS LAST, article_id",
    "oldest": "published ASC NULLS LAST, article_id DESC",
    "title": 'lower(title) COLLATE "C", article_id',
}
# Nobody looks through more; a word that is everywhere is found no further.
_MOST_TOLD = 10_000


def browse(
    store: PostgresStore, wanted: Wanted, terms: Sequence[str], *, order: Order, first: int, most: int
) -> Listing:
    """At most `most` of the articles wanted, from the one at `first` on; `terms` stand all in one of its passages."""
    with store.one_moment():
        condition, values = _condition(store, wanted, terms)
        values |= {"first": first, "most": most}
        if condition == "TRUE":
            rows = store.schema.rows(_page("{s}.article", _ORDERS[order]), values)
            return Listing(articles=[to_listed(row) for row in rows], total=store.state().articles)
        chosen: LiteralString = "SELECT article_id, published, title FROM {s}.article WHERE " + condition
        # One look for both: what is wanted, and how much there is of it. Without a row there would be no count.
        query: LiteralString = (
            "WITH wanted AS MATERIALIZED (" + chosen + ") SELECT (SELECT count(*) FROM wanted), page.* "
            "FROM (VALUES (1)) AS once LEFT JOIN (" + _page("wanted", _ORDERS[order]) + ") AS page ON true"
        )
        rows = store.schema.rows(query, values)
    return Listing(articles=[to_listed(row[1:]) for row in rows if row[1] is not None], total=rows[0][0])


def neighbours(store: PostgresStore, article_id: str) -> tuple[ListedArticle | None, ListedArticle | None]:
    """The article before this one and the one behind it, newest first; None at either end, and for no such article."""
    with store.one_moment():
        found = store.schema.rows("SELECT published FROM {s}.article WHERE article_id = %(id)s", {"id": article_id})
        if not found:
            return None, None
        # Of the same day, then of any other: each is found by the index.
        values = {"id": article_id, "day": found[0][0]}
        if values["day"] is None:
            before: tuple[LiteralString, ...] = ("published IS NULL AND article_id < %(id)s", "published IS NOT NULL")
            behind: tuple[LiteralString, ...] = ("published IS NULL AND article_id > %(id)s",)
        else:
            before = ("published = %(day)s AND article_id < %(id)s", "published > %(day)s")
            behind = ("published = %(day)s AND article_id > %(id)s", "published < %(day)s", "published IS NULL")
        return _first(store, before, values, _ORDERS["oldest"]), _first(store, behind, values, _ORDERS["newest"])


def _first(
    store: PostgresStore, conditions: Sequence[LiteralString], values: dict[str, Any], order: LiteralString
) -> ListedArticle | None:
    for condition in conditions:
        query: LiteralString = "SELECT " + LISTED + " FROM {s}.article WHERE " + condition + " ORDER BY " + order
        rows = store.schema.rows(query + " LIMIT 1", values)
        if rows:
            return to_listed(rows[0])
    return None


def _page(place: LiteralString, order: LiteralString) -> LiteralString:
    """The rows of a page; those before it are passed over without a look at the articles themselves."""
    return (
        "SELECT " + LISTED + " FROM {s}.article JOIN (SELECT article_id FROM " + place + " ORDER BY " + order + " "
        "LIMIT %(most)s OFFSET %(first)s) AS here USING (article_id) ORDER BY " + order
    )


def _condition(store: PostgresStore, wanted: Wanted, terms: Sequence[str]) -> tuple[LiteralString, dict[str, Any]]:
    parts: list[LiteralString] = []
    values: dict[str, Any] = {}
    if wanted.words:
        told: LiteralString = "title ILIKE ALL (%(words)s)"
        values["words"] = [_within(word) for word in wanted.words]
        if terms:
            told = "(" + told + " OR article_id = ANY(%(told)s))"
            values["told"] = _with_all(store, terms)
        parts.append(told)
    if wanted.source:
        # There are few sources, and an index of the articles of each.
        named = [source for source in store.every_source() if wanted.source.lower() in source.lower()]
        parts.append("source = ANY(%(sources)s)")
        values["sources"] = named
    if wanted.after is not None:
        parts.append("published >= %(after)s")
        values["after"] = wanted.after
    if wanted.before is not None:
        parts.append("published <= %(before)s")
        values["before"] = wanted.before
    return _all(parts), values


def _all(parts: Sequence[LiteralString]) -> LiteralString:
    joined: LiteralString = "TRUE"
    for number, part in enumerate(parts):
        joined = part if number == 0 else joined + " AND " + part
    return joined


def _with_all(store: PostgresStore, terms: Sequence[str]) -> list[str]:
    """Ids of the articles that have all of `terms` in one passage and the title."""
    query: LiteralString = (
        "SELECT DISTINCT article_id FROM {s}.passage JOIN (SELECT number FROM {s}.words "
        "WHERE words.terms @@ %(all)s::tsquery LIMIT %(most)s) AS found USING (number)"
    )
    values = {"all": all_of([as_kept(term) for term in terms]), "most": _MOST_TOLD}
    return [row[0] for row in store.schema.rows(query, values)]


def _within(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"

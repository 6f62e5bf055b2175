"""The articles as somebody leafs through them: some at a time, those of some words, a source, some days."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from index.store.listed import LISTED, ListedArticle, to_listed
from index.store.sqlite import ArticleStore

Order = Literal["newest", "oldest", "title"]

# Undated ones last. An index has all that is listed in the first order, which is read backwards for the second: no
# article is looked at, and nothing is sorted.
_ORDERS: dict[Order, str] = {
    "newest": "published DESC, article_id",
    "oldest": "published NULLS LAST, article_id DESC",
    "title": "title COLLATE NOCASE, article_id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles: of passages with these numbers or with all `words` in the title; days are inclusive.

    `source` is part of a source's name; capitals do not count.
    """

    words: tuple[str, ...] = ()
    passages: Sequence[int] = ()
    source: str = ""
    after: date | None = None
    before: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Some of the articles wanted, in order, and how many there are of them altogether."""

    articles: list[ListedArticle]
    total: int


def browse(store: ArticleStore, wanted: Wanted, *, order: Order, first: int, most: int) -> Listing:
    """At most `most` of the articles wanted, from the one at `first` (from 0) on."""
    condition, values = _condition(wanted)
    query = f"SELECT {LISTED} FROM article WHERE {condition} ORDER BY {_ORDERS[order]} LIMIT ? OFFSET ?"
    with store.one_moment(), store.reading() as db:
        total = int(db.execute(f"SELECT count(*) FROM article WHERE {condition}", values).fetchone()[0])
        rows = db.execute(query, [*values, most, first]).fetchall()
    return Listing(articles=[to_listed(row) for row in rows], total=total)


def neighbours(store: ArticleStore, article_id: str) -> tuple[ListedArticle | None, ListedArticle | None]:
    """The article before this one and the one behind it, newest first; None at either end, and for no such article."""
    with store.one_moment(), store.reading() as db:
        found = db.execute("SELECT published FROM article WHERE article_id = ?", (article_id,)).fetchone()
        if found is None:
            return None, None
        # Of the same day, then of any other: each is found by the index.
        day, same = found[0], "published IS ? AND article_id"
        newer = (f"{same} < ?", "published > ?" if day else "published IS NOT NULL")
        older = (f"{same} > ?", *(("published < ?", "published IS NULL") if day else ()))
        before = _first(store, newer, day, article_id, "published, article_id DESC")
        after = _first(store, older, day, article_id, "published DESC, article_id")
    return before, after


def _first(
    store: ArticleStore, conditions: Sequence[str], day: str | None, article_id: str, order: str
) -> ListedArticle | None:
    for condition in conditions:
        values = (day, article_id)[: condition.count("?")]
        with store.reading() as db:
            query = f"SELECT {LISTED} FROM article WHERE {condition} ORDER BY {order} LIMIT 1"
            row = db.execute(query, values).fetchone()
        if row is not None:
            return to_listed(row)
    return None


def _condition(wanted: Wanted) -> tuple[str, list[object]]:
    parts, values = ["TRUE"], list[object]()
    if wanted.words:
        titled = " AND ".join(["title LIKE ? ESCAPE '\\'"] * len(wanted.words))
        told = "article_id IN (SELECT article_id FROM passage WHERE number IN (SELECT value FROM json_each(?)))"
        parts.append(f"({titled} OR {told})")
        values += [*map(_within, wanted.words), json.dumps(list(wanted.passages))]
    if wanted.source:
        parts.append("source LIKE ? ESCAPE '\\'")
        values.append(_within(wanted.source))
    for sign, day in ((">=", wanted.after), ("<=", wanted.before)):
        if day is not None:
            parts.append(f"published {sign} ?")
            values.append(day.isoformat())
    return " AND ".join(parts), values


def _within(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"

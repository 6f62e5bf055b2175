"""An article as a list shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString

# What a list shows of an article, in the order that `to_listed` takes.
LISTED: LiteralString = "article_id, title, source, published, url, passages, characters"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedArticle:
    """An article without its text; `passages` and `characters` are counts."""

    article_id: str
    title: str
    source: str | None
    published: date | None
    url: str | None
    passages: int
    characters: int


def to_listed(row: Sequence[Any]) -> ListedArticle:
    """An article of a row of LISTED."""
    article_id, title, source, published, url, passages, characters = row
    return ListedArticle(
        article_id=article_id,
        title=title,
        source=source,
        # SQLite has days as texts.
        published=date.fromisoformat(published) if isinstance(published, str) else published,
        url=url,
        passages=passages,
        characters=characters,
    )

"""An article as a list shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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

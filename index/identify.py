"""Which article of the store a read one is: the same id, the same text, or what was read from the same place before."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.article import Article
from index.store.origin import Origin

if TYPE_CHECKING:
    from index.store.store import Store


class Pending:
    """The ids of what was read and is not stored yet, by where it was read and by what it says.

    `found`: where it was read as well.
    """

    def __init__(self) -> None:
        self.by_place: dict[tuple[str, str], str] = {}
        self.by_content: dict[bytes, str] = {}
        self.found: list[Origin] = []

    def note(self, article: Article, origin: Origin | None) -> None:
        """Note an article that is going to be stored."""
        self.by_content[_content(article)] = article.article_id
        if origin is not None and not origin.item:
            self.by_place[origin.place, origin.item] = article.article_id

    def has(self, article: Article) -> bool:
        """Whether what the article says, whatever its id, is going to be stored."""
        return _content(article) in self.by_content

    def clear(self) -> None:
        """All of it is stored."""
        self.by_place.clear()
        self.by_content.clear()
        self.found.clear()


def identify(store: Store, article: Article, origin: Origin | None, pending: Pending) -> tuple[str, bool]:
    """The id of the article, and whether it is stored already, or will be, just as it is."""
    known = store.articles([article.article_id]).get(article.article_id)
    if known is not None:
        return article.article_id, known == article
    same = store.same_as(article)
    if same is None:
        same = pending.by_content.get(_content(article))
        if same is not None and same != article.article_id:
            return same, True
    # A file that has changed replaces what it was; what others hold as well stays.
    stored = same or _replaced(store, origin, pending)
    if stored is None:
        return article.article_id, False
    known = store.articles([stored]).get(stored)
    return stored, known is not None and known == replace(article, article_id=stored)


def _replaced(store: Store, origin: Origin | None, pending: Pending) -> str | None:
    """The id of the article that was read from the same place, and nowhere else."""
    if origin is None:
        return None
    if (origin.place, origin.item) in pending.by_place:
        return pending.by_place[origin.place, origin.item]
    found = store.provenance.origin(origin.place, origin.item)
    if found is None or store.provenance.origins([found.article_id]) != [found]:
        return None
    return found.article_id


def _content(article: Article) -> bytes:
    """All of the article but its id, in a few bytes: there can be millions."""
    values = (article.title, article.text, article.source, article.published, article.url)
    return hashlib.blake2b(repr(values).encode("utf-8", "replace"), digest_size=12).digest()

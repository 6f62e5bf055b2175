"""Articles that were removed in the browser, kept while the server runs: each can be put back as it was."""

from __future__ import annotations

import secrets
from dataclasses import replace

from corpus.article import Article
from corpus.errors import UserError
from index.store.errors import ArticleNotFound
from qa.archive import Archive
from qa.show.address import article_address

# The oldest is forgotten for a new one.
MAX_REMOVED = 50


class CannotUndo(UserError):
    """What was removed cannot be put back."""


class Removed:
    """The articles removed last. Call its methods from one thread at a time."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._articles: dict[str, Article] = {}

    def remove(self, article_id: str) -> dict[str, object]:
        """Remove an article; its title comes back, with what `undo` asks for. Raises ArticleNotFound."""
        article = self._archive.article(article_id)
        for origin in self._archive.origins([article.article_id]).get(article.article_id, ())[:1]:
            article = replace(article, origin=origin.place, is_alone=not origin.item)
        self._archive.remove(article_id)
        token = secrets.token_urlsafe(16)
        self._articles[token] = article
        while len(self._articles) > MAX_REMOVED:
            del self._articles[next(iter(self._articles))]
        return {"title": article.title, "undo": token}

    def undo(self, token: str) -> dict[str, object]:
        """Put the article back: its id, text and all that was known of it; where it is comes back.

        Raises CannotUndo when it was forgotten, or when there is one of its id or of its text again.
        """
        article = self._articles.get(token)
        if article is None:
            raise CannotUndo("this can no longer be undone; add the article again")
        if self._is_there(article.article_id) or not self._archive.add_read([article]).added:
            raise CannotUndo(f"{article.title!r:.200} is there again; there is nothing to undo")
        del self._articles[token]
        return {"title": article.title, "address": article_address(article.article_id)}

    def _is_there(self, article_id: str) -> bool:
        try:
            self._archive.article(article_id)
        except ArticleNotFound:
            return False
        return True

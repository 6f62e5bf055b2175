"""Where an article was found, and what it was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from corpus.article import Article

# Of one article so many earlier texts are kept; the oldest go first.
MOST_REVISIONS = 20
# So many digits of a text's SHA-256, at least, say which text is meant.
LEAST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Origin:
    """A file or an address in which an article was found.

    `item` is its id in there, "" where nothing else is in there. `own_id` is the id that it would have if it were not
    the same as the article `article_id`.
    """

    place: str
    item: str
    own_id: str
    article_id: str

    @classmethod
    def of(cls, article: Article) -> Origin | None:
        """That of an article that was just read; None where nobody knows."""
        if article.origin is None:
            return None
        own_id = article.article_id
        return cls(article.origin, "" if article.is_alone else own_id, own_id, own_id)


@dataclass(frozen=True, slots=True)
class Revision:
    """An article as it was until the day it `changed`."""

    article: Article
    changed: date

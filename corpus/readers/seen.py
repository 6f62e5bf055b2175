"""What was in the files that were read, so that what is no longer in them shows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from corpus.article import Article
from corpus.readers import Read
from corpus.readers.find import Remark, Unreadable


class Seen:
    """The articles of each file of one reading, by their ids in there; of a file not read whole nothing is said."""

    def __init__(self) -> None:
        self._items: dict[str, set[str]] = {}
        self._broken: set[str] = set()

    def noting(self, articles: Iterable[Read]) -> Iterator[Read]:
        """The same articles, noted on the way."""
        for each in articles:
            if isinstance(each, Article) and each.origin is not None:
                self._items.setdefault(each.origin, set()).add("" if each.is_alone else each.article_id)
            elif isinstance(each, Unreadable):
                self._broken.add(os.path.realpath(file_of(each.origin)))
            elif isinstance(each, Remark):
                # It may be all there is of a file: each of its articles is in an earlier one too.
                self._items.setdefault(os.path.realpath(file_of(each.origin)), set())
            yield each

    def misses(self, place: str, item: str) -> bool:
        """Whether the file was read whole, and this was not in it."""
        return place in self._items and place not in self._broken and item not in self._items[place]


def file_of(origin: str) -> str:
    """The file of `path:line` and of `archive.zip/inner.html:2`; "" where none is left."""
    path = origin
    while path and not os.path.lexists(path):
        head, separator, tail = path.rpartition(":")
        path = head if separator and "/" not in tail else os.path.dirname(path)
    return path

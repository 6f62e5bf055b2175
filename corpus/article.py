"""Article and Passage: the frozen records every layer uses."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import asdict, dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Article:
    """What was published. `text` is clean already: every offset in the project counts its code points.

    `pages` are the offsets at which its pages begin, where it has such: those of a PDF.

    `origin` is the file or the address that it was read from, and `is_alone` says that nothing else is in there. Both
    are nothing of the article itself.
    """

    article_id: str
    title: str
    text: str
    source: str | None = None
    published: date | None = None
    url: str | None = None
    pages: tuple[int, ...] = field(default=(), repr=False)
    origin: str | None = field(default=None, compare=False, repr=False)
    is_alone: bool = field(default=False, compare=False, repr=False)

    def to_record(self) -> dict[str, object]:
        """Its fields by name, `pages` only where it has some, and nothing of where its file is."""
        record = asdict(self)
        del record["origin"], record["is_alone"]
        if not self.pages:
            del record["pages"]
        return record

    def page_at(self, offset: int) -> int | None:
        """The number of the page, from 1, on which the character at `offset` stands; None without pages."""
        return max(1, bisect_right(self.pages, offset)) if self.pages else None

    @property
    def text_sha256(self) -> str:
        """SHA-256 of the UTF-8 text, in hex: what a citation is checked against."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of one article: `article.text[start:end] == text`, half-open, in code points."""

    article_id: str
    start: int
    end: int
    text: str

    @property
    def passage_id(self) -> str:
        """`ARTICLE_ID:START-END`, the same whenever the same article is split the same way."""
        return f"{self.article_id}:{self.start}-{self.end}"

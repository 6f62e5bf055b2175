"""Article and Passage: the frozen records every layer uses."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Article:
    """What was published. `text` is clean already: every offset in the project counts its code points.

    `origin` is the file that it was read from, where it is one of its own; it is nothing of the article itself.
    """

    article_id: str
    title: str
    text: str
    source: str | None = None
    published: date | None = None
    url: str | None = None
    origin: str | None = field(default=None, compare=False, repr=False)

    def to_record(self) -> dict[str, object]:
        """Its fields by name, and nothing of where its file is."""
        record = asdict(self)
        del record["origin"]
        return record

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

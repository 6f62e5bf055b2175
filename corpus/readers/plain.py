"""From the lines that a document holds to an article: what the readers of office files, books and letters share."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.article import Article
from corpus.clean import clean_text
from corpus.errors import UserError
from corpus.readers.metadata import Metadata
from corpus.readers.text import make_article

# Titles that programs write when nobody has given one.
_NO_TITLES = ("untitled", "unknown", "document", "microsoft word", "powerpoint", "slide 1", "[no subject]")


def article_of_lines(
    lines: Iterable[str], *, article_id: str, known: Metadata, said: Metadata, nothing: str
) -> Article:
    """The article of `lines`; UserError with the reason `nothing` where none of them has words."""
    text = clean_text("\n".join(lines))
    if not text:
        raise UserError(nothing)
    return make_article(text, article_id=article_id, known=known, said=said)


def given_title(title: str | None) -> str | None:
    """`title`, where it is one that somebody has given and not the name of a program or of a file."""
    line = " ".join((title or "").split())
    is_file = line.lower().endswith((".doc", ".docx", ".pdf", ".odt", ".rtf", ".tex", ".dvi", ".indd", ".qxd", ".html"))
    return None if not line or is_file or line.lower().startswith(_NO_TITLES) else line

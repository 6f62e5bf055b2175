"""RTF files."""

from __future__ import annotations

from striprtf.striprtf import rtf_to_text

from corpus.article import Article
from corpus.errors import UserError
from corpus.layout import clean_article
from corpus.readers.metadata import Metadata
from corpus.readers.plain import article_of_lines


def read_rtf(data: bytes, *, article_id: str, known: Metadata) -> Article:
    """Return the article of an RTF file. Raises UserError for one that is damaged or empty."""
    try:
        text = rtf_to_text(data.decode("latin-1"), encoding="cp1252", errors="replace")
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, LookupError, RecursionError) as error:
        raise UserError(f"the RTF file is damaged: {error!r:.100}") from error
    # Cells end with a bar each; a row has bars between them.
    lines = [line.strip().rstrip("|").rstrip() if line.count("|") else line for line in text.split("\n")]
    return article_of_lines(
        clean_article("\n".join(lines)).split("\n"),
        article_id=article_id,
        known=known,
        said=Metadata(),
        nothing="the RTF file has no text",
    )

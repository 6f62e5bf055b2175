"""PDF files: their text in the order of reading, without what stands on each page."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2

from corpus.article import Article
from corpus.clean import clean_line
from corpus.errors import UserError
from corpus.layout import clean_article
from corpus.readers.metadata import MAX_LINE, Metadata
from corpus.readers.plain import article_of_lines, given_title

# A book of this many pages is read in some seconds.
MAX_PAGES = 5_000
MAX_CHARACTERS = 20_000_000
# A page with less is a picture, or has next to nothing on it.
LEAST_CHARACTERS = 20
# Where the title of the document's data is looked for in its text.
TITLE_WITHIN = 1_000
# How the library writes a hyphen at the end of a line.
_HYPHENS = str.maketrans({"\ufffe": "\u00ad", "\x02": "\u00ad", "\xad": "\u00ad"})


def read_pdf(data: bytes, *, article_id: str, known: Metadata) -> Article:
    """Return the article of a PDF. Raises UserError for one that is damaged, locked or scanned.

    The day its file was made is not the day it was published: only what is known or its text says counts.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UserError("the PDF is locked with a password; save it without one") from error
        raise UserError(f"the PDF is damaged: {error}") from error
    try:
        if len(document) > MAX_PAGES:
            raise UserError(f"the PDF has {len(document):,} pages; at most {MAX_PAGES:,} are read: split it")
        pages = list(_pages(document))
        title = document.get_metadata_dict().get("Title")
    finally:
        document.close()
    text = clean_article("\f".join(pages))
    if sum(len(page.strip()) >= LEAST_CHARACTERS for page in pages) == 0:
        raise UserError(_without_text(len(pages)))
    return article_of_lines(
        text.split("\n"),
        article_id=article_id,
        known=known,
        said=Metadata(title=_title_in(text, title)),
        nothing=_without_text(len(pages)),
    )


def _pages(document: pypdfium2.PdfDocument) -> Iterator[str]:
    left = MAX_CHARACTERS
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage().get_text_bounded()
            page.close()
        except pypdfium2.PdfiumError:
            # One page that is damaged takes nothing from the others.
            text = ""
        left -= len(text)
        if left < 0:
            raise UserError(f"the PDF has more than {MAX_CHARACTERS:,} characters; split it")
        yield text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").translate(_HYPHENS)


def _without_text(pages: int) -> str:
    return (
        f"the PDF has no text on its {pages} page{'s' if pages != 1 else ''}, only pictures of it: it is a scan;"
        " run a program for text recognition (OCR) over it first"
    )


def _title_in(text: str, title: str | None) -> str | None:
    """The title of the document's data, where the text begins with it: else it is a template's or a program's."""
    line = clean_line(given_title(title) or "", max_characters=MAX_LINE)
    head = " ".join(text[:TITLE_WITHIN].split()).casefold()
    return line if line and line.casefold() in head else None

"""PDF files: their text in the order of reading, without what stands on each page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress, pairwise
from statistics import quantiles

import pypdfium2
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from corpus.article import Article
from corpus.clean import clean_line
from corpus.errors import UserError
from corpus.layout import clean_pages
from corpus.page_edges import EDGE_LINES, EdgeLine, running_lines
from corpus.pages import find_pages
from corpus.readers.metadata import MAX_LINE, Metadata
from corpus.readers.plain import article_of_lines, given_title

# A book of this many pages is read in some seconds.
MAX_PAGES = 5_000
MAX_CHARACTERS = 20_000_000
# Lines that are further from each other than so many times the usual distance are those of two paragraphs.
GAP = 1.3
# A running head stands at its height on so many pages.
LEAST_PAGES = 2
# A page with less is a picture, or has next to nothing on it.
LEAST_CHARACTERS = 20
# Where the title of the document's data is looked for in its text.
TITLE_WITHIN = 1_000
# How the library writes a hyphen at the end of a line.
_HYPHENS = str.maketrans({"\ufffe": "\u00ad", "\x02": "\u00ad", "\xad": "\u00ad"})


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page, and how far above its bottom it stands, in points."""

    text: str
    height: float
    # Whether more than the usual space stands above it.
    is_apart: bool = False


def read_pdf(data: bytes, *, article_id: str, known: Metadata) -> Article:
    """Return the article of a PDF. Raises UserError for one that is damaged, locked or scanned.

    The article knows where its pages begin.

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
        if not any(len(page.strip()) >= LEAST_CHARACTERS for page in pages):
            raise UserError(_without_text(document))
        title = document.get_metadata_dict().get("Title")
    finally:
        document.close()
    text = clean_pages(pages)
    article = article_of_lines(
        text.split("\n"),
        article_id=article_id,
        known=known,
        said=Metadata(title=_title_in(text, title)),
        nothing="the PDF has no text",
    )
    return replace(article, pages=find_pages(article.text, pages))


def _pages(document: pypdfium2.PdfDocument) -> Iterator[str]:
    """The text of each page, without running heads and numbers; a blank line stands where there is a gap."""
    pages = []
    left = MAX_CHARACTERS
    for number in range(len(document)):
        try:
            page = document[number]
            lines = _lines(page.get_textpage())
            page.close()
        except pypdfium2.PdfiumError:
            # One page that is damaged takes nothing from the others.
            lines = []
        left -= sum(len(line.text) for line in lines)
        if left < 0:
            raise UserError(f"the PDF has more than {MAX_CHARACTERS:,} characters; split it")
        pages.append(lines)
    edges = [_edges(lines) for lines in pages]
    places = [[EdgeLine(line.text, round(line.height)) for line in lines] for lines in edges]
    for lines, ends, running in zip(pages, edges, running_lines(places, least=LEAST_PAGES), strict=True):
        dropped = list(compress(ends, running))
        kept = [line for line in lines if not any(line is each for each in dropped)]
        yield "\n".join(f"\n{line.text}" if line.is_apart else line.text for line in kept)


def _lines(page: pypdfium2.PdfTextPage) -> list[_Line]:
    text = page.get_text_range()
    lines: list[_Line] = []
    start = 0
    for raw in re.split(r"(?<=\n)", text):
        line = raw.replace("\f", " ").translate(_HYPHENS).strip("\r\n")
        if line.strip():
            height = _height(page, start + len(line) - len(line.lstrip()))
            lines.append(_Line(line, height))
        start += len(raw)
    # Upwards, the next column begins.
    steps = [before.height - line.height for before, line in pairwise(lines) if before.height > line.height]
    # On a page of short paragraphs, most steps are wider than within a paragraph.
    usual = quantiles(steps, n=4)[0] if len(steps) > 1 else 0.0
    apart = [False, *(before.height - line.height > GAP * usual > 0 for before, line in pairwise(lines))]
    return [replace(line, is_apart=is_apart) for line, is_apart in zip(lines, apart, strict=False)]


def _height(page: pypdfium2.PdfTextPage, character: int) -> float:
    """How far above the bottom of the page a line stands, in points; 0 where it is not told."""
    try:
        return float(page.get_charbox(character, loose=True)[1])
    except (pypdfium2.PdfiumError, ValueError, IndexError):
        return 0.0


def _edges(lines: Sequence[_Line]) -> list[_Line]:
    """The lines that stand highest and lowest on a page."""
    by_height = sorted(lines, key=lambda line: line.height)
    return by_height[:EDGE_LINES] + by_height[EDGE_LINES:][-EDGE_LINES:]


def _without_text(document: pypdfium2.PdfDocument) -> str:
    """Why there is no text: the pages are pictures, or empty."""
    count = len(document)
    where = f"the PDF has no text on its {count} page{'s' if count != 1 else ''}"
    try:
        pictures = (FPDF_PAGEOBJ_IMAGE,)
        is_scan = any(next(page.get_objects(filter=pictures), None) is not None for page in document)
    except pypdfium2.PdfiumError:
        is_scan = False
    return f"{where}, only pictures: run a program for text recognition (OCR) over it first" if is_scan else where


def _title_in(text: str, title: str | None) -> str | None:
    """The title of the document's data, where the text begins with it: else it is a template's or a program's."""
    line = clean_line(given_title(title) or "", max_characters=MAX_LINE)
    head = " ".join(text[:TITLE_WITHIN].split()).casefold()
    return line if line and line.casefold() in head else None

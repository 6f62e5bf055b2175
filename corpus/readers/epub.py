"""EPUB books: an article for each chapter."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from lxml import etree

from corpus.article import Article
from corpus.clean import clean_text
from corpus.errors import UserError
from corpus.readers.blocks import lines_of
from corpus.readers.fields import parse_day
from corpus.readers.html import decode_html, parse_html
from corpus.readers.metadata import Metadata, parse_line
from corpus.readers.packed import Packed, opened
from corpus.readers.plain import given_title
from corpus.readers.text import make_article
from corpus.readers.xml import parse_xml, rename_tags

MAX_PART = 20_000_000
# A cover, a half title and a dedication have fewer words.
LEAST_WORDS = 20
_CONTAINER = "META-INF/container.xml"


@dataclass(frozen=True, slots=True)
class _Book:
    title: str | None
    publisher: str | None
    published: date | None
    # Files of the chapters in the order of reading, and what the contents call them.
    chapters: list[str]
    names: dict[str, str]


def read_epub(data: bytes, *, article_id: str, known: Metadata) -> Iterator[Article | UserError]:
    """The chapters of a book, each an article, or why it cannot be read; those of hardly any words are left out.

    Raises UserError for a book that is damaged or locked, and for one without chapters.
    """
    with opened(data) as packed:
        if "META-INF/rights.xml" in packed.names:
            raise UserError("the book is locked (DRM); no article can be read from it")
        book = _read_book(packed)
        is_empty = True
        for name in book.chapters:
            try:
                chapter = _chapter(packed, book, name, article_id, known)
            except UserError as error:
                yield error
                continue
            if chapter is not None:
                is_empty = False
                yield chapter
    if is_empty:
        raise UserError("the book has no chapter with text")


def _read_book(packed: Packed) -> _Book:
    container = rename_tags(parse_xml(packed.read(_CONTAINER, most=MAX_PART)), {})
    root = container.find(".//rootfile")
    path = root.get("full-path") if root is not None else None
    if not path:
        raise UserError(f"{_CONTAINER} names no book; the file is damaged")
    package = rename_tags(parse_xml(packed.read(path, most=MAX_PART)), {})
    folder = posixpath.dirname(path)
    items = {item.get("id"): item for item in package.iter("item")}
    spine = [items[ref.get("idref")] for ref in package.iter("itemref") if ref.get("idref") in items]
    chapters = [_joined(folder, item.get("href")) for item in spine if "nav" not in (item.get("properties") or "")]
    names: dict[str, str] = {}
    for item in items.values():
        if "nav" in (item.get("properties") or "").split() or item.get("media-type") == "application/x-dtbncx+xml":
            with suppress(UserError):
                names |= _contents(packed, _joined(folder, item.get("href")))
    day = None
    with suppress(UserError):
        day = parse_day(package.findtext(".//date"), "date")
    return _Book(
        title=given_title(package.findtext(".//title")),
        publisher=parse_line(package.findtext(".//publisher"), field="source"),
        published=day,
        chapters=list(dict.fromkeys(chapters)),
        names=names,
    )


def _contents(packed: Packed, name: str) -> dict[str, str]:
    """What the table of contents `name` calls each file; of several entries for one the first."""
    folder = posixpath.dirname(name)
    found: dict[str, str] = {}
    root = rename_tags(parse_xml(packed.read(name, most=MAX_PART)), {})
    entries = [(each.get("href"), "".join(each.itertext())) for each in root.iter("a")]
    entries += [
        (source.get("src") if (source := point.find("content")) is not None else None, point.findtext("navLabel/text"))
        for point in root.iter("navPoint")
    ]
    for href, label in entries:
        line = given_title(label)
        if href and line:
            found.setdefault(_joined(folder, href), line)
    return found


def _joined(folder: str, href: str | None) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote((href or "").partition("#")[0])))


def _chapter(packed: Packed, book: _Book, name: str, article_id: str, known: Metadata) -> Article | None:
    markup = decode_html(packed.read(name, most=MAX_PART))
    try:
        tree = parse_html(markup)
    except UserError:
        return None
    text = clean_text("\n".join(lines_of(_body(tree))))
    if len(text.split()) < LEAST_WORDS and len(text) < LEAST_WORDS * 6:
        return None
    heading = next((each for each in tree.iter("h1", "h2", "h3") if each.text_content().strip()), None)
    title = book.names.get(name) or (given_title(heading.text_content()) if heading is not None else None)
    said = Metadata(
        title=parse_line(title, field="title"),
        source=book.title or book.publisher,
        published=book.published,
    )
    inner = posixpath.splitext(name)[0]
    return make_article(text, article_id=f"{article_id}/{inner}", known=known, said=said)


def _body(tree: etree._Element) -> etree._Element:
    body = tree.find("body")
    return tree if body is None else body

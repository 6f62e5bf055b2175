"""Word documents (.docx)."""

from __future__ import annotations

import io
import logging
import zipfile

import mammoth

from corpus.article import Article
from corpus.errors import UserError
from corpus.readers.blocks import lines_of
from corpus.readers.html import parse_html
from corpus.readers.metadata import Metadata
from corpus.readers.packed import Packed, opened
from corpus.readers.plain import article_of_lines, given_title
from corpus.readers.xml import parse_xml, rename_tags

MAX_PART = 50_000_000
_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Subtitle'] => p:fresh
comment-reference =>
"""


def read_docx(data: bytes, *, article_id: str, known: Metadata) -> Article:
    """Return the article of a Word document. Raises UserError for one that is damaged or empty.

    The day its file was made is not the day it was published: only what is known or its text says counts.
    """
    with opened(data) as packed:
        # Each part is unpacked once within the limits before a library sees any.
        for name in packed.names:
            packed.read(name, most=MAX_PART)
        title = _title(packed)
    logging.getLogger("mammoth").setLevel(logging.CRITICAL)
    try:
        markup = mammoth.convert_to_html(
            io.BytesIO(data), style_map=_STYLES, convert_image=mammoth.images.img_element(lambda _: {"src": ""})
        ).value
    # The library lets whatever goes wrong in the zip file or its XML through.
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        AttributeError,
        TypeError,
        IndexError,
        LookupError,
        OSError,
    ) as error:
        raise UserError(f"the Word document is damaged: {error!r:.100}") from error
    except Exception as error:  # the parsers beneath have errors of their own
        raise UserError(f"the Word document is damaged: {error!r:.100}") from error
    if not markup.strip():
        raise UserError("the Word document has no text")
    tree = parse_html(markup)
    styled = tree.find(".//h1[@class='title']")
    said = Metadata(title=given_title(styled.text_content() if styled is not None else None) or title)
    return article_of_lines(
        lines_of(tree), article_id=article_id, known=known, said=said, nothing="the Word document has no text"
    )


def _title(packed: Packed) -> str | None:
    if "docProps/core.xml" not in packed.names:
        return None
    root = rename_tags(parse_xml(packed.read("docProps/core.xml", most=MAX_PART)), {})
    return given_title(root.findtext("title"))

"""OpenDocument texts (.odt)."""

from __future__ import annotations

from corpus.article import Article
from corpus.readers.blocks import lines_of
from corpus.readers.metadata import Metadata
from corpus.readers.packed import opened
from corpus.readers.plain import article_of_lines, given_title
from corpus.readers.xml import parse_xml, rename_tags

MAX_PART = 50_000_000
_NAMES = {
    "h": "head",
    "list-item": "item",
    "list-header": "item",
    "table-row": "row",
    "table-cell": "cell",
    "line-break": "lb",
    "frame": "div",
}
# Remarks in the margin, text that was deleted, the words of fields and pictures.
_LEFT_OUT = ("annotation", "tracked-changes", "desc", "forms", "sequence-decls", "note-citation")


def read_odt(data: bytes, *, article_id: str, known: Metadata) -> Article:
    """Return the article of an OpenDocument text. Raises UserError for one that is damaged, locked or empty."""
    nothing = "the OpenDocument text has no text in it"
    with opened(data) as packed:
        content = parse_xml(packed.read("content.xml", most=MAX_PART))
        meta = parse_xml(packed.read("meta.xml", most=MAX_PART)) if "meta.xml" in packed.names else None
    root = rename_tags(content, _NAMES)
    for name in _LEFT_OUT:
        for element in list(root.iter(name)):
            # What follows it is text of the document.
            element.clear(keep_tail=True)
    for element in root.iter("s", "tab"):
        element.text = " "
    body = root.find(".//body/text")
    title = given_title(rename_tags(meta, {}).findtext(".//title")) if meta is not None else None
    lines = lines_of(body if body is not None else root)
    return article_of_lines(lines, article_id=article_id, known=known, said=Metadata(title=title), nothing=nothing)

"""Exports of WordPress (WXR): a post or page each, those that are published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from lxml import etree

from corpus.clean import clean_text
from corpus.errors import UserError
from corpus.readers.blocks import lines_of
from corpus.readers.html import parse_html

_KINDS = ("post", "page")
# [caption id="x" align="y"]: what the site's own programs would fill in.
_SHORTCODE = re.compile(r"\[/?[a-z][a-z0-9_-]{1,30}(?:\s[^\[\]\n]{0,300})?/?\]")


def read_posts(stream: BinaryIO) -> Iterator[tuple[int, Mapping[str, object] | UserError]]:
    """Each published post as a record with the field names of JSON Lines, with its number; it is read as it comes.

    Raises UserError where the XML is broken, behind the posts before that place.
    """
    site = None
    number = 0
    parser = etree.iterparse(
        stream, events=("end",), resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    try:
        for _, element in parser:
            name = _name(element)
            if name == "title" and site is None:
                # The site's own stands in front of the first post.
                site = element.text
            if name != "item":
                continue
            number += 1
            fields = {_name(each): each.text or "" for each in reversed(element) if each.text}
            bodies = [each.text for each in element if str(each.tag).endswith("/content/}encoded")]
            # What is read is let go of: an export can be larger than this machine's memory.
            element.clear()
            if fields.get("post_type") in _KINDS and fields.get("status") == "publish":
                yield number, _record(fields, bodies[0] if bodies else None, site)
    except etree.LxmlError as error:
        raise UserError(f"the export is broken: {error}") from error


def _name(element: etree._Element) -> str:
    """Without its namespace, which a damaged export need not declare; "" for what is no element."""
    return re.split("[}:]", element.tag)[-1] if isinstance(element.tag, str) else ""


def _record(fields: Mapping[str, str], body: str | None, site: str | None) -> Mapping[str, object] | UserError:
    if not (body or "").strip():
        return UserError(f"the post {fields.get('title', '')!r:.80} has no text")
    try:
        text = clean_text("\n".join(lines_of(parse_html(f"<body>{_SHORTCODE.sub('', body or '')}"))))
    except UserError as error:
        return error
    day = fields.get("post_date", "")[:10]
    return {
        "title": fields.get("title"),
        "text": text,
        "date": fields.get("pubDate") if day.startswith("0000") else day or fields.get("pubDate"),
        "source": site,
        "url": fields.get("link"),
    }

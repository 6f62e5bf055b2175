"""Foreign text and addresses in the form a browser may have."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from qa.answer import Citation, Copy
from qa.show.address import cited_address, reader_address


def as_sentence(message: str) -> str:
    """A message as a sentence: "no run is saved" becomes "No run is saved."."""
    return f"{message[:1].upper()}{message[1:].rstrip('.')}."


def as_entities(text: str) -> str:
    """`text` with everything but letters, digits and blanks as character references.

    Neither HTML nor Markdown finds anything to act on: no tag, link, emphasis, autolink or line break. U+0080 to U+009F
    stay as they are: HTML reads their references as Windows-1252.
    """
    return re.sub(r"[^\w \x80-\x9f]|_", lambda match: f"&#{ord(match[0])};", text)


def reader_path(place: Citation | Copy) -> str:
    """Address of the reader page at a cited passage or a copy of it, relative to the server's root."""
    if isinstance(place, Citation):
        return cited_address(place)
    return reader_address(place.article_id, place.start, place.end)


def web_url(url: str | None) -> str | None:
    """`url` if a browser may follow it: http and https only, never `javascript:`."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None

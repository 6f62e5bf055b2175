"""Foreign text and addresses in the form a browser may have."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from qa.answer import Citation, Copy


def check_readable(text: str) -> str:
    """`text` itself. Raises ValueError for NUL and lone surrogates, which no encoding can carry."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("the text holds characters that cannot be stored (NUL or half of a surrogate pair)")
    return text


def as_entities(text: str) -> str:
    """`text` with everything but letters, digits and blanks as character references.

    Neither HTML nor Markdown finds anything to act on: no tag, link, emphasis, autolink or line break. U+0080 to U+009F
    stay as they are: HTML reads their references as Windows-1252.
    """
    return re.sub(r"[^\w \x80-\x9f]|_", lambda match: f"&#{ord(match[0])};", text)


def reader_path(citation: Citation) -> str:
    """Address of the reader page at the cited passage, relative to the server's root."""
    where = f"start={citation.start}&end={citation.end}"
    sentence = f"answer_start={citation.answer_start}&answer_end={citation.answer_end}"
    # Slashes too: a browser would resolve the `..` of an id like `a/../b`.
    return f"articles/{quote(citation.article_id, safe='')}?{where}&{sentence}#quote"


def copy_path(copy: Copy) -> str:
    """The same for a copy of the passage."""
    return f"articles/{quote(copy.article_id, safe='')}?start={copy.start}&end={copy.end}#quote"


def web_url(url: str | None) -> str | None:
    """`url` if a browser may follow it: http and https only, never `javascript:`."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None

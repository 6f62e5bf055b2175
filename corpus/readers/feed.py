"""RSS, Atom and JSON feeds: their entries, as records with the field names of JSON Lines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import fastfeedparser

from corpus.errors import UserError
from corpus.fetch.address import host_of, is_same_site, parse_address
from corpus.markup import without_html
from corpus.readers.find import ID_DIGITS

# The feeds of the busiest papers have a tenth of it.
MAX_BYTES = 20_000_000
# The library takes time with the square of them.
MAX_ATTRIBUTES = 200
_LONG_TAG = re.compile(rb"<[^<>]{1000,}")
# Less than this is the beginning of an article, or what it is about; the shortest reports of agencies have more.
WHOLE_WORDS = 150
# A character of a script without spaces says as much as half a word: counted as one, reports there are long enough.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
# How a text ends that goes on elsewhere, in its last characters.
CUT_OFF_WITHIN = 60
_CUT_OFF = re.compile(
    r"(?:…|\.\.\.|\[\s*(?:…|&hellip;|\.\.\.)\s*\]|(?:read|continue|keep) (?:more|reading|on)\W*|weiterlesen\W*|"
    r"lire la suite\W*|leer más\W*)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as a feed tells it: a record for the reader of JSON Lines, and the address of its page.

    `is_whole`: its text is the article's, not only the beginning. `stamp` changes when the feed says that the article
    has changed.
    """

    record: Mapping[str, object]
    link: str | None
    is_whole: bool
    stamp: str | None


def read_feed(data: bytes, *, address: str | None = None) -> list[Entry]:
    """Return the entries of the feed in `data`, which came from `address`, in the feed's order.

    Raises UserError for what is no feed, and for one without entries.
    """
    _check_size(data)
    try:
        # Only of a text would the library take an address for one, and ask there.
        feed = fastfeedparser.parse(data, include_tags=False, include_media=False, include_enclosures=False)
    except (ValueError, RecursionError) as error:
        raise UserError(f"it is no feed that can be read: {str(error)[:200]}") from error
    if not feed["entries"]:
        raise UserError("the feed has no entries")
    source = _text(feed["feed"].get("title"))
    return [_entry(entry, source, address) for entry in feed["entries"]]


def _check_size(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise UserError(f"the feed has more than {MAX_BYTES:,} bytes")
    if any(tag.group().count(b"=") > MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(data)):
        raise UserError(f"the feed has a tag of more than {MAX_ATTRIBUTES} attributes, which nobody has written")


def _entry(entry: Mapping[str, Any], source: str | None, address: str | None) -> Entry:
    texts = [part.get("value") for part in entry.get("content") or ()]
    text = max((text for text in [*texts, entry.get("description")] if isinstance(text, str)), key=len, default="")
    link = _link(entry.get("link"), address)
    record = {
        "_id": _article_id(address, link, entry.get("id")),
        "title": entry.get("title"),
        "text": text,
        "date": entry.get("published") or entry.get("updated"),
        "source": source,
        "url": link,
    }
    return Entry(
        record={name: value for name, value in record.items() if value},
        link=link,
        is_whole=_is_whole(text),
        stamp=entry.get("updated") or entry.get("published"),
    )


def _link(link: object, address: str | None) -> str | None:
    if not isinstance(link, str) or not link:
        return None
    try:
        return parse_address(urljoin(address, link) if address else link)
    # Joining refuses hosts in broken brackets.
    except (UserError, ValueError):
        return None


def _article_id(address: str | None, link: str | None, guid: object) -> str | None:
    """None where the link is the id: a feed may not put its words in the place of another site's article."""
    if link and (address is None or is_same_site(address, link)):
        return None
    named = link or (guid if isinstance(guid, str) else None)
    if not named:
        return None
    digits = hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()[:ID_DIGITS]
    return f"{host_of(address) if address else 'feed'}-{digits}"


def _is_whole(text: str) -> bool:
    plain = without_html(text).strip()
    return len(_WORD.findall(plain)) >= WHOLE_WORDS and not _CUT_OFF.search(plain[-CUT_OFF_WITHIN:])


def _text(value: object) -> str | None:
    return without_html(value).strip() or None if isinstance(value, str) else None

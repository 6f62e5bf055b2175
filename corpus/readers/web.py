"""An address of the web to articles: a page, the entries of a feed, or the pages that a sitemap names."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

from corpus.article import Article
from corpus.errors import UserError
from corpus.fetch.address import host_of
from corpus.fetch.download import GZIP, Fetched, unpack
from corpus.fetch.fetcher import Fetcher
from corpus.readers.confined import Confined
from corpus.readers.feed import Entry, read_feed
from corpus.readers.fields import read_fields
from corpus.readers.files import Result, read_fetched
from corpus.readers.find import ID_DIGITS, Remark
from corpus.readers.formats import SUFFIXES, suffix_of
from corpus.readers.jsonl import read_record
from corpus.readers.metadata import MAX_ID
from corpus.readers.sitemap import Place, read_sitemap

# Of one feed or sitemap, the newest first; a second between two requests makes it some minutes.
MOST_PAGES = 200
# A site's index of sitemaps may name one for each day of thirty years; the newest have the newest pages.
MOST_SITEMAPS = 50

Kind = Literal["page", "feed", "sitemap"]

_HEAD_BYTES = 4_000
# Declarations, comments, instructions; then the first element, or the object of a JSON feed.
_ROOT = re.compile(
    rb"(?>\s|\xef\xbb\xbf|\xfe\xff|\xff\xfe|<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>)*+<(?:\w+:)?(\w+)",
    re.IGNORECASE | re.DOTALL,
)
_EXPORT = b"wordpress.org/export/"
_JSON_FEED = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*\{.*?\"version\"\s*:\s*\"https?:\\?/\\?/jsonfeed\.org", re.DOTALL)
_KINDS: dict[bytes, Kind] = {
    b"rss": "feed",
    b"feed": "feed",
    b"rdf": "feed",
    b"channel": "feed",
    b"urlset": "sitemap",
    b"sitemapindex": "sitemap",
}


@dataclass(frozen=True, slots=True)
class Web:
    """How addresses are read: by `fetcher`, of a feed or sitemap at most `most_pages` pages."""

    fetcher: Fetcher = field(default_factory=Fetcher)
    most_pages: int = MOST_PAGES


def read_address(address: str, web: Web, confined: Confined) -> Iterator[Result]:
    """Return what is at `address`, a normal one: each article, or why there is none, with the address of it."""
    try:
        fetched = _fetch(address, web)
        kind = kind_of(fetched.data)
        if kind == "feed":
            yield from _read_entries(address, read_feed(fetched.data, address=fetched.address), web, confined)
        elif kind == "sitemap":
            yield from _read_places(address, read_sitemap(fetched.data, fetched.address), web, confined)
        else:
            yield from _read_page(fetched, confined)
    except UserError as error:
        yield address, error


def kind_of(data: bytes) -> Kind:
    """What `data` is by its first element; all that is no feed and no sitemap is a page."""
    # Text of two bytes a character is read like any other once the zeros are out.
    head = data[:_HEAD_BYTES].replace(b"\0", b"")
    if _JSON_FEED.match(head):
        return "feed"
    # An export of a whole site has the form of a feed, and a reader of its own.
    if _EXPORT in head:
        return "page"
    root = _ROOT.match(head)
    return _KINDS.get(root[1].lower(), "page") if root else "page"


def _fetch(address: str, web: Web, stamp: str | None = None) -> Fetched:
    fetched = web.fetcher.fetch(address, stamp=stamp)
    if fetched.data.startswith(GZIP):
        return replace(fetched, data=unpack(fetched.data, web.fetcher.limits.bytes))
    return fetched


def _read_page(fetched: Fetched, confined: Confined) -> Iterator[Result]:
    """The article of a page, or what is in a file of any other format."""
    address = fetched.address
    return read_fetched(
        fetched.data,
        name=_file_name(fetched),
        article_id=address if len(address) <= MAX_ID else f"{host_of(address)}-{_digits(address)}",
        address=address,
        encoding=fetched.charset,
        confined=confined,
    )


def _file_name(fetched: Fetched) -> str:
    """A name that says what the server says of it, or the address where the server says nothing that is known here."""
    suffix = mimetypes.guess_extension(fetched.media_type) or ""
    if suffix in SUFFIXES:
        return f"page{suffix}"
    return f"page{suffix_of(urlsplit(fetched.address).path).removesuffix('.gz')}"


def _digits(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:ID_DIGITS]


def _read_entries(feed: str, entries: list[Entry], web: Web, confined: Confined) -> Iterator[Result]:
    for entry in entries[: web.most_pages]:
        yield from _read_entry(entry.link or feed, entry, web, confined)
    left = len(entries) - web.most_pages
    if left > 0:
        yield feed, Remark(feed, f"{left:,} older entries are left out; the setting 'pages' says how many are read")


def _read_entry(origin: str, entry: Entry, web: Web, confined: Confined) -> Iterator[Result]:
    """The article of the feed's own words where these are all of it, else that of its page."""
    problem: UserError | None = None
    if entry.link and not entry.is_whole:
        page = _read_linked(entry.link, entry, web, confined)
        if any(isinstance(result, Article) for _, result in page):
            yield from page
            return
        problem = next((result for _, result in page if isinstance(result, UserError)), None)
    try:
        article, fields = read_record(entry.record)
    except UserError as error:
        yield origin, problem or error
        return
    yield from ((origin, Remark(origin, remark)) for remark in fields.remarks)
    if problem is not None:
        yield origin, Remark(origin, f"only what the feed has of it was read, for its page was not: {problem}")
    yield origin, replace(article, origin=origin)


def _read_linked(link: str, entry: Entry, web: Web, confined: Confined) -> list[Result]:
    """What is at the page of an entry; the day is the page's own, else that of the feed."""
    try:
        results = list(_read_page(_fetch(link, web, entry.stamp), confined))
    except UserError as error:
        return [(link, error)]
    day = read_fields(entry.record).published
    return [
        (origin, replace(result, published=result.published or day) if isinstance(result, Article) else result)
        for origin, result in results
    ]


def _read_places(sitemap: str, places: list[Place], web: Web, confined: Confined) -> Iterator[Result]:
    """The articles of a sitemap's pages, and of the sitemaps that it names, the last changed first."""
    left, seen, read = list(places), {sitemap}, 0
    while left and read < web.most_pages:
        place = left.pop(0)
        if place.address in seen:
            continue
        seen.add(place.address)
        try:
            if not place.is_sitemap:
                read += 1
                yield from _read_page(_fetch(place.address, web, place.changed), confined)
            elif len(seen) - read <= MOST_SITEMAPS:
                fetched = _fetch(place.address, web, place.changed)
                left = read_sitemap(fetched.data, fetched.address) + left
        except UserError as error:
            yield place.address, error
    if left:
        text = f"only {read:,} of its pages are read, those changed last; the setting 'pages' says how many"
        yield sitemap, Remark(sitemap, text)

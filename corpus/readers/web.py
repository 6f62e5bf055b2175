"""An address of the web to articles: a page, the entries of a feed, or the pages that a sitemap names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from corpus.article import Article
from corpus.errors import UserError
from corpus.fetch.download import GZIP, Fetched, unpack
from corpus.fetch.fetcher import Fetcher
from corpus.readers.feed import Entry, read_feed
from corpus.readers.fields import read_fields
from corpus.readers.find import Remark
from corpus.readers.html import read_html
from corpus.readers.jsonl import read_record
from corpus.readers.sitemap import Place, read_sitemap
from corpus.readers.text import read_text

# Of one feed or sitemap, the newest first; a second between two requests makes it some minutes.
MOST_PAGES = 200
# A site's index of sitemaps may name one for each day of thirty years; the newest have the newest pages.
MOST_SITEMAPS = 50

Kind = Literal["page", "feed", "sitemap"]
# An article, what is to be said of it, or why there is none.
Result = Article | Remark | UserError

_HEAD_BYTES = 4_000
# Declarations, comments, instructions; then the first element, or the object of a JSON feed.
_ROOT = re.compile(
    rb"(?>\s|\xef\xbb\xbf|\xfe\xff|\xff\xfe|<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>)*+<(?:\w+:)?(\w+)",
    re.IGNORECASE | re.DOTALL,
)
_JSON_FEED = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*\{.*?\"version\"\s*:\s*\"https?:\\?/\\?/jsonfeed\.org", re.DOTALL)
_KINDS: dict[bytes, Kind] = {
    b"rss": "feed",
    b"feed": "feed",
    b"rdf": "feed",
    b"channel": "feed",
    b"urlset": "sitemap",
    b"sitemapindex": "sitemap",
}
_PLAIN = ("text/plain", "text/markdown", "text/x-markdown")
_PAGES = ("", "text/html", "application/xhtml+xml", "application/xml", "text/xml", "application/octet-stream")


@dataclass(frozen=True, slots=True)
class Web:
    """How addresses are read: by `fetcher`, of a feed or sitemap at most `most_pages` pages."""

    fetcher: Fetcher = field(default_factory=Fetcher)
    most_pages: int = MOST_PAGES


def read_address(address: str, web: Web) -> Iterator[tuple[str, Result]]:
    """Return what is at `address`, a normal one: each article, or why there is none, with the address of it."""
    try:
        fetched = _fetch(address, web)
        kind = kind_of(fetched.data)
        if kind == "feed":
            entries = read_feed(fetched.data, address=fetched.address)
        elif kind == "sitemap":
            places = read_sitemap(fetched.data, fetched.address)
        else:
            article = _read_page(fetched)
    except UserError as error:
        yield address, error
        return
    if kind == "feed":
        yield from _read_entries(address, entries, web)
    elif kind == "sitemap":
        yield from _read_places(address, places, web)
    else:
        yield address, article


def kind_of(data: bytes) -> Kind:
    """What `data` is by its first element; all that is no feed and no sitemap is a page."""
    # Text of two bytes a character is read like any other once the zeros are out.
    head = data[:_HEAD_BYTES].replace(b"\0", b"")
    if _JSON_FEED.match(head):
        return "feed"
    root = _ROOT.match(head)
    return _KINDS.get(root[1].lower(), "page") if root else "page"


def _fetch(address: str, web: Web, stamp: str | None = None) -> Fetched:
    fetched = web.fetcher.fetch(address, stamp=stamp)
    if fetched.data.startswith(GZIP):
        return replace(fetched, data=unpack(fetched.data, web.fetcher.limits.bytes))
    return fetched


def _read_page(fetched: Fetched) -> Article:
    if fetched.media_type in _PLAIN:
        return read_text(
            fetched.data,
            article_id=fetched.address,
            metadata={"url": fetched.address},
            is_markdown="markdown" in fetched.media_type,
        )
    if fetched.media_type in _PAGES:
        return read_html(fetched.data, address=fetched.address, encoding=fetched.charset)
    raise UserError(f"what is there is {fetched.media_type!r:.80} and no page; save it and add the file")


def _read_entries(feed: str, entries: list[Entry], web: Web) -> Iterator[tuple[str, Result]]:
    for entry in entries[: web.most_pages]:
        yield from _read_entry(entry.link or feed, entry, web)
    left = len(entries) - web.most_pages
    if left > 0:
        yield feed, Remark(feed, f"{left:,} older entries are left out; the setting 'pages' says how many are read")


def _read_entry(origin: str, entry: Entry, web: Web) -> Iterator[tuple[str, Result]]:
    """The article of the feed's own words where these are all of it, else that of its page."""
    page: Article | UserError | None = None
    if entry.link and not entry.is_whole:
        try:
            page = _read_page(_fetch(entry.link, web, entry.stamp))
        except UserError as error:
            page = error
    if isinstance(page, Article):
        # The page's own day is the place's, the feed's is that of Greenwich.
        yield origin, replace(page, published=page.published or read_fields(entry.record).published)
        return
    try:
        article, fields = read_record(entry.record)
    except UserError as error:
        yield origin, page or error
        return
    yield from ((origin, Remark(origin, remark)) for remark in fields.remarks)
    if page is not None:
        yield origin, Remark(origin, f"only what the feed has of it was read, for its page was not: {page}")
    yield origin, article


def _read_places(sitemap: str, places: list[Place], web: Web) -> Iterator[tuple[str, Result]]:
    """The articles of a sitemap's pages, and of the sitemaps that it names, the last changed first."""
    left, seen, read = list(places), {sitemap}, 0
    while left and read < web.most_pages:
        place = left.pop(0)
        if place.address in seen:
            continue
        seen.add(place.address)
        try:
            fetched = _fetch(place.address, web, place.changed)
            if place.is_sitemap and len(seen) - read <= MOST_SITEMAPS:
                left = read_sitemap(fetched.data, fetched.address) + left
            elif not place.is_sitemap:
                read += 1
                yield place.address, _read_page(fetched)
        except UserError as error:
            yield place.address, error
    if left:
        text = f"only {read:,} of its pages are read, those changed last; the setting 'pages' says how many"
        yield sitemap, Remark(sitemap, text)

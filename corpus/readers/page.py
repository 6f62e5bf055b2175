"""What a web page says of its article: title, day, publisher, address and language, each from where it is surest."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit

import ftfy
from lxml.html import HtmlElement

from corpus.clean import clean_line
from corpus.errors import UserError
from corpus.readers.fields import parse_day
from corpus.readers.metadata import MAX_LINE, parse_url

# Of records within records in a page's JSON-LD so many are looked at: a hostile page could nest without end.
MAX_RECORDS = 500
# More of a title or a name is not looked at.
MAX_TEXT = 2_000
# No paper is older; 0001-01-01 and the first day of computers are how programs write that they do not know.
FIRST_YEAR = 1600
NO_DAY = date(1970, 1, 1)
ONE_DAY = timedelta(days=1)
# Pages of archives and home pages have an address of this kind; as the address of an article it is a mistake.
_HOME = re.compile(r"/?(?:index\.\w+)?", re.I)
_ARTICLE_TYPE = re.compile(r"(?:\w*Article|BlogPosting|Report|LiveBlogPosting|Review|ScholarlyArticle)$")
_TITLES = ("og:title", "twitter:title", "dc.title", "citation_title", "parsely-title", "sailthru.title")
_DAYS = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "og:published_time",
    "published_time",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "citation_publication_date",
    "citation_date",
    "publish-date",
    "publish_date",
    "publication_date",
    "pubdate",
    "cxenseparse:recs:publishtime",
    "date",
)
_SOURCES = ("og:site_name", "application-name", "dc.publisher", "citation_journal_title", "publisher")
_SOFTWARE = ("blogger", "blogspot", "wordpress", "wordpress.com", "website", "home")
# What browsers and SingleFile write into a page that they save.
_SAVED_FROM = re.compile(r"<!--[^>]{0,300}?(?:saved from url=\(\d+\)|\burl: )\s*(https?://[^\s<>]+)", re.I)
_DATED_PATH = re.compile(r"/(20\d\d|19[89]\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/-])")
# Between a headline and the name of the site, in a page's own title.
_SITE_MARKS = re.compile(r"\s+[|–—·•»:-]+\s+|\s*\|\s*")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says of itself; None where it says nothing, or nothing that can be right."""

    title: str | None
    published: date | None
    source: str | None
    url: str | None
    language: str | None


def read_facts(tree: HtmlElement, markup: str, address: str | None) -> PageFacts:
    """The facts of the page `tree`, of which `markup` is the text; `address` is where it was found, if on the web.

    JSON-LD goes first, then OpenGraph and its kin, then what the page shows: its heading, `<time>`, the address.
    """
    meta = _meta(tree)
    records = list(_records(tree))
    url = _url(tree, meta, records, markup, address)
    source = _source(meta, records, url or address)
    return PageFacts(
        title=_title(tree, meta, records, source),
        published=_published(tree, meta, records, url or address),
        source=source,
        url=url,
        language=_language(tree, meta),
    )


def _meta(tree: HtmlElement) -> Mapping[str, str]:
    """The contents of the meta elements by lower-case name; of several of one name the first."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or element.get("datetime") or "").strip()
        for key in ("property", "name", "itemprop"):
            if content and element.get(key):
                found.setdefault(element.get(key).strip().lower(), content)
    return found


def _records(tree: HtmlElement) -> Iterator[Mapping[str, object]]:
    """The records of articles in the page's JSON-LD."""
    left: list[object] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            with suppress(ValueError, RecursionError):
                left.append(json.loads(script.text_content().strip().strip(";"), strict=False))
    for _ in range(MAX_RECORDS):
        if not left:
            return
        value = left.pop(0)
        if isinstance(value, list):
            left[:0] = value[:MAX_RECORDS]
        elif isinstance(value, dict):
            kinds = value.get("@type")
            if any(isinstance(kind, str) and _ARTICLE_TYPE.match(kind) for kind in _listed(kinds)):
                yield value
            left += [value[key] for key in ("@graph", "mainEntity", "hasPart") if key in value]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _texts(records: Iterable[Mapping[str, object]], *keys: str) -> Iterator[str]:
    """What the records say under the first of `keys`, and then under what stands in it: `publisher`, `name`."""
    for record in records:
        values: list[object] = [record]
        for key in keys:
            inner = [each.get(key) for each in values if isinstance(each, dict)]
            values = [each for value in inner for each in _listed(value)]
        yield from (value for value in values if isinstance(value, str) and value.strip())


def _url(
    tree: HtmlElement, meta: Mapping[str, str], records: list[Mapping[str, object]], markup: str, address: str | None
) -> str | None:
    """The canonical address, if it is one of an article on the same site as `address`; else `address`."""
    saved = _SAVED_FROM.search(markup, 0, 5_000)
    base = address or (html.unescape(saved[1]) if saved else None)
    named = (link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    for given in (*named, meta.get("og:url"), *_texts(records, "mainEntityOfPage", "@id"), *_texts(records, "url")):
        url = _absolute(given, base)
        if url and not _HOME.fullmatch(urlsplit(url).path) and (base is None or _is_same_site(url, base)):
            return url
    return _absolute(base, None)


def _absolute(given: str | None, base: str | None) -> str | None:
    with suppress(UserError, ValueError):
        return parse_url(urljoin(base or "", (given or "").strip()).partition("#")[0])
    return None


def _is_same_site(one: str, other: str) -> bool:
    """Whether neither host is another's than that of the other: `m.paper.org` and `www.paper.org` are one paper's."""
    hosts = sorted((_bare_host(one), _bare_host(other)), key=len)
    return hosts[0] == hosts[1] or hosts[1].endswith(f".{hosts[0]}")


def _bare_host(url: str) -> str:
    return re.sub(r"^(?:www\d?|m|mobile|amp)\.", "", (urlsplit(url).hostname or "").lower())


def _source(meta: Mapping[str, str], records: list[Mapping[str, object]], address: str | None) -> str | None:
    for name in (*_texts(records, "publisher", "name"), *(meta.get(key) for key in _SOURCES)):
        line = _line(name)
        # An account in a network, or the software of the site.
        if line and "://" not in line and not line.startswith("@") and line.casefold() not in _SOFTWARE:
            return line
    return (_bare_host(address) or None) if address else None


def _line(text: str | None) -> str:
    return clean_line(ftfy.fix_encoding(html.unescape(text or "")[:MAX_TEXT]), max_characters=MAX_LINE)


def _title(
    tree: HtmlElement, meta: Mapping[str, str], records: list[Mapping[str, object]], source: str | None
) -> str | None:
    headings = [_line(heading.text_content()) for heading in tree.iter("h1")]
    headings = [heading for heading in headings if heading and heading != source]
    shown = headings if len(set(headings)) == 1 else []
    own = tree.find(".//head/title")
    site = _without_site(_line(own.text_content()), source, headings) if own is not None else ""
    for title in (*_texts(records, "headline"), *(meta.get(key) for key in _TITLES), *shown, site, *headings):
        line = _without_site(_line(title), source, headings)
        if line and line != source:
            return line
    return None


def _without_site(title: str, source: str | None, headings: list[str]) -> str:
    """`title` without the name of the site at its end or beginning, or the heading of the page that it begins with."""
    for heading in headings:
        if len(heading.split()) > 1 and title.startswith(heading):
            return heading
    parts = _SITE_MARKS.split(title)
    if len(parts) > 1 and source:
        for rest, name in ((title[: title.rfind(parts[-1])], parts[-1]), (title[len(parts[0]) :], parts[0])):
            if name.casefold().startswith(source.casefold()) or _squeezed(name) == _squeezed(source.split(".")[0]):
                return rest.strip(" |–—·•»:-")
    return title


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _published(
    tree: HtmlElement, meta: Mapping[str, str], records: list[Mapping[str, object]], address: str | None
) -> date | None:
    in_address = _day_in(address)
    for text in (*_texts(records, "datePublished"), *(meta.get(key) for key in _DAYS), *_times(tree)):
        with suppress(UserError):
            day = parse_day(text, "date") if text else None
            if day and day.year >= FIRST_YEAR and day != NO_DAY:
                # A time stamp is often that of Greenwich, the address has the day of the paper's own town.
                return day - ONE_DAY if in_address == day - ONE_DAY else day
    return in_address


def _day_in(address: str | None) -> date | None:
    match = _DATED_PATH.search(urlsplit(address).path) if address else None
    with suppress(ValueError):
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    return None


def _times(tree: HtmlElement) -> Iterator[str]:
    """The days of `<time>` elements: one that is marked as the day of publishing, or the one that all of them name."""
    times = [(each, each.get("datetime") or each.text_content()) for each in tree.iter("time")]
    for element, text in times:
        if element.get("pubdate") is not None or "published" in (element.get("itemprop") or "").lower():
            yield text
    # Of a list of other articles each has its own.
    if len({text[:10] for _, text in times}) == 1:
        yield times[0][1]


def _language(tree: HtmlElement, meta: Mapping[str, str]) -> str | None:
    root = tree.getroottree().getroot()
    for given in (root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), meta.get("og:locale")):
        code = (given or "")[:3].lower().strip("-_")
        if re.fullmatch(r"[a-z]{2}", code):
            return code
    return None

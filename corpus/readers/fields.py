"""The fields of a record, by whatever names an export gives them; what cannot be right is left out, and said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import ftfy

from corpus.errors import UserError
from corpus.markup import without_html
from corpus.readers.metadata import parse_line, parse_published, parse_url

T = TypeVar("T")

# Names of a field in news data sets, feeds, crawlers and front matter, the project's own first. Case, hyphens and
# underscores do not count: `publishedAt` is `published_at`.
NAMES = {
    "id": "_id id article_id doc_id document_id uuid guid",
    "title": "title headline heading",
    "text": (
        "text body content maintext article_body article_text full_text content_text content_html body_text"
        " text_content plain_text story article summary description abstract"
    ),
    "date": (
        "date published published_at published_date publish_date date_published date_publish pub_date publication_date"
        " publish_time published_time publication_time first_published release_date issued datetime timestamp"
    ),
    "source": "source publisher source_name source_domain site site_name outlet newspaper publication domain website",
    "url": "url link canonical_url permalink article_url source_url web_url href",
}
# Seconds since 1970 lie between these from 1973 to 2096; larger numbers are milliseconds.
_SECONDS = (10**8, 4 * 10**9)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.casefold())


_BY_NAME = {_plain(name): (field, rank) for field, names in NAMES.items() for rank, name in enumerate(names.split())}


def is_text_field(name: str) -> bool:
    """Whether a field of this name holds the text of an article."""
    return _BY_NAME.get(_plain(name), ("", 0))[0] == "text"


@dataclass(frozen=True, slots=True)
class Fields:
    """What a record says of an article; None where it says nothing. `remarks` are what was left out, and why."""

    article_id: object
    title: str | None
    text: object
    published: date | None
    source: str | None
    url: str | None
    unknown: tuple[str, ...]
    remarks: tuple[str, ...]


def read_fields(record: Mapping[str, object]) -> Fields:
    """The fields of `record`, of each the first that is filled."""
    found: dict[str, list[tuple[int, str, object]]] = {}
    unknown = []
    for name, value in record.items():
        known = _BY_NAME.get(_plain(name))
        if known is None:
            unknown.append(name)
        elif value not in (None, "", [], {}):
            found.setdefault(known[0], []).append((known[1], name, value))
    # A record under a name of the text, as `article`, is none.
    first = {
        field: min(values, key=lambda value: (field == "text" and not isinstance(value[2], str), value[0]))[1:]
        for field, values in found.items()
    }
    remarks: list[str] = []
    name, value = first.get("title", ("title", None))
    title = _kept(
        remarks, _parse_line, without_html(ftfy.fix_encoding(value)) if isinstance(value, str) else value, name
    )
    name, value = first.get("source", ("source", None))
    source = _kept(remarks, _parse_line, _named(value), name)
    name, value = first.get("date", ("date", None))
    published = _kept(remarks, parse_day, value, name)
    name, value = first.get("url", ("url", None))
    url = _kept(remarks, lambda each, _: parse_url(each), value, name)
    return Fields(
        article_id=first.get("id", ("", None))[1],
        title=title,
        text=first.get("text", ("", None))[1],
        published=published,
        source=source,
        url=url,
        unknown=tuple(unknown),
        remarks=tuple(remarks),
    )


def _kept(remarks: list[str], parse: Callable[[object, str], T], value: object, name: str) -> T | None:
    """`value` as `parse` reads it; None and a remark where it cannot."""
    try:
        return parse(value, name)
    except UserError as error:
        remarks.append(f"{error}; it is left out")
        return None


def _parse_line(value: object, field: str) -> str | None:
    return parse_line(value, field=field)


def _named(value: object) -> object:
    """The name of a source that is written as a record of its own, or as the first of several."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, Mapping):
        return next((value[key] for key in ("name", "title", "id") if value.get(key)), None)
    return value


def parse_day(value: object, field: str) -> date | None:
    """`value`, a date in any of the forms of feeds, databases and mail; None for nothing. Raises UserError."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _since_1970(value, field)
    if isinstance(value, str):
        text = value.strip()
        if re.fullmatch(r"\d{9,13}(?:\.\d+)?", text):
            return _since_1970(float(text), field)
        day = next(_readings(text), None)
        if day is not None:
            return day
    return parse_published(value, field=field)


def _readings(text: str) -> Iterator[date]:
    """As a mail header has it, or as `20240715` or `2024/07/15 10:30`."""
    if re.match(r"[A-Z][a-z]{2}, \d", text):
        with suppress(ValueError):
            yield parsedate_to_datetime(text).date()
    match = re.match(r"([12]\d{3})([/.]?)(\d{2})\2(\d{2})(?=$|[T ])", text)
    if match:
        with suppress(ValueError):
            yield date(int(match[1]), int(match[3]), int(match[4]))


def _since_1970(value: float, field: str) -> date:
    seconds = value if value < _SECONDS[1] else value / 1000
    if not _SECONDS[0] <= seconds <= _SECONDS[1]:
        raise UserError(f"{field} {value!r} is no day; write it as YYYY-MM-DD")
    return datetime.fromtimestamp(seconds, UTC).date()

"""What is known of an article besides its text: its id, title, source, day and address, checked where they come in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from corpus.clean import clean_line
from corpus.dates import parse_date
from corpus.errors import UserError

METADATA_FILE = "articles.toml"
MAX_LINE = 300
MAX_ID = 200
MAX_URL = 2000

_KEYS = ("title", "source", "published", "url")
_URL = re.compile(r"https?://[^\s<>\"\x00-\x1f\x7f\ud800-\udfff]+", re.I)
_NOT_IN_IDS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What somebody wrote down about an article; None where they did not."""

    title: str | None = None
    source: str | None = None
    published: date | None = None
    url: str | None = None


NOTHING_KNOWN = Metadata()


def parse_metadata(fields: Mapping[str, object]) -> Metadata:
    """Return the checked record of `fields`; raises UserError naming the field and the value."""
    unknown = sorted(set(fields) - set(_KEYS))
    if unknown:
        raise UserError(f"unknown key {unknown[0]!r}; known are {', '.join(_KEYS)}")
    return Metadata(
        title=parse_line(fields.get("title"), field="title"),
        source=parse_line(fields.get("source"), field="source"),
        published=parse_published(fields.get("published"), field="published"),
        url=parse_url(fields.get("url")),
    )


def load_metadata(folder: Path) -> dict[str, dict[str, object]]:
    """Return the tables of the folder's `articles.toml` by file name, each of them checked; empty without such a file.

    Raises UserError for TOML that cannot be read, an unknown key, a bad value or a file that is not there.
    """
    path = folder / METADATA_FILE
    if not path.is_file():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path} cannot be read: {error}") from error
    for name, fields in tables.items():
        _check_table(folder, name, fields)
    return tables


def parse_article_id(value: object) -> str:
    """`value` as an article id: a string of 1 to 200 visible characters; a whole number is written out."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not text.strip():
        raise UserError(f"an article's id must be a text that is not empty, not {value!r:.80}")
    if len(text) > MAX_ID:
        raise UserError(f"the id {text[:40]!r}... has {len(text)} characters; at most {MAX_ID} are allowed")
    # In an address, browsers take these for folders.
    if text in (".", ".."):
        raise UserError(f"the id {text!r} cannot stand in an address; choose another")
    if _NOT_IN_IDS.search(text):
        raise UserError(f"the id {text!r} holds a control character; take it out")
    return text


def parse_line(value: object, *, field: str) -> str | None:
    """Return a title or a source on one clean line of at most 300 characters; None where nothing is written."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise UserError(f"{field} must be a text, not {value!r:.80}")
    return clean_line(value, max_characters=MAX_LINE) or None


def parse_published(value: object, *, field: str) -> date | None:
    """Return the day of a TOML date, an ISO date or time stamp or a date with the month's name; None for nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    day = _read_day(value) if isinstance(value, str) else None
    if day is None:
        raise UserError(f"{field} {value!r:.80} is not a date that reads one way only; write it as YYYY-MM-DD")
    return day


def parse_url(value: object) -> str | None:
    """Return a web address; None for nothing. Other schemes are refused: `javascript:` would be code in a citation."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > MAX_URL or not _URL.fullmatch(value) or not _has_host(value):
        raise UserError(f"url {value!r:.80} is not a web address; it must begin with http:// or https://")
    return value


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def _read_day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError:
        return parse_date(text.strip())


def _check_table(folder: Path, name: str, fields: object) -> None:
    path = folder / METADATA_FILE
    if not isinstance(fields, dict):
        raise UserError(f'{path}: {name!r} stands outside a table; begin one for each file, like ["story.txt"]')
    if Path(name).name != name or not (folder / name).is_file():
        raise UserError(f"{path}: there is no file {name!r} in {folder}; correct the name or take the entry out")
    try:
        parse_metadata(fields)
    except UserError as error:
        raise UserError(f"{path}: {name}: {error}") from error

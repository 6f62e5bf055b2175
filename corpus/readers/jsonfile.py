"""A JSON file: a list of articles, alone or in an object, or one article."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from corpus.errors import UserError
from corpus.readers.fields import NAMES, is_text_field
from corpus.readers.text import decode_text

# Unpacked by Python it takes ten times the room.
MAX_JSON = 50_000_000
# What the list is called in answers of services and in exports.
_LISTS = ("articles", "items", "posts", "entries", "results", "docs", "documents", "data", "rows", "news", "stories")


def read_records(data: bytes) -> Iterator[tuple[int, Mapping[str, object] | UserError]]:
    """Each article as a record, or why it is none, with its number from 1 on.

    Raises UserError for what is no JSON, and where no articles are in it.
    """
    if len(data) > MAX_JSON:
        raise UserError(f"it has more than {MAX_JSON:,} bytes; write it as JSON Lines, an article a line")
    try:
        value = json.loads(decode_text(data), strict=False)
    except (ValueError, RecursionError) as error:
        raise UserError(f"it is not JSON: {error}") from error
    records = _listed(value)
    names = dict.fromkeys(name for record in records if isinstance(record, dict) for name in record)
    if not any(map(is_text_field, names)):
        raise UserError(_no_text(names))
    for number, record in enumerate(records, start=1):
        if isinstance(record, dict):
            yield number, record
        else:
            yield number, UserError(f"it is not an object but {record!r:.60}")


def _listed(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        if any(map(is_text_field, value)):
            return [value]
        for name in _LISTS:
            if isinstance(value.get(name), list):
                return list(value[name])
        raise UserError(_no_text(value))
    raise UserError(f"it is neither a list nor an object but {value!r:.60}")


def _no_text(names: Iterable[str]) -> str:
    shown = ", ".join(map(repr, list(names)[:8])) or "none"
    return f"it has no articles: its fields are {shown}; name the one of the text {NAMES['text'].split()[0]!r}"

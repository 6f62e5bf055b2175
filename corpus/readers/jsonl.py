"""JSON Lines in the form of the BEIR collections: one article a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from corpus.article import Article
from corpus.clean import clean_text
from corpus.errors import UserError
from corpus.published import find_published
from corpus.readers.metadata import parse_article_id, parse_line, parse_published, parse_url
from corpus.readers.text import MAX_BYTES, first_words
from corpus.source import find_source


def read_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Return the lines of `stream`, blank ones too; of one that is too long only as much as shows that it is."""
    while line := stream.readline(MAX_BYTES + 1):
        yield line
        while len(line) > MAX_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_BYTES + 1)


def read_jsonl_line(line: bytes) -> Article:
    """Return the article of one line: `_id` (or `id`), `title`, `text`, and where known `date`, `source` and `url`.

    Other fields are ignored. Day and source are looked for in the text only where the line has no `date`.
    Raises UserError naming the field and the value.
    """
    record = _parse(line)
    article_id = parse_article_id(record.get("_id", record.get("id")))
    text = _parse_text(record.get("text"))
    source = parse_line(record.get("source"), field="source")
    published = parse_published(record.get("date"), field="date")
    is_dated = published is not None
    return Article(
        article_id=article_id,
        title=parse_line(record.get("title"), field="title") or first_words(text),
        text=text,
        source=source if source or is_dated else find_source(text),
        published=published if is_dated else find_published(text),
        url=parse_url(record.get("url")),
    )


def _parse(line: bytes) -> dict[str, object]:
    if len(line) > MAX_BYTES:
        raise UserError(f"the line has more than {MAX_BYTES:,} bytes; split the article")
    try:
        # Editors on Windows put a byte order mark before the first line.
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UserError(
            f"the line is not UTF-8 ({error.reason} at byte {error.start}); save the file as UTF-8"
        ) from error
    # Python refuses numbers of more than 4,300 digits and lists in lists in lists.
    except (ValueError, RecursionError) as error:
        raise UserError(f"the line is not JSON: {error}") from error
    if not isinstance(record, dict):
        raise UserError(f"the line is not a JSON object but {line[:40]!r}; write one object a line")
    return record


def _parse_text(value: object) -> str:
    if not isinstance(value, str):
        raise UserError(f"text must be a text, not {value!r:.80}")
    text = clean_text(value)
    if not text:
        raise UserError(f"text is empty: {value!r:.80}")
    return text

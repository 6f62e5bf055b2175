"""JSON Lines, one article a line: in the form of the BEIR collections, or as crawlers and news data sets write them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import ftfy

from corpus.article import Article
from corpus.errors import UserError
from corpus.language import language_of
from corpus.layout import clean_article
from corpus.markup import is_markdown, without_html, without_markdown
from corpus.published import find_published
from corpus.readers.fields import NAMES, Fields, read_fields
from corpus.readers.find import ID_DIGITS
from corpus.readers.metadata import MAX_ID, parse_article_id
from corpus.readers.text import MAX_BYTES, first_words
from corpus.source import find_source


def read_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Return the lines of `stream`, blank ones too; of one that is too long only as much as shows that it is."""
    while line := stream.readline(MAX_BYTES + 1):
        yield line
        while len(line) > MAX_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_BYTES + 1)


def read_jsonl_line(line: bytes) -> tuple[Article, Fields]:
    """Return the article of one line, and its fields: `_id`, `title`, `text`, and where known `date`, `source`, `url`.

    Each may have another of the usual names (`corpus/readers/fields.py`). Without an id, the address or the text names
    the article. Day and source are looked for in the text only where the line has no date. Tags and entities of HTML
    leave the text. Raises UserError naming the field and the value.
    """
    return read_record(_parse(line))


def read_record(record: Mapping[str, object]) -> tuple[Article, Fields]:
    """The same of a record that is read already: a row of a table, an item of a list."""
    fields = read_fields(record)
    text = _parse_text(fields.text, record)
    is_dated = fields.published is not None
    language = "en" if is_dated else language_of(text)
    return Article(
        article_id=_article_id(fields, text),
        title=fields.title or first_words(text, language),
        text=text,
        source=fields.source if fields.source or is_dated else find_source(text, language),
        published=fields.published if is_dated else find_published(text, language),
        url=fields.url,
    ), fields


def _article_id(fields: Fields, text: str) -> str:
    if fields.article_id is not None:
        return parse_article_id(fields.article_id)
    if fields.url and len(fields.url) <= MAX_ID:
        return fields.url
    return f"text-{hashlib.sha256((fields.url or text).encode()).hexdigest()[:ID_DIGITS]}"


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


def _parse_text(value: object, record: Mapping[str, object]) -> str:
    if value is None:
        names = ", ".join(map(repr, list(record)[:8])) or "none"
        raise UserError(f"it has no text: its fields are {names}; name one of them {NAMES['text'].split()[0]!r}")
    if not isinstance(value, str):
        raise UserError(f"text must be a text, not {value!r:.80}")
    text = ftfy.fix_encoding(value)
    text = clean_article(without_html(without_markdown(text) if is_markdown(text) else text))
    if not text:
        raise UserError(f"text is empty: {value!r:.80}")
    return text

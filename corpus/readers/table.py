"""Tables of articles (CSV, TSV): a row each, the columns named as the fields of JSON Lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import BinaryIO

from corpus.errors import UserError
from corpus.readers.fields import NAMES, is_text_field
from corpus.readers.text import MAX_BYTES, decode

# Its first lines tell the encoding and what stands between the columns.
_HEAD_BYTES = 100_000
_SEPARATORS = ",;\t|"


def read_rows(stream: BinaryIO) -> Iterator[tuple[int, Mapping[str, object] | UserError]]:
    """Each row as a record, or why it is none, with the number of its line. `stream` is read from its beginning.

    Raises UserError for a table without a column of texts and for what is no table.
    """
    head = stream.read(_HEAD_BYTES)
    encoding = _encoding(head)
    stream.seek(0)
    lines = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    try:
        yield from _rows(lines, head.decode(encoding, "replace").lstrip("\ufeff").partition("\n")[0])
    finally:
        # It is another's to close.
        with suppress(ValueError):
            lines.detach()


def _rows(lines: Iterable[str], first: str) -> Iterator[tuple[int, Mapping[str, object] | UserError]]:
    csv.field_size_limit(MAX_BYTES)
    reader = csv.reader(_without_nul(lines), delimiter=max(_SEPARATORS, key=first.count), strict=False)
    try:
        names = [name.strip().lstrip("\ufeff") for name in next(reader, [])]
    except csv.Error as error:
        raise UserError(f"it is no table: {error}") from error
    if not any(map(is_text_field, names)):
        shown = ", ".join(map(repr, names[:8])) or "none"
        raise UserError(f"its columns are {shown}; name the one of the texts {NAMES['text'].split()[0]!r}")
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield reader.line_num, UserError(f"the row cannot be read: {error}")
            continue
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield reader.line_num, dict(zip(names, row, strict=False))


def _encoding(head: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if head.startswith(mark):
            return encoding
    # A character can be cut at the end of what was read.
    whole = head[: head.rfind(b"\n") + 1] or head
    text = decode(whole)
    for encoding in ("utf-8", "cp1252", "cp932", "gb18030", "cp1251"):
        try:
            if whole.decode(encoding) == text:
                return encoding
        except UnicodeDecodeError:
            continue
    return "utf-8"


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    return (line.replace("\0", "") for line in lines)

"""One file to its articles, whatever it is: told by its name and its content, packed or not."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import BinaryIO, cast

from corpus.article import Article
from corpus.errors import UserError
from corpus.readers.confined import Confined
from corpus.readers.documents import DOCUMENTS
from corpus.readers.find import ArticleFile, Remark, article_id_of, printable_path
from corpus.readers.formats import HEAD_BYTES, ZIPPED, Format, named_format, recognise
from corpus.readers.jsonl import read_jsonl_line, read_lines, read_record
from corpus.readers.metadata import parse_article_id, parse_metadata
from corpus.readers.packed import opened
from corpus.readers.text import MAX_BYTES, read_text

# A PDF, a book or a Word document can have more pictures than text.
MAX_DOCUMENT = 100_000_000
# A ZIP file in a ZIP file, and no deeper.
MAX_DEPTH = 2
# Files of these formats hold more than one article each.
SEVERAL = (
    Format.JSONL,
    Format.JSON,
    Format.TABLE,
    Format.FEED,
    Format.WORDPRESS,
    Format.EPUB,
    Format.MBOX,
    Format.GZIP,
    Format.ZIP,
)

# With its origin, a path or `path:line`.
Result = tuple[str, Article | Remark | UserError]


@dataclass(frozen=True, slots=True)
class _Source:
    """A file, or one that is packed in another."""

    name: str
    origin: str
    article_id: str
    # What articles.toml says of it.
    fields: Mapping[str, object]
    depth: int = 0
    # Where on the web it was found, and what the server said of its encoding.
    address: str | None = None
    encoding: str | None = None

    def inner(self, name: str) -> _Source:
        """The file `name` that is packed in this one."""
        origin = f"{self.origin}/{printable_path(name)}"
        # Its ending is that of the packing, not of what is in it.
        folder = self.article_id.rpartition(".")[0] or self.article_id
        return _Source(name.rpartition("/")[2], origin, f"{folder}/{article_id_of(name)}", {}, self.depth + 1)


def read_file(file: ArticleFile, fields: Mapping[str, object], confined: Confined) -> Iterator[Result]:
    """The articles of a file, and what there is to say of them; `fields` are what articles.toml says of it."""
    origin = printable_path(file.path)
    source = _Source(file.path.name, origin, file.article_id, fields)
    try:
        with file.path.open("rb") as stream:
            yield from _found_in(printable_path(file.path.resolve()), origin, read_stream(stream, source, confined))
    except OSError as error:
        yield origin, UserError(f"it cannot be read: {error.strerror or error}")


def _found_in(place: str, origin: str, results: Iterable[Result]) -> Iterator[Result]:
    """`results`, whose articles know that they were found in `place`; one that has its name is alone in there."""
    for where, result in results:
        if isinstance(result, Article):
            yield where, replace(result, origin=place, is_alone=where == origin)
        else:
            yield where, result


def read_bytes(data: bytes, *, origin: str, article_id: str, confined: Confined) -> Iterator[Result]:
    """The same of a file without a name, as standard input is."""
    return read_stream(io.BytesIO(data), _Source("", origin, article_id, {}), confined)


def read_opened(stream: BinaryIO, name: str, confined: Confined) -> Iterator[Result]:
    """The same of a file that is open, by the name that it has somewhere else."""
    return read_stream(stream, _Source(name, printable_path(name), article_id_of(name), {}), confined)


def read_fetched(
    data: bytes, *, name: str, article_id: str, address: str, encoding: str | None, confined: Confined
) -> Iterator[Result]:
    """The same of what was fetched from `address`; `encoding` is what the server said of it, `name` its file's."""
    source = _Source(name, address, article_id, {}, address=address, encoding=encoding)
    return _found_in(address, address, read_stream(io.BytesIO(data), source, confined))


def read_stream(stream: BinaryIO, source: _Source, confined: Confined) -> Iterator[Result]:
    """The articles of a file that is open."""
    try:
        head = _head(stream)
        named = named_format(source.name)
        # What is no JSON Lines says so line by line, as ever.
        if named is Format.JSONL and not head.startswith((b"\x1f\x8b", b"PK\x03\x04", b"%PDF")):
            yield from _read_records(_json_lines(stream), source.origin)
            return
        if named is Format.GZIP and not head.startswith(b"\x1f\x8b"):
            raise UserError("it cannot be read to its end: it is no gzip file")
        found = recognise(source.name, head)
        if found.named is not None and found.named is not Format.FEED:
            yield source.origin, Remark(source.origin, f"by its name it is {found.named}, but it is {found.format}")
        yield from _read_as(found.format, stream, source, confined)
    except UserError as error:
        yield source.origin, error


def _head(stream: BinaryIO) -> bytes:
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    return head


def _read_as(found: Format, stream: BinaryIO, source: _Source, confined: Confined) -> Iterator[Result]:
    if found in (Format.TEXT, Format.MARKDOWN):
        yield source.origin, _read_text(stream, source, found)
    elif found in (Format.JSONL, Format.JSON, Format.TABLE, Format.FEED, Format.WORDPRESS):
        yield from _read_several(found, stream, source)
    elif found is Format.MBOX:
        yield from _read_mailbox(stream, source, confined)
    elif found is Format.GZIP:
        yield from _read_gzip(stream, source, confined)
    elif found in ZIPPED:
        yield from _read_zip(stream, source, confined)
    else:
        assert found in DOCUMENTS
        yield from _read_document(found, stream.read(MAX_DOCUMENT + 1), source, confined)


def _read_text(stream: BinaryIO, source: _Source, found: Format) -> Article:
    return read_text(
        stream.read(MAX_BYTES + 1),
        article_id=parse_article_id(source.article_id),
        metadata=source.fields or _at(source.address),
        is_markdown=found is Format.MARKDOWN,
    )


def _read_several(found: Format, stream: BinaryIO, source: _Source) -> Iterator[Result]:
    if found is Format.JSONL:
        yield from _read_records(_json_lines(stream), source.origin)
    elif found is Format.JSON:
        from corpus.readers.jsonfile import MAX_JSON, read_records

        yield from _read_records(read_records(stream.read(MAX_JSON + 1)), source.origin)
    elif found is Format.TABLE:
        from corpus.readers.table import read_rows

        yield from _read_records(read_rows(stream), source.origin)
    elif found is Format.WORDPRESS:
        from corpus.readers.wordpress import read_posts

        yield from _read_records(read_posts(stream), source.origin)
    else:
        yield from _read_records(_entries(stream.read(MAX_BYTES + 1)), source.origin)


def _entries(data: bytes) -> Iterator[tuple[int, Mapping[str, object]]]:
    """The entries of a feed that was saved, each with its number; nothing is fetched for them."""
    from corpus.readers.feed import read_feed

    return ((number, entry.record) for number, entry in enumerate(read_feed(data), start=1))


def _at(address: str | None) -> Mapping[str, object]:
    return {"url": address} if address else {}


def _json_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in enumerate(read_lines(stream), start=1) if line.strip())


def read_json_lines(lines: Iterable[bytes], origin: str) -> Iterator[Result]:
    """The articles of lines that are read already."""
    return _read_records(((number, line) for number, line in enumerate(lines, start=1) if line.strip()), origin)


def _read_records(
    records: Iterable[tuple[int, bytes | Mapping[str, object] | UserError]], origin: str
) -> Iterator[Result]:
    """The articles of records, each with the number of its line or its place; fields nobody knows are named once."""
    named: set[str] = set()
    for number, record in records:
        where = f"{origin}:{number}"
        try:
            if isinstance(record, UserError):
                raise record
            article, fields = read_jsonl_line(record) if isinstance(record, bytes) else read_record(record)
        except UserError as error:
            yield where, error
            continue
        new = [name for name in fields.unknown if name not in named]
        if new:
            named.update(new)
            yield where, Remark(where, f"of fields nobody knows here nothing is read: {', '.join(map(repr, new))}")
        for remark in fields.remarks:
            yield where, Remark(where, remark)
        yield where, article


def _read_mailbox(stream: BinaryIO, source: _Source, confined: Confined) -> Iterator[Result]:
    from corpus.readers.mail import mail_id, split_mailbox

    for number, mail in enumerate(split_mailbox(stream), start=1):
        inner = replace(source, origin=f"{source.origin}:{number}", article_id=mail_id(mail), fields={})
        yield from _read_document(Format.MAIL, mail, inner, confined)


def _read_gzip(stream: BinaryIO, source: _Source, confined: Confined) -> Iterator[Result]:
    """What is packed with gzip; a file of lines is read as it unpacks, any other is unpacked within the limits."""
    inner = replace(
        source, name=source.name[:-3] if source.name.lower().endswith(".gz") else "", depth=source.depth + 1
    )
    if inner.depth > MAX_DEPTH:
        raise UserError("it is packed in itself again and again; unpack it first")
    try:
        # gzip reports a cut file with EOFError and a damaged one with zlib.error or OSError.
        with closing(cast(BinaryIO, gzip.GzipFile(fileobj=stream, mode="rb"))) as unpacked:
            if named_format(inner.name) in (Format.JSONL, Format.TABLE, Format.MBOX):
                yield from read_stream(unpacked, inner, confined)
            else:
                data = unpacked.read(MAX_DOCUMENT + 1)
                if len(data) > MAX_DOCUMENT:
                    raise UserError(f"it unpacks to more than {MAX_DOCUMENT:,} bytes")
                yield from read_stream(io.BytesIO(data), inner, confined)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"it cannot be read to its end: {error}") from error


def _read_zip(stream: BinaryIO, source: _Source, confined: Confined) -> Iterator[Result]:
    with opened(stream) as packed:
        kind = packed.kind()
        if kind is Format.ZIP:
            if source.depth >= MAX_DEPTH:
                raise UserError("it is packed in a ZIP file in a ZIP file; unpack it first")
            for name in sorted(packed.names):
                inner = source.inner(name)
                if _is_left_out(name):
                    continue
                if named_format(name) is None:
                    yield inner.origin, Remark(inner.origin, "it is left out: files with this ending hold no articles")
                    continue
                try:
                    data = packed.read(name, most=MAX_DOCUMENT)
                except UserError as error:
                    yield inner.origin, error
                    continue
                yield from read_stream(io.BytesIO(data), inner, confined)
            return
    stream.seek(0)
    yield from _read_document(kind, stream.read(MAX_DOCUMENT + 1), source, confined)


def _is_left_out(name: str) -> bool:
    """Whether it is a hidden file, or what macOS packs beside each."""
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))


def _read_document(found: Format, data: bytes, source: _Source, confined: Confined) -> Iterator[Result]:
    if len(data) > MAX_DOCUMENT:
        raise UserError(f"it has more than {MAX_DOCUMENT:,} bytes; split it")
    article_id = parse_article_id(source.article_id)
    # A page says better where it belongs than the address by which it was found.
    is_page = found is Format.HTML
    known = parse_metadata(source.fields if is_page else source.fields or _at(source.address))
    found_at = (source.address, source.encoding) if is_page else None
    chapters = 0
    for each in confined.read(found, data, article_id=article_id, known=known, found_at=found_at):
        chapters += isinstance(each, Article)
        # Of several articles in one file none is the file's own.
        where = f"{source.origin}:{chapters}" if found is Format.EPUB else source.origin
        yield where, Remark(where, each) if isinstance(each, str) else each

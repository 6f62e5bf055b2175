"""Sources in, articles out: files, folders, addresses and standard input."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from corpus.article import Article
from corpus.errors import UserError
from corpus.readers.find import (
    ID_DIGITS,
    ArticleFile,
    Remark,
    Unreadable,
    find_files,
    is_address,
    printable_path,
)
from corpus.readers.jsonl import read_jsonl_line, read_lines
from corpus.readers.metadata import load_metadata, parse_article_id
from corpus.readers.text import MAX_BYTES, read_text

if TYPE_CHECKING:
    from corpus.readers.web import Web

__all__ = ["STDIN", "Remark", "Unreadable", "count_articles", "read_articles"]

STDIN = "-"
# For each folder what its articles.toml says of each file.
_Tables = Mapping[Path, Mapping[str, Mapping[str, object]]]
# The files that a source names, or what reads it where it is none of files.
_Source = list[ArticleFile | Unreadable] | Callable[[], Iterator[tuple[str, Article | Remark | UserError]]]


def read_articles(sources: Sequence[str], *, web: Web | None = None) -> Iterator[Article | Unreadable | Remark]:
    """Return the articles of `sources` (files, folders, addresses, "-" for standard input) in order.

    `web` says how addresses are read; without it, as it is made without arguments.

    What cannot be read comes as Unreadable in its place, and the rest goes on. Of two lines with one id the later
    replaces the earlier, and a Remark says so; two files with one id are not both read. UserError is raised at once,
    before anything is read, for a path where nothing is, a folder without articles, a broken articles.toml and what
    is no address.
    """
    found = [_find(source, web) for source in sources]
    files = [
        file
        for group in found
        if isinstance(group, list)
        for file in group
        if isinstance(file, ArticleFile) and not file.is_jsonl
    ]
    tables = {folder: load_metadata(folder) for folder in dict.fromkeys(file.path.parent for file in files)}
    return _each_id_once(chain.from_iterable(_read_source(group, tables) for group in found))


def count_articles(sources: Sequence[str]) -> int | None:
    """How many articles `read_articles` will come by, for a progress bar; None where only reading tells."""
    if any(source == STDIN or is_address(source) for source in sources):
        return None
    return sum(_count(file) for source in sources for file in find_files(source))


def _each_id_once(found: Iterable[tuple[str, Article | Remark | UserError]]) -> Iterator[Article | Unreadable | Remark]:
    taken: dict[str, str] = {}
    for origin, result in found:
        if isinstance(result, UserError):
            yield Unreadable(origin, str(result))
        elif isinstance(result, Remark):
            yield result
        elif result.article_id not in taken:
            taken[result.article_id] = result.text_sha256
            yield result
        elif taken[result.article_id] == result.text_sha256:
            continue
        elif result.origin is None:
            taken[result.article_id] = result.text_sha256
            yield Remark(origin, f"it replaces an earlier article of the id {result.article_id!r}")
            yield result
        else:
            yield Unreadable(origin, f"the id {result.article_id!r} is taken by an earlier article; rename one of them")


def _find(source: str, web: Web | None) -> _Source:
    if source == STDIN:
        return _read_stdin
    if not is_address(source):
        return find_files(source)
    # Nothing of it is needed to read files, and it is slow to load.
    from corpus.fetch.address import parse_address
    from corpus.readers.web import Web, read_address

    return partial(read_address, parse_address(source), web or Web())


def _read_source(source: _Source, tables: _Tables) -> Iterator[tuple[str, Article | Remark | UserError]]:
    """Each article, or why there is none, with its origin: an address, a path or `path:line`."""
    if not isinstance(source, list):
        yield from source()
        return
    for file in source:
        if isinstance(file, Unreadable):
            yield file.origin, UserError(file.reason)
        elif file.is_jsonl:
            yield from _read_jsonl_file(file)
        else:
            fields = tables[file.path.parent].get(file.path.name, {})
            yield printable_path(file.path), _read_text_file(file, fields)


def _read_text_file(file: ArticleFile, fields: Mapping[str, object]) -> Article | UserError:
    try:
        with file.path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        article_id = parse_article_id(file.article_id)
        article = read_text(data, article_id=article_id, metadata=fields, is_markdown=file.is_markdown)
        return replace(article, origin=printable_path(file.path.resolve()))
    except UserError as error:
        return error
    except OSError as error:
        return UserError(f"it cannot be read: {error.strerror or error}")


def _read_jsonl_file(file: ArticleFile) -> Iterator[tuple[str, Article | Remark | UserError]]:
    origin = printable_path(file.path)
    try:
        with _open(file.path) as stream:
            yield from _read_jsonl(read_lines(stream), origin)
    # gzip reports a cut file with EOFError and a damaged one with zlib.error or OSError.
    except (OSError, EOFError, zlib.error) as error:
        yield origin, UserError(f"it cannot be read to its end: {error}")


def _read_jsonl(lines: Iterable[bytes], origin: str) -> Iterator[tuple[str, Article | Remark | UserError]]:
    named: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{origin}:{number}"
        try:
            article, fields = read_jsonl_line(line)
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


def _read_stdin() -> Iterator[tuple[str, Article | Remark | UserError]]:
    stream = sys.stdin.buffer
    lines = read_lines(stream)
    seen = []
    for line in lines:
        seen.append(line)
        if line.strip():
            break
    if seen and seen[-1].removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        yield from _read_jsonl(chain(seen, lines), STDIN)
        return
    data = b"".join(seen) + stream.read(MAX_BYTES + 1)
    article_id = f"stdin-{hashlib.sha256(data).hexdigest()[:ID_DIGITS]}"
    try:
        yield STDIN, read_text(data, article_id=article_id, metadata={})
    except UserError as error:
        yield STDIN, error


def _count(file: ArticleFile | Unreadable) -> int:
    if isinstance(file, Unreadable) or not file.is_jsonl:
        return 1
    try:
        with _open(file.path) as stream:
            return sum(1 for line in read_lines(stream) if line.strip())
    except (OSError, EOFError, zlib.error):
        return 1


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.name.lower().endswith(".gz") else path.open("rb")

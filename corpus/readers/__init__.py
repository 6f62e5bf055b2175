"""Sources in, articles out: files, folders, addresses and standard input."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import os
import sys
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from corpus.article import Article
from corpus.errors import UserError
from corpus.readers.confined import Confined, SpareConfined
from corpus.readers.files import SEVERAL, Result, read_bytes, read_file, read_json_lines, read_opened
from corpus.readers.find import ID_DIGITS, ArticleFile, LeftOut, Remark, Unreadable, find_files, is_address
from corpus.readers.formats import Format, named_format, suffix_of
from corpus.readers.jsonl import read_lines
from corpus.readers.metadata import load_metadata
from corpus.readers.text import MAX_BYTES

if TYPE_CHECKING:
    from corpus.readers.web import Web

__all__ = ["STDIN", "LeftOut", "Read", "Remark", "Unreadable", "count_articles", "read_articles", "read_sent_file"]

STDIN = "-"
# What comes of a source: an article, or what there is to say of one.
Read = Article | Unreadable | Remark | LeftOut
# For each folder what its articles.toml says of each file.
_Tables = Mapping[Path, Mapping[str, Mapping[str, object]]]
# The files that a source names, or what reads it where it is none of files.
_Found = list[ArticleFile | Unreadable | LeftOut] | Callable[[Confined], Iterator[Result]]


def read_articles(
    sources: Sequence[str], *, web: Web | None = None, only: Collection[Path] | None = None
) -> Iterator[Read]:
    """Return the articles of `sources` (files, folders, addresses, "-" for standard input) in order.

    `web` says how addresses are read; without it, as it is made without arguments. Of folders only those files are
    read that are in `only`, where that is given.

    What cannot be read comes as Unreadable in its place, and the rest goes on; files of a folder that are none of
    articles come as LeftOut. Of two lines with one id the later replaces the earlier, and a Remark says so; two files
    with one id are not both read. UserError is raised at once, before anything is read, for a path where nothing is, a
    folder without articles, a broken articles.toml and what is no address.
    """
    found = [_find(source, web, only) for source in sources]
    named = (file for group in found if isinstance(group, list) for file in group)
    files = [file for file in named if isinstance(file, ArticleFile)]
    files = [file for file in files if _lines_of(file) is None]
    tables = {folder: load_metadata(folder) for folder in dict.fromkeys(file.path.parent for file in files)}
    return _read_all(found, tables)


def read_sent_file(stream: BinaryIO, name: str, spare: SpareConfined) -> Iterator[Read]:
    """Return the articles of a file that somebody sends, under the `name` that it has with him; no path is read.

    Their ids are those that they had in a folder of their own. What cannot be read comes as Unreadable.
    """
    with spare.borrowed() as confined:
        yield from _each_id_once(read_opened(stream, name, confined))


def _read_all(found: Sequence[_Found], tables: _Tables) -> Iterator[Read]:
    with closing(Confined()) as confined:
        yield from _each_id_once(chain.from_iterable(_read_source(group, tables, confined) for group in found))


def count_articles(sources: Sequence[str]) -> int | None:
    """How many articles `read_articles` will come by, for a progress bar; None where that shows only in reading."""
    if any(source == STDIN or is_address(source) for source in sources):
        return None
    total = 0
    for file in (file for source in sources for file in find_files(source)):
        count = 0 if isinstance(file, LeftOut) else _count(file)
        if count is None:
            return None
        total += count
    return total


def _each_id_once(found: Iterable[Result | LeftOut]) -> Iterator[Read]:
    taken: dict[str, str] = {}
    for each in found:
        if isinstance(each, LeftOut):
            yield each
            continue
        origin, result = each
        if isinstance(result, UserError):
            yield Unreadable(origin, str(result))
        elif isinstance(result, Remark):
            yield result
        elif result.article_id not in taken:
            taken[result.article_id] = result.text_sha256
            yield result
        elif taken[result.article_id] == result.text_sha256:
            yield Remark(origin, f"it is the same as an earlier article of the id {result.article_id!r}")
        elif not result.is_alone:
            taken[result.article_id] = result.text_sha256
            yield Remark(origin, f"it replaces an earlier article of the id {result.article_id!r}")
            yield result
        else:
            yield Unreadable(origin, f"the id {result.article_id!r} is taken by an earlier article; rename one of them")


def _find(source: str, web: Web | None, only: Collection[Path] | None) -> _Found:
    if source == STDIN:
        return _read_stdin
    if not is_address(source):
        files = find_files(source)
        return files if only is None else [file for file in files if _place(file) in only]
    # Nothing of it is needed to read files, and it is slow to load.
    from corpus.fetch.address import parse_address
    from corpus.readers.web import Web, read_address

    return partial(read_address, parse_address(source), web or Web())


def _place(file: ArticleFile | Unreadable | LeftOut) -> Path:
    return Path(os.path.abspath(file.path if isinstance(file, ArticleFile) else file.origin))


def _read_source(source: _Found, tables: _Tables, confined: Confined) -> Iterator[Result | LeftOut]:
    """Each article, or why there is none, with its origin: an address, a path or `path:line`."""
    if not isinstance(source, list):
        yield from source(confined)
        return
    for file in source:
        if isinstance(file, LeftOut):
            yield file
        elif isinstance(file, Unreadable):
            yield file.origin, UserError(file.reason)
        else:
            fields = tables.get(file.path.parent, {}).get(file.path.name, {})
            yield from read_file(file, fields, confined)


def _read_stdin(confined: Confined) -> Iterator[Result]:
    stream = sys.stdin.buffer
    lines = read_lines(stream)
    seen = []
    for line in lines:
        seen.append(line)
        if line.strip():
            break
    if seen and seen[-1].removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        yield from read_json_lines(chain(seen, lines), STDIN)
        return
    data = b"".join(seen) + stream.read(MAX_BYTES + 1)
    article_id = f"stdin-{hashlib.sha256(data).hexdigest()[:ID_DIGITS]}"
    yield from read_bytes(data, origin=STDIN, article_id=article_id, confined=confined)


def _lines_of(file: ArticleFile) -> str | None:
    """The ending of a file of JSON Lines, packed or not; None for any other file."""
    suffix = suffix_of(file.path.name)
    return suffix if named_format(f"x{suffix.removesuffix('.gz')}") is Format.JSONL else None


def _count(file: ArticleFile | Unreadable) -> int | None:
    if isinstance(file, Unreadable):
        return 1
    suffix = _lines_of(file)
    if suffix is None:
        return None if named_format(file.path.name) in SEVERAL else 1
    try:
        with _open(file.path) as stream:
            return sum(1 for line in read_lines(stream) if line.strip())
    except (OSError, EOFError, zlib.error):
        return 1


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.name.lower().endswith(".gz") else path.open("rb")

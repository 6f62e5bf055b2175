"""Which files a source means, and what each of them is."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UserError

MARKDOWN_SUFFIXES = (".md", ".markdown")
TEXT_SUFFIXES = (".txt", ".text", *MARKDOWN_SUFFIXES)
JSONL_SUFFIXES = (".jsonl", ".jsonl.gz", ".ndjson")
# A link in a folder somebody else packed could show any file of this machine in an answer.
LEADS_OUT = "it is a link out of the folder; name its target as a source of its own"


_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
# Characters of the SHA-256 that names an article without an id: enough to tell a million apart.
ID_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Remark:
    """What was done otherwise with a file or a line than somebody may expect; its article is read all the same."""

    # A path, or `path:line`.
    origin: str
    text: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One file or line that could not be read."""

    # A path, or `path:line`.
    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """A file that is there; `article_id` is for a text file, the lines of JSON Lines bring their own."""

    path: Path
    article_id: str

    @property
    def is_jsonl(self) -> bool:
        """Whether the file holds one article a line."""
        return self.path.name.lower().endswith(JSONL_SUFFIXES)

    @property
    def is_markdown(self) -> bool:
        """Whether its marks are no part of the text."""
        return self.path.name.lower().endswith(MARKDOWN_SUFFIXES)


def find_files(source: str) -> list[ArticleFile | Unreadable]:
    """Return the files of `source`, a file or a folder, sorted by path; in a folder only those of articles.

    Raises UserError where there is nothing at that path or no article in the folder.
    """
    path = Path(source)
    if not os.path.lexists(source):
        raise UserError(f"there is no file or folder {source!r}; correct the path")
    if not path.is_dir():
        return [_check_file(path, path.name)]
    found = sorted(_walk(path), key=lambda file: file.origin if isinstance(file, Unreadable) else str(file.path))
    if not found:
        suffixes = ", ".join(TEXT_SUFFIXES + JSONL_SUFFIXES)
        raise UserError(f"no articles in {source!r}; article files end in {suffixes}")
    return found


def is_address(source: str) -> bool:
    """Whether `source` is meant as an address of the web and not as a path."""
    return source.lower().startswith(("http://", "https://"))


def printable_path(path: Path | str) -> str:
    """`path` for people and files: what is not UTF-8 or steers a terminal becomes the replacement character."""
    return _CONTROLS.sub("\ufffd", os.fsencode(path).decode("utf-8", errors="replace"))


def _walk(folder: Path) -> Iterator[ArticleFile | Unreadable]:
    failed: list[Unreadable] = []

    def note(error: OSError) -> None:
        failed.append(_unreadable(Path(error.filename), error.strerror or str(error)))

    home = folder.resolve()
    # Links to folders are not followed: one that leads upwards has no end.
    for parent, folders, names in os.walk(folder, onerror=note):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            linked = Path(parent, name)
            if linked.is_symlink() and not linked.resolve().is_relative_to(home):
                yield _unreadable(linked, LEADS_OUT)
        for name in names:
            if not name.startswith(".") and name.lower().endswith(TEXT_SUFFIXES + JSONL_SUFFIXES):
                path = Path(parent, name)
                yield _check_file(path, path.relative_to(folder).as_posix(), home=home)
    yield from failed


def _check_file(path: Path, name: str, *, home: Path | None = None) -> ArticleFile | Unreadable:
    """`path` as an article file if it is a plain file, inside `home` where one is given."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        return _unreadable(path, f"it cannot be reached: {getattr(error, 'strerror', None) or error}")
    if home is not None and not target.is_relative_to(home):
        return _unreadable(path, LEADS_OUT)
    # Reading a pipe or a device could wait for ever.
    if not target.is_file():
        return _unreadable(path, "it is not a plain file")
    return ArticleFile(path, _article_id(name))


def _article_id(name: str) -> str:
    """`2023/07/story.txt` -> `2023/07/story`, spelled alike on every system (macOS takes letters and accents apart)."""
    return unicodedata.normalize("NFC", printable_path(os.path.splitext(name)[0]))


def _unreadable(path: Path, reason: str) -> Unreadable:
    return Unreadable(printable_path(path), reason)

"""Which files a source means, and what each of them is."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UserError
from corpus.readers.formats import SUFFIXES, Format, named_format, suffix_of
from corpus.readers.metadata import METADATA_FILE

# A link in a folder somebody else packed could show any file of this machine in an answer.
LEADS_OUT = "it is a link out of the folder; name its target as a source of its own"
# What browsers call the folder beside a page that they save: `story_files`, `story-Dateien`, `story.files`.
_SAVED_PARTS = re.compile(r"[-_.](?:files?|dateien|fichiers|archivos|bestanden|arquivos|ficheiros|pliki)$", re.I)
# Turns of the direction of writing among them: they show an ending that is none.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
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
class LeftOut:
    """A file of a folder that nobody takes for an article, by its ending: a picture, a program."""

    origin: str
    # In small letters, with its point; empty for a name without one.
    suffix: str
    reason: str


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """A file that is there; `article_id` is for a file of one article, others bring their own."""

    path: Path
    article_id: str


def find_files(source: str) -> list[ArticleFile | Unreadable | LeftOut]:
    """Return the files of `source`, a file or a folder, sorted by path. In a folder, those of other kinds are LeftOut.

    Raises UserError where there is nothing at that path or no article in the folder.
    """
    path = Path(source)
    if not os.path.lexists(source):
        raise UserError(f"there is no file or folder {source!r}; correct the path")
    if not path.is_dir():
        return [_check_file(path, path.name)]
    found = sorted(_walk(path), key=lambda file: str(file.path) if isinstance(file, ArticleFile) else file.origin)
    if all(isinstance(file, LeftOut) for file in found):
        others = (
            f", only other files ({count_suffixes(file.origin for file in found if isinstance(file, LeftOut))})"
            if found
            else ""
        )
        raise UserError(f"no articles in {source!r}{others}; article files end in {', '.join(SUFFIXES)}")
    return found


def count_suffixes(names: Iterable[str]) -> str:
    """How many files have which ending, most first: "3 .png, 1 without an ending"."""
    counted = Counter(suffix_of(os.path.basename(name)) or "without an ending" for name in names)
    return ", ".join(f"{count} {suffix}" for suffix, count in counted.most_common())


def is_address(source: str) -> bool:
    """Whether `source` is meant as an address of the web and not as a path."""
    return source.lower().startswith(("http://", "https://"))


def printable_path(path: Path | str) -> str:
    """`path` for people and files: what is not UTF-8 or steers a terminal becomes the replacement character."""
    return _CONTROLS.sub("\ufffd", os.fsencode(path).decode("utf-8", errors="replace"))


def _walk(folder: Path) -> Iterator[ArticleFile | Unreadable | LeftOut]:
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
        is_saved = _belongs_to_page(Path(parent), folder)
        for name in names:
            path = Path(parent, name)
            if name.startswith(".") or name == METADATA_FILE:
                continue
            if is_saved:
                yield LeftOut(printable_path(path), suffix_of(name), "it is a part of a saved page")
            elif named_format(name) is None:
                yield LeftOut(printable_path(path), suffix_of(name), "files with this ending hold no articles")
            else:
                yield _check_file(path, path.relative_to(folder).as_posix(), home=home)
    yield from failed


def _belongs_to_page(folder: Path, home: Path) -> bool:
    """Whether `folder` holds the pictures and scripts of a page that a browser has saved beside it."""
    for each in (folder, *folder.parents):
        if each == home:
            return False
        page = _SAVED_PARTS.sub("", each.name)
        if page != each.name and any(each.with_name(page + suffix).is_file() for suffix in (".html", ".htm")):
            return True
    return False


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
    return ArticleFile(path, article_id_of(name))


def article_id_of(name: str) -> str:
    """`2023/07/story.txt` -> `2023/07/story`, spelled alike on every system (macOS takes letters and accents apart).

    Of other formats than text the ending stays, so that a story's page and its PDF are two.
    """
    is_document = named_format(name) not in (None, Format.TEXT, Format.MARKDOWN)
    return unicodedata.normalize("NFC", printable_path(name if is_document else os.path.splitext(name)[0]))


def _unreadable(path: Path, reason: str) -> Unreadable:
    return Unreadable(printable_path(path), reason)

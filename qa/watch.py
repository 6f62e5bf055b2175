"""Keep an archive as its sources are: files that come, change and go, and what is new at addresses."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import Change
from watchfiles import watch as watch_files

from corpus.errors import UserError
from corpus.readers.find import is_address
from corpus.readers.metadata import METADATA_FILE
from corpus.readers.seen import file_of
from index.generations import Locked
from index.store.origin import Origin
from index.update import Report

if TYPE_CHECKING:
    from qa.archive import Archive

# Between two looks at addresses: as often as papers publish, and no burden to anybody.
INTERVAL_SECONDS = 900.0
# What could not be written, because another program was writing, is tried again with the next look at the files.
_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Round:
    """What was done for one source, or why nothing could be."""

    source: str
    report: Report | None = None
    problem: str | None = None


@dataclass(slots=True)
class _Due:
    """What is to be read: of a folder everything, or only these files; and whether something is gone."""

    whole: bool = True
    files: set[Path] = field(default_factory=set)
    is_gone: bool = True
    # Files of which something was said: of two with one id, or one text, only the first is an article.
    named: set[Path] = field(default_factory=set)


def watch(
    archive: Archive, sources: Sequence[str], *, interval: float = INTERVAL_SECONDS, removes: bool = False
) -> Iterator[Round]:
    """Return what was done, round after round, for as long as it is asked for: first with all there is.

    Addresses are looked at every `interval` seconds, files when the system says that they changed. A source that
    cannot be read is told of and tried again at its next change. With `removes`, an article goes that was found only
    in a file that is gone, or that has it no longer; what is no longer in a feed stays. Raises UserError for a path
    where nothing is.
    """
    _check_paths(sources)
    return _rounds(archive, sources, interval, removes)


def _rounds(archive: Archive, sources: Sequence[str], interval: float, removes: bool) -> Iterator[Round]:
    files = {os.path.abspath(source): _Due() for source in sources if not is_address(source)}
    addresses = [source for source in sources if is_address(source)]
    asked = -math.inf
    for changes in _looks(list(files), interval):
        for source, due in files.items():
            _note(due, Path(source), changes)
            yield from _catch_up(archive, source, due, removes=removes)
        if time.monotonic() - asked >= interval:
            for address in addresses:
                yield _add(archive, address)
            asked = time.monotonic()


def _check_paths(sources: Sequence[str]) -> None:
    for source in sources:
        if not is_address(source) and not Path(source).exists():
            raise UserError(f"there is no file or folder {source!r}; correct the path")


def _looks(paths: Sequence[str], interval: float) -> Iterator[set[tuple[Change, str]]]:
    """What has changed, whenever something has, and at least every so often; the first look finds nothing yet."""
    if paths:
        # It listens before the first look, so that nothing is missed between that and the second.
        yield from watch_files(
            *paths, watch_filter=None, yield_on_timeout=True, rust_timeout=round(_LOOK_SECONDS * 1000)
        )
        return
    while True:
        yield set()
        threading.Event().wait(interval)


def _note(due: _Due, home: Path, changes: set[tuple[Change, str]]) -> None:
    for change, name in changes:
        path = Path(name)
        if path != home and home not in path.parents:
            continue
        due.is_gone = due.is_gone or change is Change.deleted
        due.whole = due.whole or path.name == METADATA_FILE
        due.files.add(path)


def _catch_up(archive: Archive, source: str, due: _Due, *, removes: bool) -> Iterator[Round]:
    """Read what is due. It stays due where another program was writing."""
    if not (due.whole or due.files):
        return
    try:
        if removes and due.is_gone:
            removed = _remove_gone(archive, Path(source))
            if removed.removed:
                yield Round(source, removed)
                # One that stood behind a removed one is an article now.
                due.files |= due.named
        if due.whole or due.files:
            report = archive.add(source, only=None if due.whole else due.files, removes=removes)
            due.named = (set() if due.whole else due.named - due.files) | _named_in(report)
            yield Round(source, report)
    except Locked:
        return
    except UserError as error:
        yield Round(source, problem=str(error))
    due.whole, due.is_gone, due.files = False, False, set()


def _named_in(report: Report) -> set[Path]:
    """The files that a report says something of; it may be of a line in one, or of what is packed in one."""
    origins = [*(each.origin for each in report.unreadable), *(each.origin for each in report.remarks)]
    return {Path(os.path.abspath(file)) for file in map(file_of, origins) if os.path.isfile(file)}


def _remove_gone(archive: Archive, source: Path) -> Report:
    home = source.resolve()
    # Of a folder that is gone as a whole nobody knows: a disk may not be there.
    if not home.is_dir():
        return Report()

    def is_gone(origin: Origin) -> bool:
        path = Path(origin.place)
        # A name that is not UTF-8 is kept in another form, by which it cannot be found.
        return home in path.parents and "\ufffd" not in origin.place and not os.path.lexists(path)

    return archive.remove_vanished(is_gone)


def _add(archive: Archive, source: str) -> Round:
    try:
        return Round(source, archive.add(source))
    except UserError as error:
        return Round(source, problem=str(error))

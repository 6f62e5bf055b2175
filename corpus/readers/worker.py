"""A process of its own that reads documents of strangers: what goes wrong in it takes nothing else along."""

from __future__ import annotations

import json
import math
import os
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from corpus.article import Article
from corpus.errors import UserError
from corpus.language import language_of
from corpus.readers.documents import Found, read_document
from corpus.readers.formats import Format
from corpus.readers.metadata import Metadata

MEMORY_BYTES = 1_000_000_000
# For one document: a thousand pages of a PDF take about two.
SECONDS = 10
# What no reader has a use for; files are opened only for reading, and only those of Python and its libraries.
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "shutil.",
    "urllib.",
    "http.",
    "smtplib.",
    "ftplib.",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> None:
    """Read documents from standard input, one after another, and write what is in each to standard output."""
    source = sys.stdin.buffer
    # A library that prints would write into the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Its data are unpacked by way of a temporary file, which is forbidden from here on.
    language_of("In which language is this?")
    _limit_process()
    while head := source.readline():
        order = json.loads(head)
        data = source.read(order["size"])
        _limit_time()
        for answer in _answers(order, data):
            _write(answers, answer)
        _write(answers, {"end": True})
        answers.flush()


def _write(answers: BinaryIO, answer: dict[str, object]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")


def _answers(order: dict[str, Any], data: bytes) -> Iterator[dict[str, object]]:
    try:
        for found in read_document(
            Format(order["format"]),
            data,
            article_id=order["article_id"],
            known=to_metadata(order["known"]),
            found_at=order["found_at"],
        ):
            yield _answer(found)
    except UserError as error:
        yield {"refused": str(error)}
    except MemoryError:
        yield {"refused": f"reading it takes more than {MEMORY_BYTES:,} bytes of memory"}
    except PermissionError as error:
        yield {"refused": f"reading it was stopped: {error}"}
    # A library's fault in a damaged file must not stop the others; it is told with its name.
    except Exception as error:
        yield {"refused": f"it is damaged: {type(error).__name__}: {error}"[:200]}


def _answer(found: Found) -> dict[str, object]:
    if isinstance(found, Article):
        return {"article": found.to_record() | {"published": found.published and found.published.isoformat()}}
    return {"remark": found} if isinstance(found, str) else {"refused": str(found)}


def to_metadata(values: object) -> Metadata:
    """The record that was written as JSON."""
    fields = dict(values) if isinstance(values, dict) else {}
    day = fields.get("published")
    return Metadata(**fields | {"published": date.fromisoformat(day) if day else None})


def _limit_process() -> None:
    """Memory, and what the process may do at all: no network, no other process, no file but Python's own."""
    # Python without it is that of Windows.
    with suppress(ImportError):
        import resource

        for limit, value in (
            (resource.RLIMIT_DATA, MEMORY_BYTES),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            with suppress(ValueError, OSError):
                resource.setrlimit(limit, (value, value))
    # Where the program is run from its sources, the path need not name them.
    corpus = str(Path(__file__).parents[1])
    folders = {corpus, *sys.path, sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), "/usr/share/zoneinfo"}
    allowed = tuple(os.path.realpath(folder) + os.sep for folder in folders if folder and Path(folder).is_absolute())

    def check(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            is_own = not isinstance(path, (str, bytes)) or os.path.realpath(os.fsdecode(path)).startswith(allowed)
            is_right = is_own and not (isinstance(flags, int) and flags & _WRITING)
        # The libraries of compiled modules are loaded with ctypes.
        elif event == "ctypes.dlopen":
            is_right = not arguments[0] or os.path.realpath(str(arguments[0])).startswith(allowed)
        else:
            is_right = not event.startswith(_FORBIDDEN)
        if not is_right:
            raise PermissionError(f"the document asked for {event}")

    sys.addaudithook(check)


def _limit_time() -> None:
    """The time of this document, counted from now: that of the processor, so that a busy machine cuts none short."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, hardest = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + SECONDS, hardest))

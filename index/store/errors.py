"""What can be wrong with a store, in words that say what to do."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import UserError

# What SQLite needs beside the file to read it; where that does not fit, it speaks of input and output.
_NEEDED_BYTES = 64 * 1024


class ArticleNotFound(UserError):
    """No article has this id."""


class StoreDamaged(UserError):
    """The SQLite file is not one, or not whole."""


class TryAgain(UserError):
    """What was asked went away meanwhile; who asks once more finds what is there instead."""


class OtherFormat(UserError):
    """The index was written by another version, in a form that this one does not ask."""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the file into what a user can do about it."""
    try:
        yield
    except sqlite3.OperationalError as error:
        reason = str(error)
        if "full" in reason or ("disk I/O" in reason and _is_full(path)):
            raise UserError(
                f"the disk with {str(path)!r} is full; free some space and run the same command again"
            ) from error
        if "locked" in reason or "busy" in reason:
            raise UserError(f"{str(path)!r} is locked by another process; try again when it has finished") from error
        if "unable to open" in reason or "readonly" in reason or "no such table" in reason or "disk I/O" in reason:
            raise StoreDamaged(
                f"{str(path)!r} cannot be used ({reason}); check its permissions or run `article-qa build`"
            ) from error
        if "decode" in reason:
            raise StoreDamaged(f"{str(path)!r} is damaged ({reason}); run `article-qa build`") from error
        raise
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        raise StoreDamaged(f"{str(path)!r} is damaged ({error}); run `article-qa build`") from error


def _is_full(path: Path) -> bool:
    return shutil.disk_usage(path.parent).free < _NEEDED_BYTES

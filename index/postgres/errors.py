"""What can be wrong with a database, in words that say what to do and hold no password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from corpus.errors import UserError
from index.postgres.address import Address
from index.store.errors import StoreDamaged, TryAgain

GUIDE = "docs/scale.md"


class ConnectionLost(TryAgain):
    """No server answers, or it stopped while it was asked. The same question may find another."""


class GenerationGone(StoreDamaged, TryAgain):
    """The tables are not there: a build replaced them, or something else did away with them."""


@contextmanager
def explained(address: Address) -> Iterator[None]:
    """Turn PostgreSQL's errors into what a user can do about them."""
    try:
        yield
    except psycopg.Error as error:
        raise _in_words(error, address) from error


def _in_words(error: psycopg.Error, address: Address) -> UserError:
    reason = address.hide(_first_line(error))
    where = f"the database {str(address)!r}"
    if isinstance(error, errors.InsufficientPrivilege):
        return UserError(f"{where} refused: {reason}; give the role its rights, as {GUIDE} says")
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return UserError(f"{where} can only be read ({reason}); name the primary server in the address")
    if isinstance(error, errors.DiskFull):
        return UserError(f"the disk of {where} is full; free some space and run the same command again")
    if isinstance(error, errors.UndefinedTable | errors.UndefinedColumn | errors.InvalidSchemaName):
        return GenerationGone(f"{where} has no whole index ({reason}); run `article-qa build`")
    if isinstance(error, errors.UndefinedObject | errors.UndefinedFile | errors.FeatureNotSupported):
        return UserError(f"{where} lacks something ({reason}); it needs pgvector 0.8 or newer, see {GUIDE}")
    if isinstance(error, errors.DuplicatePreparedStatement | errors.InvalidSqlStatementName):
        return UserError(f"{where} gives each transaction another connection ({reason}); let the pooler pool sessions")
    if isinstance(error, errors.ProgramLimitExceeded):
        return UserError(f"{where} cannot hold this: {reason}; shorten the article's id, source or file name")
    if isinstance(error, psycopg.OperationalError) and error.sqlstate in (None, *_GONE):
        return ConnectionLost(f"cannot use {where}: {reason}; {_advice(reason)}")
    return UserError(f"{where} refused: {reason}")


# The server is stopping, crashed, starting, or was stopped by somebody.
_GONE = ("57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006", "53300")


def _advice(reason: str) -> str:
    if any(word in reason for word in ("SSL", "certificate", "encryption")):
        return "check sslmode and sslrootcert in the address"
    if "password" in reason or "authentication" in reason or "role" in reason:
        return "check the user and the password in the address"
    if "does not exist" in reason:
        return "create it first, or name another"
    return "check that the server runs and that the address is right"


def _first_line(error: psycopg.Error) -> str:
    text = str(error).strip()
    return text.splitlines()[0].removeprefix("connection failed: ") if text else type(error).__name__

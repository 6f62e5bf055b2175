"""Schema: the tables of one generation, and the transactions in which they are read and changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

from psycopg import sql

from corpus.errors import UserError
from index.postgres.database import Connection, Database


class Schema:
    """A schema of the database. In every statement {s} stands for it, and others for `parts`.

    Safe to use from several threads; each has a transaction of its own, in which all that it asks and writes happens.
    """

    def __init__(self, database: Database, name: str) -> None:
        self.database = database
        self.name = name
        self._identifier = sql.Identifier(name)
        self._held = threading.local()

    def table(self, name: str) -> sql.Identifier:
        """One of its tables, as a part of a statement."""
        return sql.Identifier(self.name, name)

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """What is read in the block is the state of one moment, whatever others commit meanwhile."""
        if self._held_connection() is not None:
            yield
            return
        with self.database.connection() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            with self._holding(connection):
                yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: everything in the block happens, or nothing. One writer at a time."""
        with self.database.connection(writes=True) as connection, connection.transaction():
            query: LiteralString = "SELECT name FROM article_qa.generation WHERE name = %s FOR UPDATE"
            if connection.execute(query, (self.name,)).fetchone() is None:
                raise UserError(
                    f"the index in {self.database.name!r} was built anew meanwhile; run the same command again"
                )
            with self._holding(connection):
                yield

    @property
    def is_held(self) -> bool:
        """Whether this thread is in a transaction."""
        return self._held_connection() is not None

    def rows(
        self, query: LiteralString, values: Mapping[str, Any] | None = None, **parts: sql.Composable
    ) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with self._connection() as connection:
            return connection.execute(self._sql(query, parts), values).fetchall()

    def write(self, query: LiteralString, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run a statement once for each of `rows`."""
        with self._connection(writes=True) as connection, connection.cursor() as cursor:
            cursor.executemany(self._sql(query, {}), rows)

    def run(self, query: LiteralString, **parts: sql.Composable) -> None:
        """Run statements that give nothing."""
        with self._connection(writes=True) as connection:
            connection.execute(self._sql(query, parts))

    def _sql(self, query: LiteralString, parts: Mapping[str, sql.Composable]) -> sql.Composed:
        return sql.SQL(query).format(s=self._identifier, **parts)

    @contextmanager
    def _connection(self, *, writes: bool = False) -> Iterator[Connection]:
        """That of this thread's transaction, else one for the block."""
        held = self._held_connection()
        if held is not None:
            yield held
            return
        with self.database.connection(writes=writes) as connection:
            yield connection

    def _held_connection(self) -> Connection | None:
        """That of the transaction that this thread is in."""
        held: Connection | None = getattr(self._held, "connection", None)
        return held

    @contextmanager
    def _holding(self, connection: Connection) -> Iterator[None]:
        self._held.connection = connection
        try:
            yield
        finally:
            self._held.connection = None

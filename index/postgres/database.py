"""The database of an index: its connections, which generation is current, and who may write."""

from __future__ import annotations

import contextlib
import re
import secrets
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool, PoolTimeout

from corpus.errors import UserError
from index.generations import Locked
from index.postgres.address import Address
from index.postgres.errors import GUIDE, ConnectionLost, explained
from index.postgres.tables import REGISTRY, SCHEMA

Connection = psycopg.Connection[tuple[Any, ...]]

# Threads that ask at once share so many connections; each is used for milliseconds.
MAX_CONNECTIONS = 16
CONNECT_SECONDS = 10
# How long a thread waits for a connection that others use, and then once more.
WAIT_SECONDS = 5.0
OLDEST_PGVECTOR = (0, 8)
# Whoever changes articles holds this lock together with others, a build holds it alone.
_LOCK = 0x61727469636C65
_UNLOCK: LiteralString = "SELECT pg_advisory_unlock_all()"
_GENERATION = re.compile(rf"{SCHEMA}_[0-9a-f]{{8}}")
# Without an iterative scan a filtered search would give too little, without custom plans one made for a filter that
# nearly everything passes would serve for one that hardly anything does. Of the ten nearest among 100,000 vectors that
# are much alike 800 candidates find 9.9, in 10 ms, 200 only 9.0, in 5; more than 1,000 pgvector does not take.
_SESSION: LiteralString = (
    "SELECT set_config('jit', 'off', false), set_config('plan_cache_mode', 'force_custom_plan', false), "
    "set_config('hnsw.iterative_scan', 'relaxed_order', false), set_config('hnsw.ef_search', '1000', false), "
    "set_config('hnsw.max_scan_tuples', '100000', false)"
)


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation as the registry has it: the number of its last change, and how much is in it."""

    name: str
    seq: int
    articles: int
    passages: int
    terms: int


class Database:
    """One index in one database. Safe to use from several threads; nothing is connected before it is needed."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._pools: dict[bool, ConnectionPool[Connection]] = {}
        self._opening = threading.Lock()
        # The connection by which this thread holds the write lock.
        self._held = threading.local()
        # Also at the end of the program: the library's own way to notice comes too late there, with a traceback.
        weakref.finalize(self, _close_all, self._pools)

    @property
    def where(self) -> Address:
        """The address, by which it is opened again."""
        return self.address

    @property
    def name(self) -> str:
        """The address without its password."""
        return str(self.address)

    def close(self) -> None:
        """Close every connection; one that is needed later is made again."""
        with self._opening:
            _close_all(self._pools)

    @contextmanager
    def connection(self, *, writes: bool = False) -> Iterator[Connection]:
        """A connection that nobody else uses within the block, to a server that can be written to if it `writes`."""
        pool = self._pool(writes)
        try:
            connection = self._free(pool, writes)
        except PoolTimeout as error:
            raise ConnectionLost(
                f"no connection to {self.name!r} was free for {2 * WAIT_SECONDS:g} seconds; try again, or ask on "
                "another server"
            ) from error
        try:
            with explained(self.address):
                yield connection
        finally:
            pool.putconn(connection)

    def _free(self, pool: ConnectionPool[Connection], writes: bool) -> Connection:
        try:
            return pool.getconn()
        except PoolTimeout:
            # Says why, if the server is gone. If it is back, the pool may be resting after it tried in vain.
            self._connect(writes).close()
            return pool.getconn()

    def current(self) -> str | None:
        """Name of the current generation, None when nothing was built yet."""
        with contextlib.suppress(_NothingBuilt):
            return self.state().name
        return None

    def require_current(self) -> str:
        """Name of the current generation. Raises UserError when nothing was built yet."""
        return self.state().name

    def state(self) -> Generation:
        """The current generation as it is now. Raises UserError when nothing was built yet."""
        query: LiteralString = "SELECT name, seq, articles, passages, terms FROM article_qa.generation WHERE is_current"
        row = None
        with self.connection() as connection, contextlib.suppress(errors.UndefinedTable, errors.InvalidSchemaName):
            row = connection.execute(query).fetchone()
        if row is None:
            raise _NothingBuilt(f"no index in {self.name!r}; run `article-qa build`, or name another with --index")
        if not _GENERATION.fullmatch(row[0]):
            raise UserError(f"{self.name!r} names no index ({row[0]!r}); run `article-qa build`")
        return Generation(*row)

    def new_generation(self) -> str:
        """The name of a new generation, not current yet. The caller holds the write lock."""
        name = f"{SCHEMA}_{secrets.token_hex(4)}"
        self._make_pgvector()
        self.require_pgvector(writes=True)
        with self.connection(writes=True) as connection, connection.transaction():
            connection.execute(REGISTRY)
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
            connection.execute("INSERT INTO article_qa.generation (name) VALUES (%s)", (name,))
        return name

    def generations(self) -> list[str]:
        """Names of all generations; what else somebody wrote into their list is none."""
        query: LiteralString = "SELECT name FROM article_qa.generation ORDER BY changed_at DESC, name"
        with self.connection() as connection, contextlib.suppress(errors.UndefinedTable, errors.InvalidSchemaName):
            return [row[0] for row in connection.execute(query) if _GENERATION.fullmatch(row[0])]
        return []

    def activate(self, generation: str) -> None:
        """Make `generation` the current one, in one transaction. The caller holds the write lock.

        Raises UserError when it was lost meanwhile: what others changed since would be lost with the old generation.
        """
        connection: Connection = self._held.connection
        with explained(self.address), connection.transaction():
            connection.execute("UPDATE article_qa.generation SET is_current = false WHERE is_current")
            connection.execute("UPDATE article_qa.generation SET is_current = true WHERE name = %s", (generation,))

    def sweep(self) -> None:
        """Nothing yet: who began to ask the generation before ends with it. The next build makes room."""

    def make_room(self) -> None:
        """Delete every generation but the current one: old ones, and those of builds that were killed.

        The caller holds the write lock.
        """
        kept = self.current()
        for name in self.generations():
            if name != kept:
                self.drop(name)

    def drop(self, generation: str) -> None:
        """Delete a generation."""
        with self.connection(writes=True) as connection, connection.transaction():
            connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(generation)))
            connection.execute("DELETE FROM article_qa.generation WHERE name = %s", (generation,))

    @contextmanager
    def writing(self, *, wait_seconds: float = 0.0, alone: bool = True) -> Iterator[None]:
        """Hold the write lock, `alone` or with others who only change articles.

        Raises UserError when another has it for longer than `wait_seconds`, or it was lost with its connection: what
        was changed since may be in an index that another build replaced. A process that dies lets go of it.
        """
        lock: LiteralString = "SELECT pg_advisory_lock(%s)" if alone else "SELECT pg_advisory_lock_shared(%s)"
        with self.connection(writes=True) as connection:
            try:
                with connection.transaction():
                    milliseconds = max(1, int(wait_seconds * 1000))
                    connection.execute("SELECT set_config('lock_timeout', %s, true)", (f"{milliseconds}ms",))
                    connection.execute(lock, (_LOCK,))
            except errors.LockNotAvailable as error:
                raise Locked(
                    f"another build, add or remove is writing to {self.name!r}; run this again when it has finished"
                ) from error
            self._held.connection = connection
            try:
                yield
            except BaseException:
                with contextlib.suppress(psycopg.OperationalError):
                    connection.execute(_UNLOCK)
                raise
            finally:
                self._held.connection = None
            try:
                connection.execute(_UNLOCK)
            except psycopg.OperationalError as error:
                raise ConnectionLost(
                    f"the connection to {self.name!r} was lost meanwhile; run the same command again"
                ) from error

    def facts(self, *, writes: bool = False) -> tuple[str, str | None]:
        """(version of the server, version of pgvector or None)."""
        query: LiteralString = (
            "SELECT current_setting('server_version'), (SELECT extversion FROM pg_extension WHERE extname = 'vector')"
        )
        with self.connection(writes=writes) as connection:
            row = connection.execute(query).fetchone()
        assert row is not None
        return row[0], row[1]

    def require_pgvector(self, *, writes: bool = False) -> None:
        """Raise UserError for a pgvector that is too old: it would leave out what a filter lets pass.

        Where there is none, there is no index either.
        """
        _, found = self.facts(writes=writes)
        if found and tuple(int(part) for part in re.findall(r"\d+", found)[:2]) < OLDEST_PGVECTOR:
            raise UserError(
                f"the database {self.name!r} has pgvector {found}, 0.8 or newer is needed; update it on the server and "
                "let a superuser run ALTER EXTENSION vector UPDATE"
            )

    def _make_pgvector(self) -> None:
        if self.facts(writes=True)[1] is not None:
            return
        with self.connection(writes=True) as connection:
            try:
                connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
            except psycopg.Error as error:
                reason = self.address.hide(str(error).splitlines()[0])
                raise UserError(
                    f"the database {self.name!r} has no pgvector ({reason}); install it on the server and let a "
                    f"superuser run CREATE EXTENSION vector, as {GUIDE} says"
                ) from error

    def _pool(self, writes: bool) -> ConnectionPool[Connection]:
        # Of one server there is one pool for all.
        writes = writes and "," in (self._parameters().get("host") or "")
        with self._opening:
            if writes not in self._pools:
                # Not by the pool, which tries for long and then does not say why.
                self._connect(writes).close()
                self._pools[writes] = ConnectionPool(
                    self.address.secret,
                    kwargs=self._options(writes),
                    min_size=0,
                    max_size=MAX_CONNECTIONS,
                    timeout=WAIT_SECONDS,
                    # Longer, it would try ever more rarely, and find a server that is back only after minutes.
                    reconnect_timeout=WAIT_SECONDS,
                    configure=_configure,
                    check=ConnectionPool.check_connection,
                    num_workers=1,
                    open=True,
                )
            return self._pools[writes]

    def _connect(self, writes: bool) -> Connection:
        with explained(self.address):
            connection: Connection = psycopg.connect(self.address.secret, **self._options(writes))
            return connection

    def _options(self, writes: bool) -> dict[str, Any]:
        given = self._parameters()
        options: dict[str, Any] = {"autocommit": True}
        options |= {} if "connect_timeout" in given else {"connect_timeout": CONNECT_SECONDS}
        options |= {} if "application_name" in given else {"application_name": "article-qa"}
        return options | ({"target_session_attrs": "read-write"} if writes else {})

    def _parameters(self) -> dict[str, Any]:
        try:
            found = dict(conninfo_to_dict(self.address.secret))
            if not all(port.isdecimal() for port in str(found.get("port", "0")).split(",") if port):
                raise psycopg.ProgrammingError
            # What is behind an @ in a password is taken for a machine, and would be told everybody who is asked for it.
            # A socket without a file is named with an @ in front.
            if any("@" in host[1:] for host in str(found.get("host", "")).split(",")):
                raise psycopg.ProgrammingError
            return found
        except psycopg.Error:
            # What libpq says of it may hold a part of the password.
            raise UserError(
                f"{self.name!r} is no address of a database; write postgresql://user:password@host:5432/name, "
                "with %40 for an @ and %2F for a / in the password"
            ) from None


class _NothingBuilt(UserError):
    """The database has no index."""


def _close_all(pools: dict[bool, ConnectionPool[Connection]]) -> None:
    while pools:
        pools.popitem()[1].close()


def _configure(connection: Connection) -> None:
    connection.execute(_SESSION)

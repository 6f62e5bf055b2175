"""Spread the vectors of an index in PostgreSQL over other servers, once they no longer fit into the memory of one.

    python examples/shards.py postgresql://writer:...@main/articles postgresql://writer:...@a/vectors postgresql://...@b/...

The first address is that of the index, the others are of empty databases with pgvector. Each gets the vectors whose
number, hashed, falls to it, with an HNSW index of its own; the index's own table becomes a door to them, by
postgres_fdw. Nothing else moves: articles, words and sentences stay. A build makes a whole table again: run this anew
behind it. A superuser of the main server has to allow it once:

    CREATE EXTENSION postgres_fdw; GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO writer;

Where servers ask as another role, that needs a mapping of its own for each shard:

    CREATE USER MAPPING FOR reader SERVER article_qa_shard_0 OPTIONS (user 'reader', password '...');
"""

from __future__ import annotations

import sys
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

LOCK = 0x61727469636C65
Connection = psycopg.Connection[tuple[Any, ...]]

# What the program sets for its own sessions; those to the shards are postgres_fdw's.
SESSION = "-c hnsw.ef_search=200 -c hnsw.iterative_scan=relaxed_order -c hnsw.max_scan_tuples=100000 -c jit=off"
# A question is sent to all shards at once; rows go there many at a time, and come back so.
SERVER = {
    "extensions": "vector",
    "async_capable": "true",
    "batch_size": "500",
    "fetch_size": "1000",
    "options": SESSION,
}
OF_A_USER = ("user", "password", "sslcert", "sslkey")


def main(index: str, *shards: str) -> None:
    """Move the vectors of the index in `index` to `shards`; it is asked as before until all are there."""
    with psycopg.connect(index, autocommit=True) as db:
        # That of the program: nobody changes an article or builds meanwhile.
        db.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        _run(db, "CREATE EXTENSION IF NOT EXISTS postgres_fdw")
        generation = _one(db, "SELECT name FROM article_qa.generation WHERE is_current")
        dim = int(_one(db, sql.SQL("SELECT value FROM {}.meta WHERE key = 'dim'").format(_name(generation))))
        kept = [row[0] for row in db.execute("SELECT name FROM article_qa.generation").fetchall()]
        for number, address in enumerate(shards):
            with psycopg.connect(address) as shard:
                _make_room(shard, generation, dim, kept)
            _name_server(db, f"article_qa_shard_{number}", address)
        with db.transaction():
            _divide(db, generation, len(shards))
        for address in shards:
            with psycopg.connect(address) as shard:
                _index(shard, generation, dim)
        with db.transaction():
            _run(db, "DROP TABLE {s}.vector", s=generation)
            _run(db, "ALTER TABLE {s}.divided RENAME TO vector", s=generation)
            # From now on the program searches each part by its own index.
            _run(db, "INSERT INTO {s}.meta VALUES ('nearest', 'hnsw') ON CONFLICT (key) DO NOTHING", s=generation)


def _make_room(shard: Connection, generation: str, dim: int, kept: list[str]) -> None:
    """An empty table, in the place of those of builds that the main server has let go of."""
    old = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'article\\_qa\\_%%' AND nspname != ALL(%s)"
    for (name,) in shard.execute(old, (kept,)).fetchall():
        _run(shard, "DROP SCHEMA {s} CASCADE", s=name)
    _run(shard, "CREATE EXTENSION IF NOT EXISTS vector")
    _run(shard, "CREATE SCHEMA {s}", s=generation)
    query: LiteralString = (
        "CREATE TABLE {s}.vector (number bigint PRIMARY KEY, published date, source text COLLATE {c}, "
        "data vector({dim}) NOT NULL)"
    )
    shard.execute(sql.SQL(query).format(s=sql.Identifier(generation), c=sql.Identifier("C"), dim=sql.Literal(dim)))


def _name_server(db: Connection, name: str, address: str) -> None:
    given = {key: str(value) for key, value in conninfo_to_dict(address).items()}
    own = {key: given.pop(key) for key in OF_A_USER if key in given}
    _run(db, "DROP SERVER IF EXISTS {n} CASCADE", n=name)
    options = _options(given | SERVER)
    db.execute(sql.SQL("CREATE SERVER {} FOREIGN DATA WRAPPER postgres_fdw OPTIONS ({})").format(_name(name), options))
    db.execute(
        sql.SQL("CREATE USER MAPPING FOR CURRENT_USER SERVER {} OPTIONS ({})").format(_name(name), _options(own))
    )


def _divide(db: Connection, generation: str, n: int) -> None:
    """Beside the whole table, make one of `n` parts, one on each shard, with all that is in it."""
    _run(db, "CREATE TABLE {s}.divided (LIKE {s}.vector) PARTITION BY HASH (number)", s=generation)
    for number in range(n):
        query: LiteralString = (
            "CREATE FOREIGN TABLE {s}.{part} PARTITION OF {s}.divided FOR VALUES WITH (MODULUS {n}, REMAINDER {r}) "
            "SERVER {server} OPTIONS (schema_name {schema}, table_name 'vector')"
        )
        db.execute(
            sql.SQL(query).format(
                s=_name(generation),
                part=_name(f"vector_{number}"),
                n=sql.Literal(n),
                r=sql.Literal(number),
                server=_name(f"article_qa_shard_{number}"),
                schema=sql.Literal(generation),
            )
        )
    _run(db, "INSERT INTO {s}.divided SELECT * FROM {s}.vector", s=generation)
    # Who could read the whole table can read the parts.
    readers = db.execute(
        "SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_schema = %s "
        "AND table_name = 'vector' AND privilege_type = 'SELECT'",
        (generation,),
    ).fetchall()
    for (role,) in readers:
        for table in ("divided", *(f"vector_{number}" for number in range(n))):
            _run(db, "GRANT SELECT ON {s}.{t} TO {r}", s=generation, t=table, r=role)


def _index(shard: Connection, generation: str, dim: int) -> None:
    query: LiteralString = (
        "CREATE INDEX ON {s}.vector USING hnsw ((data::halfvec({dim})) halfvec_ip_ops) "
        "WITH (m = 16, ef_construction = 100)"
    )
    shard.execute(sql.SQL(query).format(s=_name(generation), dim=sql.Literal(dim)))
    for column in ("published", "source"):
        _run(shard, "CREATE INDEX ON {s}.vector ({column})", s=generation, column=column)
    _run(shard, "ANALYZE {s}.vector", s=generation)


def _run(db: Connection, query: LiteralString, **names: str) -> None:
    db.execute(sql.SQL(query).format(**{key: _name(name) for key, name in names.items()}))


def _one(db: Connection, query: LiteralString | sql.Composed) -> str:
    row = db.execute(query).fetchone()
    if row is None:
        raise SystemExit("no index there; run `article-qa build` or `article-qa copy` first")
    return str(row[0])


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)


def _options(values: dict[str, str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL("{} {}").format(_name(key), sql.Literal(value)) for key, value in values.items())


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])

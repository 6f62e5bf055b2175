"""An index in PostgreSQL: several writers, builds that are swapped, and plain words when the server says no."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psycopg
import pytest
from fakes import ARTICLES, BRIDGE, CHESS, HashEncoder, long_article

from corpus.article import Article
from corpus.errors import UserError
from corpus.filters import Filters
from index.encoders.encoder import Vectors
from index.postgres.address import Address
from index.postgres.database import _SESSION, Database
from index.postgres.errors import ConnectionLost, explained
from index.postgres.legs import nearest
from index.postgres.store import PostgresStore, open_current
from index.recipe import open_store
from index.retriever import Retriever
from index.store.errors import ArticleNotFound, OtherFormat
from index.update import add_articles, build_index, rebuild_index, remove_articles

if TYPE_CHECKING:
    from postgres_server import Server

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
# Adds articles of its own one by one, and one that all writers add.
WRITER = """
import sys
sys.path.insert(0, "tests")
from fakes import CHESS, HashEncoder, long_article
from index.place import place_of, read_place
from index.update import add_articles, remove_articles
address, name = sys.argv[1:]
place, encoder = place_of(read_place(address)), HashEncoder()
print("begun", flush=True)
for n in range(3):
    add_articles(place, [long_article(f"{name}{n}", f"{name}{n}", 12), CHESS], encoder)
    print("added", flush=True)
remove_articles(place, [f"{name}0"], encoder)
place.close()
"""


def written(database: Database) -> PostgresStore:
    store = open_current(database)
    assert store.problems() == []
    return store


def ids(retriever: Retriever, query: str, filters: Filters | None = None) -> list[str]:
    numbers = [hit.number for hit in retriever.search(query, filters=filters).hits]
    passages = retriever.store.passages(numbers)
    return list(dict.fromkeys(passages[number].article_id for number in numbers))


def test_all_that_is_put_comes_back_and_goes_away(database: Database, encoder: HashEncoder) -> None:
    odd = Article("o'dd\\ %s {s}", "';DROP--", "It's 100% {odd} \\ 'quoted' $1 🏔. " + "x" * 3000 + " ends.", "O'Neil %")
    build_index(database, [*ARTICLES, odd], encoder)
    store = written(database)
    assert store.articles([odd.article_id, "missing"]) == {odd.article_id: odd}
    assert list(store.each_article()) == sorted([*ARTICLES, odd], key=lambda article: article.article_id)
    for article in (BRIDGE, odd):
        (record, *_) = store.records_of(article.article_id)
        assert store.records(store.numbers_of(article.article_id)[:1]) == {
            store.numbers_of(article.article_id)[0]: record
        }
        (passage, *_) = store.passages(store.numbers_of(article.article_id)).values()
        assert passage.text == article.text[record.start : record.end]
    assert store.every_source() == sorted(["Coast Daily", "Alpine Post", "O'Neil %"])
    assert ids(Retriever(database, encoder), "odd'); DROP {s} %s", Filters(sources=("O'Neil %",))) == [odd.article_id]
    remove_articles(database, [odd.article_id], encoder)
    assert written(database).counts() == (4, 4)
    with pytest.raises(ArticleNotFound, match="no article 'nothing'"):
        remove_articles(database, ["chess", "nothing"], encoder)
    assert written(database).counts() == (4, 4)


def test_vectors_are_kept_to_the_bit(built_database: Database, encoder: HashEncoder) -> None:
    store = open_store(built_database, encoder)
    kept = np.frombuffer(store.records_of("chess")[0].vector, "<f4")
    assert kept.tolist() == next(iter(encoder.encode_passages([f"{CHESS.title}\n{CHESS.text}"]))).tolist()


def test_several_processes_write_at_once(built_database: Database, encoder: HashEncoder) -> None:
    command = [sys.executable, "-c", WRITER, built_database.address.secret]
    writers = [subprocess.Popen([*command, name], cwd=ROOT, stdout=subprocess.PIPE) for name in ("ant", "bee")]
    retriever = Retriever(built_database, encoder)
    for writer in writers:
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    assert ids(retriever, "bee")[0].startswith("bee")
    wanted = [
        "bridge",
        "chess",
        "glacier",
        "vaccine",
        *(f"{name}{n}" for name in ("ant", "bee") for n in (1, 2)),
    ]
    assert written(built_database).article_ids() == sorted(wanted)


@pytest.mark.parametrize("after", [1, 3])
def test_a_writer_that_is_killed_leaves_whole_articles(built_database: Database, after: int) -> None:
    command = [sys.executable, "-c", WRITER, built_database.address.secret, "ant"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(after):
            writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
    assert written(built_database).counts()[0] >= 4 + after - 1
    # Nobody waits for the dead.
    assert add_articles(built_database, [replace(CHESS, article_id="again", text="Other.")], HashEncoder()).added == 1


def test_a_build_is_swapped_in_and_the_one_before_stays_for_its_readers(
    built_database: Database, encoder: HashEncoder
) -> None:
    old = open_current(built_database)
    seen: list[list[str]] = []
    build_index(built_database, [BRIDGE], encoder, lambda *_: seen.append(open_current(built_database).article_ids()))
    assert seen == [["bridge", "chess", "glacier", "vaccine"]]
    assert open_current(built_database).article_ids() == ["bridge"]
    assert old.article("chess") == CHESS
    build_index(built_database, [CHESS], encoder)
    assert built_database.generations().__len__() == 2
    with pytest.raises(UserError, match="no whole index"):
        old.article("chess")


def test_a_build_that_fails_leaves_the_old_index_and_nothing_else(
    built_database: Database, encoder: HashEncoder
) -> None:
    before = built_database.generations()
    with pytest.raises(UserError, match="no articles were given"):
        build_index(built_database, [], encoder)
    assert built_database.generations() == before


def test_a_rebuild_encodes_nothing_that_is_there(built_database: Database) -> None:
    encoder = HashEncoder()
    rebuild_index(built_database, encoder)
    assert encoder.encoded == []
    assert list(written(built_database).each_article()) == sorted(ARTICLES, key=lambda article: article.article_id)


def test_a_build_waits_for_no_writer(built_database: Database, encoder: HashEncoder) -> None:
    with (
        built_database.writing(alone=False),
        pytest.raises(UserError, match="another build, add or remove is writing to .*; run this again"),
    ):
        build_index(built_database, [BRIDGE], encoder)
    build_index(built_database, [BRIDGE], encoder)


def test_many_vectors_are_found_through_their_index(
    database: Database, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = [replace(long_article(f"a{n:02}", f"word{n}", 25), source=f"s{n % 10}") for n in range(60)]
    build_index(database, articles, encoder)
    store, query = open_current(database), encoder.encode_queries(["word7 and day 3"])
    exact = nearest(store, query, 20)
    narrow = nearest(store, query, 10, Filters(sources=("s7",)))
    alone = nearest(store, query, 10, Filters(articles=("a31",)))
    assert {hit.number for hit in alone} == set(store.numbers_of("a31"))
    monkeypatch.setattr("index.postgres.store.EXACT_UP_TO", 50)
    add_articles(database, [BRIDGE], encoder)
    store = written(database)
    assert store.meta("nearest") == "hnsw"
    found = nearest(store, query, 20)
    assert len({hit.number for hit in found} & {hit.number for hit in exact}) >= 19
    assert found[0] == exact[0]
    assert nearest(store, query, 10, Filters(sources=("s7",))) == narrow
    # Where the index is gone through and gives only a few at a time, it is gone through further.
    session = _SESSION.replace("'hnsw.ef_search', '1000'", "'hnsw.ef_search', '5'")
    monkeypatch.setattr("index.postgres.database._SESSION", f"{session}, set_config('enable_sort', 'off', false)")
    database.close()
    assert len(nearest(store, query, 10, Filters(sources=("s7",)))) == 10
    # The passages of one article are not looked for there: far from the question, they would not be come by.
    few = session.replace("'hnsw.max_scan_tuples', '100000'", "'hnsw.max_scan_tuples', '1'")
    assert few != session
    monkeypatch.setattr("index.postgres.database._SESSION", few)
    database.close()
    assert nearest(store, query, 10, Filters(articles=("a31",))) == alone


def test_another_format_is_refused(built_database: Database, server: Server) -> None:
    store = open_current(built_database)
    store.set_meta("format", "99")
    with pytest.raises(OtherFormat, match=r"later version \(index format 99, this one knows 2\); update article-qa"):
        open_current(built_database)
    store.set_meta("format", "0")
    with pytest.raises(OtherFormat, match="index format '0', this version's is 2; run `article-qa build` with"):
        open_current(built_database)


def as_of_the_first_version(database: Database, server: Server) -> str:
    store = open_current(database)
    for name in ("newest", "oldest", "titled"):
        server.ask(f"DROP INDEX {store.generation}.article_{name}", _name(database))
    server.ask(f"CREATE INDEX ON {store.generation}.article (published)", _name(database))
    store.set_meta("format", "1")
    return store.generation


def indexes_of_articles(database: Database) -> list[str]:
    store = open_current(database)
    query = "SELECT indexname FROM pg_indexes WHERE schemaname = %(s)s AND tablename = 'article' ORDER BY 1"
    return [row[0] for row in store.schema.rows(query, {"s": store.generation})]


def test_an_earlier_format_is_brought_up_to_date(built_database: Database, server: Server) -> None:
    before, encoder = indexes_of_articles(built_database), HashEncoder()
    generation = as_of_the_first_version(built_database, server)
    for use in (open_current, lambda place: add_articles(place, [], encoder), lambda place: Retriever(place, encoder)):
        with pytest.raises(OtherFormat, match="'1', this version's is 2; run `article-qa rebuild`, which brings it up"):
            use(built_database)
    assert rebuild_index(built_database, encoder).unchanged == 4
    assert (built_database.generations(), encoder.encoded) == ([generation], [])
    assert indexes_of_articles(built_database) == before
    assert written(built_database).counts() == (4, 4)


def test_an_earlier_format_of_another_encoder_is_made_anew(built_database: Database, server: Server) -> None:
    generation = as_of_the_first_version(built_database, server)
    assert rebuild_index(built_database, HashEncoder("another")).added == 4
    assert built_database.require_current() != generation
    assert written(built_database).meta("format") == "2"


def test_who_waited_in_vain_waits_once_more_while_the_server_answers(
    built_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.postgres.database.MAX_CONNECTIONS", 1)
    monkeypatch.setattr("index.postgres.database.WAIT_SECONDS", 0.2)
    place = Database(built_database.address)
    held, connect = ExitStack(), place._connect
    held.enter_context(place.connection())
    with pytest.raises(ConnectionLost, match=r"no connection to .* was free for 0\.4 seconds"), place.connection():
        pass

    def connect_and_let_go(writes: bool) -> psycopg.Connection[tuple[object, ...]]:
        held.close()
        return connect(writes)

    monkeypatch.setattr(place, "_connect", connect_and_let_go)
    with place.connection() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    place.close()


class Cut(HashEncoder):
    """Cuts every connection to its database whenever it encodes: nobody talks to the server meanwhile, for hours."""

    def __init__(self, server: Server, database: Database) -> None:
        super().__init__()
        self._cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name(database)}'"
        self._server = server

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self._server.ask(self._cut)
        return super().encode_passages(texts)


def test_a_writer_whose_lock_was_lost_says_so(server: Server, built_database: Database) -> None:
    before = built_database.current()
    cut = Cut(server, built_database)
    # Another may have built and swapped meanwhile.
    with pytest.raises(ConnectionLost, match="was lost meanwhile; run the same command again"):
        add_articles(built_database, [replace(CHESS, article_id="new", text="A new text.")], cut)
    # Another may have added meanwhile, to the index that this one would have replaced.
    with pytest.raises(ConnectionLost, match="cannot use the database"):
        build_index(built_database, [replace(CHESS, text="All new.")], cut)
    assert built_database.current() == before
    assert written(built_database).article_ids() == ["bridge", "chess", "glacier", "new", "vaccine"]
    assert add_articles(built_database, [CHESS], HashEncoder()).unchanged == 1


def test_damage_is_found(built_database: Database) -> None:
    store = open_current(built_database)
    schema = store.generation
    with psycopg.connect(built_database.address.secret, autocommit=True) as connection:
        connection.execute(f"DELETE FROM {schema}.vector WHERE number = 1".encode())
        connection.execute(f"UPDATE {schema}.article SET text = text || '!' WHERE article_id = 'chess'".encode())
        connection.execute(f"UPDATE {schema}.term SET passages = 9 WHERE term = 'chess'".encode())
        connection.execute(b"UPDATE article_qa.generation SET articles = 7")
    assert store.problems() == [
        "1 passages without a vector",
        "1 articles that are not whole",
        "1 terms whose passages are counted wrongly",
        "articles, passages or words that are counted wrongly",
        "1 articles whose text is not the one that was stored",
    ]


@contextmanager
def role(server: Server, name: str, *rights: str, database: Database) -> Iterator[Database]:
    """The database as a role with these rights sees it."""
    address = Address(database.address.secret.replace("postgres@", f"{name}:s3cr3tword@"))
    server.ask(f"CREATE ROLE {name} LOGIN PASSWORD 's3cr3tword'")
    place = Database(address)
    try:
        for right in rights:
            server.ask(right, _name(database))
        yield place
    finally:
        place.close()
        server.ask(f"DROP OWNED BY {name}", _name(database))
        server.ask(f"DROP ROLE {name}")


def _name(database: Database) -> str:
    return database.address.secret.partition("@/")[2].partition("?")[0]


def test_a_role_that_can_only_read_asks_and_changes_nothing(
    server: Server, built_database: Database, encoder: HashEncoder
) -> None:
    schema = built_database.require_current()
    rights = (
        f"GRANT USAGE ON SCHEMA article_qa, {schema} TO scrammed",
        "GRANT SELECT ON ALL TABLES IN SCHEMA article_qa TO scrammed",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO scrammed",
    )
    with role(server, "scrammed", *rights, database=built_database) as reader:
        retriever = Retriever(reader, encoder)
        assert ids(retriever, "Who won the chess title?", Filters(sources=("Coast Daily",)))
        assert open_current(reader).article("chess") == CHESS
        for change in (
            lambda: add_articles(reader, [replace(CHESS, article_id="new", text="New.")], encoder),
            lambda: remove_articles(reader, ["chess"], encoder),
            lambda: build_index(reader, [CHESS], encoder),
        ):
            with pytest.raises(UserError, match="refused: permission denied .*; give the role its rights") as caught:
                change()
            assert "s3cr3tword" not in str(caught.value)
    assert written(built_database).counts() == (4, 4)


def test_a_role_without_rights_and_a_wrong_password(
    server: Server, built_database: Database, encoder: HashEncoder
) -> None:
    with role(server, "scrammed", database=built_database) as stranger:
        with pytest.raises(
            UserError, match="refused: permission denied for schema article_qa; give the role its rights"
        ):
            Retriever(stranger, encoder)
        wrong = Database(Address(stranger.address.secret.replace("s3cr3tword", "wr0ngword")))
        with pytest.raises(
            UserError, match="password authentication failed .*; check the user and the password"
        ) as caught:
            wrong.require_current()
        wrong.close()
    assert "wr0ngword" not in str(caught.value)


def test_no_server_and_no_database(server: Server, tmp_path: Path) -> None:
    nowhere = Database(Address(f"postgresql://u:s3cr3tword@/x?host={tmp_path}"))
    with pytest.raises(UserError, match="cannot use the database .*; check that the server runs and that") as caught:
        nowhere.require_current()
    assert "s3cr3tword" not in str(caught.value)
    with pytest.raises(UserError, match='database "missing" does not exist; create it first, or name another'):
        Database(server.address("missing")).require_current()


def test_the_first_server_that_answers_is_asked(built_database: Database, tmp_path: Path, encoder: HashEncoder) -> None:
    hosts = built_database.address.secret.replace("host=", f"host={tmp_path},")
    several = Database(Address(hosts))
    try:
        assert ids(Retriever(several, encoder), "Who won the chess title?")[0] == "chess"
        assert add_articles(several, [replace(CHESS, article_id="new", text="New.")], encoder).added == 1
    finally:
        several.close()


def test_a_connection_that_is_lost_is_made_again(
    server: Server, built_database: Database, encoder: HashEncoder
) -> None:
    retriever = Retriever(built_database, encoder)
    for _ in range(2):
        server.ask(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name(built_database)}'")
        assert ids(retriever, "Who won the chess title?")[0] == "chess"


def test_a_database_without_pgvector(server: Server, database: Database, encoder: HashEncoder) -> None:
    rights = (f"GRANT CREATE ON DATABASE {_name(database)} TO scrammed",)
    with (
        role(server, "scrammed", *rights, database=database) as builder,
        pytest.raises(UserError, match=r"has no pgvector \(permission denied .*let a superuser run CREATE EXTENSION"),
    ):
        build_index(builder, [CHESS], encoder)
    assert database.generations() == []


def test_a_pgvector_that_would_leave_out_passages(
    server: Server, built_database: Database, encoder: HashEncoder
) -> None:
    server.ask("UPDATE pg_extension SET extversion = '0.7.4' WHERE extname = 'vector'", _name(built_database))
    for use in (lambda: Retriever(built_database, encoder), lambda: build_index(built_database, [CHESS], encoder)):
        with pytest.raises(UserError, match=r"has pgvector 0\.7\.4, 0\.8 or newer is needed; update it on the server"):
            use()
    assert len(built_database.generations()) == 1


def test_a_full_disk_is_said_and_nothing_of_the_article_stays(
    server: Server, built_database: Database, encoder: HashEncoder
) -> None:
    schema = built_database.require_current()
    # What PostgreSQL says when a table cannot grow.
    server.ask(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend "
        "file: No space left on device' USING ERRCODE = 'disk_full'; END $$",
        _name(built_database),
    )
    server.ask(f"CREATE TRIGGER t BEFORE INSERT ON {schema}.words EXECUTE FUNCTION full_disk()", _name(built_database))
    new = replace(CHESS, article_id="new", text="A new text.")
    with pytest.raises(UserError, match=r"^the disk of the database .* is full; free some space and run the same"):
        add_articles(built_database, [new], encoder)
    assert written(built_database).counts() == (4, 4)
    server.ask(f"DROP TRIGGER t ON {schema}.words", _name(built_database))
    assert add_articles(built_database, [new], encoder).added == 1


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ('connection to server at "db" failed: SSL error: certificate verify failed', "check sslmode and sslrootcert"),
        (
            'root certificate file "/nowhere.pem" does not exist\nEither provide the file',
            "check sslmode and sslrootcert",
        ),
        ('FATAL:  no pg_hba.conf entry for host "::1", user "u", no encryption', "check sslmode and sslrootcert"),
        ('FATAL:  password authentication failed for user "u"', "check the user and the password"),
        ('FATAL:  database "d" does not exist', "create it first, or name another"),
        ("connection refused", "check that the server runs"),
    ],
)
def test_what_a_server_says_and_what_to_do(said: str, advice: str) -> None:
    with (
        pytest.raises(ConnectionLost, match=f"^cannot use the database 'postgresql://db/d': [^\n]+; {advice}"),
        explained(Address("postgresql://db/d")),
    ):
        raise psycopg.OperationalError(said)


def test_a_pooler_that_pools_transactions() -> None:
    with (
        pytest.raises(
            UserError, match=r"gives each transaction another connection \(.*\); let the pooler pool sessions"
        ),
        explained(Address("postgresql://db/d")),
    ):
        raise psycopg.errors.DuplicatePreparedStatement('prepared statement "_pg3_0" already exists')

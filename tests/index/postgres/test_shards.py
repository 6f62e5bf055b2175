"""examples/shards.py: vectors on other servers are found, added and removed as before."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes import ARTICLES, CHESS, HashEncoder, long_article

from corpus.errors import UserError
from corpus.filters import Filters
from index.hit import Hit
from index.postgres.database import Database
from index.postgres.legs import nearest
from index.postgres.store import open_current
from index.retriever import Retriever
from index.update import add_articles, build_index, remove_articles

if TYPE_CHECKING:
    from postgres_server import Server

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[3] / "examples" / "shards.py"


def divide() -> Callable[..., None]:
    spec = importlib.util.spec_from_file_location("shards", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    main: Callable[..., None] = module.main
    return main


def found(database: Database, encoder: HashEncoder, filters: Filters | None = None) -> list[Hit]:
    return nearest(open_current(database), encoder.encode_queries(["Who won the chess title on day 7?"]), 20, filters)


@pytest.mark.parametrize("n", [1, 3])
def test_vectors_on_other_servers(n: int, server: Server, database: Database, encoder: HashEncoder) -> None:
    from postgres_server import new_database

    articles = [replace(long_article(f"a{n:02}", f"word{n}", 25), published=date(2020, 1, n + 1)) for n in range(20)]
    build_index(database, [*ARTICLES, *articles], encoder)
    narrow = Filters(after=date(2020, 1, 3), before=date(2020, 1, 4))
    whole, filtered = found(database, encoder), found(database, encoder, narrow)
    with ExitStack() as stack:
        shards = [stack.enter_context(new_database(server)) for _ in range(n)]
        divide()(database.address.secret, *(shard.address.secret for shard in shards))
        held = []
        for shard in shards:
            with shard.connection() as connection:
                (row,) = connection.execute(f"SELECT count(*) FROM {database.require_current()}.vector".encode())
                held.append(row[0])
        assert sum(held) == open_current(database).counts()[1]
        assert min(held) > 0
        assert found(database, encoder) == whole
        assert found(database, encoder, narrow) == filtered
        # A writer that was killed between the two commits leaves the vectors of what it did not store.
        with database.connection() as connection:
            schema = database.require_current()
            connection.execute(
                f"INSERT INTO {schema}.vector SELECT last_number + 1, NULL, NULL, data FROM {schema}.vector, "
                "article_qa.generation WHERE is_current AND number = 1".encode()
            )
        assert add_articles(database, [replace(CHESS, article_id="new", text="A volcano erupted.")], encoder).added == 1
        assert len(Retriever(database, encoder).search("A volcano erupted.").dense) > 20
        assert open_current(database).problems() == []
        assert (
            open_current(database).records_of("new")[0].vector
            == encoder.encode_passages(["Teenager wins chess title\nA volcano erupted."]).astype("<f4").tobytes()
        )
        remove_articles(database, ["new", "chess"], encoder)
        assert open_current(database).problems() == []
        with shards[0].connection() as connection:
            connection.execute(f"DROP TABLE {database.require_current()}.vector".encode())
        with pytest.raises(UserError, match="has no whole index"):
            found(database, encoder)
        database.close()

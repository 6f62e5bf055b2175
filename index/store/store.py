"""Store: a folder's or a database's; what both have is all that the rest of the program asks of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.generations import IndexFolder
from index.store import sqlite
from index.store.sqlite import ArticleStore

if TYPE_CHECKING:
    from index.place import Place
    from index.postgres.store import PostgresStore

    Store = ArticleStore | PostgresStore


def open_current(place: Place, *, earlier: bool = False) -> Store:
    """The store of the place's current generation; with `earlier`, also one of the format before.

    Raises UserError when nothing was built, StoreDamaged, or OtherFormat for one of another format.
    """
    if isinstance(place, IndexFolder):
        return sqlite.open_current(place, (sqlite.EARLIER_FORMAT, sqlite.FORMAT) if earlier else (sqlite.FORMAT,))
    from index.postgres import store
    from index.postgres.tables import FORMAT, MIGRATIONS

    return store.open_current(place, (*MIGRATIONS, FORMAT) if earlier else (FORMAT,))


def create_store(place: Place, dim: int) -> Store:
    """The empty store of a new generation, for vectors of `dim` numbers. The caller holds the write lock."""
    if isinstance(place, IndexFolder):
        folder = place.new_generation()
        try:
            return ArticleStore(folder / place.store_name, create=True)
        except BaseException:
            place.drop(folder)
            raise
    from index.postgres.store import PostgresStore

    schema = place.new_generation()
    try:
        return PostgresStore(place, schema, dim=dim)
    except BaseException:
        place.drop(schema)
        raise

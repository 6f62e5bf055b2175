"""Where an index is: a folder, or a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UserError
from index.generations import IndexFolder
from index.postgres.address import Address, read_address

if TYPE_CHECKING:
    from index.postgres.database import Database

    Place = IndexFolder | Database

_databases: dict[Address, Database] = {}


def read_place(text: str | Path | Address) -> Path | Address:
    """The folder or the address that `text` names."""
    return text if isinstance(text, Address) else read_address(str(text)) or Path(text)


def place_of(where: Path | Address) -> Place:
    """The place at `where`; all who name one address share its connections. Raises UserError without psycopg."""
    if isinstance(where, Path):
        return IndexFolder(where)
    try:
        from index.postgres.database import Database
    except ImportError as error:
        raise UserError(
            f"{str(where)!r} needs a library that is not installed ({error}); run `pip install article-qa[postgres]`"
        ) from error
    return _databases.setdefault(where, Database(where))

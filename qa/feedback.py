"""What readers thought of an answer, kept in a SQLite file of its own beside the index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from corpus.errors import UserError
from index.postgres.address import Address

FEEDBACK_FILE = "feedback.db"
BUSY_SECONDS = 10.0
# Some ten thousand of the longest verdicts, a million of the usual: more are not kept, so that nobody fills the disk.
MOST_OF_ONE = 64 * 1024
MAX_BYTES = 256 * 1024 * 1024

# Where the index is a database, each server keeps what it was told in this folder of its own.
ELSEWHERE = Path(".article-qa")

_TABLE = """
CREATE TABLE IF NOT EXISTS feedback (
    number INTEGER PRIMARY KEY, given_at TEXT NOT NULL, question TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('up', 'down')), comment TEXT, passage_id TEXT)
"""


# Columns that files of earlier versions lack.
_LATER = {"answerable": "INTEGER", "answer": "TEXT"}


@dataclass(frozen=True, slots=True)
class Feedback:
    """One reader's verdict on the answer to `question`; `passage_id` is the first passage cited, if any was.

    `answerable`: it was an answer, and not that the articles do not say; None where that is not known. `answer`: its
    words. `given_at`: when, in UTC; "" for one that is not stored yet.
    """

    question: str
    verdict: Literal["up", "down"]
    comment: str | None = None
    passage_id: str | None = None
    answerable: bool | None = None
    answer: str | None = None
    given_at: str = field(default="", compare=False)

    @property
    def article_id(self) -> str | None:
        """Of the passage."""
        return self.passage_id.rpartition(":")[0] or None if self.passage_id else None


def beside(index: Path | Address) -> Path:
    """The folder for what is kept beside `index`."""
    return index if isinstance(index, Path) else ELSEWHERE


def feedback_path(index: Path | Address) -> Path:
    """The file for the verdicts on answers from `index`."""
    return beside(index) / FEEDBACK_FILE


def make_folder(path: Path) -> None:
    """Make the folder of the file at `path` where that is the one of a server whose index is a database."""
    if path.parent == ELSEWHERE:
        # Where it cannot be made, the file cannot be opened, which is said then.
        with suppress(OSError):
            path.parent.mkdir(exist_ok=True)


def store_feedback(path: Path, feedback: Feedback) -> int:
    """Add a verdict to the file at `path`, made when missing; the verdict's number comes back.

    Raises UserError when the file cannot be written.
    """
    make_folder(path)
    given_at = datetime.now(UTC).isoformat(timespec="seconds")
    with _opened(path) as db, db:
        row = db.execute(
            "INSERT INTO feedback (question, verdict, comment, passage_id, answerable, answer, given_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number",
            (*astuple(feedback)[:-1], given_at),
        ).fetchone()
    return int(row[0])


def read_feedback(path: Path) -> list[Feedback]:
    """Every verdict in the file at `path`, oldest first; none when there is no file yet."""
    if not path.is_file():
        return []
    with _opened(path) as db:
        rows = db.execute(
            "SELECT question, verdict, comment, passage_id, answerable, answer, given_at FROM feedback ORDER BY number"
        ).fetchall()
    return [
        Feedback(
            question=question,
            verdict=verdict,
            comment=comment,
            passage_id=passage_id,
            answerable=None if answerable is None else bool(answerable),
            answer=answer,
            given_at=given_at,
        )
        for question, verdict, comment, passage_id, answerable, answer, given_at in rows
    ]


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    # A connection a verdict: they are rare, and the folder may be replaced while the server runs.
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as db:
            page = db.execute("PRAGMA page_size").fetchone()[0]
            db.execute(f"PRAGMA max_page_count = {MAX_BYTES // page}")
            with db:
                db.execute("BEGIN IMMEDIATE")
                db.execute(_TABLE)
                known = {row[1] for row in db.execute("PRAGMA table_info(feedback)")}
                for name in _LATER.keys() - known:
                    db.execute(f"ALTER TABLE feedback ADD COLUMN {name} {_LATER[name]}")
            yield db
    except sqlite3.Error as error:
        if "full" in str(error) and path.stat().st_size >= MAX_BYTES - MOST_OF_ONE:
            raise UserError(
                f"{str(path)!r} holds as many verdicts as are kept; move it away to begin another"
            ) from error
        raise UserError(f"cannot use {str(path)!r} ({error}); check its permissions and the space left") from error

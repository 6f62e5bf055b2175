"""What is asked and answered, counted by the day in a SQLite file beside the index: never a word of a question."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from corpus.errors import UserError
from index.postgres.address import Address
from qa.answer import Answer
from qa.feedback import beside, make_folder
from qa.show.wording import LIKELY

INSIGHTS_FILE = "insights.db"
# Longer than a year, so that a day can be held against the same day a year ago.
KEPT_DAYS = 400
# A question waits so long for another process that counts, and is then not counted.
BUSY_SECONDS = 5.0
# Those of one process wait for each other here, and not for the file.
_TURN = threading.Lock()

Result = Literal["answered", "unsure", "refused", "talk", "error"]
RESULTS: tuple[Result, ...] = get_args(Result)

_TABLES = """
CREATE TABLE IF NOT EXISTS questions (day TEXT, result TEXT, number INTEGER, PRIMARY KEY (day, result)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stages (
    day TEXT, stage TEXT, number INTEGER, ms REAL, most_ms REAL, PRIMARY KEY (day, stage)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cited (day TEXT, article_id TEXT, number INTEGER, PRIMARY KEY (day, article_id))
    WITHOUT ROWID;
"""
_QUESTION = "INSERT INTO questions VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET number = number + 1"
_STAGE = (
    "INSERT INTO stages VALUES (?, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET "
    "number = number + 1, ms = ms + excluded.ms, most_ms = MAX(most_ms, excluded.most_ms)"
)
_CITED = "INSERT INTO cited VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET number = number + 1"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of answering: how many questions went through it, in how many milliseconds on average and at most."""

    name: str
    questions: int
    mean_ms: float
    most_ms: float


@dataclass(frozen=True, slots=True)
class Insights:
    """The counts of some days: `days` has each, oldest first, with its questions by result.

    `stages`: the slowest first. `cited`: articles and how often they answered, the most often first.
    """

    days: Mapping[date, Mapping[Result, int]] = field(default_factory=dict)
    stages: Sequence[Stage] = ()
    cited: Sequence[tuple[str, int]] = ()

    def total(self, *results: Result) -> int:
        """How many questions had one of `results`."""
        return sum(day[result] for day in self.days.values() for result in results)


def insights_path(index: Path | Address) -> Path:
    """The file for the counts of questions to `index`."""
    return beside(index) / INSIGHTS_FILE


def result_of(answer: Answer) -> Result:
    """Under what an answer is counted."""
    if answer.reply is not None:
        return "talk"
    if not answer.is_answerable:
        return "refused"
    return "answered" if answer.confidence >= LIKELY else "unsure"


def count_answer(path: Path, answer: Answer, *, today: date | None = None) -> None:
    """Count an answer in the file at `path`, made when missing. Raises UserError when it cannot be written."""
    day, result = (today or _today()).isoformat(), result_of(answer)
    # Talk takes no time and says nothing of how long a question takes.
    timing = {} if result == "talk" else answer.timing_ms
    answering = [*answer.timeline, *answer.citations[:1]] if answer.is_answerable else []
    with _counting(path, day) as db:
        db.execute(_QUESTION, (day, result))
        db.executemany(_STAGE, [(day, stage, ms, ms) for stage, ms in timing.items()])
        db.executemany(_CITED, [(day, cited) for cited in dict.fromkeys(each.article_id for each in answering)])


def count_error(path: Path, *, today: date | None = None) -> None:
    """Count a question that could not be answered for a fault of the program. Raises UserError as `count_answer`."""
    day = (today or _today()).isoformat()
    with _counting(path, day) as db:
        db.execute(_QUESTION, (day, "error"))


def read_insights(path: Path, days: int, *, most: int = 20, today: date | None = None) -> Insights:
    """The counts of the last `days` days, today's with them, and at most `most` articles.

    Days without a question have zeros. Raises UserError when the file cannot be read.
    """
    last = today or _today()
    span = [last - timedelta(days=n) for n in reversed(range(days))]
    counted = {day: dict.fromkeys(RESULTS, 0) for day in span}
    if not path.is_file():
        return Insights(counted)
    within = (span[0].isoformat(), last.isoformat())
    with _opened(path) as db:
        for day, result, number in db.execute("SELECT * FROM questions WHERE day BETWEEN ? AND ?", within):
            counted[date.fromisoformat(day)][result] = number
        stages = db.execute(
            "SELECT stage, SUM(number), SUM(ms) / SUM(number), MAX(most_ms) FROM stages WHERE day BETWEEN ? AND ? "
            "GROUP BY stage ORDER BY 3 DESC, stage",
            within,
        ).fetchall()
        cited = db.execute(
            "SELECT article_id, SUM(number) FROM cited WHERE day BETWEEN ? AND ? "
            "GROUP BY article_id ORDER BY 2 DESC, article_id LIMIT ?",
            (*within, most),
        ).fetchall()
    return Insights(counted, [Stage(*row) for row in stages], cited)


def _today() -> date:
    return datetime.now(UTC).date()


@contextmanager
def _counting(path: Path, day: str) -> Iterator[sqlite3.Connection]:
    """A transaction in which what is too old is let go of."""
    make_folder(path)
    oldest = (date.fromisoformat(day) - timedelta(days=KEPT_DAYS)).isoformat()
    with _TURN, _opened(path) as db, db:
        # Two that have begun to read before they write would each wait for the other.
        db.execute("BEGIN IMMEDIATE")
        for table in ("questions", "stages", "cited"):
            db.execute(f"DELETE FROM {table} WHERE day < ?", (oldest,))
        yield db


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    # A connection a question, as the folder may be replaced while the server runs; it takes about a millisecond.
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as db:
            # A power cut may cost the counts; to wait for the disk would cost every question several milliseconds.
            db.execute("PRAGMA synchronous = OFF")
            db.executescript(_TABLES)
            yield db
    except sqlite3.Error as error:
        raise UserError(
            f"cannot use {str(path)!r} ({error}); check its permissions and the space left, or delete it"
        ) from error

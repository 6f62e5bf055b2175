"""The columns of a question set, by the names that other tools give them: RAGAS, Hugging Face, DeepEval, a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.errors import UserError

# By our own name, all that mean the same; as `_plain` writes them, so that "Ground Truth" and `groundTruth` are one.
_NAMES = {
    "_id": ("id", "queryid", "qid", "questionid"),
    "text": (
        "text", "question", "query", "userinput", "input", "inputs", "prompt", "questiontext", "querytext",
    ),
    "answers": (
        "answers", "answer", "reference", "references", "referenceanswer", "referenceanswers", "referenceresponse",
        "groundtruth", "groundtruths", "goldanswer", "goldanswers", "goldenanswer", "goldenanswers", "expected",
        "expectedoutput", "expectedanswer", "expectedanswers", "expectedresponse", "ideal", "idealanswer", "target",
        "targets", "correctanswer", "correctanswers", "possibleanswers",
    ),
    "answerable": ("answerable", "isanswerable"),
    "impossible": ("isimpossible", "impossible", "unanswerable", "isunanswerable"),
    "date": ("date",),
    "history": ("history", "chathistory", "conversationhistory"),
    "articles": ("articles",),
    "spans": ("spans",),
    "asked_of": ("askedof",),
}  # fmt: skip
_KNOWN_AS = {name: known for known, names in _NAMES.items() for name in names}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a record: the name as the file writes it, and what stands there."""

    name: str
    value: Any

    @property
    def is_filled(self) -> bool:
        """Something stands there: not null, no empty text or list, and not the NaN that pandas writes for nothing."""
        return not (self.value is None or self.value in ("", [], {}) or is_nan(self.value) or _is_blank(self.value))


def known_as(name: str) -> str | None:
    """Our own name for the column, None for one that nobody knows."""
    return _KNOWN_AS.get(_plain(name))


def sort_columns(record: Mapping[str, Any]) -> dict[str, list[Column]]:
    """The known columns of the record, by our own names."""
    columns: dict[str, list[Column]] = {}
    for name, value in record.items():
        if known := known_as(name):
            columns.setdefault(known, []).append(Column(name, value))
    return columns


def choose_column(columns: Sequence[Column], where: str) -> Column | None:
    """The one that is filled, else the first; None of none. Raises UserError when two are filled and differ."""
    filled = [column for column in columns if column.is_filled]
    for other in filled[1:]:
        if str(other.value).strip() != str(filled[0].value).strip():
            raise contradiction(filled[0], other, where)
    return next(iter([*filled, *columns]), None)


def contradiction(one: Column, other: Column, where: str) -> UserError:
    """The error for two columns that name one thing and differ."""
    return UserError(
        f"{where}: the fields {one.name!r} ({one.value!r:.60}) and {other.name!r} ({other.value!r:.60}) are both read "
        f"as {known_as(one.name)!r} and differ; rename the one that is not, for instance to 'other'"
    )


def name_all(names: Iterable[str]) -> str:
    """The names of columns for an error: "Frage, Antwort", or "none"."""
    return ", ".join(name for name in names if name) or "none"


def is_nan(value: object) -> bool:
    """Not a number, which is how pandas writes an empty cell."""
    return isinstance(value, float) and value != value


def _is_blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _plain(name: str) -> str:
    """Letters and digits alone, without case: "Expected Output", `expected_output`, `expectedOutput` are the same."""
    return "".join(filter(str.isalnum, name.casefold()))

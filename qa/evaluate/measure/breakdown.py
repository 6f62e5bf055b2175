"""Results by what the set says of its questions: its own fields, year, question word, length."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa.evaluate.measure.bootstrap import Bootstrap, Matrix, interval
from qa.evaluate.measure.figures import MEANS, Figure, value_matrix
from qa.evaluate.measure.judge import Judgement

SHOWN = ("nDCG@10", "answer-in-citation@1", "F1", "correct")
# A field with more values than this names questions rather than kinds of them.
MAX_GROUPS = 20
UNKNOWN = "-"
_QUESTION_WORD = re.compile(r"\b(who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_LENGTHS = ((7, "up to 7 words"), (12, "8 to 12 words"), (20, "13 to 20 words"))


@dataclass(frozen=True, slots=True)
class Group:
    """The questions of one value of a field, how many of them are unanswerable, and their figures."""

    field: str
    value: str
    n: int
    unanswerable: int
    figures: dict[str, Figure]


def break_down(judgements: Sequence[Judgement], bootstrap: Bootstrap) -> list[Group]:
    """Figures of every group of every field that divides the set; `bootstrap` is over the same questions."""
    values = value_matrix(judgements)
    is_answerable = np.array([judgement.question.is_answerable for judgement in judgements], bool)
    groups = []
    rows = [labels_of(judgement) for judgement in judgements]
    for field in dict.fromkeys(name for row in rows for name in row):
        labels = np.array([row.get(field, UNKNOWN) for row in rows])
        names = sorted(set(labels.tolist()), key=_order)
        known = [row[field] for row in rows if field in row]
        # What differs from question to question, like a note on it, is no kind of question.
        is_kind = len(set(known)) <= len(known) / 2 and 1 < len(names) <= MAX_GROUPS
        for name in names if is_kind else ():
            here = labels == name
            figures = _figures(np.where(here[:, None], values, np.nan), bootstrap)
            groups.append(Group(field, name, int(here.sum()), int((here & ~is_answerable).sum()), figures))
    return groups


def _figures(values: Matrix, bootstrap: Bootstrap) -> dict[str, Figure]:
    columns = [MEANS.index(name) for name in SHOWN]
    resampled = bootstrap.means(values[:, columns])
    figures = {}
    for place, (name, column) in enumerate(zip(SHOWN, columns, strict=True)):
        known = values[~np.isnan(values[:, column]), column]
        if len(known):
            ends = interval(resampled[:, place])
            figures[name] = Figure(name, float(known.mean()), ends.low, ends.high, len(known))
    return figures


def _order(label: str) -> tuple[int, str]:
    """By the first number in it, so that 8 words come before 13; those without one first, by letter."""
    number = re.search(r"\d+", label)
    return (int(number.group()) if number else -1, label)


def question_word(text: str) -> str:
    """The first question word, in lower case; "other" without one."""
    found = _QUESTION_WORD.search(text)
    return found.group().lower() if found else "other"


def length(text: str) -> str:
    """The question's length, in steps."""
    count = len(text.split())
    return next((name for most, name in _LENGTHS if count <= most), f"over {_LENGTHS[-1][0]} words")


def labels_of(judgement: Judgement) -> dict[str, str]:
    """The value of each field that a question has."""
    question = judgement.question
    year = {"year": str(question.asked_on.year)} if question.asked_on else {}
    return {**question.fields, **year, "question word": question_word(question.text), "length": length(question.text)}

"""One record of a question to a GoldQuestion, each field checked where it comes in."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from corpus.errors import UserError
from qa.evaluate.gold.columns import Column, choose_column, contradiction, known_as, name_all, sort_columns
from qa.evaluate.gold.gold_set import GoldQuestion, Span
from qa.evaluate.gold.turns import read_turns, split_conversation
from qa.evaluate.gold.values import read_answers, read_items, read_texts, read_value, says_unanswerable
from qa.question.followup import Turn

MAX_FIELD_CHARACTERS = 60
# What each kind of column holds for a question that can be answered.
_ANSWERABLE_IF = {"answerable": True, "impossible": False}
Columns = Mapping[str, Sequence[Column]]


def parse_question(
    record: Mapping[str, Any], where: str, qrels: Mapping[str, Mapping[str, int]], *, default_id: str | None = None
) -> GoldQuestion:
    """The question of one record; `qrels` has the graded articles by question. Raises UserError naming the field.

    A field without a meaning that is a short text or a number is there to break results down by.
    """
    columns = sort_columns(record)
    question_id = _parse_id(columns, where, default_id)
    text, history = _parse_text(columns, record, where)
    answers = read_answers(columns.get("answers", []), where)
    is_answerable = _parse_answerable(columns, where, answers)
    articles = tuple(read_texts(_column(columns, "articles", where), where))
    spans = tuple(_parse_span(span, where) for span in read_items(_column(columns, "spans", where), where))
    named = dict.fromkeys([*articles, *(span.article_id for span in spans)], 1)
    relevant = {article: grade for article, grade in qrels.get(question_id, named).items() if grade > 0}
    return GoldQuestion(
        question_id=question_id,
        text=text,
        where=where,
        answers=answers,
        is_answerable=is_answerable,
        asked_on=_parse_date(columns, where),
        history=history,
        relevant=relevant if is_answerable else {},
        near=articles or tuple(read_texts(_column(columns, "asked_of", where), where)),
        spans=spans,
        fields={key: str(value) for key, value in record.items() if key and not known_as(key) and _is_field(value)},
    )


def check_questions(questions: Iterable[GoldQuestion], origin: object) -> tuple[GoldQuestion, ...]:
    """The questions, when there are any and each id comes once. Raises UserError."""
    seen: dict[str, str] = {}
    kept = tuple(questions)
    for question in kept:
        if question.question_id in seen:
            raise UserError(
                f"{question.where}: field '_id': {question.question_id!r} is taken by {seen[question.question_id]}"
            )
        seen[question.question_id] = question.where
    if not kept:
        raise UserError(f"{origin}: the set is empty: no question in it")
    return kept


def check_judged(question: GoldQuestion, names: Collection[str] = ()) -> GoldQuestion:
    """The question, when there is something to judge an answer by. Raises UserError.

    `names` are the fields of its record: one with answers in it may be called what nobody knows.
    """
    if question.is_answerable and not question.answers and not question.relevant:
        unknown = [] if "answers" in map(known_as, names) else [name for name in names if not known_as(name)]
        rename = f", rename the one of {name_all(unknown)} that has the answers to 'answers'" if any(unknown) else ""
        raise UserError(
            f"{question.where}: field 'answers' is missing or empty and no article is judged for "
            f'{question.question_id!r}; add either{rename}, or "answerable": false'
        )
    return question


def _column(columns: Columns, known: str, where: str) -> Column | None:
    return choose_column(columns.get(known, []), where)


def _parse_id(columns: Columns, where: str, default: str | None) -> str:
    column = _column(columns, "_id", where) or Column("_id", default)
    value = column.value if column.is_filled or default is None else default
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise UserError(f"{where}: field {column.name!r} {_missing(value)}; give each question an id")
    return value


def _parse_text(columns: Columns, record: Mapping[str, Any], where: str) -> tuple[str, tuple[Turn, ...]]:
    """The question and what was said before it, which some tools write as one conversation."""
    column, before = _column(columns, "text", where), _column(columns, "history", where)
    if column is None:
        raise UserError(
            f"{where}: field 'text' is missing; write the question there, or rename the field that has it to "
            f"'question': the fields are {name_all(record)}"
        )
    history = read_turns(read_items(before, where), before.name if before else "history", where)
    value = _conversation(column, where)
    if isinstance(value, list) and not any(isinstance(part, str) for part in value):
        turns, value = split_conversation(value, column.name, where)
        if turns and history and before:
            raise UserError(f"{where}: fields {column.name!r} and {before.name!r} both have a history; empty one")
        history = turns or history
    if not isinstance(value, str) or not value.strip():
        raise UserError(f"{where}: field {column.name!r} {_missing(value)}; write the question there")
    return value, history


def _conversation(column: Column, where: str) -> Any:  # noqa: ANN401  (JSON)
    # A question may open with a bracket, but not with one around an object.
    is_text = isinstance(column.value, str) and not "".join(column.value.split()).startswith("[{")
    return column.value if is_text else read_value(column, where)


def _parse_answerable(columns: Columns, where: str, answers: tuple[str, ...]) -> bool:
    flags = [(column, value) for known in _ANSWERABLE_IF for column, value in _flags(columns, known, where)]
    for column, value in flags[1:]:
        if value is not flags[0][1]:
            raise contradiction(flags[0][0], column, where)
    if not flags:
        flags = [(column, False) for column in columns.get("answers", []) if says_unanswerable(column, where)]
    column, is_answerable = flags[0] if flags else (Column("answerable", True), True)
    if not is_answerable and answers:
        raise UserError(
            f"{where}: field 'answers' has {answers[0]!r:.80} but {column.name!r} is {json.dumps(column.value):.80}; "
            "correct one"
        )
    return is_answerable


def _flags(columns: Columns, known: str, where: str) -> list[tuple[Column, bool]]:
    """Each of the columns that are known as that, and whether it says that the question can be answered."""
    flags = []
    for column in columns.get(known, []):
        if column.is_filled:
            if not isinstance(column.value, bool):
                raise UserError(f"{where}: field {column.name!r} is {column.value!r:.80}; write true or false")
            flags.append((column, column.value is _ANSWERABLE_IF[known]))
    return flags


def _parse_date(columns: Columns, where: str) -> date | None:
    column = _column(columns, "date", where)
    if column is None or not column.is_filled:
        return None
    try:
        return datetime.fromisoformat(column.value).date()
    except (TypeError, ValueError) as error:
        raise UserError(f"{where}: field {column.name!r} is {column.value!r:.80}; write YYYY-MM-DD") from error


def _parse_span(value: object, where: str) -> Span:
    if isinstance(value, dict):
        article, start, end = value.get("article_id", value.get("article")), value.get("start"), value.get("end")
        if isinstance(article, str) and type(start) is type(end) is int and 0 <= start < end:
            return Span(article, start, end)
    raise UserError(f'{where}: field \'spans\' has {value!r:.80}; write {{"article_id": "...", "start": 3, "end": 9}}')


def _missing(value: object) -> str:
    return "is missing" if value is None else f"is {value!r:.80}"


def _is_field(value: object) -> bool:
    return isinstance(value, bool | int) or (isinstance(value, str) and 0 < len(value) <= MAX_FIELD_CHARACTERS)

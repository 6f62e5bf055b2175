"""One record of a question to a GoldQuestion, each field checked where it comes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from corpus.errors import UserError
from qa.evaluate.gold.gold_set import GoldQuestion, Span
from qa.question.followup import Turn

# Fields with a meaning of their own; any other that is a short text or a number is there to break results down by.
_KNOWN = frozenset({
    "_id", "id", "text", "question", "answer", "answers", "answerable", "date", "history", "articles", "spans",
    "asked_of",
})  # fmt: skip
MAX_FIELD_CHARACTERS = 60


def parse_question(
    record: Mapping[str, Any], where: str, qrels: Mapping[str, Mapping[str, int]], *, default_id: str | None = None
) -> GoldQuestion:
    """The question of one record; `qrels` has the graded articles by question. Raises UserError naming the field."""
    question_id = _parse_id(record, where, default_id)
    answers = parse_answers(record, where)
    is_answerable = _parse_answerable(record, where, answers)
    articles = tuple(_texts(record, "articles", where))
    spans = tuple(_parse_span(span, where) for span in _list(record, "spans", where))
    named = dict.fromkeys([*articles, *(span.article_id for span in spans)], 1)
    relevant = {article: grade for article, grade in qrels.get(question_id, named).items() if grade > 0}
    return GoldQuestion(
        question_id=question_id,
        text=_parse_text(record, where),
        where=where,
        answers=answers,
        is_answerable=is_answerable,
        asked_on=_parse_date(record, where),
        history=tuple(_parse_turn(turn, where) for turn in _list(record, "history", where)),
        relevant=relevant if is_answerable else {},
        near=articles or tuple(_texts(record, "asked_of", where)),
        spans=spans,
        fields={key: str(value) for key, value in record.items() if key not in _KNOWN and _is_field(value)},
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


def check_judged(question: GoldQuestion) -> GoldQuestion:
    """The question, when there is something to judge an answer by. Raises UserError."""
    if question.is_answerable and not question.answers and not question.relevant:
        raise UserError(
            f"{question.where}: field 'answers' is missing or empty and no article is judged for "
            f'{question.question_id!r}; add either, or "answerable": false'
        )
    return question


def parse_answers(record: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """The gold answers, blank ones left out."""
    key = "answers" if "answers" in record else "answer"
    return tuple(answer for answer in _texts(record, key, where) if answer.strip())


def _parse_id(record: Mapping[str, Any], where: str, default: str | None) -> str:
    value = record.get("_id", record.get("id", default))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise UserError(f"{where}: field '_id' {_missing(value)}; give each question an id")
    return value


def _parse_text(record: Mapping[str, Any], where: str) -> str:
    value = record.get("text", record.get("question"))
    if not isinstance(value, str) or not value.strip():
        raise UserError(f"{where}: field 'text' {_missing(value)}; write the question there")
    return value


def _parse_answerable(record: Mapping[str, Any], where: str, answers: tuple[str, ...]) -> bool:
    value = record.get("answerable", True)
    if not isinstance(value, bool):
        raise UserError(f"{where}: field 'answerable' is {value!r:.80}; write true or false")
    if not value and answers:
        raise UserError(f"{where}: field 'answers' has {answers[0]!r:.80} but 'answerable' is false; correct one")
    return value


def _parse_date(record: Mapping[str, Any], where: str) -> date | None:
    value = record.get("date")
    if value is None or value == "":
        return None
    try:
        return datetime.fromisoformat(value).date()
    except (TypeError, ValueError) as error:
        raise UserError(f"{where}: field 'date' is {value!r:.80}; write YYYY-MM-DD") from error


def _parse_turn(value: object, where: str) -> Turn:
    """A turn before: a question, or an object with `question` and `answer`."""
    if isinstance(value, str):
        return Turn(value)
    if isinstance(value, dict) and isinstance(value.get("question"), str):
        answer = value.get("answer")
        if answer is None or isinstance(answer, str):
            return Turn(value["question"], answer)
    raise UserError(f'{where}: field \'history\' has {value!r:.80}; write {{"question": "...", "answer": "..."}}')


def _parse_span(value: object, where: str) -> Span:
    if isinstance(value, dict):
        article, start, end = value.get("article_id", value.get("article")), value.get("start"), value.get("end")
        if isinstance(article, str) and type(start) is type(end) is int and 0 <= start < end:
            return Span(article, start, end)
    raise UserError(f'{where}: field \'spans\' has {value!r:.80}; write {{"article_id": "...", "start": 3, "end": 9}}')


def _texts(record: Mapping[str, Any], key: str, where: str) -> list[str]:
    value = record.get(key)
    texts = [value] if isinstance(value, str) else _list(record, key, where)
    for text in texts:
        if not isinstance(text, str):
            raise UserError(f"{where}: field {key!r} has {text!r:.80}; write texts")
    return texts


def _list(record: Mapping[str, Any], key: str, where: str) -> list[Any]:
    value = record.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise UserError(f"{where}: field {key!r} is {value!r:.80}; write a list")
    return value


def _missing(value: object) -> str:
    return "is missing" if value is None else f"is {value!r:.80}"


def _is_field(value: object) -> bool:
    return isinstance(value, bool | int) or (isinstance(value, str) and 0 < len(value) <= MAX_FIELD_CHARACTERS)

"""What stands in a column, to lists and texts, whichever way a tool wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpus.errors import UserError
from qa.evaluate.gold.columns import Column, contradiction, is_nan
from qa.evaluate.gold.packed import is_packed, unpack


def read_items(column: Column | None, where: str) -> list[Any]:
    """What the column lists; a single value is a list of one, nothing a list of none. Raises UserError."""
    value = read_value(column, where)
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" or is_nan(value) else [value]


def read_texts(column: Column | None, where: str) -> list[str]:
    """The texts that the column lists: texts, numbers, or objects that hold them as SQuAD or TriviaQA do.

    Raises UserError.
    """
    if column is None:
        return []
    return [text for item in read_items(column, where) for text in _texts_of(item, column, where, is_whole=True)]


def read_answers(columns: Sequence[Column], where: str) -> tuple[str, ...]:
    """The gold answers, blank ones left out. Raises UserError when two columns have answers and neither has all."""
    found = [(column, _filled(read_texts(column, where))) for column in columns]
    found = sorted((pair for pair in found if pair[1]), key=lambda pair: -len(pair[1]))
    for column, answers in found[1:]:
        if not {_same(answer) for answer in answers} <= {_same(answer) for answer in found[0][1]}:
            raise contradiction(found[0][0], column, where)
    return found[0][1] if found else ()


def says_unanswerable(column: Column, where: str) -> bool:
    """Whether the answers are those of a row of Hugging Face's SQuAD whose list of texts is empty. Raises UserError."""
    value = read_value(column, where)
    return isinstance(value, Mapping) and _lowered(value).get("text") == []


def read_value(column: Column | None, where: str) -> Any:  # noqa: ANN401  (JSON)
    """What stands in the column, a list or an object that is written as a text unpacked. Raises UserError."""
    value = column.value if column else None
    if column is None or not isinstance(value, str) or not is_packed(value):
        return value
    try:
        return unpack(value)
    except ValueError as error:
        raise UserError(
            f"{where}: field {column.name!r} is {value!r:.80}, which opens like a list and is none; "
            'write ["...", "..."] with quotes around each text'
        ) from error


def _texts_of(item: object, column: Column, where: str, *, is_whole: bool) -> list[str]:
    if isinstance(item, str):
        return [item]
    if isinstance(item, int | float) and not isinstance(item, bool):
        return [] if is_nan(item) else [_number(item)]
    if item is None:
        return []
    inner = _inner(item) if is_whole and isinstance(item, Mapping) else None
    if inner is None:
        wanted = 'write "yes" or "no"' if isinstance(item, bool) else "write a list of texts"
        is_list = isinstance(column.value, list)
        raise UserError(f"{where}: field {column.name!r} {'has' if is_list else 'is'} {item!r:.80}; {wanted}")
    return [text for each in inner for text in _texts_of(each, column, where, is_whole=False)]


def _inner(value: Mapping[str, Any]) -> list[Any] | None:
    """What an object holds: `text` in SQuAD, one or a list; `value` and its `aliases` in TriviaQA."""
    fields = _lowered(value)
    if "text" in fields:
        return fields["text"] if isinstance(fields["text"], list) else [fields["text"]]
    if "value" in fields:
        aliases = fields.get("aliases")
        return [fields["value"], *(aliases if isinstance(aliases, list) else [])]
    return None


def _lowered(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name.strip().lower(): inner for name, inner in value.items()}


def _number(value: float) -> str:
    """As a person writes it: pandas makes 9.0 of a 9 in a column with gaps."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _filled(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if text.strip())


def _same(text: str) -> str:
    return " ".join(text.casefold().split())

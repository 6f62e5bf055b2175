"""`judgements.jsonl`: what became of each question. Saved runs are compared by it, without their set or articles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import UserError
from qa.evaluate.gold.gold_set import GoldQuestion
from qa.evaluate.gold.lines import read_lines
from qa.evaluate.measure.judge import Judgement, Outcome
from qa.evaluate.run.files import read_run

JUDGEMENTS = "judgements.jsonl"

_Value = Annotated[float, Field(ge=0, le=1)]


class _Record(BaseModel):
    """A line of the file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(alias="_id")
    text: str
    answerable: bool
    answers: tuple[str, ...]
    relevant: dict[str, int]
    near: tuple[str, ...]
    outcome: Outcome
    is_right: bool
    supports: tuple[bool, ...]
    values: dict[str, _Value]


def write_judgements(judgements: Sequence[Judgement], folder: Path) -> None:
    """Write the file into `folder`, which must exist."""
    with (folder / JUDGEMENTS).open("w", encoding="utf-8", newline="\n") as file:
        for judgement in judgements:
            file.write(json.dumps(_to_json(judgement), ensure_ascii=False) + "\n")


def read_judgements(folder: Path) -> list[Judgement]:
    """The judgements of the run that was saved in `folder`. Raises UserError when it is none or is damaged."""
    run = {asked.question_id: asked for asked in read_run(folder)}
    judgements = []
    for where, line in read_lines(folder / JUDGEMENTS):
        record = _parse(line, where)
        if record.id not in run:
            raise UserError(f"{where}: question {record.id!r} has no answer in the run; evaluate it again")
        question = GoldQuestion(
            question_id=record.id,
            text=record.text,
            where=where,
            answers=record.answers,
            is_answerable=record.answerable,
            relevant=record.relevant,
            near=record.near,
        )
        judgements.append(
            Judgement(
                question=question,
                asked=run[record.id],
                outcome=record.outcome,
                is_right=record.is_right,
                supports=record.supports,
                values=record.values,
            )
        )
    return judgements


def _to_json(judgement: Judgement) -> dict[str, object]:
    question = judgement.question
    return {
        "_id": question.question_id,
        "text": question.text,
        "answerable": question.is_answerable,
        "answers": question.answers,
        "relevant": dict(question.relevant),
        "near": question.near,
        "outcome": judgement.outcome,
        "is_right": judgement.is_right,
        "supports": judgement.supports,
        "values": dict(judgement.values),
    }


def _parse(line: str, where: str) -> _Record:
    try:
        return _Record.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise UserError(f"{where}: not a judgement: field {field!r}: {first['msg']}; evaluate it again") from error

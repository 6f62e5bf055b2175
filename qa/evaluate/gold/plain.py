"""Questions and answers as JSON Lines, a JSON list or CSV, asked of the current index."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.errors import UserError
from qa.evaluate.gold.columns import known_as
from qa.evaluate.gold.gold_set import GoldQuestion, GoldSet
from qa.evaluate.gold.lines import hash_files, read_jsonl, read_text
from qa.evaluate.gold.question import check_judged, check_questions, parse_question
from qa.evaluate.gold.table import read_table


def read_plain(path: Path) -> GoldSet:
    """The set of a `.jsonl`, `.json`, `.csv` or `.tsv` file; the line number is the id of a question without one.

    Columns of a table: `question` (or `text`), `answers` (several with "|" between, or a list) and, where known, `_id`,
    `answerable`, `date`, `articles`; names of other tools do as well, see `columns.py`. Raises UserError naming file,
    line and field.
    """
    return GoldSet(
        name=path.name.partition(".")[0],
        questions=check_questions((_question(record, where) for where, record in _read_records(path)), path),
        sha256=hash_files([path]),
    )


def holds_rows(path: Path) -> bool:
    """Whether a `.json` file is a list, or lines of questions, as pandas and Hugging Face write; SQuAD is neither."""
    text = read_text(path).lstrip()
    if text.startswith("["):
        return True
    try:
        record = json.loads(text.partition("\n")[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and "text" in map(known_as, record)


def _read_records(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    name = path.name.lower().removesuffix(".gz")
    if not name.endswith((".json", ".jsonl")):
        return read_table(path)
    is_list = name.endswith(".json") and read_text(path).lstrip().startswith("[")
    return _read_list(path) if is_list else read_jsonl(path)


def _read_list(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        records = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise UserError(f"{path}:{error.lineno}: not JSON: {error.msg} at column {error.colno}") from error
    except RecursionError as error:
        raise UserError(f"{path}: no gold set: it is nested too deeply") from error
    for n, record in enumerate(records):
        if not isinstance(record, dict):
            raise UserError(f"{path}: [{n}]: not an object but {record!r:.40}; write one object a question")
        yield f"{path}: [{n}]", record


def _question(record: dict[str, Any], where: str) -> GoldQuestion:
    line = where.rpartition(":")[2].strip(" []")
    return check_judged(parse_question(record, where, {}, default_id=line), record)

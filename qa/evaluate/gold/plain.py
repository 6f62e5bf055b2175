"""Questions and answers as JSON Lines or CSV, asked of the current index."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.errors import UserError
from qa.evaluate.gold.gold_set import GoldSet
from qa.evaluate.gold.lines import hash_files, read_jsonl, read_text
from qa.evaluate.gold.question import check_judged, check_questions, parse_question

# Between several answers in one cell of a table.
SEPARATOR = "|"
_LISTS = ("answers", "answer", "articles")
_BOOLEANS = {"true": True, "yes": True, "1": True, "": True, "false": False, "no": False, "0": False}


def read_plain(path: Path) -> GoldSet:
    """The set of a `.jsonl`, `.csv` or `.tsv` file; the line number is the id of a question without one.

    Columns of a table: `question` (or `text`), `answers` (several with "|" between) and, where known, `_id`,
    `answerable`, `date`, `articles`. Raises UserError naming file, line and field.
    """
    is_jsonl = path.name.lower().removesuffix(".gz").endswith(".jsonl")
    records = read_jsonl(path) if is_jsonl else _read_table(path)
    questions = (
        check_judged(parse_question(record, where, {}, default_id=where.rpartition(":")[2]))
        for where, record in records
    )
    return GoldSet(
        name=path.name.partition(".")[0], questions=check_questions(questions, path), sha256=hash_files([path])
    )


def _read_table(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    delimiter = "\t" if path.name.lower().removesuffix(".gz").endswith(".tsv") else ","
    rows = csv.DictReader(read_text(path).splitlines(keepends=True), delimiter=delimiter, strict=True)
    columns = [column.strip() for column in rows.fieldnames or []]
    if not {"question", "text"} & set(columns):
        raise UserError(f"{path}:1: no column 'question'; the columns are {', '.join(columns) or 'none'}")
    rows.fieldnames = columns
    try:
        for row in rows:
            where = f"{path}:{rows.line_num}"
            if None in row or None in row.values():
                raise UserError(f"{where}: the row has not the {len(columns)} columns of the heading")
            yield where, _convert(row, where)
    except csv.Error as error:
        raise UserError(f"{path}:{rows.line_num}: not CSV: {error}") from error


def _convert(row: dict[str, str], where: str) -> dict[str, Any]:
    record: dict[str, Any] = {key: value for key, value in row.items() if value.strip()}
    for key in _LISTS:
        if key in record:
            record[key] = [part.strip() for part in record[key].split(SEPARATOR)]
    if "answerable" in row:
        value = row["answerable"].strip().lower()
        if value not in _BOOLEANS:
            raise UserError(f"{where}: field 'answerable' is {row['answerable']!r:.80}; write true or false")
        record["answerable"] = _BOOLEANS[value]
    return record

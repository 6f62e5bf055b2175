"""Tables of questions: CSV, whichever of the usual signs is between its columns."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.errors import UserError
from qa.evaluate.gold.columns import known_as, name_all
from qa.evaluate.gold.lines import read_text
from qa.evaluate.gold.packed import is_packed

# Between several answers in one cell.
SEPARATOR = "|"
# A sheet of a country with a decimal comma has semicolons between the columns.
_DELIMITERS = ",;\t|"
_LISTS = frozenset({"answers", "articles"})
_FLAGS = frozenset({"answerable", "impossible"})
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def read_table(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place, record) of each row that is not blank, by the columns of the heading. Raises UserError."""
    lines = read_text(path).splitlines(keepends=True)
    rows = csv.reader(lines, delimiter=_find_delimiter(lines), strict=True)
    try:
        columns = [column.strip() for column in next(rows, [])]
        _check_heading(columns, path)
        for row in rows:
            where = f"{path}:{rows.line_num}"
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(columns):
                raise UserError(
                    f"{where}: the row has not the {len(columns)} columns of the heading but {len(row)}; "
                    "put quotes around a cell with the sign between columns in it"
                )
            yield where, _convert(dict(zip(columns, row, strict=True)), where)
    except csv.Error as error:
        raise UserError(f"{path}:{rows.line_num}: not CSV: {error}") from error


def _find_delimiter(lines: list[str]) -> str:
    """The sign by which the heading has most columns that are known, else most columns; of several the first."""
    return max(_DELIMITERS, key=lambda delimiter: _count_columns(lines, delimiter))


def _count_columns(lines: list[str], delimiter: str) -> tuple[int, int]:
    try:
        heading = next(csv.reader(lines, delimiter=delimiter, strict=True), [])
    except csv.Error:
        return 0, 0
    return sum(map(_is_known, heading)), len(heading)


def _is_known(name: str) -> bool:
    return known_as(name) is not None


def _check_heading(columns: list[str], path: Path) -> None:
    twice = next((name for name, n in Counter(columns).items() if n > 1 and _is_known(name)), None)
    if twice is not None:
        raise UserError(f"{path}:1: two columns are called {twice!r}; rename one")
    if "text" not in map(known_as, columns):
        raise UserError(
            f"{path}:1: no column 'question'; the columns are {name_all(columns)}; "
            "rename the one with the questions to 'question'"
        )


def _convert(row: dict[str, str], where: str) -> dict[str, Any]:
    record: dict[str, Any] = {name: cell for name, cell in row.items() if cell.strip()}
    for name, cell in record.items():
        known = known_as(name)
        if known in _LISTS and not is_packed(cell):
            record[name] = [part.strip() for part in cell.split(SEPARATOR)]
        if known in _FLAGS:
            if cell.strip().lower() not in _BOOLEANS:
                raise UserError(f"{where}: field {name!r} is {cell!r:.80}; write true or false")
            record[name] = _BOOLEANS[cell.strip().lower()]
    return record

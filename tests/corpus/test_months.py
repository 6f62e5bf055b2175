"""The names of months and weekdays: against the calendar, and nowhere else in the sources."""

from __future__ import annotations

import ast
import calendar
import re
from pathlib import Path

import pytest

from corpus.months import MONTH_NUMBERS, MONTHS, SHORT_MONTHS, WEEKDAY_NUMBERS, WEEKDAYS, fold_case

ROOT = Path(__file__).parents[2]
TABLE = "corpus/months.py"
# No words besides, as "may" and "sun" are, so that they give a second table away.
NAMES = re.compile(r"\b(?:jan(?:uary)?|feb(?:ruary)?|sept(?:ember)?|wed(?:nes(?:day)?)?|thu(?:rs(?:day)?)?)\b", re.I)
OF_THE_CALENDAR = {"month_name", "month_abbr", "day_name", "day_abbr"}


def test_the_english_names_are_those_of_the_calendar() -> None:
    assert MONTHS["en"] == tuple(calendar.month_name)[1:]
    assert WEEKDAYS["en"] == tuple(calendar.day_name)
    assert SHORT_MONTHS["en"] == tuple([
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Sept",
        "Oct",
        "Nov",
        "Dec",
    ])


def test_every_spelling_has_its_number() -> None:
    for number in range(1, 13):
        assert MONTH_NUMBERS["en"][calendar.month_name[number].lower()] == number
        assert MONTH_NUMBERS["en"][calendar.month_abbr[number].lower()] == number
    for number in range(7):
        assert WEEKDAY_NUMBERS["en"][calendar.day_name[number].lower()] == number
        assert WEEKDAY_NUMBERS["en"][calendar.day_abbr[number].lower()] == number
    assert (MONTH_NUMBERS["en"]["sept"], WEEKDAY_NUMBERS["en"]["tues"], WEEKDAY_NUMBERS["en"]["thurs"]) == (9, 1, 3)


@pytest.mark.parametrize("name", [*MONTHS["en"], *WEEKDAYS["en"]])
def test_whatever_a_pattern_that_ignores_case_finds_has_a_number(name: str) -> None:
    numbers = MONTH_NUMBERS["en"] | WEEKDAY_NUMBERS["en"]
    turkish = name.upper().replace("I", "İ").replace("S", "ſ")
    for written in (name, name.lower(), name.upper(), turkish, name.replace("i", "ı")):
        assert re.fullmatch(name, written, re.IGNORECASE)
        assert numbers[fold_case(written)] == numbers[name.lower()]


def names_in_code(path: Path) -> list[str]:
    """Names in the strings of a module, docstrings left out, and the tables of `calendar` that it takes them from."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in OF_THE_CALENDAR]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in prose:
            found += NAMES.findall(node.value)
    return found


def test_no_other_module_has_a_table_of_its_own() -> None:
    files = sorted(path for layer in ("corpus", "index", "qa") for path in (ROOT / layer).rglob("*.py"))
    spelling = {path.relative_to(ROOT).as_posix() for path in files if names_in_code(path)}
    assert spelling == {TABLE}

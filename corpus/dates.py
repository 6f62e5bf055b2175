"""A date as articles write it: how it looks, and the days it can mean. A new way to write one goes here.

The names of months and weekdays are in `corpus/months.py`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from corpus.months import MONTH_NUMBERS, WEEKDAY_NUMBERS, fold_case

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

# The first newspapers are of the 17th century; an earlier "date" is a number that looks like one.
EARLIEST = date(1700, 1, 1)
# Allows for time zones and a clock that is a little slow; anything later is an announcement.
MAX_DAYS_AHEAD = 7

_WEEKDAY = rf"(?:(?P<weekday>{'|'.join(WEEKDAY_NUMBERS['en'])})\.?[, (]{{1,2}}(?:the )?)"
_MONTH = rf"(?:{'|'.join(MONTH_NUMBERS['en'])})\b\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?\b"
MONTH_AND_DAY = rf"{_MONTH} {_DAY}|{_DAY}(?: of)? {_MONTH}"
YEAR = r"[12]\d{3}"
_NAMED = rf"(?:{_MONTH} {_DAY},?|{_DAY}(?: of)?[ -]{_MONTH},?)[ -]{YEAR}"
# One date with its year. The groups say how it is written: `named` has the month in letters, `iso` the year in front,
# `numeric` the year behind; `date` is whichever of them it is.
DATE = (
    rf"(?<![\w/.-]){_WEEKDAY}?(?P<date>(?P<named>{_NAMED})|(?P<iso>{YEAR}(?P<sep>[/.-])\d{{1,2}}(?P=sep)\d{{1,2}})"
    rf"|(?P<numeric>\d{{1,2}}(?P<mark>[/.-])\d{{1,2}}(?P=mark){YEAR}))(?![\d/-]|\.\d)"
)
FULL_DATE = re.compile(DATE, re.I)


def parse_date(text: str) -> date | None:
    """Return the day `text` begins with; None where there is none, or one that is ambiguous or impossible."""
    match = FULL_DATE.match(text)
    possible = readings(match) if match and text[match.end() : match.end() + 1] in ("", " ", ",", "T") else ()
    return possible[0] if len(possible) == 1 else None


def readings(match: re.Match[str]) -> tuple[date, ...]:
    """Return the days that a match of FULL_DATE can mean: none if impossible, two if day and month could be swapped."""
    if match["named"]:
        days = [parse_named(match["named"])]
    else:
        first, second, third = (int(part) for part in re.split("[/.-]", match["date"]))
        days = (
            [_day(first, second, third)] if match["iso"] else [_day(third, second, first), _day(third, first, second)]
        )
    latest = date.today() + timedelta(days=MAX_DAYS_AHEAD)
    weekday = WEEKDAY_NUMBERS["en"][fold_case(match["weekday"])] if match["weekday"] else None
    possible = (day for day in days if day and EARLIEST <= day <= latest and weekday in (None, day.weekday()))
    return tuple(dict.fromkeys(possible))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


# Articles of one day share their dates, and dateparser takes 1 ms for each.
@lru_cache(maxsize=4096)
def parse_named(text: str) -> date | None:
    """Return the day of a date with the month in letters, such as "3 July 2023" or "July 3, 2023"; None for no day."""
    found = _named_dates().get_date_data(text.replace("-", " ")).date_obj
    return found.date() if found else None


@cache
def _named_dates() -> DateDataParser:
    """Made once, on first use: it loads the names of the months."""
    from dateparser.date import DateDataParser

    return DateDataParser(
        languages=["en"],
        settings={
            "PARSERS": ["absolute-time"],
            "REQUIRE_PARTS": ["day", "month", "year"],
            "RETURN_AS_TIMEZONE_AWARE": False,
            "NORMALIZE": False,
        },
    )

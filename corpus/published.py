"""The day an article was published, where its own text says so plainly.

A wrong date is worse than none: it moves the article in every search by date and is printed in every citation.
So the strongest evidence that a text has decides alone, and where it contradicts itself the day is unknown.

Why a date in a sentence counts only with its weekday: measured on the 6,798 news texts of RealTime QA, whose days are
known, a date without one is the day of the article in 13 of 107 cases in the first two lines and in 251 of 1,600
further down; the dates with a weekday that count here are right in 14 of 17. "Right" is from ten days before the known
day to one after it. The rules were chosen on these same texts, so expect a little less elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from corpus.dateline import DATE, DATE_AND_PLACE, DATED_PLACE, LABEL, ONLY_DATE, YEAR, filled_lines, matches
from corpus.months import WEEKDAY_NUMBERS, fold_case

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

# The first newspapers are of the 17th century; an earlier "date" is a number that looks like one.
EARLIEST = date(1700, 1, 1)
# Allows for time zones and a clock that is a little slow; anything later is an announcement.
MAX_DAYS_AHEAD = 7
# A story goes out on the day of its dateline or soon after.
MAX_DAYS_FROM_DATELINE = 3
# News says early when it happened; further down such dates are mostly those of pictures and appointments.
HEAD_LINES = 5
# A text with more dates than this is a table or a chronicle, and reading a date costs up to 1 ms.
MAX_DATES = 20
MAX_DATE_LINE = 80
# A line of prose has more words than a name or a heading that stands above a date.
WRAPPED_WORDS = 6

_FULL_DATE = re.compile(DATE, re.I)
_YEAR = re.compile(rf"(?<!\d){YEAR}(?!\d)")
_LABELLED = re.compile(rf"{LABEL} ?[:|–-] ?{DATE}", re.I)
# A picture can be years old, an appointment lies ahead, an update comes later: none of them is the day of the article.
_OTHER_DAY = re.compile(
    r"\b(?:photo|file|getty|credit|will|scheduled|set to|due|until|when)\b|\b(?:updated|modified|accessed)\b"
    r"|\b(?:retrieved|copyright)\b|/(?:ap|afp|reuters)\b|©",
    re.I,
)


def find_published(text: str) -> date | None:
    """Return the day `text` was published, or None where it does not say so beyond doubt.

    The first of these that the text has decides: a "Published:" line; a dateline or a line that is only a date; a full
    date with its weekday in the first five or last two lines. 03/07/2025 counts where another date in the text shows
    which of the two days it is.
    """
    lines = filled_lines(text)
    for kind in (_labelled, _datelines, _running):
        found = list(islice(kind(lines), MAX_DATES))
        if found:
            return _agreed(found, lines)
    return None


def parse_date(text: str) -> date | None:
    """Return the day `text` begins with; None where there is none, or one that is ambiguous or impossible."""
    match = _FULL_DATE.match(text)
    readings = _readings(match) if match and text[match.end() : match.end() + 1] in ("", " ", ",", "T") else ()
    return readings[0] if len(readings) == 1 else None


def _labelled(lines: list[str]) -> Iterator[re.Match[str]]:
    return matches(_LABELLED, lines)


def _datelines(lines: list[str]) -> Iterator[re.Match[str]]:
    for number, line in enumerate(lines):
        placed = DATED_PLACE.match(line)
        dated = _FULL_DATE.fullmatch(placed["when"]) if placed else DATE_AND_PLACE.match(line)
        # In hard-wrapped text a date can be the end of the sentence begun on the line before.
        if dated is None and (number < HEAD_LINES or not _runs_on(lines[number - 1])):
            dated = ONLY_DATE.match(line) if len(line) <= MAX_DATE_LINE else None
        if dated:
            yield dated


def _runs_on(line: str) -> bool:
    """Whether a sentence seems to go on behind `line`."""
    return len(line.split()) >= WRAPPED_WORDS and not line.endswith((".", "!", "?", "”", '"'))


def _running(lines: list[str]) -> Iterator[re.Match[str]]:
    """Dates with their weekday in the sentences of the first and last lines."""
    ends = lines if len(lines) <= HEAD_LINES + 2 else lines[:HEAD_LINES] + lines[-2:]
    for line in ends:
        if _YEAR.search(line) and not _OTHER_DAY.search(line):
            yield from (match for match in _FULL_DATE.finditer(line) if match["weekday"])


def _agreed(found: Iterable[re.Match[str]], lines: list[str]) -> date | None:
    """Return the one day all of `found` can mean."""
    days = set()
    for match in found:
        readings = _readings(match)
        days.add(readings[0] if len(readings) == 1 else _settle(readings, lines))
        if len(days) > 1:
            return None
    return days.pop()


def _readings(match: re.Match[str]) -> tuple[date, ...]:
    """Return the days a date can mean: none if it is impossible, two if day and month cannot be told apart."""
    if match["named"]:
        days = [_parse_named(match["named"])]
    else:
        first, second, third = (int(part) for part in re.split("[/.-]", match["date"]))
        days = (
            [_day(first, second, third)] if match["iso"] else [_day(third, second, first), _day(third, first, second)]
        )
    latest = date.today() + timedelta(days=MAX_DAYS_AHEAD)
    weekday = WEEKDAY_NUMBERS["en"][fold_case(match["weekday"])] if match["weekday"] else None
    possible = (day for day in days if day and EARLIEST <= day <= latest and weekday in (None, day.weekday()))
    return tuple(dict.fromkeys(possible))


def _settle(readings: tuple[date, ...], lines: list[str]) -> date | None:
    """Return the one of `readings` that another date in the text speaks for."""
    if not readings:
        return None
    known = list(islice(_known_days(lines, {day.year for day in readings}), MAX_DATES))
    near = timedelta(days=MAX_DAYS_FROM_DATELINE)
    settled = [day for day in readings if any(abs(day - other) <= near for other in known)]
    return settled[0] if len(settled) == 1 else None


def _known_days(lines: list[str], years: Iterable[int]) -> Iterator[date]:
    """Days the text names without ambiguity; a dateline without a year gives its day in each of `years`."""
    for match in matches(DATED_PLACE, lines):
        if not _YEAR.search(match["when"]):
            yield from filter(None, (_parse_named(f"{match['when']} {year}") for year in years))
    for line in filter(_YEAR.search, lines):
        for match in _FULL_DATE.finditer(line):
            readings = _readings(match)
            if len(readings) == 1:
                yield readings[0]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


# Articles of one day share their dates, and dateparser takes 1 ms for each.
@lru_cache(maxsize=4096)
def _parse_named(text: str) -> date | None:
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

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
from itertools import islice

from corpus.dateline import DATE_AND_PLACE, DATED_PLACE, LABEL, ONLY_DATE, filled_lines, matches
from corpus.dates import DATE, FULL_DATE, YEAR, parse_named, readings
from corpus.foreign_dates import with_english_dates

# A story goes out on the day of its dateline or soon after.
MAX_DAYS_FROM_DATELINE = 3
# News says early when it happened; further down such dates are mostly those of pictures and appointments.
HEAD_LINES = 5
# A text with more dates than this is a table or a chronicle, and reading a date costs up to 1 ms.
MAX_DATES = 20
MAX_DATE_LINE = 80
# A line of prose has more words than a name or a heading that stands above a date.
WRAPPED_WORDS = 6

_YEAR = re.compile(rf"(?<!\d){YEAR}(?!\d)")
_LABELLED = re.compile(rf"{LABEL} ?[:|–-] ?{DATE}", re.I)
# A picture can be years old, an appointment lies ahead, an update comes later: none of them is the day of the article.
_OTHER_DAY = re.compile(
    r"\b(?:photo|file|getty|credit|will|scheduled|set to|due|until|when)\b|\b(?:updated|modified|accessed)\b"
    r"|\b(?:retrieved|copyright)\b|/(?:ap|afp|reuters)\b|©",
    re.I,
)

_LOOKS_BACK = re.compile(r"\banniversar|\b(?:years|decades|a century) ago\b|\bon this day\b", re.I)


def find_published(text: str, language: str = "en") -> date | None:
    """Return the day `text` was published, or None where it does not say so beyond doubt.

    `language` is that of the text: its dates are read as well as English ones.

    The first of these that the text has decides: a "Published:" line; a dateline or a line that is only a date; a full
    date with its weekday in the first five or last two lines. 03/07/2025 counts where another date in the text shows
    which of the two days it is.
    """
    lines = [with_english_dates(line, language) for line in filled_lines(text)]
    for kind in (_labelled, _datelines, _running):
        found = list(islice(kind(lines), MAX_DATES))
        if found:
            return _agreed(found, lines)
    return None


def _labelled(lines: list[str]) -> Iterator[re.Match[str]]:
    return matches(_LABELLED, lines)


def _datelines(lines: list[str]) -> Iterator[re.Match[str]]:
    for number, line in enumerate(lines):
        placed = DATED_PLACE.match(line)
        dated = FULL_DATE.fullmatch(placed["when"]) if placed else DATE_AND_PLACE.match(line)
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
            yield from (match for match in FULL_DATE.finditer(line) if match["weekday"] and not _is_past(match, lines))


def _is_past(match: re.Match[str], lines: list[str]) -> bool:
    """Whether the text looks back at the date: it names a later year, or how long ago that was."""
    told = max((day.year for day in readings(match)), default=0)
    this_year = date.today().year
    years = (int(found.group()) for line in lines for found in _YEAR.finditer(line))
    return any(told < year <= this_year for year in years) or any(_LOOKS_BACK.search(line) for line in lines)


def _agreed(found: Iterable[re.Match[str]], lines: list[str]) -> date | None:
    """Return the one day all of `found` can mean."""
    days = set()
    for match in found:
        possible = readings(match)
        days.add(possible[0] if len(possible) == 1 else _settle(possible, lines))
        if len(days) > 1:
            return None
    return days.pop()


def _settle(possible: tuple[date, ...], lines: list[str]) -> date | None:
    """Return the one of `possible` days that another date in the text speaks for."""
    if not possible:
        return None
    known = list(islice(_known_days(lines, {day.year for day in possible}), MAX_DATES))
    near = timedelta(days=MAX_DAYS_FROM_DATELINE)
    settled = [day for day in possible if any(abs(day - other) <= near for other in known)]
    return settled[0] if len(settled) == 1 else None


def _known_days(lines: list[str], years: Iterable[int]) -> Iterator[date]:
    """Days the text names without ambiguity; a dateline without a year gives its day in each of `years`."""
    for match in matches(DATED_PLACE, lines):
        if not _YEAR.search(match["when"]):
            yield from filter(None, (parse_named(f"{match['when']} {year}") for year in years))
    for line in filter(_YEAR.search, lines):
        for match in FULL_DATE.finditer(line):
            possible = readings(match)
            if len(possible) == 1:
                yield possible[0]

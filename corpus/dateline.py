"""When and by whom an article was published, where its own text says so plainly.

A wrong date is worse than none: it moves the article in every search by date and is printed in every citation.
So the evidence is read from the strongest kind to the weakest, and where one kind contradicts itself the answer is
"unknown". Measured on the 6,798 news texts of RealTime QA, whose dates are known: in running text a bare date is the
day of the article in 13 of 107 cases in the first two lines and 251 of 1,600 further down, so it never counts;
the dates with a weekday that count here are right in 14 of 17. "Right" is at most ten days before the known date or one
after it. The rules were chosen on these same texts, so expect a little less elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

# The first newspapers are of the 17th century; an earlier "date" is a number that looks like one.
EARLIEST = date(1700, 1, 1)
# Time zones and a clock that is a little slow; anything later is an announcement.
MAX_DAYS_AHEAD = 7
# A story goes out on the day of its dateline or soon after.
MAX_DAYS_FROM_DATELINE = 3
# News says early when it happened; further down such dates are mostly those of pictures and appointments.
HEAD_LINES = 5
# A text with more dates than this is a table or a chronicle, and reading a date costs up to 1 ms.
MAX_DATES = 20
MAX_DATE_LINE = 80
MAX_AGENCY_WORDS = 5
# A line of prose has more words than a name or a heading that stands above a date.
WRAPPED_WORDS = 6

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun)(?:s?day|nesday|rsday|urday|s|rs)?\.?[, (]{1,2}(?:the )?)"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?\b"
_MONTH_AND_DAY = rf"{_MONTH} {_DAY}|{_DAY}(?: of)? {_MONTH}"
_YEAR = r"[12]\d{3}"
_NAMED = rf"(?:{_MONTH} {_DAY},?|{_DAY}(?: of)?[ -]{_MONTH},?)[ -]{_YEAR}"
_DATE = (
    rf"(?<![\w/.-]){_WEEKDAY}?(?P<date>(?P<named>{_NAMED})|(?P<iso>{_YEAR}(?P<sep>[/.-])\d{{1,2}}(?P=sep)\d{{1,2}})"
    rf"|(?P<numeric>\d{{1,2}}(?P<mark>[/.-])\d{{1,2}}(?P=mark){_YEAR}))(?![\d/-]|\.\d)"
)
_ZONE = r"(?:Z|[+-]\d\d:?\d\d| [A-Z]{2,5})?"
_CLOCK = rf"(?:(?:T|[ ,|@–-]{{1,3}}(?:at )?)\d{{1,2}}[:.]\d\d(?::\d\d)?(?: ?[ap]\.?m\.?)?{_ZONE})?"
_FULL_DATE = re.compile(_DATE, re.I)
_YEAR_OF_DATE = re.compile(rf"(?<!\d){_YEAR}(?!\d)")

_LABEL = r"(?:(?:first )?(?:published|posted)(?: on| at)?|publication date|date published|date)"
_LABELLED = re.compile(rf"{_LABEL} ?[:|–-] ?{_DATE}", re.I)
_ONLY_DATE = re.compile(rf"(?:By [^.!?\n]{{3,60}}?[ ,|–—-]{{1,3}}|{_LABEL} )?{_DATE}{_CLOCK}$", re.I)
# A picture can be years old, an appointment lies ahead, an update comes later: none of them is the day of the article.
_OTHER_DAY = re.compile(
    r"\b(?:photo|file|getty|credit|will|scheduled|set to|due|until|when)\b|\b(?:updated|modified|accessed)\b"
    r"|\b(?:retrieved|copyright)\b|/(?:ap|afp|reuters)\b|©",
    re.I,
)

# One to four words with capitals, but no beginning of a sentence, a byline or a note of the editor.
_NO_PLACE = (
    r"(?!(?:In|On|At|By|From|The|As|For|Since|Until|After|Before|Published|Posted"
    r"|Updated?|Correction|Clarification|Editor|Note)\b)"
)
_PLACE = r"[^\W\d_a-z][\w.'’-]{1,24}(?:[ /][^\W\d_a-z][\w.'’-]{0,24}){0,3}"
_PLACES = rf"{_NO_PLACE}(?P<place>{_PLACE}(?:, ?{_PLACE}){{0,2}})"
_AGENCY = r"(?P<open>[(/])(?P<agency>[^()/\d\n]{2,60})[)/]"
_DASH = r"(?:--?|–|—)"
# "Seoul, July 3 (NationPress) South Korean ..." and "WASHINGTON, July 3, 2025 — The ...".
_DATED_PLACE = re.compile(
    rf"{_PLACES},? (?i:(?P<when>(?:{_MONTH_AND_DAY})(?:,? {_YEAR})?))(?: ?{_AGENCY}| ?:| ?(?={_DASH}))(?: ?{_DASH})?\s*"
)
# "LONDON (Reuters) - ..."; without a dash it would be any name with its abbreviation.
_PLACE_AND_AGENCY = re.compile(rf"{_PLACES} ?{_AGENCY} ?{_DASH}\s+")
# "13-12-2023 (SEOUL) In a rare ...": the bracket after a bare date is the place.
_DATE_AND_PLACE = re.compile(rf"(?i:{_DATE}) ?\((?P<place>{_PLACE}(?:, ?{_PLACE})?)\)(?: ?{_DASH})?\s*")
_AGENCY_ALONE = re.compile(rf"{_AGENCY} ?{_DASH}\s+")

# Wires that sign with an abbreviation. Any other one after a name in small letters belongs to it: World Bank (WB).
# fmt: off
_WIRES = frozenset({
    "AAP", "AFP", "ANI", "ANSA", "AP", "BBC", "CNA", "CNN", "CTK", "DPA", "EFE", "IANS", "KCNA", "KUNA",
    "MENA", "NHK", "NPR", "PA", "PAP", "PTI", "SANA", "SPA", "TASS", "UPI", "VOA", "WAM",
})
# fmt: on

_SOURCE_LINE = re.compile(r"source ?[:–-] ?(?P<agency>[^\s:/,][^:/,]{1,79})$", re.I)
_BYLINE = re.compile(
    r"By [^,|\d]{3,60}(?:,| \|) (?P<agency>(?:[\w&.'’-]{1,24} ){0,4}"
    r"(?:News|Times|Post|Press|Agency|Herald|Journal|Tribune|Telegraph|Guardian|TODAY|Today|Reuters|AP|AFP|BBC|CNN|UPI))$"
)


def find_published(text: str) -> date | None:
    """Return the day `text` was published, or None where it does not say so beyond doubt.

    In this order: a "Published:" line; a dateline or a line that is only a date; a full date with its weekday in the
    first five or last two lines. 03/07/2025 counts once the text shows which of the two days it is.
    """
    lines = _lines(text)
    for kind in (_labelled, _datelines, _running):
        found = list(islice(kind(lines), MAX_DATES))
        if found:
            return _agreed(found, lines)
    return None


def find_source(text: str) -> str | None:
    """Return the agency of the dateline, else of a "Source:" line, else of a byline; None for none and for several."""
    lines = _lines(text)
    for kind in (_agencies, _source_lines, _bylines):
        found = set(islice(kind(lines), MAX_DATES))
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def skip_dateline(line: str) -> str:
    """`line` without the place, date and agency it opens with."""
    for pattern in (_DATED_PLACE, _PLACE_AND_AGENCY, _DATE_AND_PLACE, _AGENCY_ALONE):
        match = pattern.match(line)
        if match and match.end() < len(line):
            return line[match.end() :]
    return line


def is_dateline(line: str) -> bool:
    """Whether `line` is a place, date or agency and nothing more."""
    return any(pattern.fullmatch(line) for pattern in (_DATED_PLACE, _DATE_AND_PLACE, _ONLY_DATE))


def parse_date(text: str) -> date | None:
    """Return the day `text` begins with; None where there is none, or one that is ambiguous or impossible."""
    match = _FULL_DATE.match(text)
    readings = _readings(match) if match and text[match.end() : match.end() + 1] in ("", " ", ",", "T") else ()
    return readings[0] if len(readings) == 1 else None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _labelled(lines: list[str]) -> Iterator[re.Match[str]]:
    return _matches(_LABELLED, lines)


def _datelines(lines: list[str]) -> Iterator[re.Match[str]]:
    for number, line in enumerate(lines):
        placed = _DATED_PLACE.match(line)
        dated = _FULL_DATE.fullmatch(placed["when"]) if placed else _DATE_AND_PLACE.match(line)
        # In hard-wrapped text a date can be the end of the sentence begun on the line before.
        if dated is None and (number < HEAD_LINES or not _runs_on(lines[number - 1])):
            dated = _ONLY_DATE.match(line) if len(line) <= MAX_DATE_LINE else None
        if dated:
            yield dated


def _runs_on(line: str) -> bool:
    return len(line.split()) >= WRAPPED_WORDS and not line.endswith((".", "!", "?", "”", '"'))


def _running(lines: list[str]) -> Iterator[re.Match[str]]:
    ends = lines if len(lines) <= HEAD_LINES + 2 else lines[:HEAD_LINES] + lines[-2:]
    for line in ends:
        if _YEAR_OF_DATE.search(line) and not _OTHER_DAY.search(line):
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
    weekday = match["weekday"] and _WEEKDAYS.index(match["weekday"].lower())
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
    """Days the text names without ambiguity; those of datelines without a year in each of `years`."""
    for match in _matches(_DATED_PLACE, lines):
        if not _YEAR_OF_DATE.search(match["when"]):
            yield from filter(None, (_parse_named(f"{match['when']} {year}") for year in years))
    for line in filter(_YEAR_OF_DATE.search, lines):
        for match in _FULL_DATE.finditer(line):
            readings = _readings(match)
            if len(readings) == 1:
                yield readings[0]


def _agencies(lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        match = _DATED_PLACE.match(line) or _PLACE_AND_AGENCY.match(line)
        if match is None and number < 2:
            match = _AGENCY_ALONE.match(line)
        if match and match["agency"] and _is_agency(match):
            yield match["agency"].strip()


def _is_agency(match: re.Match[str]) -> bool:
    """Whether the bracket names a publisher, not an abbreviation of the words before it."""
    agency = match["agency"].strip()
    place = match.groupdict().get("place") or ""
    is_dated = "when" in match.re.groupindex
    is_abbreviation = agency.isupper() and agency not in _WIRES and not place.isupper() and not is_dated
    return agency[:1].isupper() and not is_abbreviation and len(agency.split()) <= MAX_AGENCY_WORDS


def _source_lines(lines: list[str]) -> Iterator[str]:
    return (match["agency"].strip(" .") for match in _matches(_SOURCE_LINE, lines))


def _bylines(lines: list[str]) -> Iterator[str]:
    return (match["agency"] for match in _matches(_BYLINE, lines))


def _matches(pattern: re.Pattern[str], lines: list[str]) -> Iterator[re.Match[str]]:
    return filter(None, map(pattern.match, lines))


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

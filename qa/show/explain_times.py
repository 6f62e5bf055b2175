"""What "last November" in an article means, by the day it was published. Beside the quote, never inside it."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from qa.question.period import MONTHS
from qa.show.wording import date_in_words

# So soon after it, "last May" may be that of the year before.
AMBIGUOUS_MONTHS = 3

_DAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_MONTH, _DAY = "|".join(MONTHS), "|".join(_DAYS)
# "(?! \d)": "last May 3" is a day, which says more than the month.
_RELATIVE = re.compile(
    rf"\b(?:(?P<near>yesterday|today|tomorrow)|(?:last|this past) (?P<day>{_DAY})|last (?P<month>{_MONTH})(?! \d)"
    r"|(?P<which>this|last|next) (?P<unit>month|year))\b(?!['’])",
    re.IGNORECASE,
)
# A dateline or a date beside it says it already.
_EXPLICIT = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Explained:
    """A word of time as it stands in a text, and the day, month or year it means there."""

    words: str
    meaning: str


def explain_times(text: str, published: date | None) -> list[Explained]:
    """The relative times of `text`, each once, of an article of that day; none of an undated one.

    What may mean either of two is left alone: "on Wednesday" may lie ahead, and in July "last May" may be of this year.
    """
    if published is None:
        return []
    found: dict[str, Explained] = {}
    for match in _RELATIVE.finditer(text):
        meaning = _meaning(match, published)
        has_year = _EXPLICIT.match(text[match.end() :].lstrip(" ,(")[:4])
        if meaning and not has_year:
            found.setdefault(match.group().lower(), Explained(match.group(), meaning))
    return list(found.values())


def _meaning(match: re.Match[str], published: date) -> str | None:
    readers: dict[str, Callable[[str, date], str | None]] = {"near": _near, "day": _weekday, "month": _month}
    try:
        for name, read in readers.items():
            if match[name]:
                return read(match[name].lower(), published)
        return _unit(match["which"].lower(), match["unit"].lower(), published)
    except OverflowError:
        # The calendar ends there.
        return None


def _near(word: str, published: date) -> str:
    return date_in_words(published + timedelta({"yesterday": -1, "today": 0, "tomorrow": 1}[word]))


def _weekday(word: str, published: date) -> str:
    return date_in_words(published - timedelta((published.weekday() - _DAYS[word] - 1) % 7 + 1))


def _month(word: str, published: date) -> str | None:
    month = MONTHS[word]
    if 0 < published.month - month <= AMBIGUOUS_MONTHS:
        return None
    return _month_in_words(published.year if month < published.month else published.year - 1, month)


def _unit(which: str, unit: str, published: date) -> str:
    step = {"last": -1, "this": 0, "next": 1}[which]
    if unit == "year":
        return str(published.year + step)
    year, month = divmod(published.year * 12 + published.month - 1 + step, 12)
    return _month_in_words(year, month + 1)


def _month_in_words(year: int, month: int) -> str:
    return f"{calendar.month_name[month]} {year}"

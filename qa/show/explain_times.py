"""What "last November" in an article means, by the day it was published. Beside the quote, never inside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from corpus.months import MONTH_NUMBERS, MONTHS, WEEKDAY_NUMBERS, WEEKDAYS, fold_case

# For so many months after May, "last May" can mean this year's or the one before.
AMBIGUOUS_MONTHS = 3

_MONTH, _DAY = "|".join(MONTHS["en"]), "|".join(WEEKDAYS["en"])
# "(?! \d)": "last May 3" is a day, which says more than the month.
_RELATIVE = re.compile(
    rf"\b(?:(?P<near>yesterday|today|tomorrow)|(?:last|this past) (?P<day>{_DAY})|last (?P<month>{_MONTH})(?! \d)"
    r"|(?P<which>this|last|next) (?P<unit>month|year))\b(?!['’])",
    re.IGNORECASE,
)
# A year right behind the words says already which day is meant.
_EXPLICIT = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Explained:
    """A word of time as it stands in a text, and when that is: a day, month or year in ISO 8601."""

    words: str
    when: str


def explain_times(text: str, published: date | None) -> list[Explained]:
    """What the relative times of `text` mean in an article published that day, each once; nothing for an undated one.

    Words that can mean either of two times are left out: "on Wednesday" may lie ahead or behind, and in July "last May"
    may be this year's or the one before.
    """
    if published is None:
        return []
    found: dict[str, Explained] = {}
    for match in _RELATIVE.finditer(text):
        when = _when(match, published)
        has_year = _EXPLICIT.match(text[match.end() :].lstrip(" ,(")[:4])
        if when and not has_year:
            found.setdefault(match.group().lower(), Explained(match.group(), when))
    return list(found.values())


def _when(match: re.Match[str], published: date) -> str | None:
    readers: dict[str, Callable[[str, date], str | None]] = {"near": _near, "day": _weekday, "month": _month}
    try:
        for name, read in readers.items():
            if match[name]:
                return read(fold_case(match[name]), published)
        return _unit(fold_case(match["which"]), fold_case(match["unit"]), published)
    except OverflowError:
        # Before the first or after the last day of the calendar.
        return None


def _near(word: str, published: date) -> str:
    return (published + timedelta({"yesterday": -1, "today": 0, "tomorrow": 1}[word])).isoformat()


def _weekday(word: str, published: date) -> str:
    return (published - timedelta((published.weekday() - WEEKDAY_NUMBERS["en"][word] - 1) % 7 + 1)).isoformat()


def _month(word: str, published: date) -> str | None:
    month = MONTH_NUMBERS["en"][word]
    if 0 < published.month - month <= AMBIGUOUS_MONTHS:
        return None
    return f"{published.year if month < published.month else published.year - 1:04d}-{month:02d}"


def _unit(which: str, unit: str, published: date) -> str:
    step = {"last": -1, "this": 0, "next": 1}[which]
    if unit == "year":
        return f"{published.year + step:04d}"
    year, month = divmod(published.year * 12 + published.month - 1 + step, 12)
    return f"{year:04d}-{month + 1:02d}"

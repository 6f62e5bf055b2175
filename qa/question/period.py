"""The time a question asks about: "this week", "last month", "in December 2023", as a period of days.

Words such as "this week" count from the day the question is asked. A period is made for searching by day of
publication: it ends some days after the time that is named, since news is told afterwards.
"""

from __future__ import annotations

import calendar
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta

from corpus.months import MONTH_NUMBERS, MONTHS, SHORT_MONTHS, WEEKDAYS, fold_case

# On realtimeqa-2022, whose questions are asked on Fridays about their week, articles published from 9 days before the
# day of asking to 3 days after it hold the answer in 41 to 86 of 100 cases, those around them in 10 to 30.
DAYS_BEFORE, DAYS_AFTER = 9, 3
# What happened in a month or a year is still news so many days after it.
AFTERMATH = 14
_EARLIEST_YEAR = 1800

_MONTH = "|".join(MONTHS["en"])
_DAY_MONTH = rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})|(?P<month2>{_MONTH}) (?P<day2>\d{{1,2}})"
_DAY_MONTH_PLAIN = rf"\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})|(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?"
_DATE = re.compile(rf"\b(?:{_DAY_MONTH})(?:st|nd|rd|th)?(?:,? (?P<year>\d{{4}}))?\b", re.IGNORECASE)
_ISO_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b", re.ASCII)
_MONTH_YEAR = re.compile(rf"\b(?P<month>{_MONTH})(?:,| of)? (?P<year>\d{{4}})\b", re.IGNORECASE)
_ONLY_MONTH = re.compile(rf"\b(?:in|during|since|last|this) (?P<month>{_MONTH})\b(?! \d)", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:in|during|of|since|by|the|late|early|mid) (?P<year>(?:18|19|20)\d\d)\b", re.IGNORECASE)
_WEEKDAY = "|".join(WEEKDAYS["en"])
_THIS_WEEK = re.compile(
    r"\b(?:this (?:past |coming )?(?:week|weekend|morning|evening)|(?:the )?past week|yesterday|tonight"
    r"|last (?:night|weekend))\b",
    re.IGNORECASE,
)
# Taken as this week, but not as surely: asked of an archive of old articles, "recently" may mean their time.
_LATELY = re.compile(rf"\b(?:recently|(?:the )?past few days|(?:on|this|last) (?:{_WEEKDAY}))\b", re.IGNORECASE)
_LAST_WEEK = re.compile(r"\blast week\b", re.IGNORECASE)
_MONTHS_AGO = re.compile(r"\b(?P<which>this|last) month\b", re.IGNORECASE)
_YEARS_AGO = re.compile(r"\b(?P<which>this|last) year\b", re.IGNORECASE)
# Any time that a question names: "July 2023", "Jul. 2023", "2012", "3 July", "1990 to 1993". The words "may" and
# "march" are months only with a capital, and "1500 metres" is no year.
_SHORT_MONTH = "|".join(rf"{name}\.?" for name in SHORT_MONTHS["en"])
_MOMENT = (
    rf"(?:(?:{_DAY_MONTH_PLAIN})(?:,? \d{{4}})?|(?:{_MONTH}|{_SHORT_MONTH})(?: of)? \d{{4}}"
    rf"|(?:1[5-9]|20)\d\d(?! [a-z]+s\b)|(?-i:{_MONTH})|(?:this|last) (?:week|month|year))\b"
)
TIME = re.compile(rf"\b{_MOMENT}(?: ?(?:to|and|until|till|[-–]) ?{_MOMENT})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included.

    `is_recent`: the question counts from the day of asking, `words` say how ("this week"). `is_certain`: it can mean no
    other time, so if all articles are older than the period, none of them tells of it.
    """

    first: date
    last: date
    is_recent: bool = False
    is_certain: bool = False
    words: str = ""

    def __contains__(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


def fortnight_of(asked_on: date) -> Period:
    """When articles were published that tell what is news on the day `asked_on`."""
    # At both ends of the calendar there are fewer days to count back or on.
    first = max(asked_on, date.min + timedelta(DAYS_BEFORE)) - timedelta(DAYS_BEFORE)
    return Period(first, min(asked_on, date.max - timedelta(DAYS_AFTER)) + timedelta(DAYS_AFTER), is_recent=True)


def asked_period(question: str, asked_on: date) -> Period | None:
    """The days in which articles about the time that `question` names were published; None where it names no time."""
    try:
        period = _named(question, asked_on) or _relative(question, asked_on)
    except (ValueError, OverflowError):
        # The question names 31 November or the year 0, which no calendar has.
        return None
    # Articles of any day can tell of what is still to come.
    return period if period and period.first <= asked_on else None


def _relative(question: str, asked_on: date) -> Period | None:
    if found := _THIS_WEEK.search(question):
        return replace(fortnight_of(asked_on), is_certain=True, words=found.group())
    if found := _LAST_WEEK.search(question):
        first, last = asked_on - timedelta(16), asked_on - timedelta(DAYS_AFTER)
        return Period(first, last, is_recent=True, is_certain=True, words=found.group())
    if found := _MONTHS_AGO.search(question):
        last_month = asked_on.replace(day=1) - timedelta(1)
        this = fold_case(found["which"]) == "this"
        period = _month(asked_on.year, asked_on.month) if this else _month(last_month.year, last_month.month)
        return replace(period, is_recent=True, is_certain=True, words=found.group())
    if _LATELY.search(question):
        return fortnight_of(asked_on)
    if found := _YEARS_AGO.search(question):
        return _years(asked_on.year - (fold_case(found["which"]) == "last"))
    return None


def _named(question: str, asked_on: date) -> Period | None:
    days = _days(question, asked_on)
    if days:
        return Period(min(days), max(days) + timedelta(AFTERMATH))
    if _ISO_DATE.search(question) or _DATE.search(question):
        return None
    if found := _MONTH_YEAR.search(question):
        return _month(int(found["year"]), _month_number(found["month"]))
    if found := _ONLY_MONTH.search(question):
        month = _month_number(found["month"])
        return _month(_latest_year(month, 1, asked_on), month)
    if found := _YEAR.search(question):
        return _years(int(found["year"]))
    return None


def _days(question: str, asked_on: date) -> list[date]:
    """Every day that `question` names.

    One without a year is the latest such day up to the day named after it ("from 3 July to 5 July 2021"), or, where
    none follows, up to the day of asking.
    """
    days = []
    for found in _ISO_DATE.finditer(question):
        with suppress(ValueError):
            days.append(date.fromisoformat(found.group()))
    following: date | None = None
    for found in reversed(list(_DATE.finditer(question))):
        month, day = _month_number(found["month"] or found["month2"]), int(found["day"] or found["day2"])
        latest = following or asked_on
        with suppress(ValueError):
            year = int(found["year"]) if found["year"] else _latest_year(month, day, latest)
            days.append(date(year, month, day))
            following = days[-1]
    return days


def _month_number(name: str) -> int:
    return MONTH_NUMBERS["en"][fold_case(name)]


def _latest_year(month: int, day: int, asked_on: date) -> int:
    """The year in which that day of that month last came, by the day of asking."""
    return asked_on.year if (month, day) <= (asked_on.month, asked_on.day) else asked_on.year - 1


def _month(year: int, month: int) -> Period:
    last = date(year, month, calendar.monthrange(year, month)[1])
    return Period(date(year, month, 1), last + timedelta(AFTERMATH))


def _years(year: int) -> Period | None:
    if year < _EARLIEST_YEAR:
        return None
    return Period(date(year, 1, 1), date(year, 12, 31) + timedelta(AFTERMATH))

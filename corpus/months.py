"""The names of the months and the weekdays: every module that reads or writes a date takes them from here.

Each table is by language (ISO 639-1); a second language is a second row.
"""

from __future__ import annotations

# From January and from Monday on: the name, then what it is shortened to, without the full stop.
_MONTHS = {
    "en": (
        "January/Jan February/Feb March/Mar April/Apr May/May June/Jun July/Jul August/Aug September/Sep/Sept "
        "October/Oct November/Nov December/Dec"
    ),
}
_WEEKDAYS = {
    "en": "Monday/Mon Tuesday/Tue/Tues Wednesday/Wed/Weds Thursday/Thu/Thurs Friday/Fri Saturday/Sat Sunday/Sun",
}
# A pattern that ignores case takes these for i and s, and so finds the Turkish "APRİL" and "aprıl" and an old "Auguſt".
# The dot of İ comes apart in lower case.
_TAKEN_FOR_ASCII = str.maketrans({"ı": "i", "ſ": "s", "\u0307": None})


def fold_case(word: str) -> str:
    """`word`, found by a pattern that ignores case, in the letters of that pattern: "APRİL" becomes "april"."""
    return word.lower().translate(_TAKEN_FOR_ASCII)


def _full(names: str) -> tuple[str, ...]:
    return tuple(name.split("/")[0] for name in names.split())


def _short(names: str) -> tuple[str, ...]:
    return tuple(spelling for name in names.split() for spelling in name.split("/")[1:])


def _numbers(names: str, first: int) -> dict[str, int]:
    numbered = enumerate(names.split(), first)
    return {fold_case(spelling): number for number, name in numbered for spelling in name.split("/")}


# As they are printed, in their order.
MONTHS = {language: _full(names) for language, names in _MONTHS.items()}
WEEKDAYS = {language: _full(names) for language, names in _WEEKDAYS.items()}
SHORT_MONTHS = {language: _short(names) for language, names in _MONTHS.items()}
# From every spelling, as `fold_case` gives it, to the number that `datetime.date` counts with: January is 1, Monday 0.
MONTH_NUMBERS = {language: _numbers(names, 1) for language, names in _MONTHS.items()}
WEEKDAY_NUMBERS = {language: _numbers(names, 0) for language, names in _WEEKDAYS.items()}

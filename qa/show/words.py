"""What the pages say, in the language of whoever reads: the tables in `strings/`, numbers, days and lists.

The language is that of the request, set once where it comes in (`speaking`); what is said outside of one is English.
Words that the widget says too are in its own tables, but for English, which it holds itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from importlib import resources

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from corpus.months import MONTHS

# A text, or one for each kind of number that the language tells apart.
Words = str | Mapping[str, str]

LANGUAGES = ("en", "ar", "de", "es", "fr", "ja", "ko")
ENGLISH = "en"
FROM_THE_RIGHT = frozenset({"ar"})
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within the block all is said in `language`, one of LANGUAGES."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def spoken() -> str:
    """The language of what is said now."""
    return _language.get()


def direction() -> str:
    """`rtl` where the language is written from the right, else `ltr`."""
    return "rtl" if spoken() in FROM_THE_RIGHT else "ltr"


@cache
def table(language: str) -> Mapping[str, Words]:
    """All words of a language, by name."""
    package = resources.files("qa")
    own = json.loads((package / f"show/strings/{language}.json").read_text(encoding="utf-8"))
    if language == ENGLISH:
        return dict(own)
    of_widget = package / f"web/static/widget/strings/{language}.json"
    return {**json.loads(of_widget.read_text(encoding="utf-8")), **own}


def say(name: str, /, **values: object) -> str:
    """The words called `name`, with `values` in their places. Raises KeyError where there are none."""
    words = table(spoken())[name]
    assert isinstance(words, str), f"{name!r} has forms for numbers; use count"
    return words.format(**values) if values else words


def count(name: str, n: int) -> str:
    """The words called `name` for that many: "one article", "61 articles"."""
    forms = table(spoken())[name]
    assert not isinstance(forms, str), f"{name!r} has no forms for numbers; use say"
    kind = Locale(spoken()).plural_form(n)
    return forms.get(kind, forms["other"]).format(n=number(n))


def script_words(names: Iterable[str]) -> dict[str, Words]:
    """What the scripts of a page say, by name, and under `language` in which language that is."""
    return {"language": spoken(), **{name: table(spoken())[name] for name in names}}


def number(n: int) -> str:
    """`1,234` as the language groups it."""
    return str(format_decimal(n, locale=spoken()))


def percent(share: float) -> str:
    """`93%` of 0.93."""
    return str(format_percent(share, locale=spoken()))


def day_in_words(day: date) -> str:
    """`13 December 2023`."""
    if spoken() == ENGLISH:
        # The long form of Babel's English is that of the United States.
        return f"{day.day} {MONTHS['en'][day.month - 1]} {day.year}"
    return str(format_date(day, "long", locale=spoken()))


def month_in_words(year: int, month: int) -> str:
    """`December 2023`."""
    return str(format_skeleton("yMMMM", date(year, month, 1), locale=spoken()))


def either(names: Sequence[str]) -> str:
    """`Korea Herald, NK News or Yonhap`."""
    return str(format_list(names, style="or", locale=spoken()))


def language_name(code: str) -> str:
    """What the language with that ISO 639 code is called: `Korean`; the code where nobody knows."""
    return str(Locale(spoken()).languages.get(code, code))

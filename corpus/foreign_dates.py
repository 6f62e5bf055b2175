"""Dates of other languages, put as English writes them, for those who read datelines and days.

The names of the months are those of `dateparser`, which has them of 200 languages.
"""

from __future__ import annotations

import importlib
import re
from functools import cache

from corpus.months import MONTHS, WEEKDAYS

# What stands in front of the day of publication. Not "updated" or "modified", which come later.
_LABELS = (
    "stand|veröffentlicht(?: am)?|erschienen(?: am)?|erstellt(?: am)?|datum",
    "publié(?:e)?(?: le)?|paru(?: le)?|mis en ligne(?: le)?|date de publication",
    "publicado(?: el| em)?|publicada(?: el)?|fecha(?: de publicación)?|data(?: de publicação)?",
    "pubblicato(?: il)?|data di pubblicazione|gepubliceerd(?: op)?|geplaatst(?: op)?",
    "opublikowano|data publikacji|publicerad(?:es)?(?: den)?|publisert|udgivet|offentliggjort|julkaistu",
    "publikováno|vydáno|megjelent|közzétéve|yayınlanma(?: tarihi)?|yayın tarihi|δημοσιεύ(?:θηκε|τηκε)|diterbitkan",
    "опубликовано|дата публикации|опубліковано|نُشر(?: في)?|نشر(?: في)?|تاريخ النشر|تاریخ انتشار",
    "입력|등록|승인|게재|기사입력|公開(?:日)?|掲載(?:日)?|配信|投稿日|发布(?:时间|日期)?|發布(?:時間|日期)?|发表于|发稿",
)
_LABEL = re.compile(rf"^\s*(?:{'|'.join(_LABELS)})\s*[:：]?\s*(?=\D{{0,12}}\d)", re.IGNORECASE)
_OF = r"(?: (?:de|del|di|do|da|den|d[’'])|\.| )*\s*"
_EAST = re.compile(r"(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]")
_YEAR_FIRST = re.compile(r"(?<![\d.])(\d{4})([./-]) ?(\d{1,2})\2 ?(\d{1,2})(?![\d/-])\.?")
# In all of these the day comes before the month.
_DAY_FIRST = re.compile(r"(?<![\d./-])(\d{1,2})([./-]) ?(\d{1,2})\2 ?(\d{4})(?![\d/-]|\.\d)")
# Time of day, a weekday in brackets or in front, and what a clock is called.
_CLOCK = re.compile(
    r"[\s,|–-]*(?:\([^()\d]{1,5}\))?[\s,|–-]*"
    r"(?:um |à |a las |alle |ore |kl\.? ?|klo |o godz\. |오전 |오후 |午前|午後|上午|下午)?"
    r"\d{1,2} ?(?:[:.h時시点]|uhr)(?: ?\d{2}(?::\d{2})?)?"
    r"(?: ?(?:分|분|uhr|h|hs|hrs|ora|godz\.?|MEZ|CET|CEST|MESZ|KST|JST))*\s*$",
    re.IGNORECASE,
)
_LINE = 90
_ENGLISH = "en"


def with_english_dates(line: str, language: str) -> str:
    """`line` with its first date as English has it, if one stands near its beginning, and without a clock behind it.

    "Publié le 3 mars 2024" becomes "Published 3 March 2024". What comes after the date stays as it is.
    """
    if language == _ENGLISH or not any(map(str.isdigit, line[:_LINE])):
        return line
    labelled = _LABEL.match(line)
    if labelled and len(line) <= _LINE:
        line = f"Published {line[labelled.end() :]}"
    head, rest = line[:_LINE], line[_LINE:]
    for pattern, iso in ((_EAST, r"\1-\2-\3"), (_YEAR_FIRST, r"\1-\3-\4"), (_DAY_FIRST, r"\4-\3-\1")):
        match = pattern.search(head)
        if match:
            return _without_clock(head[: match.start()] + _padded(match.expand(iso)) + head[match.end() :]) + rest
    named = _named(language)
    match = named[0].search(head) if named else None
    if named is None or match is None:
        return line
    month = MONTHS[_ENGLISH][named[1][match["month"].casefold()] - 1]
    year = f", {match['year']}" if match["year"] else ""
    return _without_clock(f"{head[: match.start()]}{month} {match['day']}{year}{head[match.end() :]}") + rest


def _without_clock(line: str) -> str:
    return _CLOCK.sub("", line) if len(line) < _LINE else line


def _padded(day: str) -> str:
    return "-".join(part.zfill(2) for part in day.split("-"))


@cache
def _named(language: str) -> tuple[re.Pattern[str], dict[str, int]] | None:
    """A pattern for a date with the month in letters, and the numbers of the months; None for no such language."""
    if not language.isalpha():
        return None
    try:
        info = importlib.import_module(f"dateparser.data.date_translation_data.{language}").info
    except ModuleNotFoundError:
        return None
    numbers = {
        name.casefold(): number
        for number, month in enumerate(MONTHS[_ENGLISH], start=1)
        for name in info.get(month.lower(), ())
        # "3월" has a pattern of its own.
        if not name[0].isdigit() and len(name) > 1
    }
    if not numbers:
        return None
    names = "|".join(map(re.escape, sorted(numbers, key=len, reverse=True)))
    weekdays = "|".join(
        re.escape(name) for day in WEEKDAYS[_ENGLISH] for name in info.get(day.lower(), ()) if len(name) > 2
    )
    weekday = rf"(?:\b(?:{weekdays})\b,? (?:den |le |el |dia )?)?" if weekdays else ""
    pattern = rf"{weekday}(?<![\w./-])(?P<day>\d{{1,2}})(?:er|[ºª°])?{_OF}(?P<month>{names})\b\.?"
    pattern += rf"(?:{_OF},? ?(?P<year>[12]\d{{3}})\b)?"
    return re.compile(pattern, re.IGNORECASE), numbers

"""Dates and confidence in the words a reader sees."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from corpus.filters import Filters
from qa.answer import Answer, OtherLanguage, Written
from qa.show.words import (
    ENGLISH,
    LANGUAGES,
    count,
    day_in_words,
    either,
    language_name,
    month_in_words,
    percent,
    say,
    speaking,
)

# Of answers above the line about 85 (60) in 100 are right: confidence is a calibrated probability.
VERY_LIKELY = 0.85
LIKELY = 0.6
# Controls, ends of lines, turns of the writing's direction, halves of characters.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def date_in_words(published: date | None) -> str:
    """`13 December 2023`, or `Date unknown`."""
    return say("undated") if published is None else day_in_words(published)


def time_in_words(when: str) -> str:
    """A day, month or year in ISO 8601: `13 December 2023`, `December 2023` or `2023`."""
    year, month, day = (int(part or 0) for part in f"{when}--".split("-")[:3])
    if day:
        return date_in_words(date(year, month, day))
    return month_in_words(year, month) if month else str(year)


def page_in_words(page: int | None) -> str:
    """`p. 3`; "" where there are no pages."""
    return "" if page is None else say("sheet", page=page)


def counted_in_words(words: str, newest: date) -> str:
    """How "this week" was understood: "“this week” counted from 3 July 2025, the day of the newest article"."""
    # Of a time named in English; and what a program reads is the same for every reader.
    with speaking(ENGLISH):
        return f"“{words}” counted from {date_in_words(newest)}, the day of the newest article"


def reason_in_words(answer: Answer) -> str:
    """Why the articles do not say, where there is more to tell than that: "The newest article is of 3 July 2025."."""
    if answer.filters and not answer.citations:
        return say("no_such")
    return say("newest_is", day=date_in_words(answer.newest)) if answer.newest else ""


def filters_in_words(filters: Filters) -> str:
    """`from 1 July 2023 until 3 July 2025, of Korea Herald or Yonhap`; "" where every article may answer."""
    first, last = (date_in_words(day) if day else "" for day in (filters.after, filters.before))
    if first and last:
        days = say("between", first=first, last=last)
    else:
        days = say("since", day=first) if first else say("up_to", day=last) if last else ""
    sources = say("of_sources", sources=either(filters.sources)) if filters.sources else ""
    return say("comma").join(filter(None, (days, sources)))


def other_language(asked: str, articles: Sequence[str]) -> OtherLanguage:
    """That the question is in the language `asked` and the articles are in others, told in that language."""
    with speaking(asked if asked in LANGUAGES else ENGLISH):
        names = [language_name(language) for language in articles]
        told = say("other_language", asked=language_name(asked), languages=say("comma").join(names))
    return OtherLanguage(asked, tuple(articles), told)


def chosen_in_words(filters: Filters, titles: Mapping[str, str]) -> str:
    """`articles from 1 July 2023, of Yonhap`, or `“A title”, from 1 July 2023`; "" where every article may answer.

    `titles` are those of the articles that are chosen, by id; one that has none there goes by its id.
    """
    which = filters_in_words(filters)
    if not filters.articles:
        return say("chosen", which=which) if which else ""
    named = either([f"“{titles.get(article_id, article_id)}”" for article_id in filters.articles])
    return say("comma").join(filter(None, (named, which)))


def asked_in_words(answer: Answer) -> str:
    """Of which articles it was asked, as `chosen_in_words` says it."""
    return chosen_in_words(answer.filters, {each.article_id: each.title for each in answer.citations})


def written_in_words(written: Written) -> str:
    """Who wrote, and what is missing: "Written by llama3 from the passages below. One sentence was left out, …"."""
    if written.problem:
        return say("not_written", why=written.problem)
    author = say("written_by", model=written.model) if written.sentences else say("nothing_written")
    return f"{author} {count('left_out', written.left_out)}" if written.left_out else author


def printable(line: str) -> str:
    """`line` for a terminal: it may name a file, whose name may hold what steers one."""
    return _STEERING.sub("\ufffd", line)


def confidence_in_words(confidence: float) -> str:
    """`Very likely`, `Likely` or `Unsure`, with the percentage."""
    word = say("high" if confidence >= VERY_LIKELY else "medium" if confidence >= LIKELY else "low")
    # Nothing here is certain, whatever the rounding says.
    return say("comma").join((word, percent(min(max(confidence, 0.01), 0.99))))

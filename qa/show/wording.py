"""Dates and confidence in the words a reader sees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from corpus.filters import Filters
from corpus.months import MONTHS
from qa.answer import Answer, Written

# Of answers above the line about 85 (60) in 100 are right: confidence is a calibrated probability.
VERY_LIKELY = 0.85
LIKELY = 0.6


def date_in_words(published: date | None) -> str:
    """`13 December 2023`, or `Date unknown`."""
    if published is None:
        return "Date unknown"
    # Not strftime's %B: that is in the language of whoever started the program.
    return f"{published.day} {MONTHS['en'][published.month - 1]} {published.year}"


def counted_in_words(words: str, newest: date) -> str:
    """How "this week" was understood: "“this week” counted from 3 July 2025, the day of the newest article"."""
    return f"“{words}” counted from {date_in_words(newest)}, the day of the newest article"


def reason_in_words(answer: Answer) -> str:
    """Why the articles do not say, where there is more to tell than that: "The newest article is of 3 July 2025."."""
    if answer.filters and not answer.citations:
        return "There is no such article."
    return f"The newest article is of {date_in_words(answer.newest)}." if answer.newest else ""


def filters_in_words(filters: Filters) -> str:
    """`from 1 July 2023 until 3 July 2025, of Korea Herald or Yonhap`; "" where every article may answer."""
    days = [f"{word} {date_in_words(day)}" for word, day in (("from", filters.after), ("until", filters.before)) if day]
    sources = f"of {' or '.join(filters.sources)}" if filters.sources else ""
    return ", ".join(filter(None, (" ".join(days), sources)))


def chosen_in_words(filters: Filters, titles: Mapping[str, str]) -> str:
    """`articles from 1 July 2023, of Yonhap`, or `“A title”, from 1 July 2023`; "" where every article may answer.

    `titles` are those of the articles that are chosen, by id; one that has none there goes by its id.
    """
    which = filters_in_words(filters)
    if not filters.articles:
        return f"articles {which}" if which else ""
    named = " or ".join(f"“{titles.get(article_id, article_id)}”" for article_id in filters.articles)
    return ", ".join(filter(None, (named, which)))


def asked_in_words(answer: Answer) -> str:
    """Of which articles it was asked, as `chosen_in_words` says it."""
    return chosen_in_words(answer.filters, {each.article_id: each.title for each in answer.citations})


def written_in_words(written: Written) -> str:
    """Who wrote, and what is missing: "Written by llama3 from the passages below. One sentence was left out, …"."""
    if written.problem:
        return f"Nothing was written: {written.problem}."
    author = f"Written by {written.model} from the passages below." if written.sentences else "Nothing was written."
    if not written.left_out:
        return author
    some = "One sentence was" if written.left_out == 1 else f"{written.left_out} sentences were"
    return f"{author} {some} left out, not borne out by the passages cited for it."


def confidence_in_words(confidence: float) -> str:
    """`Very likely`, `Likely` or `Unsure`, with the percentage."""
    word = "Very likely" if confidence >= VERY_LIKELY else "Likely" if confidence >= LIKELY else "Unsure"
    # Nothing here is certain, whatever the rounding says.
    return f"{word}, {min(max(confidence, 0.01), 0.99):.0%}"

"""Which articles there are, at a glance: how many, of which time and sources, and a plot that filters on a click."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.months import MONTHS
from qa.archive import Archive
from qa.web.escape import as_entities

# More bars would be too narrow to hit; then a bar is a year.
MAX_MONTHS = 30
MAX_YEARS = 60
# So many titles are suggested from, the newest: each travels with the page.
MAX_TITLES = 200

Counted = Sequence[tuple[str, int]]


def glance_html(archive: Archive) -> str:
    """A sentence on the articles, and their plot by month or year."""
    articles, months = archive.info().articles, archive.by_month()
    dated = sum(number for _, number in months)
    return f"<p>{_sentence(articles, dated, months, len(archive.by_source()))}</p>{_plot(months)}"


def _sentence(articles: int, dated: int, months: Counted, sources: int) -> str:
    said = "One article" if articles == 1 else f"{articles:,} articles"
    if months:
        first, last = months[0][0], months[-1][0]
        said += f", {_in_words(first)} to {_in_words(last)}" if first != last else f" of {_in_words(first)}"
    undated = articles - dated
    said += f", {'one' if undated == 1 else f'{undated:,}'} without a date" if months and undated else ""
    return f"{said}, {sources:,} {'source' if sources == 1 else 'sources'}." if sources else f"{said}."


def _in_words(month: str) -> str:
    year, _, number = month.partition("-")
    return f"{MONTHS['en'][int(number) - 1]} {year}" if number else year


def bars(months: Counted) -> list[tuple[str, int]]:
    """A count for each month from the first to the last, or for each year where these are too many; [] for one bar."""
    if not months:
        return []
    counts = dict(months)
    first, last = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (months[0][0], months[-1][0]))
    names = [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(first, min(last, first + MAX_MONTHS) + 1)]
    if len(names) > MAX_MONTHS:
        names = [f"{year:04d}" for year in range(max(first // 12, last // 12 - MAX_YEARS + 1), last // 12 + 1)]
        counts = {}
        for month, number in months:
            counts[month[:4]] = counts.get(month[:4], 0) + number
    return [(name, counts.get(name, 0)) for name in names] if len(names) > 1 else []


def _plot(months: Counted) -> str:
    shown = bars(months)
    if not shown:
        return ""
    most = max(number for _, number in shown)
    items = "".join(_bar(name, number, most) for name, number in shown)
    first, last = (f"<span>{_in_words(name)}</span>" for name, _ in (shown[0], shown[-1]))
    ends = f'<p class="ends" aria-hidden="true">{first}{last}</p>'
    return f'<ol class="months" aria-label="Articles by time">{items}</ol>{ends}'


def _bar(name: str, number: int, most: int) -> str:
    if not number:
        return "<li></li>"
    words = f"{_in_words(name)}: {'one article' if number == 1 else f'{number:,} articles'}"
    share = max(number / most, 0.08)
    return (
        f'<li><button type="button" name="{name}" title="{words}" aria-label="{words}">'
        f'<span style="height: {share:.0%}"></span></button></li>'
    )


def titles_html(archive: Archive) -> str:
    """The titles that are suggested from, unseen."""
    options = "".join(f'<option value="{as_entities(title)}"></option>' for title in archive.titles(MAX_TITLES))
    return f'<datalist id="titles">{options}</datalist>'

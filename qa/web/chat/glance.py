"""Which articles there are, at a glance: how many, of which time and sources, and a plot that filters on a click."""

from __future__ import annotations

from collections.abc import Sequence

from qa.archive import Archive
from qa.show.words import count, month_in_words, say
from qa.web.escape import as_entities, as_sentence

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
    said = [count("n_articles", articles)]
    if months:
        first, last = _in_words(months[0][0]), _in_words(months[-1][0])
        if first == last:
            said = [say("glance_month", articles=said[0], month=first)]
        else:
            said = [say("glance_span", articles=said[0], first=first, last=last)]
        said += [count("n_undated", articles - dated)] if articles > dated else []
    said += [count("n_sources", sources)] if sources else []
    return as_sentence(say("comma").join(said))


def _in_words(month: str) -> str:
    year, _, number = month.partition("-")
    return month_in_words(int(year), int(number)) if number else year


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
    return f'<ol class="months" aria-label="{say("by_time")}">{items}</ol>{ends}'


def _bar(name: str, number: int, most: int) -> str:
    if not number:
        return "<li></li>"
    words = say("month_articles", month=_in_words(name), articles=count("n_articles", number))
    share = max(number / most, 0.08)
    return (
        f'<li><button type="button" name="{name}" title="{words}" aria-label="{words}">'
        f'<span style="height: {share:.0%}"></span></button></li>'
    )


def titles_html(archive: Archive) -> str:
    """The titles that are suggested from, unseen."""
    options = "".join(f'<option value="{as_entities(title)}"></option>' for title in archive.titles(MAX_TITLES))
    return f'<datalist id="titles">{options}</datalist>'

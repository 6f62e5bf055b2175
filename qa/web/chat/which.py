"""Which articles may answer, as a reader of the chat says it: from a day, until a day, of some sources, or one."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any
from urllib.parse import parse_qs

import gradio as gr

from corpus.clean import check_readable
from corpus.filters import Filters
from index.store.errors import ArticleNotFound
from qa.archive import Archive
from qa.show.wording import chosen_in_words
from qa.show.words import number, say
from qa.web.escape import as_sentence

MAX_CHOSEN = 100
MAX_DAY_CHARACTERS = 20
# Of the query of an address: as much as servers take.
MAX_LINK_CHARACTERS = 8_000
_DAY = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?", re.ASCII)


def add_line() -> tuple[gr.Row, gr.HTML, gr.Button]:
    """Add the line that says which articles are asked, while not all are, whether or not the choice is unfolded."""
    with gr.Row(elem_id="filtered", visible=False) as line:
        words = gr.HTML("")
        remove = gr.Button(say("all_articles"), scale=0, min_width=0)
    return line, words, remove


def add_choice(archive: Archive) -> tuple[gr.HTML, gr.Textbox, gr.Textbox, gr.Dropdown, gr.Textbox]:
    """Add the choice of articles, folded away, to the Blocks that are being built.

    A glance, from, until, sources, and the id of the one article that was chosen on its own page, unseen.
    """
    # A page that was open before the server was started anew knows only these.
    known = _counted_sources(archive)
    with gr.Accordion(say("which"), open=False, elem_id="which"):
        glance = gr.HTML("", elem_id="glance")
        with gr.Row():
            first, last = (
                # Not a day: it would look as if one were chosen.
                gr.Textbox(
                    label=label, placeholder="YYYY(-MM-DD)", max_lines=1, max_length=MAX_DAY_CHARACTERS, min_width=120
                )
                for label in (say("from"), say("until"))
            )
            sources = gr.Dropdown(
                known,
                label=say("sources"),
                multiselect=True,
                max_choices=MAX_CHOSEN,
                min_width=240,
                scale=2,
                visible=bool(known),
            )
    return glance, first, last, sources, gr.Textbox(visible=False)


def _counted_sources(archive: Archive) -> list[tuple[str, str]]:
    """The sources that can be chosen, each as it is shown, with how many articles it has, and as it is."""
    offered = frozenset(archive.sources())
    return [(f"{source} ({number(n)})", source) for source, n in archive.by_source() if source in offered]


def say_choice(
    archive: Archive, first: str | None, last: str | None, sources: Sequence[str] | None, article: str | None
) -> tuple[Any, str]:
    """New values of the line and of its words: which articles are asked, or why nobody can tell."""
    try:
        filters = read_filters(first, last, sources, article)
        titles = {article_id: archive.article(article_id).title for article_id in filters.articles}
    except ArticleNotFound:
        told = f"No article has the id {article!r:.200}."
    except ValueError as error:
        told = as_sentence(str(error))
    else:
        which = chosen_in_words(filters, titles)
        told = say("only_in" if titles else "only", which=which) if which else ""
    return gr.update(visible=bool(told)), f'<p dir="auto">{escape(told)}</p>' if told else ""


def no_choice() -> tuple[Any, ...]:
    """New values of the choice and its line when all articles are asked."""
    return "", "", [], "", gr.update(visible=False), ""


def offered_sources(archive: Archive, chosen: Sequence[str] = ()) -> object:
    """An update of the dropdown: the sources there are now, those of `chosen` taken; without any it is not shown.

    With nothing chosen, what a reader has taken already stays.
    """
    sources = _counted_sources(archive)
    known = {source for _, source in sources}
    taken = {"value": [each for each in chosen if each in known]} if chosen else {}
    return gr.update(choices=sources, visible=bool(sources), **taken)


def read_link(link: str | None) -> tuple[str, str, list[str], str]:
    """From, until, sources and an article as the query of an address names them: `?from=2023&source=A&article=ID`."""
    named = parse_qs((link or "")[:MAX_LINK_CHARACTERS].removeprefix("?"))
    first, last = (named.get(name, [""])[0][:MAX_DAY_CHARACTERS] for name in ("from", "until"))
    sources = [*named.get("source", []), *named.get("sources", [])][:MAX_CHOSEN]
    return first, last, sources, named.get("article", [""])[0]


def read_filters(
    first: str | None, last: str | None, sources: Sequence[str] | None, article: str | None = None
) -> Filters:
    """Which articles may answer. Raises ValueError saying what is wrong with a day, or with the two together."""
    filters = Filters(
        after=_read_day(first, is_last=False),
        before=_read_day(last, is_last=True),
        sources=tuple(check_readable(source) for source in sources or ())[:MAX_CHOSEN],
        articles=(check_readable(article),) if article else (),
    )
    if filters.is_impossible:
        raise ValueError(f"no article can be from {filters.after} on and until {filters.before}; change one of the two")
    return filters


def _read_day(words: str | None, *, is_last: bool) -> date | None:
    """The first or the last day of the year, month or day that `words` name; None for nothing."""
    words = (words or "").strip()
    if not words:
        return None
    found = _DAY.fullmatch(words)
    if found is None:
        raise _no_day(words)
    year, month = int(found["year"]), int(found["month"] or (12 if is_last else 1))
    try:
        last_of_month = calendar.monthrange(year, month)[1] if is_last else 1
        return date(year, month, int(found["day"] or last_of_month))
    except ValueError as error:
        raise _no_day(words) from error


def _no_day(words: str) -> ValueError:
    return ValueError(f"{words!r} is no day; write it as 2023, 2023-07 or 2023-07-01")

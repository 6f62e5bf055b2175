"""An answer on the terminal."""

from __future__ import annotations

import re

from rich.console import Console
from rich.text import Text

from qa.answer import Answer, Citation, Parts
from qa.show.wording import (
    LIKELY,
    confidence_in_words,
    date_in_words,
    page_in_words,
    reason_in_words,
    written_in_words,
)

WIDTH = 100
# What else is near, and what else of what is cited, when an answer is printed short.
SHORT_OTHERS = 3
SHORT_COPIES = 2


def print_answer(answer: Answer, *, full: bool = True) -> None:
    """Print an answer on stdout, the answering sentence or words in bold, and where it stands.

    With `full` every passage as it is, else a line of each of the likeliest: in all less than a screen.
    """
    console = Console(highlight=False, width=None if Console().is_terminal else WIDTH)
    if answer.reply is not None:
        console.print(Text(answer.reply))
        return
    if answer.query != answer.question.strip():
        console.print(Text(f"Searched for: {answer.query}", style="dim"))
    if answer.understood:
        console.print(Text(f"Understood: {answer.understood}.", style="dim"))
    if answer.other_language:
        console.print(Text(answer.other_language.told, style="bold"))
    _print_verdict(console, answer)
    if answer.written:
        console.print()
        for sentence in answer.written.sentences:
            console.print(Text(f"{sentence.text} {list(sentence.ranks)}"))
        console.print(Text(written_in_words(answer.written), style="dim"))
    if full:
        _print_passages(console, answer)
    else:
        _print_places(console, answer)


def _print_passages(console: Console, answer: Answer) -> None:
    for citation in answer.citations:
        console.print()
        console.print(_heading(citation))
        console.print(_quote(citation), soft_wrap=False)
        _print_copies(console, citation, len(citation.updates))


def _print_places(console: Console, answer: Answer) -> None:
    """Where the answer stands; then a line, and where it stands, of each of the next best."""
    first = answer.timeline or answer.citations[: int(answer.is_answerable)]
    rest = [citation for citation in answer.citations if citation not in first]
    for citation in first:
        console.print(_heading(citation), no_wrap=True, overflow="ellipsis")
        _print_copies(console, citation, SHORT_COPIES)
    for citation in rest[:SHORT_OTHERS]:
        console.print()
        console.print(_line(citation.marked_parts), no_wrap=True, overflow="ellipsis")
        console.print(_heading(citation), no_wrap=True, overflow="ellipsis")
    if answer.citations:
        more = len(rest[SHORT_OTHERS:])
        passages = f"{more} more, and all passages" if more else "The passages"
        console.print(Text(f"\n{passages}: --full", style="dim"))


def _print_copies(console: Console, citation: Citation, most: int) -> None:
    for earlier in citation.updates[:most]:
        day = date_in_words(earlier.published)
        console.print(Text(f"Said otherwise on {day}: {earlier.article_id} {earlier.start}-{earlier.end}", style="dim"))
    if citation.also_in:
        console.print(Text(f"Also in {', '.join(copy.article_id for copy in citation.also_in)}", style="dim"))


def _print_verdict(console: Console, answer: Answer) -> None:
    if not answer.is_answerable:
        console.print(Text(f"The articles do not say. {reason_in_words(answer)}".rstrip(), style="bold"))
        if answer.citations:
            console.print(Text("The nearest passages:", style="dim"))
        return
    if answer.timeline:
        console.print(Text("Articles of different years say:", style="bold"))
        for citation in answer.timeline:
            day, rank = date_in_words(citation.published), f" [{citation.rank}]"
            console.print(Text.assemble((f"{day}: ", "dim"), _line(citation.answer_parts), (rank, "bold")))
    else:
        console.print(_line(answer.citations[0].answer_parts))
    style = "green" if answer.confidence >= LIKELY else "yellow"
    console.print(Text(confidence_in_words(answer.confidence), style=style))


def _heading(citation: Citation) -> Text:
    place = f"{citation.article_id} {citation.start}-{citation.end}"
    where = " · ".join(
        filter(None, (citation.source, date_in_words(citation.published), page_in_words(citation.page), place))
    )
    return Text.assemble((f"[{citation.rank}] ", "bold cyan"), (citation.title, "bold"), "\n", (where, "dim"))


def _quote(citation: Citation) -> Text:
    text = Text(citation.quote)
    first, last = citation.answer_start, citation.answer_end
    text.stylize("yellow", first - citation.start, last - citation.start)
    first, last = citation.short_span or (first, last)
    text.stylize("bold", first - citation.start, last - citation.start)
    return text


def _line(parts: Parts) -> Text:
    """What answers, on one line; of a sentence that has answering words only these are in bold."""
    before, words, after = (re.sub(r"\s+", " ", part) for part in parts)
    styles = ("", "bold", "") if words else ("bold", "", "")
    return Text.assemble(*zip((before.lstrip(), words, after.rstrip()), styles, strict=True))

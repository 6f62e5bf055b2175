"""An answer on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from qa.answer import Answer, Citation
from qa.show.wording import confidence_in_words, date_in_words, reason_in_words, written_in_words

WIDTH = 100


def print_answer(answer: Answer) -> None:
    """Print an answer on stdout: passages with the answering sentence in bold, where each stands."""
    console = Console(highlight=False, width=None if Console().is_terminal else WIDTH)
    if answer.reply is not None:
        console.print(Text(answer.reply))
        return
    if answer.query != answer.question.strip():
        console.print(Text(f"Searched for: {answer.query}", style="dim"))
    if answer.understood:
        console.print(Text(f"Understood: {answer.understood}.", style="dim"))
    _print_verdict(console, answer)
    if answer.written:
        console.print()
        for sentence in answer.written.sentences:
            console.print(Text(f"{sentence.text} {list(sentence.ranks)}"))
        console.print(Text(written_in_words(answer.written), style="dim"))
    for citation in answer.citations:
        console.print()
        console.print(_heading(citation))
        console.print(_quote(citation), soft_wrap=False)
        for earlier in citation.updates:
            day = date_in_words(earlier.published)
            console.print(
                Text(f"Said otherwise on {day}: {earlier.article_id} {earlier.start}-{earlier.end}", style="dim")
            )
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
            day, said = date_in_words(citation.published), " ".join(citation.answer.split())
            console.print(Text.assemble((f"{day}: ", "dim"), (f"{said} [{citation.rank}]", "bold")))
    else:
        console.print(Text(" ".join((answer.text or "").split()), style="bold"))
    console.print(Text(confidence_in_words(answer.confidence), style="green"))


def _heading(citation: Citation) -> Text:
    place = f"{citation.article_id} {citation.start}-{citation.end}"
    where = " · ".join(filter(None, (citation.source, date_in_words(citation.published), place)))
    return Text.assemble((f"[{citation.rank}] ", "bold cyan"), (citation.title, "bold"), "\n", (where, "dim"))


def _quote(citation: Citation) -> Text:
    text = Text(citation.quote)
    text.stylize("bold yellow", citation.answer_start - citation.start, citation.answer_end - citation.start)
    return text

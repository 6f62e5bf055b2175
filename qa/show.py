"""An answer on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from qa.answer import Answer, Citation

WIDTH = 100
# Confidence in words, from the lowest probability each stands for.
WORDS = ((0.8, "very likely"), (0.6, "likely"), (0.0, "unsure"))


def confidence_words(confidence: float) -> str:
    """Confidence as a person would put it: "likely (72%)"."""
    words = next(words for least, words in WORDS if confidence >= least)
    return f"{words} ({confidence:.0%})"


def print_answer(answer: Answer) -> None:
    """Print an answer on stdout: passages with the answering sentence in bold, where each stands."""
    console = Console(highlight=False, width=None if Console().is_terminal else WIDTH)
    if answer.query != answer.question.strip():
        console.print(Text(f"Searched for: {answer.query}", style="dim"))
    if answer.is_answerable:
        console.print(Text(f"{confidence_words(answer.confidence)}", style="green"))
    else:
        console.print(Text("The articles do not say.", style="bold"))
        if answer.citations:
            console.print(Text("The nearest passages:", style="dim"))
    for citation in answer.citations:
        console.print()
        console.print(_heading(citation))
        console.print(_quote(citation), soft_wrap=False)


def _heading(citation: Citation) -> Text:
    published = f"{citation.published.day} {citation.published:%B %Y}" if citation.published else "undated"
    where = " · ".join(
        filter(None, (citation.source, published, f"{citation.article_id} {citation.start}-{citation.end}"))
    )
    return Text.assemble((f"[{citation.rank}] ", "bold cyan"), (citation.title, "bold"), "\n", (where, "dim"))


def _quote(citation: Citation) -> Text:
    text = Text(citation.quote)
    text.stylize("bold yellow", citation.answer_start - citation.start, citation.answer_end - citation.start)
    return text

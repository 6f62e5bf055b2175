"""Addresses of what is shown."""

from __future__ import annotations

from urllib.parse import quote

from qa.answer import Citation

Span = tuple[int, int]


def article_address(article_id: str) -> str:
    """The reader page of an article, relative to the server's root."""
    # Slashes too: a browser would resolve the `..` of an id like `a/../b`.
    return f"articles/{quote(article_id, safe='')}"


def asking_address(article_id: str) -> str:
    """The chat, asking this article alone; relative to the server's root."""
    return f"chat/?article={quote(article_id, safe='')}"


def reader_address(article_id: str, start: int, end: int, answer: Span | None = None, short: Span | None = None) -> str:
    """The reader page with `start:end` marked and scrolled to, in it `answer`, in that `short`.

    Relative to the server's root.
    """
    named = [(name, span) for name, span in (("answer", answer), ("short", short)) if span]
    inside = "".join(f"&{name}_start={first}&{name}_end={last}" for name, (first, last) in named)
    return f"{article_address(article_id)}?start={start}&end={end}{inside}#quote"


def cited_address(citation: Citation) -> str:
    """The reader page at a citation, with its sentence marked and the answering words in bold."""
    answer = citation.answer_start, citation.answer_end
    return reader_address(citation.article_id, citation.start, citation.end, answer, citation.short_span)

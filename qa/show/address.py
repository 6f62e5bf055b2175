"""Addresses of what is shown."""

from __future__ import annotations

from urllib.parse import quote

from qa.answer import Citation

Span = tuple[int, int]
# Of the SHA-256 of a text: enough to tell an article's revisions apart.
DIGITS = 16


def article_address(article_id: str) -> str:
    """The reader page of an article, relative to the server's root."""
    # Slashes too: a browser would resolve the `..` of an id like `a/../b`.
    return f"articles/{quote(article_id, safe='')}"


def asking_address(article_id: str) -> str:
    """The chat, asking this article alone; relative to the server's root."""
    return f"chat/?article={quote(article_id, safe='')}"


def revision_address(article_id: str, text_sha256: str) -> str:
    """The reader page of an article as it was when its text had this SHA-256."""
    return f"{article_address(article_id)}?text_sha256={text_sha256[:DIGITS]}"


def reader_address(
    article_id: str,
    start: int,
    end: int,
    answer: Span | None = None,
    short: Span | None = None,
    text_sha256: str | None = None,
) -> str:
    """The reader page with `start:end` marked and scrolled to, in it `answer`, in that `short`.

    With `text_sha256` it is of the text that was cited, where the article has changed since. Relative to the server's
    root.
    """
    named = [(name, span) for name, span in (("answer", answer), ("short", short)) if span]
    inside = "".join(f"&{name}_start={first}&{name}_end={last}" for name, (first, last) in named)
    which = f"&text_sha256={text_sha256[:DIGITS]}" if text_sha256 else ""
    return f"{article_address(article_id)}?start={start}&end={end}{inside}{which}#quote"


def cited_address(citation: Citation) -> str:
    """The reader page at a citation, with its sentence marked and the answering words in bold."""
    answer = citation.answer_start, citation.answer_end
    place = (citation.article_id, citation.start, citation.end)
    return reader_address(*place, answer, citation.short_span, citation.text_sha256)

"""Addresses of what is shown."""

from __future__ import annotations

from urllib.parse import quote


def reader_address(article_id: str, start: int, end: int, answer: tuple[int, int] | None = None) -> str:
    """The reader page with `start:end` marked and scrolled to, in it `answer`; relative to the server's root."""
    sentence = f"&answer_start={answer[0]}&answer_end={answer[1]}" if answer else ""
    # Slashes too: a browser would resolve the `..` of an id like `a/../b`.
    return f"articles/{quote(article_id, safe='')}?start={start}&end={end}{sentence}#quote"

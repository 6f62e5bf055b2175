"""Where a browser finds a text fragment in a text: the draft standard's own steps, written from it and not from ours.

https://wicg.github.io/scroll-to-text-fragment/#find-a-range-from-a-text-directive; a line is a block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True)
class Directive:
    start: str
    end: str | None = None
    prefix: str | None = None
    suffix: str | None = None


def parse(url: str) -> Directive:
    """The directive of `url`, which must have one."""
    value = url.partition(":~:text=")[2]
    assert value
    assert "&" not in value
    tokens = value.split(",")
    prefix = suffix = None
    if tokens[0].endswith("-"):
        prefix = unquote(tokens.pop(0)[:-1])
    if tokens[-1].startswith("-"):
        suffix = unquote(tokens.pop()[1:])
    assert 1 <= len(tokens) <= 2
    assert not any("-" in token for token in tokens)
    return Directive(unquote(tokens[0]), unquote(tokens[1]) if len(tokens) == 2 else None, prefix, suffix)


def resolve(url: str, text: str) -> tuple[int, int] | None:
    """(start, end) of what is marked in `text`, None when nothing is."""
    wanted = parse(url)
    for start in _starts(wanted, text):
        if wanted.end is None:
            if wanted.suffix is None or _stands_at(wanted.suffix, text, start[1]):
                return start
            continue
        for end in _places(wanted.end, text, start[1]):
            if wanted.suffix is None or _stands_at(wanted.suffix, text, end[1]):
                return start[0], end[1]
        return None
    return None


def _starts(wanted: Directive, text: str) -> Iterator[tuple[int, int]]:
    if wanted.prefix is None:
        yield from _places(wanted.start, text, 0)
        return
    for prefix in _places(wanted.prefix, text, 0):
        start = _stands_at(wanted.start, text, prefix[1])
        if start:
            yield start


def _places(words: str, text: str, position: int) -> Iterator[tuple[int, int]]:
    while found := _find(words, text, position):
        yield found
        position = found[0] + 1


def _stands_at(words: str, text: str, position: int) -> tuple[int, int] | None:
    """Where `words` are, if nothing but white space lies before them."""
    found = _find(words, text, position)
    return found if found and not text[position : found[0]].strip() else None


def _find(words: str, text: str, position: int) -> tuple[int, int] | None:
    """The first place from `position` on, in one line, at the bounds of words, whatever the case."""
    pattern = r"[^\S\n]+".join(re.escape(word) for word in words.split())
    left = r"(?<!\w)" if re.match(r"\w", words) else ""
    right = r"(?!\w)" if re.search(r"\w$", words) else ""
    found = re.compile(left + pattern + right, re.IGNORECASE).search(text, position)
    return found.span() if found else None

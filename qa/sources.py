"""The sources a question names: "the TechCrunch article on", "according to The Daily"."""

from __future__ import annotations

import re
from collections.abc import Sequence

# A name alone is no source: "the founder of CNN" asks about it, "as CNN reported" asks of it.
_TOLD = "articles?|reports?|reported|story|stories|coverage|covered|pieces?|newspaper|magazine|wrote|writes|published"
_BEFORE = (
    rf"(?i:according to|as per|both|did|(?:{_TOLD}|discussed|detailed|described|mentioned|noted|said|featured)"
    r"(?: \w+)? (?:by|from|in|of|on))"
)
_QUOTE = "['\"‘’“”]?"


def named_sources(question: str, sources: Sequence[str]) -> tuple[str, ...]:
    """Those of `sources` that `question` asks of, by their names or the part before " - ", " | " or ": "."""
    found = {source for source in sources if _is_named(source, question)}
    return tuple(source for source in sources if source in found)


def _is_named(source: str, question: str) -> bool:
    names = {source, re.split(r" [-|–] |: ", source)[0]}
    # The usual case, and cheap: no such words at all.
    return any(name in question and _asks_of(name, question) for name in names if name)


def _asks_of(name: str, question: str) -> bool:
    words = rf"(?<!\w){re.escape(name)}(?!\w)"
    after = rf"{words}{_QUOTE}(?:['’]s?)?(?: (?!and\b|or\b|,)[\w-]+)? (?:{_TOLD})\b"
    before = rf"\b{_BEFORE} (?:(?:the|an?|article|report) )*{_QUOTE}{words}"
    quoted = rf"['\"‘“]{re.escape(name)}['\"’”]"
    return bool(re.search(f"{quoted}|{after}|{before}", question))

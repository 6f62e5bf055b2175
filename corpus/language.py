"""In which language a text is."""

from __future__ import annotations

import re
from functools import lru_cache

# As much of a text says it; more would only take longer.
READ_CHARACTERS = 2_000
# Of fewer letters a guess is no better than English.
LEAST_LETTERS = 20
# A third of the words of English news are among these; of German, Dutch, French or Spanish ones, one in twenty.
LEAST_ENGLISH = 0.15
_ENGLISH_WORDS = """
    the of and to in is was were for that with on by as it its from at be has had have are his her he she they their
    this not but who which will would been an or
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=64)
def language_of(text: str) -> str:
    """The ISO 639-1 code of the language of `text`; "en" where it is too short to tell."""
    head = text[:READ_CHARACTERS]
    if sum(map(str.isalpha, head)) < LEAST_LETTERS and head.isascii():
        return "en"
    # Imported late: only reading articles needs it.
    import py3langid

    language, _ = py3langid.classify(head)
    return str(language)


def looks_english(text: str) -> bool:
    """Whether so many of its words are those that every English text is full of; of a passage, at no cost."""
    found = _WORD.findall(text.lower())
    return len(found) > 0 and sum(word in _ENGLISH for word in found) >= LEAST_ENGLISH * len(found)

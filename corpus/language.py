"""In which language a text is."""

from __future__ import annotations

from functools import lru_cache

# As much of a text says it; more would only take longer.
READ_CHARACTERS = 2_000
# Of fewer letters a guess is no better than English.
LEAST_LETTERS = 20


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

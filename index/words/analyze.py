"""Text to the terms the lexical leg matches."""

from __future__ import annotations

import re
import unicodedata

import Stemmer

from corpus.scripts import HANGUL, UNSPACED

# Lucene's stop words, and the words a question is put with: they say nothing about its subject.
_STOP_WORDS = {
    "en": """
        a an and are as at be but by for if in into is it its no not of on or such that the their then there these
        they this to was were will with
        who whom whose what which when where why how do does did has have had been from he she his her him i you we
        our your me my so than about can could would should may might also any some
        s t re ve ll d m
    """,
}

# Overlapping character pairs for these (Korean R@1 97.2 against 83.2 for words).
_PAIRED = UNSPACED + HANGUL
_TOKEN = re.compile(
    rf"(?P<paired>[{_PAIRED}]+)"
    r"|(?P<initials>(?:[A-Z]\.){2,}|\bUS\b|\bUK\b|\bEU\b|\bUN\b)"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<word>(?:(?![{_PAIRED}\d_])\w)+)"
)
_english = Stemmer.Stemmer("english")
_stop_words = frozenset(_STOP_WORDS["en"].split())


def analyze(text: str) -> list[str]:
    """Terms of `text` in order: lower case, without accents, stemmed, stop words out.

    "3,000" and "3000" are one term, so are "U.S." and "US" (which "us" is not). Chinese, Japanese, Korean, Thai,
    Khmer and Burmese become overlapping character pairs.
    """
    terms: list[str] = []
    for match in _TOKEN.finditer(unicodedata.normalize("NFKC", text)):
        token = match.group()
        kind = match.lastgroup
        if kind == "paired":
            terms += [token[i : i + 2] for i in range(len(token) - 1)] or [token]
        elif kind == "initials":
            terms.append(token.replace(".", "").lower() + ".")
        elif kind == "number":
            terms.append(token.replace(",", ""))
        else:
            word = _fold(token)
            if word not in _stop_words:
                terms.append(_english.stemWord(word))
    return terms


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))

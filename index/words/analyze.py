"""Text to the terms the lexical leg matches."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import Stemmer
from anyascii import anyascii

from corpus.scripts import ARABIC_SPELLINGS, HANGUL, UNSPACED

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
# Stop words that are also names: The Who, Theresa May, Will Smith, Can. "In May" is a month.
_ALSO_NAMES = frozenset({"who", "may", "can", "will"})
# These open a question, and else no sentence but one of a name.
_MODALS = frozenset({"may", "can", "will"})
_SENTENCE_ENDS = ".!?…\n"
_OPENS = re.compile(rf"(?:^|[{_SENTENCE_ENDS}:])[\s\"'“‘«(*#>-]*$")
_END = re.compile(rf"[{_SENTENCE_ENDS}]|$")
_WORDS = re.compile(r"[^\W\d_]{2,}")
# Where so many of a line's words are in capitals, capitals make no name.
SHOUTED = 0.6
# Of a line so much is looked at.
_LOOK = 400
_english = Stemmer.Stemmer("english")
_stop_words = frozenset(_STOP_WORDS["en"].split())


def analyze(text: str) -> list[str]:
    """Terms of `text` in order: lower case, without accents and strokes, stemmed, stop words out.

    "3,000" and "3000" are one term, so are "U.S." and "US" (which "us" is not); "WHO" is one though "who" is a stop
    word. Chinese, Japanese, Korean, Thai, Khmer and Burmese become overlapping character pairs.
    """
    terms: list[str] = []
    text = unicodedata.normalize("NFKC", text)
    for match in _TOKEN.finditer(text):
        token = match.group()
        kind = match.lastgroup
        if kind == "paired":
            terms += [token[i : i + 2] for i in range(len(token) - 1)] or [token]
        elif kind == "initials":
            terms.append(token.replace(".", "").lower() + ".")
        elif kind == "number":
            terms.append(_ascii_digits(token).replace(",", ""))
        else:
            word = fold(token)
            if word not in _stop_words:
                terms.append(_english.stemWord(word))
            elif token[0].isupper() and _is_name(word, match):
                terms.append(f"{word}.")
    return terms


def _is_name(word: str, match: re.Match[str]) -> bool:
    """Whether a stop word with a capital is a name: in capitals, or in the middle of a sentence."""
    token, text = match.group(), match.string
    if token.isupper() and len(token) > 1:
        line = text[max(text.rfind("\n", 0, match.start()) + 1, match.start() - _LOOK) : match.start() + _LOOK]
        words = _WORDS.findall(line.split("\n")[0] if "\n" in line else line)
        return sum(map(str.isupper, words)) < SHOUTED * len(words) or len(words) == 1
    if word not in _ALSO_NAMES:
        return False
    if not _OPENS.search(text, max(0, match.start() - 8), match.start()):
        return True
    end = _END.search(text, match.end())
    return word in _MODALS and (end is None or end.group() != "?")


def fold(word: str) -> str:
    """`word` in small letters, without accents and strokes, in the spelling that stands for all."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    folded = "".join(map(_plain, decomposed))
    return unicodedata.normalize("NFC", folded)


@cache
def _plain(character: str) -> str:
    """A letter without its stroke or hook, an Arabic one in the spelling that stands for all; "" for a mark."""
    if unicodedata.combining(character):
        return ""
    if unicodedata.name(character, "").startswith("LATIN "):
        return anyascii(character).casefold()
    return ARABIC_SPELLINGS.get(character, character)


def _ascii_digits(number: str) -> str:
    return number if number.isascii() else "".join(str(unicodedata.digit(c, c)) for c in number)

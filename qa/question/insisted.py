"""The names, numbers and years that a question insists on, and whether a text has them.

"When did Japan open a mission to NATO?" is not answered by a sentence on South Korea, however near that is.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from functools import cache

from index.words.analyze import analyze
from qa.question.names import CAPITAL, names_in

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?!\w)")
_UNIT_WORDS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS, _TENS = _UNIT_WORDS.split(), _TEN_WORDS.split()
# A shorter word is too often the beginning of another.
_LEAST_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Insisted:
    """A name or number of a question by the terms of its words, and the initials of a name of several: "un"."""

    words: tuple[str, ...]
    initials: str

    def missing(self, terms: Set[str]) -> float:
        """Share of its words that `terms` do not have, 0 to 1; one that stands there in short is there."""
        if self.initials and (self.initials in terms or f"{self.initials}." in terms):
            return 0.0
        return sum(not (_stands_in(word, terms) or _is_written_out(word, terms)) for word in self.words) / len(
            self.words
        )


def insisted(question: str) -> list[Insisted]:
    """What `question` insists on, in order."""
    found = []
    for match in names_in(question):
        words = tuple(dict.fromkeys(analyze(match.group())))
        capitals = re.findall(rf"\b[{CAPITAL}]", match.group())
        if words:
            found.append(Insisted(words, "".join(capitals).lower() if len(capitals) > 1 else ""))
    named = " ".join(word for each in found for word in each.words)
    for match in _NUMBER.finditer(question):
        words = tuple(analyze(match.group()))
        if words and words[0] not in named:
            found.append(Insisted(words, ""))
    return found


def most_missing(found: list[Insisted], terms: Set[str]) -> float:
    """How much of that which `terms` lack most of is missing, 0 to 1; 0 where nothing is insisted on."""
    return max((each.missing(terms) for each in found), default=0.0)


def _is_written_out(number: str, terms: Set[str]) -> bool:
    """Whether `number`, a whole one below a hundred, stands there in words: "18" as "eighteen"."""
    words = _in_words(number)
    return bool(words) and words <= terms


@cache
def _in_words(number: str) -> frozenset[str]:
    """The terms of a whole number below a hundred, in words; none for another term."""
    if not (number.isascii() and number.isdigit()) or len(number) > len("99"):
        return frozenset()
    tens, unit = divmod(int(number), 10)
    is_one_word = int(number) < len(_UNITS)
    words = [_UNITS[int(number)]] if is_one_word else [_TENS[tens - 2], *([_UNITS[unit]] if unit else [])]
    return frozenset(analyze(" ".join(words)))


def _stands_in(word: str, terms: Set[str]) -> bool:
    """The word, or one of which it is the beginning, or that is its beginning: "Japan" and "Japanese"."""
    if word in terms:
        return True
    if len(word) < _LEAST_LETTERS or not word.isalpha():
        return False
    return any(term.startswith(word) or (len(term) >= _LEAST_LETTERS and word.startswith(term)) for term in terms)

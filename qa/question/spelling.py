"""A misspelt word of a question, put right by the words of the passages that the others find."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.words.analyze import analyze, fold
from qa.question.terms import is_common

# Of a shorter word one letter is too much of it, but for one that it lacks.
LEAST_LETTERS = 5
# From so many letters on, two may be wrong.
LONG = 9
_WORD = re.compile(r"[^\W\d_]+")
# What stands between quotation marks is meant as it is written.
QUOTED = re.compile(r"[\"“”„«「][^\"“”„«»「」]*[\"“”»」]")


def misspelt(question: str, unknown: Iterable[str]) -> list[str]:
    """The words of `question` that may be misspelt: those whose term is one of the `unknown`, and no usual one.

    Words between quotation marks are none of them.
    """
    missing = frozenset(unknown)
    words = dict.fromkeys(_WORD.findall(QUOTED.sub(" ", question)))
    return [word for word in words if len(word) >= LEAST_LETTERS - 1 and _is_rare(word, missing)]


def _is_rare(word: str, missing: frozenset[str]) -> bool:
    terms = analyze(word)
    return len(terms) == 1 and terms[0] in missing and not is_common(terms[0])


def corrections(words: Iterable[str], texts: Iterable[str]) -> dict[str, str]:
    """For each of `words` the word of `texts` that differs from it in a letter, two in a long one.

    A word that none is so near to is left out. Of several as near it is the one that comes most often.
    """
    counted = Counter(word for text in texts for word in _WORD.findall(text) if len(word) >= LEAST_LETTERS - 1)
    lowered = {word: fold(word) for word in counted}
    nearest = {word: _nearest(word, lowered, counted) for word in words}
    return {word: known for word, known in nearest.items() if known and known != word}


def put_right(question: str, corrected: Mapping[str, str]) -> str:
    """`question` with each word that was corrected as it is right."""
    for word, known in corrected.items():
        question = re.sub(rf"\b{re.escape(word)}\b", known, question)
    return question


def _nearest(word: str, lowered: dict[str, str], counted: Counter[str]) -> str | None:
    asked = fold(word)
    most = 2 if len(word) >= LONG else 1
    found = process.extract(asked, lowered, scorer=OSA.distance, score_cutoff=most, limit=20)
    fitting = [
        (distance, -counted[known], known)
        for _, distance, known in found
        if _is_likely(asked, lowered[known], distance) and not (word[0].isupper() and known[0].islower())
    ]
    if not fitting:
        return None
    nearest = min(fitting)[2]
    # As the question has it: "president", where the texts mostly have "President Yoon".
    return nearest.lower() if word.islower() and nearest.lower() in counted else nearest


def _is_likely(asked: str, known: str, distance: float) -> bool:
    """Whether one may have been meant by the other: two wrong letters, or those of a short word, are not the first."""
    is_short = len(asked) < LEAST_LETTERS
    return (distance < 2 and not is_short) or (known[0] == asked[0] and (not is_short or len(known) > len(asked)))

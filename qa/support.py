"""Does a passage bear a sentence out? By its words alone: strict, and blind to who did what to whom.

A sentence that passes says nothing in numbers, names or a "not" that the passage does not say, and most of its words
are the passage's. That "A beat B" became "B beat A" it cannot see.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from corpus.split import split_sentences
from index.analyze import analyze
from qa.names import names_in

# Of a sentence's terms so many must stand in its passages, and so many in two neighbouring sentences of one of them:
# what is gathered from here and there is the writer's own.
LEAST_IN_PASSAGES = 0.7
LEAST_IN_PLACE = 0.5
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATION = re.compile(r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot)\b|n['’]t\b", re.IGNORECASE)


def why_unsupported(sentence: str, passages: Sequence[str]) -> str | None:
    """Why `passages` do not bear `sentence` out, in words; None when they do."""
    evidence = "\n".join(passages)
    numbers = _numbers(sentence) - _numbers(evidence)
    if numbers:
        return f"the number {min(numbers)} is not in its passage"
    names = _name_words(sentence) - {word.casefold() for word in re.findall(r"\w+", evidence)}
    if names:
        return f"the name {min(names)!r} is not in its passage"
    terms = set(analyze(sentence))
    if not terms:
        return "it says nothing"
    if len(terms & set(analyze(evidence))) < LEAST_IN_PASSAGES * len(terms):
        return "too many of its words are not in its passage"
    place = max(_places(passages), key=lambda place: len(terms & set(analyze(place))))
    if len(terms & set(analyze(place))) < LEAST_IN_PLACE * len(terms):
        return "its words do not stand together in its passage"
    if bool(_NEGATION.search(sentence)) != _is_negated(place, terms):
        return "it and its passage differ in a 'not'"
    return None


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in _NUMBER.findall(text)}


def _name_words(sentence: str) -> set[str]:
    # With a word before it the first word of the sentence counts as a name only when it is one of several.
    words = (word for name in names_in(sentence) for word in re.findall(r"\w+", re.sub(r"['’]s\b", "", name.group())))
    return {word.casefold() for word in words if word[:1].isupper()}


def _places(passages: Sequence[str]) -> list[str]:
    places = []
    for passage in passages:
        sentences = [passage[s.start : s.end] for s in split_sentences(passage)]
        places += [f"{first} {second}" for first, second in pairwise(sentences)] or [passage]
    return places


def _is_negated(place: str, terms: set[str]) -> bool:
    """Whether the sentence of `place` that shares the most with `terms` has a "not"."""
    sentences = [place[s.start : s.end] for s in split_sentences(place)] or [place]
    nearest = max(sentences, key=lambda sentence: len(terms & set(analyze(sentence))))
    return bool(_NEGATION.search(nearest))

"""Does a passage say what a sentence says? Judged by the words alone, and strictly.

The two neighbouring sentences of the passages that share the most words with the sentence are its place. A sentence is
supported if all its numbers stand in its place, all its names in the passages, most of its words in both, and if it and
its place agree in the use of "not". The order of words does not count: "A beat B" supports "B beat A" too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from corpus.sentences import split_sentences
from index.words.analyze import analyze

# The least share of a sentence's terms that must stand in its passages, and in its place: a sentence put together of
# words from all over the passages says what none of them says.
LEAST_IN_PASSAGES = 0.7
LEAST_IN_PLACE = 0.5
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_IN_WORDS = {
    "en": """
        one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands
        million millions billion billions trillion trillions dozen dozens half twice double triple
        first second third fourth fifth
    """,
}
_NUMBER_WORDS = frozenset(_IN_WORDS["en"].split())
_NEGATIONS = {"en": "not no never none nobody nothing neither nor without cannot"}
_NEGATION = re.compile(rf"\b(?:{'|'.join(_NEGATIONS['en'].split())})\b|n['’]t\b", re.IGNORECASE)


def why_unsupported(sentence: str, passages: Sequence[str]) -> str | None:
    """Why `passages` do not support `sentence`, in words; None when they do."""
    terms = set(analyze(sentence))
    if not terms:
        return "it says nothing"
    evidence = "\n".join(passages)
    place = max(_places(passages), key=lambda place: len(terms & set(analyze(place))))
    numbers = _numbers(sentence) - _numbers(place)
    if numbers:
        return f"the number {min(numbers)} is not in its passage"
    names = _name_words(sentence, evidence) - {word.casefold() for word in re.findall(r"\w+", evidence)}
    if names:
        return f"the name {min(names)!r} is not in its passage"
    if len(terms & set(analyze(evidence))) < LEAST_IN_PASSAGES * len(terms):
        return "too many of its words are not in its passage"
    if len(terms & set(analyze(place))) < LEAST_IN_PLACE * len(terms):
        return "its words do not stand together in its passage"
    if bool(_NEGATION.search(sentence)) != _is_negated(place, terms):
        return "it and its passage differ in a 'not'"
    return None


def _numbers(text: str) -> set[str]:
    digits = _DIGITS.findall(text)
    numbers = {number.replace(",", "") if _THOUSANDS.fullmatch(number) else number for number in digits}
    return numbers | (_NUMBER_WORDS & set(re.findall(r"[a-z]+", text.lower())))


def _name_words(sentence: str, evidence: str) -> set[str]:
    """Words with a capital; of the first one only if it is no stop word and never in small letters in `evidence`."""
    words = re.findall(r"\w+", re.sub(r"['’]s\b", "", sentence))
    names = {word.casefold() for word in words[1:] if word[:1].isupper()}
    if words and words[0][:1].isupper():
        lower = words[0].casefold()
        is_common = not analyze(lower) or re.search(rf"\b{re.escape(lower)}\b", evidence)
        names |= set() if is_common else {lower}
    return names


def _places(passages: Sequence[str]) -> list[str]:
    """Every two neighbouring sentences of a passage, as one text; a passage of one sentence as it is."""
    places = []
    for passage in passages:
        sentences = [passage[s.start : s.end] for s in split_sentences(passage)]
        places += [f"{first} {second}" for first, second in pairwise(sentences)] or [passage]
    return places


def _is_negated(place: str, terms: set[str]) -> bool:
    """Whether the sentence of `place` that has the most of `terms` holds a word such as "not"."""
    sentences = [place[s.start : s.end] for s in split_sentences(place)] or [place]
    nearest = max(sentences, key=lambda sentence: len(terms & set(analyze(sentence))))
    return bool(_NEGATION.search(nearest))

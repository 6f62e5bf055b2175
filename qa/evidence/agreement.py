"""Negation, rank and capitals: "Which state did not sign first?" is not answered by who signed, nor by who was second.

The words for it are few and common, so that neither the vectors nor the weight of terms make much of them; and to both
the WHO is The Who. A sentence that tells what was wrong before has all the words of the question, too.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Added to the log-odds of a sentence for a question that is negated: it is too, or it is not.
NEGATED = 2.0
# Taken from those of a sentence without the rank that is asked for: first, last, only, largest.
UNRANKED = 1.5
# Taken where the letters of an abbreviation that is asked about stand there as another word: "us" for "US".
OTHER_WORD = 2.0

_NEGATED = {
    "en": re.compile(
        r"\b(?:not|never|cannot|without|except|nobody|none|neither|nor|only|unlike"
        r"|(?:refus|declin|fail|reject|oppos|deni|boycott|abstain|lack|absent|miss)\w*|against)\b|n[’']t\b",
        re.IGNORECASE,
    ),
}
# The verb that a question opens with, or that is negated.
_VERBS = {"en": "did|does|do|is|was|were|are|has|have|had|will|would|can|could|should"}
# The verb of the question itself; "without" and "nobody" may stand in a clause of it.
_ASKS_NEGATED = {
    "en": re.compile(
        rf"\b(?:(?:{_VERBS['en']})(?: not| never|n[’']t)|cannot)\b",
        re.IGNORECASE,
    ),
}
# A denial that nothing ends before the words: "was not officially organized by", but not "was not by him but by".
_DENIED = {
    "en": re.compile(
        r"(?:\b(?:not|never)\b(?! (?:only|just|merely))|n[’']t\b)"
        r"(?:(?! (?:but|except|until|before|than|because) )[^,;:.]){0,60}$",
        re.IGNORECASE,
    ),
}
_YES_OR_NO = {"en": re.compile(rf"\W*(?:and |but |so )?(?:{_VERBS['en']})\b", re.IGNORECASE)}
# In a longer question these words mostly belong to something in it, not to what is asked.
MOST_WORDS = 14
_RANKS = {
    "en": re.compile(
        r"\b(?:first|second|third|fourth|fifth|last|only|latest|earliest|most|least|[a-z]{3,}est)\b", re.IGNORECASE
    ),
}
# These end like superlatives.
_NO_RANK_WORDS = """
    interest protest request forest west southwest northwest arrest invest suggest contest guest quest test honest
    harvest modest conquest rest manifest digest behest tempest attest detest infest crest chest priest
"""
_NO_RANKS = frozenset(_NO_RANK_WORDS.split())
# "The most", "at least", "first of all" say nothing of rank; nor does a "most of" or a first lady.
_PHRASES = re.compile(
    r"\b(?:at (?:least|most|first|last)|first (?:of all|name|lady|minister|aid)|last (?:name|\w+day)"
    r"|last (?:week|month|year|night|summer|spring|autumn|winter|fall)|most of)\b",
    re.IGNORECASE,
)
# Tells what was wrong: "An earlier version of this article said that 12 graves were found."
_CORRECTED = {
    "en": re.compile(
        r"\b(?:earlier|previous|original) versions? of th(?:is|e) (?:article|story|report|post|page|headline)\b"
        r"|\b(?:article|story|report|post|we) (?:incorrectly|mistakenly|wrongly|erroneously)\b",
        re.IGNORECASE,
    ),
}
# Taken from the log-odds of such a sentence.
CORRECTED = 3.0
_ABBREVIATION = re.compile(r"\b[A-Z]{2,6}\b")


def agreement(question: str, sentence: str) -> float:
    """What is added to the log-odds that `sentence` answers `question`."""
    if len(question.split()) > MOST_WORDS:
        return 0.0
    added = 0.0
    if _ASKS_NEGATED["en"].search(question):
        added += NEGATED if _NEGATED["en"].search(sentence) else -NEGATED
    ranks = asked_ranks(question)
    if ranks and not ranks & _ranks(sentence):
        added -= UNRANKED
    if _has_other_word(question, sentence):
        added -= OTHER_WORD
    if _CORRECTED["en"].search(sentence) and not _CORRECTED["en"].search(question):
        added -= CORRECTED
    return added


def denies(question: str, before: str) -> bool:
    """Whether what a sentence says `before` some words of it denies them to a question that asks for no such thing.

    "The visit was not organized by NATO" names who did not.
    """
    negated = _DENIED["en"].search(before)
    return negated is not None and not _NEGATED["en"].search(question) and not _YES_OR_NO["en"].match(question)


def _has_other_word(question: str, sentence: str) -> bool:
    """An abbreviation of the question stands in the sentence, but nowhere in capitals."""
    # In a question all in capitals none of them says anything.
    abbreviations = () if question.isupper() else _ABBREVIATION.findall(question)
    return any(word not in sentence and re.search(rf"\b{word}\b", sentence, re.IGNORECASE) for word in abbreviations)


@lru_cache(maxsize=256)
def asked_ranks(question: str) -> frozenset[str]:
    """The ranks that `question` asks for, such as "first"."""
    return _ranks(question)


def _ranks(text: str) -> frozenset[str]:
    found = (match.group().lower() for match in _RANKS["en"].finditer(_PHRASES.sub(" ", text)))
    return frozenset(word for word in found if word not in _NO_RANKS)

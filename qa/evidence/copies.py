"""One story in several articles: the same sentence counts once, and what a later article corrects stands behind it.

A copy is the same sentence, every number, name and negation of it. Reports after one pattern ("Norsa Holdings reported
a net profit of 41 million") share most of their words and are no copies of each other. Where a later article says the
same of the same, but for a number, a day or another word, it is an update.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache

from corpus.months import MONTHS, SHORT_MONTHS, WEEKDAYS
from qa.evidence.choose import Candidate
from qa.evidence.gather import Found

# A text is cut and given new beginnings by every paper; a sentence loses or gains no more than these.
_LIGHT = frozenset(["a", "an", "the", "that"])
_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+")
_TIMES = frozenset(name.casefold() for name in (*WEEKDAYS["en"], *MONTHS["en"], *SHORT_MONTHS["en"]))
# Of two versions of a sentence the words are the same to this share, those added at the end aside.
LEAST_ALIKE = 0.7
# A shorter sentence is like many that tell of something else.
LEAST_WORDS = 6
# An update covers as much of the question as what it updates, but for so much.
LESS_COVERED = 0.05


def group_copies(best: Sequence[Candidate]) -> list[Candidate]:
    """`best` with one candidate for each sentence said: the earliest that was asked for, with its `copies`.

    It stands at the place of the best of them. Sentences of one article are never copies of each other.
    """
    groups: list[list[Candidate]] = []
    for candidate in best:
        for group in groups:
            if _is_new(candidate, [each.found for each in group]) and _repeats(candidate, group[0]):
                group.append(candidate)
                break
        else:
            groups.append([candidate])
    return [_stands_for(group) for group in groups]


def add_copies(told: Sequence[Candidate], further: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """`told`, and behind them `further`, each that is a copy of one before it among the `copies` of that one.

    Which candidate stands for a sentence does not change.
    """
    known = list(told)
    for candidate in further:
        for place, before in enumerate(known):
            if _is_new(candidate, [before.found, *before.copies]) and _repeats(candidate, before):
                known[place] = replace(before, copies=(*before.copies, candidate.found))
                break
        else:
            known.append(candidate)
    return known[: len(told)], known[len(told) :]


def put_updates_first(best: Sequence[Candidate]) -> list[Candidate]:
    """`best`, but each sentence that a later one of them updates right behind the newest that does.

    The newest has the probability of the best of them, and the others in `updates`, newest first.
    """
    left = list(best)
    ordered: list[Candidate] = []
    while left:
        first = left.pop(0)
        versions = [first, *(other for other in left if _is_update(first, other))]
        if len(versions) == 1:
            ordered.append(first)
            continue
        left = [other for other in left if other not in versions]
        versions.sort(key=lambda version: version.found.article.published or date.min, reverse=True)
        newest, *earlier = versions
        ordered.append(replace(newest, probability=first.probability, updates=tuple(earlier)))
        ordered += earlier
    return ordered


def says_the_same(one: str, other: str) -> bool:
    """Whether two sentences are the same, every number, name and negation of them."""
    return _key(one) == _key(other)


def _is_update(one: Candidate, other: Candidate) -> bool:
    """Whether `one` and `other` are versions of one sentence, of different days."""
    days = (one.found.article.published, other.found.article.published)
    if None in days or days[0] == days[1] or one.found.article.article_id == other.found.article.article_id:
        return False
    if abs(one.features.coverage - other.features.coverage) > LESS_COVERED:
        return False
    first, second = _spoken(_said(one)), _spoken(_said(other))
    if min(len(first), len(second)) < LEAST_WORDS or first == second or _names(first) != _names(second):
        return False
    lowered = [word.casefold() for word in first], [word.casefold() for word in second]
    matcher = SequenceMatcher(None, lowered[0], lowered[1], autojunk=False)
    matched = sum(block.size for block in matcher.get_matching_blocks())
    return matched >= LEAST_ALIKE * min(len(first), len(second))


def _names(words: Sequence[str]) -> frozenset[str]:
    """The words with capitals, but for the first and those of days and months."""
    return frozenset(word for word in words[1:] if word[0].isupper() and word.casefold() not in _TIMES)


def _said(candidate: Candidate) -> str:
    return candidate.found.article.text[candidate.start : candidate.end]


@lru_cache(maxsize=4096)
def _spoken(sentence: str) -> tuple[str, ...]:
    words = _WORD.findall(unicodedata.normalize("NFKC", sentence))
    return tuple(word for word in words if word.casefold() not in _LIGHT)


def _key(sentence: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _spoken(sentence))


def _is_new(candidate: Candidate, stories: Sequence[Found]) -> bool:
    return all(story.article.article_id != candidate.found.article.article_id for story in stories)


def _repeats(candidate: Candidate, known: Candidate) -> bool:
    """Whether the passage of `candidate` has the sentence of `known`."""
    said = _key(_said(known))
    return bool(said) and any(_key(sentence.text) == said for sentence in candidate.found.sentences)


def _stands_for(group: Sequence[Candidate]) -> Candidate:
    if len(group) == 1:
        return group[0]
    said = _key(_said(group[0]))
    # Only one whose own marked sentence it is; before all one of the source or time that was asked for. `min` takes the
    # first, which is the best, of one day.
    same = [candidate for candidate in group if _key(_said(candidate)) == said]
    earliest = min(same, key=lambda c: (not c.found.is_timely, c.found.article.published or date.max))
    others = tuple(candidate.found for candidate in group if candidate is not earliest)
    return replace(earliest, probability=group[0].probability, copies=others)

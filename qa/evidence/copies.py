"""One story in several outlets: passages that are copies of each other count once, the earliest stands for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from qa.evidence.choose import Candidate
from qa.evidence.gather import Found

# Of two copies the shorter has so much of its wording in the other: agencies' texts are cut and given new beginnings.
LEAST_SHARED = 0.6
# A passage of fewer word pairs says too little to be known again.
LEAST_PAIRS = 8

_Wording = frozenset[tuple[str, str]]


def group_copies(best: Sequence[Candidate]) -> list[Candidate]:
    """`best` with one candidate a story: the earliest that was asked for, at the place of the best, with its `copies`.

    Passages of one article are never copies of each other.
    """
    groups: list[list[Candidate]] = []
    wordings: list[list[_Wording]] = []
    for candidate in best:
        wording = _wording(candidate.found)
        for group, known in zip(groups, wordings, strict=True):
            if _is_new(candidate, [each.found for each in group]) and any(_is_copy(wording, other) for other in known):
                group.append(candidate)
                known.append(wording)
                break
        else:
            groups.append([candidate])
            wordings.append([wording])
    return [_stands_for(group) for group in groups]


def add_copies(told: Sequence[Candidate], further: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """`told` with those of `further` that are copies of them as their `copies`, and the rest of `further`.

    Which candidate stands for a story in `told` does not change.
    """
    told, rest = list(told), []
    for candidate in further:
        wording = _wording(candidate.found)
        for place, known in enumerate(told):
            stories = [known.found, *known.copies]
            if _is_new(candidate, stories) and any(_is_copy(wording, _wording(story)) for story in stories):
                told[place] = replace(known, copies=(*known.copies, candidate.found))
                break
        else:
            rest.append(candidate)
    return told, rest


def _wording(found: Found) -> _Wording:
    return frozenset(pairwise(found.terms))


def _is_new(candidate: Candidate, stories: Sequence[Found]) -> bool:
    return all(story.article.article_id != candidate.found.article.article_id for story in stories)


def _is_copy(one: _Wording, other: _Wording) -> bool:
    shorter = min(len(one), len(other))
    return shorter >= LEAST_PAIRS and len(one & other) >= LEAST_SHARED * shorter


def _stands_for(group: Sequence[Candidate]) -> Candidate:
    if len(group) == 1:
        return group[0]
    # Before all one of the source or time that was asked for. `min` takes the first, which is the best, of one day.
    earliest = min(group, key=lambda c: (not c.found.is_timely, c.found.article.published or date.max))
    others = tuple(candidate.found for candidate in group if candidate is not earliest)
    return replace(earliest, probability=group[0].probability, copies=others)

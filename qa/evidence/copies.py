"""One story in several outlets: passages that are copies of each other count once, the earliest stands for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from index.words.analyze import analyze
from qa.evidence.choose import Candidate

# Of two copies the shorter has so much of its wording in the other: agencies' texts are cut and given new beginnings.
LEAST_SHARED = 0.6
# A passage of fewer word pairs says too little to be known again.
LEAST_PAIRS = 8


def group_copies(best: Sequence[Candidate]) -> list[Candidate]:
    """`best` with one candidate a story: the earliest that was asked for, at the place of the best, with its `copies`.

    Passages of one article are never copies of each other.
    """
    groups: list[list[Candidate]] = []
    wordings: list[list[frozenset[tuple[str, str]]]] = []
    for candidate in best:
        wording = frozenset(pairwise(analyze(candidate.found.passage.text)))
        for group, known in zip(groups, wordings, strict=True):
            is_new = all(each.found.article.article_id != candidate.found.article.article_id for each in group)
            if is_new and any(_is_copy(wording, other) for other in known):
                group.append(candidate)
                known.append(wording)
                break
        else:
            groups.append([candidate])
            wordings.append([wording])
    return [_stands_for(group) for group in groups]


def _is_copy(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> bool:
    shorter = min(len(one), len(other))
    return shorter >= LEAST_PAIRS and len(one & other) >= LEAST_SHARED * shorter


def _stands_for(group: Sequence[Candidate]) -> Candidate:
    if len(group) == 1:
        return group[0]
    # Before all one of the source or time that was asked for. `min` takes the first, which is the best, of one day.
    earliest = min(group, key=lambda c: (not c.found.is_timely, c.found.article.published or date.max))
    others = tuple(candidate.found for candidate in group if candidate is not earliest)
    return replace(earliest, probability=group[0].probability, copies=others)

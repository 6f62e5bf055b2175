"""Which sentence answers: each is weighed, the most probable one of a passage is marked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from index.retriever import Ranking
from qa.evidence.agreement import agreement
from qa.evidence.features import LEANING_WORDS, OPENING, Nearness, SentenceFeatures, nearness, sentence_features
from qa.evidence.gather import Found, FoundSentence
from qa.evidence.logistic import Logistic, log_odds, sigmoid
from qa.question.kind import last_sentence
from qa.question.read import Question
from qa.question.terms import coverage

# "The film scored 11 honors": which film, the sentence before says. On realtimeqa-2022 one mark in eight opens like
# this, and with that sentence 68 in 100 marks hold the answer instead of 63.
_POINTS_BACK = re.compile(rf"{OPENING}(?:{LEANING_WORDS}|This|These|That|Those|The|Both|Another|Some|Such|Other)\b")
# White space between a sentence and the next: a line break at most.
_MAX_GAP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence that may answer: `article.text[start:end]`, its `features`, and the probability that it does.

    `marked_from`: where its mark begins, which is with the sentence before when it only points back to what that names.
    `led_from`: where that begins that must be quoted with it, as in `FoundSentence`.
    `copies` are passages of other articles with the same sentence, `updates` what earlier articles said instead.
    `headline`: not the sentence answers but the title of its article. `read`: the log-odds that words of it answer, as
    the reader has them; None where nobody reads. `short`: where these words stand in the article's text; None where
    nobody reads, or none are sure enough.
    """

    found: Found
    start: int
    end: int
    marked_from: int
    led_from: int
    features: SentenceFeatures
    probability: float
    copies: tuple[Found, ...] = ()
    updates: tuple[Candidate, ...] = ()
    headline: bool = False
    read: float | None = None
    short: tuple[int, int] | None = None


def weigh(
    question: Question,
    weights: Mapping[str, float],
    found: Sequence[Found],
    ranking: Ranking,
    model: Logistic,
) -> list[Candidate]:
    """Every sentence of the passages `found`, with the probability that it answers `question`, by `model`.

    `weights` are those of the question's terms. `ranking` is of the question, and its bare form with it.
    """
    if ranking.knows:
        near = _nearness_by_meaning(found, ranking)
    else:
        found, near = _nearness_by_words(weights, found)
    asked = last_sentence(question.text)
    candidates = []
    for each, measured in zip(found, near, strict=True):
        features = sentence_features(question, weights, each, measured)
        starts = _marks(each.sentences)
        for sentence, values, marked_from in zip(each.sentences, features, starts, strict=True):
            candidates.append(
                Candidate(
                    found=each,
                    start=sentence.start,
                    end=sentence.end,
                    marked_from=marked_from,
                    led_from=sentence.led_from,
                    features=values,
                    probability=_agreeing(
                        model.probability(values.by_name()), asked, each.article.text[marked_from : sentence.end]
                    ),
                )
            )
    return candidates


def _agreeing(probability: float, asked: str, marked: str) -> float:
    added = agreement(asked, marked)
    return sigmoid(log_odds(probability) + added) if added else probability


def best_per_passage(candidates: Sequence[Candidate], shown: Sequence[Candidate] = ()) -> list[Candidate]:
    """Each passage's most probable sentence, most probable first; ties go to the earlier offset.

    No sentence comes twice, nor one of those `shown`: passages overlap, and one whose best sentence a better passage
    has shows its next best.
    """
    ordered = sorted(
        candidates, key=lambda c: (-c.probability, c.found.passage.article_id, c.start, c.found.passage.start)
    )
    best: dict[tuple[str, int], Candidate] = {}
    taken = {place for candidate in shown for place in _places(candidate)}
    for candidate in ordered:
        passage = (candidate.found.passage.article_id, candidate.found.passage.start)
        if passage not in best and not _places(candidate) & taken:
            best[passage] = candidate
            taken |= _places(candidate)
    return list(best.values())


def best_in_order(candidates: Sequence[Candidate], shown: Sequence[Candidate]) -> list[Candidate]:
    """The same in the order in which the passages come, so that those behind one change nothing of it."""
    chosen: list[Candidate] = []
    by_passage = groupby(candidates, key=lambda c: (c.found.passage.article_id, c.found.passage.start))
    for _, of_passage in by_passage:
        chosen += best_per_passage(list(of_passage), [*shown, *chosen])
    return chosen


def put_behind(first: Sequence[Candidate], further: Sequence[Candidate]) -> list[Candidate]:
    """`first`, then `further`, none more probable than the one before it.

    What was not weighed for the answer cannot be more likely to hold it, whatever its own sentences look like.
    """
    together = list(first)
    most = min((candidate.probability for candidate in first), default=1.0)
    for candidate in further:
        most = min(most, candidate.probability)
        together.append(replace(candidate, probability=most))
    return together


def _places(candidate: Candidate) -> set[tuple[str, int]]:
    """Where its marked sentences begin."""
    article_id = candidate.found.passage.article_id
    return {(article_id, candidate.start), (article_id, candidate.marked_from)}


def _nearness_by_meaning(found: Sequence[Found], ranking: Ranking) -> list[list[Nearness]]:
    """For each passage the nearness of its sentences, by the cosines of their vectors."""
    if not found:
        return []
    whole, bare = ranking.query_vectors @ np.concatenate([each.sentence_vectors for each in found]).T
    return _by_passage(found, whole.tolist(), bare.tolist())


def _nearness_by_words(
    weights: Mapping[str, float], found: Sequence[Found]
) -> tuple[list[Found], list[list[Nearness]]]:
    """The same where the encoder does not know the script: near is what shares the question's terms.

    The passages come back too, as near as their own terms say.
    """
    shared = [coverage(weights, frozenset(sentence.terms)) for each in found for sentence in each.sentences]
    measured = [replace(each, dense=coverage(weights, frozenset(each.terms))) for each in found]
    return measured, _by_passage(found, shared, shared)


def _by_passage(
    found: Sequence[Found], similarities: Sequence[float], bare_similarities: Sequence[float]
) -> list[list[Nearness]]:
    near = iter(nearness(similarities, bare_similarities))
    return [[next(near) for _ in each.sentences] for each in found]


def _marks(sentences: Sequence[FoundSentence]) -> list[int]:
    """Where the mark of each sentence begins."""
    return [_marked_from(sentence, previous) for previous, sentence in zip([None, *sentences], sentences, strict=False)]


def _marked_from(sentence: FoundSentence, previous: FoundSentence | None) -> int:
    is_led = sentence.led_from != sentence.start
    if previous is None or is_led or sentence.start - previous.end > _MAX_GAP or not _POINTS_BACK.match(sentence.text):
        return sentence.start
    return previous.start

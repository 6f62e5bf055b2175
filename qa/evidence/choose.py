"""Which sentence of which passage answers: the features of each sentence and the model that weighs them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.article import Article, Passage
from corpus.dateline import is_dateline, skip_dateline
from corpus.sentences import Sentence, split_sentences
from index.words.analyze import analyze
from qa.models.fitted import Logistic
from qa.question.kind import AnswerType, asked_type, offers
from qa.question.terms import coverage

# A sentence of fewer terms says too little on its own to be an answer.
MIN_TERMS = 2
# Where even the nearest sentence is farther than this, none gets a whole share.
LEAST_BEST = 0.05

FEATURES = (
    "similarity",
    "similarity_share",
    "bare_share",
    "coverage",
    "passage_similarity",
    "fused",
    "article_fused",
    "offers_number",
    "lacks_number",
    "offers_asked_type",
    "lacks_asked_type",
    "log_length",
    "timely",
    "fresh",
)
# "During their meeting, Wi conveyed a letter": such a sentence is about what the one before it names.
_LEANING = re.compile(r"\b(?:he|she|they|it|his|her|their|its|this|these|those|such)\b", re.IGNORECASE)


# "The film scored 11 honors": which film, the sentence before says. On realtimeqa-2022 one mark in eight opens like
# this, and with that sentence 68 in 100 marks hold the answer instead of 63.
_POINTS_BACK = re.compile(
    r"[“\"'‘(]*(?:But |And )?"
    r"(?:He|She|It|They|His|Her|Its|Their|This|These|That|Those|The|Both|Another|Some|Such|Other)\b"
)
# White space between a sentence and the next: a line break at most.
_MAX_GAP = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A passage found for a question: its article, its fused score (0 to 1) and its cosine with the question.

    `article_fused` is the best fused score of its article's passages, `article_terms` the terms of the title and of the
    passages found. `is_timely`: of the time and sources the question names; `is_fresh`: of the days around its asking.
    """

    passage: Passage
    article: Article
    fused: float
    dense: float
    article_fused: float
    article_terms: frozenset[str]
    is_timely: bool = False
    is_fresh: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: its text, its kind of answer and the weight of each of its terms."""

    text: str
    kind: AnswerType
    weights: Mapping[str, float]

    @classmethod
    def of(cls, text: str, weights: Mapping[str, float]) -> Question:
        """The question `text`, whose terms weigh `weights`."""
        return cls(text, asked_type(text), weights)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: `article.text[start:end]`, its `features`, and the probability that it does.

    `marked_from`: where its mark begins, which is with the sentence before when it only points back to what that names.
    `similarity` is its cosine with the question, `article_coverage` the weight of the question's terms that what was
    found of its article has, `heaviest_missing` that of the heaviest term that it lacks. `copies` are the same passage
    in other articles.
    """

    found: Found
    start: int
    end: int
    marked_from: int
    similarity: float
    article_coverage: float
    heaviest_missing: float
    features: tuple[float, ...]
    probability: float
    copies: tuple[Found, ...] = ()


def able_sentences(passage: Passage) -> list[Sentence]:
    """Sentences of a passage, at the article's offsets, that can be an answer: no question, bare heading or dateline.

    One that opens with a dateline begins behind it. A passage with nothing else gives what it has.
    """
    offset, text = passage.start, passage.text
    sentences = []
    for s in split_sentences(text):
        words = text[s.start : s.end]
        is_heading = s.is_heading or is_dateline(words)
        start = s.start if is_heading else s.end - len(skip_dateline(words))
        sentences.append(Sentence(offset + start, offset + s.end, s.is_question, is_heading))
    able = [s for s in sentences if not s.is_question]
    full = [s for s in able if not s.is_heading and len(analyze(text[s.start - offset : s.end - offset])) >= MIN_TERMS]
    return full or able or sentences


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a sentence is: its cosine with the question, and shares (0 to 1) of the question's nearest sentence.

    `bare_share` is of the question without names (`without_names`): nearness to what is asked rather than to whom it is
    about.
    """

    similarity: float
    similarity_share: float
    bare_share: float


def nearness(similarities: Sequence[float], bare_similarities: Sequence[float]) -> list[Nearness]:
    """Nearness of each sentence of a question, from its cosines with the question and with the bare one."""
    shares = zip(similarities, _shares(similarities), _shares(bare_similarities), strict=True)
    return [Nearness(*values) for values in shares]


def score_sentences(
    question: Question, found: Found, sentences: Sequence[Sentence], near: Sequence[Nearness], model: Logistic
) -> list[Candidate]:
    """Return a candidate for each of `sentences`, which are as near the question as `near` says."""
    text = found.article.text
    article_coverage = coverage(question.weights, found.article_terms)
    missing = max((weight for term, weight in question.weights.items() if term not in found.article_terms), default=0.0)
    candidates = []
    before: tuple[frozenset[str], Nearness] | None = None
    previous: Sentence | None = None
    for sentence, measured in zip(sentences, near, strict=True):
        words = text[sentence.start : sentence.end]
        terms = frozenset(analyze(words))
        resolved, about = measured, terms
        if before is not None and _LEANING.search(words):
            about = terms | before[0]
            resolved = Nearness(
                max(measured.similarity, before[1].similarity),
                max(measured.similarity_share, before[1].similarity_share),
                measured.bare_share,
            )
        features = (
            resolved.similarity,
            resolved.similarity_share,
            resolved.bare_share,
            coverage(question.weights, about),
            found.dense,
            found.fused,
            found.article_fused,
            *_type_features(question, words),
            math.log1p(len(terms)),
            float(found.is_timely),
            float(found.is_fresh),
        )
        probability = model.probability(features)
        candidates.append(
            Candidate(
                found,
                sentence.start,
                sentence.end,
                _marked_from(sentence, previous, words),
                resolved.similarity,
                article_coverage,
                missing,
                features,
                probability,
            )
        )
        before, previous = (terms, measured), sentence
    return candidates


def _marked_from(sentence: Sentence, previous: Sentence | None, words: str) -> int:
    is_near = previous is not None and sentence.start - previous.end <= _MAX_GAP
    return previous.start if previous is not None and is_near and _POINTS_BACK.match(words) else sentence.start


def _type_features(question: Question, words: str) -> tuple[float, float, float, float]:
    # Numbers have features of their own: on realtimeqa-2022 only 2 of 160 sentences that answer "how many" have none.
    is_offered = offers(words, question.kind, question.text)
    is_number = question.kind is AnswerType.NUMBER
    is_other = not is_number and question.kind is not AnswerType.OTHER
    return (
        float(is_number and is_offered),
        float(is_number and not is_offered),
        float(is_other and is_offered),
        float(is_other and not is_offered),
    )


def _shares(values: Sequence[float]) -> list[float]:
    best = max(max(values, default=0.0), LEAST_BEST)
    return [max(value, 0.0) / best for value in values]


def best_per_passage(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Each passage's most probable sentence, most probable first; ties go to the earlier offset.

    No sentence comes twice: passages overlap, and one whose best sentence a better passage has shows its next best.
    """
    ordered = sorted(
        candidates, key=lambda c: (-c.probability, c.found.passage.article_id, c.start, c.found.passage.start)
    )
    best: dict[tuple[str, int], Candidate] = {}
    taken: set[tuple[str, int]] = set()
    for candidate in ordered:
        passage = (candidate.found.passage.article_id, candidate.found.passage.start)
        article_id = candidate.found.passage.article_id
        sentences = {(article_id, candidate.start), (article_id, candidate.marked_from)}
        if passage not in best and not sentences & taken:
            best[passage] = candidate
            taken |= sentences
    return list(best.values())

"""What speaks for a sentence: features by name, for the model that weighs them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from qa.evidence.gather import Found, FoundSentence
from qa.question.kind import AnswerType, offers
from qa.question.read import Question
from qa.question.terms import coverage

# Where even the nearest sentence is farther than this, none gets a whole share.
LEAST_BEST = 0.05
# What only the title has of the question counts so much: a story does not repeat in each sentence what it is about.
OF_TITLE = 0.3
# "During their meeting, Wi conveyed a letter": such a sentence is about what the one before it names.
LEANING = re.compile(r"\b(?:he|she|they|it|his|her|their|its|this|these|those|such)\b", re.IGNORECASE)
# How a sentence begins that takes these up, and the words at its beginning.
OPENING = r"[“\"'‘(]*(?:But |And )?"
LEANING_WORDS = "He|She|It|They|His|Her|Its|Their"
OPENS_LEANING = re.compile(rf"{OPENING}(?:{LEANING_WORDS})\b")


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a sentence is: its cosine with the question, and shares (0 to 1) of the question's nearest sentence.

    `bare_share` is of the question without names (`without_names`): nearness to what is asked rather than to whom it is
    about.
    """

    similarity: float
    similarity_share: float
    bare_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceFeatures:
    """What the sentence model weighs; shares lie in 0..1, and so do features that only say yes or no.

    `similarity`, `similarity_share` and `bare_share` as in `Nearness`. `coverage`: share of the question's meaning in
    the sentence's words. `passage_similarity`, `fused` and `article_fused`: how well its passage and its article fit.
    `offers_number` and `lacks_number` of a question that asks for a number, `offers_asked_type` and `lacks_asked_type`
    of one that asks for another kind of thing. `timely`, `fresh`: its article's, as in `Found`.
    """

    similarity: float
    similarity_share: float
    bare_share: float
    coverage: float
    passage_similarity: float
    fused: float
    article_fused: float
    offers_number: float
    lacks_number: float
    offers_asked_type: float
    lacks_asked_type: float
    log_length: float
    timely: float
    fresh: float

    def by_name(self) -> dict[str, float]:
        """Every feature under its name."""
        return {name: getattr(self, name) for name in FEATURES}


FEATURES = tuple(field.name for field in fields(SentenceFeatures))


def nearness(similarities: Sequence[float], bare_similarities: Sequence[float]) -> list[Nearness]:
    """Nearness of each sentence of a question, from its cosines with the question and with the bare one."""
    shares = zip(similarities, _shares(similarities), _shares(bare_similarities), strict=True)
    return [Nearness(*values) for values in shares]


def sentence_features(
    question: Question, weights: Mapping[str, float], found: Found, near: Sequence[Nearness]
) -> list[SentenceFeatures]:
    """Features of each of the passage's sentences, which are as near the question as `near` says.

    `weights` are those of the question's terms. A sentence with "it" or "their" in it is also about what the sentence
    before names, so it has the terms and the nearness of both.
    """
    features = []
    before: tuple[frozenset[str], Nearness] | None = None
    for sentence, measured in zip(found.sentences, near, strict=True):
        terms = frozenset(sentence.terms)
        resolved, about = measured, terms
        if before is not None and LEANING.search(sentence.text):
            about = terms | before[0]
            resolved = Nearness(
                similarity=max(measured.similarity, before[1].similarity),
                similarity_share=max(measured.similarity_share, before[1].similarity_share),
                bare_share=measured.bare_share,
            )
        covered = coverage(weights, about)
        covered += OF_TITLE * (coverage(weights, about | found.title_terms) - covered)
        features.append(_features(question, found, sentence, resolved, covered))
        # "It cost 8 million. It was designed by ...": the second "it" is what the first one was.
        before = (about, resolved) if OPENS_LEANING.match(sentence.text) else (terms, measured)
    return features


def _features(
    question: Question, found: Found, sentence: FoundSentence, near: Nearness, covered: float
) -> SentenceFeatures:
    # Numbers have features of their own: on realtimeqa-2022 only 2 of 160 sentences that answer "how many" have none.
    is_offered = offers(sentence.text, question.kind, question.text)
    is_number = question.kind is AnswerType.NUMBER
    is_other = not is_number and question.kind is not AnswerType.OTHER
    return SentenceFeatures(
        similarity=near.similarity,
        similarity_share=near.similarity_share,
        bare_share=near.bare_share,
        coverage=covered,
        passage_similarity=found.dense,
        fused=found.fused,
        article_fused=found.article_fused,
        offers_number=float(is_number and is_offered),
        lacks_number=float(is_number and not is_offered),
        offers_asked_type=float(is_other and is_offered),
        lacks_asked_type=float(is_other and not is_offered),
        log_length=math.log1p(len(set(sentence.terms))),
        timely=float(found.is_timely),
        fresh=float(found.is_fresh),
    )


def _shares(values: Sequence[float]) -> list[float]:
    best = max(max(values, default=0.0), LEAST_BEST)
    return [max(value, 0.0) / best for value in values]

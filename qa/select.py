"""Which sentence of which passage answers: the features of each sentence and the model that weighs them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.article import Article, Passage
from corpus.split import Sentence, split_sentences
from index.analyze import analyze
from qa.answer_type import AnswerType, asked_type, offers
from qa.model import Logistic
from qa.terms import coverage

# A sentence of fewer terms says too little on its own to be an answer.
MIN_TERMS = 2

FEATURES = (
    "similarity",
    "window_similarity",
    "coverage",
    "window_coverage",
    "passage_coverage",
    "passage_similarity",
    "fused",
    "lexical",
    "offers_asked_type",
    "lacks_asked_type",
    "log_length",
)


@dataclass(frozen=True, slots=True)
class Found:
    """A passage found for a question: its article and what the legs say of it.

    `fused` and `lexical` are shares of the question's best, 0 to 1; `dense` is a cosine.
    """

    passage: Passage
    article: Article
    fused: float
    dense: float
    lexical: float


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
    """A sentence that may answer: `article.text[start:end]`, its `features`, and the probability that it does."""

    found: Found
    start: int
    end: int
    features: tuple[float, ...]
    probability: float


def able_sentences(passage: Passage) -> list[Sentence]:
    """Sentences of a passage, at the article's offsets, that can be an answer: no question, no bare heading.

    A passage with nothing else gives what it has.
    """
    offset = passage.start
    sentences = [
        Sentence(offset + s.start, offset + s.end, s.is_question, s.is_heading) for s in split_sentences(passage.text)
    ]
    able = [s for s in sentences if not s.is_question]
    full = [
        s
        for s in able
        if not s.is_heading and len(analyze(passage.text[s.start - offset : s.end - offset])) >= MIN_TERMS
    ]
    return full or able or sentences


def score_sentences(
    question: Question, found: Found, sentences: Sequence[Sentence], similarities: Sequence[float], model: Logistic
) -> list[Candidate]:
    """A candidate for each of `sentences`; `similarities` are their cosines with the question."""
    text = found.article.text
    title = frozenset(analyze(found.article.title))
    passage_coverage = coverage(question.weights, title | frozenset(analyze(found.passage.text)))
    candidates = []
    terms_before, similarity_before = title, 0.0
    for sentence, similarity in zip(sentences, similarities, strict=True):
        words = text[sentence.start : sentence.end]
        terms = frozenset(analyze(words))
        is_typed, offered = question.kind is not AnswerType.OTHER, offers(words, question.kind, question.text)
        features = (
            similarity,
            max(similarity, similarity_before),
            coverage(question.weights, terms),
            coverage(question.weights, terms | terms_before),
            passage_coverage,
            found.dense,
            found.fused,
            found.lexical,
            float(is_typed and offered),
            float(is_typed and not offered),
            math.log1p(len(terms)),
        )
        candidates.append(Candidate(found, sentence.start, sentence.end, features, model.probability(features)))
        terms_before, similarity_before = terms | title, similarity
    return candidates


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
        sentence = (candidate.found.passage.article_id, candidate.start)
        if passage not in best and sentence not in taken:
            best[passage] = candidate
            taken.add(sentence)
    return list(best.values())

"""Which sentence of which passage answers: features of each, and the model that weighs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.article import Article, Passage
from corpus.split import Sentence, split_sentences
from index.analyze import analyze
from index.encoder import Vectors
from qa.answer_type import AnswerType, asked_type, offers
from qa.terms import coverage

# A sentence of fewer terms says too little on its own to be an answer.
MIN_TERMS = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A passage found for a question: its article, its place among the vectors and the fused score (0 to 1)."""

    number: int
    passage: Passage
    article: Article
    fused: float
    dense: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer; `features` are named by FEATURES, `probability` is that it holds the answer."""

    found: Found
    start: int
    end: int
    features: tuple[float, ...]
    probability: float = 0.0

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.found.article.text[self.start : self.end]


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
    "is_heading",
)


def answering_sentences(found: Found) -> list[Sentence]:
    """Sentences of a passage that can be an answer, at offsets of the article: not questions, not bare headings.

    A passage with nothing else gives all it has.
    """
    passage = found.passage
    sentences = [
        Sentence(passage.start + s.start, passage.start + s.end, s.is_question, s.is_heading)
        for s in split_sentences(passage.text)
    ]
    text = found.article.text
    able = [s for s in sentences if not s.is_question and len(analyze(text[s.start : s.end])) >= MIN_TERMS]
    return [s for s in able if not s.is_heading] or able or sentences


def describe(
    question: str,
    weights: Mapping[str, float],
    found: Found,
    sentences: Sequence[Sentence],
    similarities: Sequence[float],
    best_lexical: float,
) -> list[Candidate]:
    """A candidate for each of the passage's `sentences`; `similarities` are their cosines with the question."""
    text = found.article.text
    kind = asked_type(question)
    title_terms = frozenset(analyze(found.article.title))
    passage_coverage = coverage(weights, title_terms | frozenset(analyze(found.passage.text)))
    candidates = []
    before: tuple[frozenset[str], float] = (title_terms, 0.0)
    for sentence, similarity in zip(sentences, similarities, strict=True):
        words = text[sentence.start : sentence.end]
        terms = frozenset(analyze(words))
        offered = offers(words, kind, question)
        is_typed = kind is not AnswerType.OTHER
        features = (
            similarity,
            max(similarity, before[1]),
            coverage(weights, terms),
            coverage(weights, terms | before[0]),
            passage_coverage,
            found.dense,
            found.fused,
            found.lexical / best_lexical if best_lexical > 0 else 0.0,
            float(is_typed and offered),
            float(is_typed and not offered),
            float(np.log1p(len(terms))),
            float(sentence.is_heading),
        )
        candidates.append(Candidate(found, sentence.start, sentence.end, features))
        before = (terms | title_terms, similarity)
    return candidates


def sentence_texts(found: Found, sentences: Sequence[Sentence]) -> list[str]:
    """What the encoder reads of each sentence."""
    return [found.article.text[s.start : s.end] for s in sentences]


__all__ = ["FEATURES", "Candidate", "Found", "Vectors", "answering_sentences", "describe", "sentence_texts"]

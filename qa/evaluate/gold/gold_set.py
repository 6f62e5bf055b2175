"""Gold sets: questions with what is known of their answers, from any of the forms that are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from corpus.article import Article
from qa.question.followup import Turn

# Resampling clusters needs at least so many to be trusted (Cameron, Gelbach and Miller, 2008); with five, no
# difference whatever could be significant.
MIN_CLUSTERS = 30


@dataclass(frozen=True, slots=True)
class Span:
    """Where an answer stands: `article.text[start:end]`, half-open, in code points."""

    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question, and what is known of its answer.

    `relevant` has the grade, at least 1, of each article known to answer; `near` the articles that the question was
    written on, answer or no. `fields` are the set's own, for the breakdown. `where` names file and line.
    """

    question_id: str
    text: str
    where: str
    answers: tuple[str, ...] = ()
    is_answerable: bool = True
    asked_on: date | None = None
    history: tuple[Turn, ...] = ()
    relevant: Mapping[str, int] = field(default_factory=dict)
    near: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def article_id(self) -> str | None:
        """The article it is about: the most relevant, else the one it was written on; None for neither."""
        best = sorted(self.relevant, key=lambda article_id: (-self.relevant[article_id], article_id))
        return next(iter((*best, *self.near)), None)


@dataclass(frozen=True, slots=True)
class GoldSet:
    """Questions, and the articles they are asked of: `sources` to read, `articles` read already, or the current index.

    `sha256` is of everything the set consists of, `corpus_sha256` of its own articles.
    """

    name: str
    questions: tuple[GoldQuestion, ...]
    sha256: str
    sources: tuple[str, ...] = ()
    articles: tuple[Article, ...] = ()
    corpus_sha256: str = ""

    @property
    def has_articles(self) -> bool:
        """The set brings its own articles; otherwise it is asked of the current index."""
        return bool(self.sources or self.articles)

    def sample(self, limit: int | None) -> GoldSet:
        """At most `limit` questions, evenly spaced, so that every part of the set is in it."""
        n = len(self.questions)
        if limit is None or limit >= n:
            return self
        return replace(self, questions=tuple(self.questions[i * n // limit] for i in range(limit)))


def clusters(questions: Sequence[GoldQuestion]) -> list[str]:
    """For each question the name of its cluster: those about one article are one, since their results hang together.

    Of fewer than MIN_CLUSTERS articles each question is a cluster of its own: figures then speak of these articles.
    """
    articles = [question.article_id for question in questions]
    if len(set(articles) - {None}) < MIN_CLUSTERS:
        return [f"question {question.question_id}" for question in questions]
    return [
        f"article {article_id}" if article_id is not None else f"question {question.question_id}"
        for question, article_id in zip(questions, articles, strict=True)
    ]

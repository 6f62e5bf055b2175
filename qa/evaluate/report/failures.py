"""Every question that was lost: what was expected, what came, and where to read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.article import Article
from qa.answer import Citation, Parts
from qa.evaluate.gold.gold_set import GoldQuestion, Span
from qa.evaluate.measure.judge import Judgement
from qa.show.address import cited_address, reader_address
from qa.show.wording import page_in_words

if TYPE_CHECKING:
    from index.store.store import Store

# Characters shown on each side of an answer that was not found.
AROUND = 240
# Articles quoted for what was expected; a question with more is clear from these.
MAX_EXPECTED = 2


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of an article: `before`, the `marked` part and `after`, verbatim; `rank` is None if it was not cited.

    `marked` has the words that answer in its middle, where these are known.
    """

    article_id: str
    title: str
    source: str | None
    published: str | None
    # "p. 3", of an article with pages.
    page: str
    before: str
    marked: Parts
    after: str
    link: str
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A lost question: its judgement, excerpts of what was expected, and of the passage that came first."""

    judgement: Judgement
    expected: tuple[Excerpt, ...]
    came: Excerpt | None


def explain_failures(judgements: Sequence[Judgement], store: Store) -> list[Failure]:
    """Every failure among `judgements`, in their order."""
    return [_explain(judgement, store) for judgement in judgements if judgement.is_failure]


def _explain(judgement: Judgement, store: Store) -> Failure:
    citations = judgement.asked.answer.citations
    came = _cited(citations[0]) if citations else None
    if not judgement.question.is_answerable or judgement.is_right:
        return Failure(judgement, (), came)
    right = next((c for c, supports in zip(citations, judgement.supports, strict=True) if supports), None)
    expected = (_cited(right),) if right else _expected(judgement.question, store)
    return Failure(judgement, expected, came)


def _cited(citation: Citation) -> Excerpt:
    start, end = citation.answer_start - citation.start, citation.answer_end - citation.start
    return Excerpt(
        citation.article_id,
        citation.title,
        citation.source,
        citation.published.isoformat() if citation.published else None,
        page=page_in_words(citation.page),
        before=citation.quote[:start],
        marked=citation.marked_parts,
        after=citation.quote[end:],
        link=f"/{cited_address(citation)}",
        rank=citation.rank,
    )


def _expected(question: GoldQuestion, store: Store) -> tuple[Excerpt, ...]:
    grades = question.relevant
    best = sorted(grades, key=lambda article_id: (-grades[article_id], article_id))[:MAX_EXPECTED]
    found = store.articles(best)
    return tuple(_gold(found[article_id], question) for article_id in best if article_id in found)


def _gold(article: Article, question: GoldQuestion) -> Excerpt:
    spans = [span for span in question.spans if span.article_id == article.article_id]
    span = spans[0] if spans else _find(article, question.answers)
    first, last = max(0, span.start - AROUND), min(len(article.text), max(span.end, span.start + 1) + AROUND)
    return Excerpt(
        article.article_id,
        article.title,
        article.source,
        article.published.isoformat() if article.published else None,
        page=page_in_words(article.page_at(span.start) if span.start < span.end else None),
        before=("…" if first else "") + article.text[first : span.start],
        marked=(article.text[span.start : span.end], "", ""),
        after=article.text[span.end : last] + ("…" if last < len(article.text) else ""),
        link=f"/{reader_address(article.article_id, span.start, max(span.end, span.start + 1))}",
    )


def _find(article: Article, answers: Sequence[str]) -> Span:
    """Where an answer stands in the article; an empty span at its beginning when none does."""
    for answer in answers:
        found = re.search(re.escape(answer), article.text, re.IGNORECASE)
        if found and found.group():
            return Span(article.article_id, *found.span())
    return Span(article.article_id, 0, 0)

"""A candidate to a citation."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answer import Citation, Copy
from qa.evidence.choose import Candidate
from qa.evidence.gather import Found


def cite(candidates: Sequence[Candidate]) -> tuple[Citation, ...]:
    """Citations of `candidates` in their order, ranks from 1."""
    return tuple(_citation(rank, candidate) for rank, candidate in enumerate(candidates, start=1))


def _citation(rank: int, candidate: Candidate) -> Citation:
    passage, article = candidate.found.passage, candidate.found.article
    return Citation(
        rank=rank,
        article_id=article.article_id,
        passage_id=passage.passage_id,
        title=article.title,
        source=article.source,
        published=article.published,
        url=article.url,
        start=passage.start,
        end=passage.end,
        quote=article.text[passage.start : passage.end],
        answer_start=candidate.marked_from,
        answer_end=candidate.end,
        score=candidate.probability,
        text_sha256=article.text_sha256,
        also_in=tuple(_copy(found) for found in candidate.copies),
    )


def _copy(found: Found) -> Copy:
    article, passage = found.article, found.passage
    return Copy(
        article_id=article.article_id,
        title=article.title,
        source=article.source,
        published=article.published,
        url=article.url,
        start=passage.start,
        end=passage.end,
    )

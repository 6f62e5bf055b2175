"""A candidate to a citation."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answer import Citation, Copy
from qa.evidence.choose import Candidate

# A heading row farther in front of its row than this is not quoted with all that stands between.
FARTHEST_LEAD = 4_000


def cite(candidates: Sequence[Candidate]) -> tuple[Citation, ...]:
    """Citations of `candidates` in their order, ranks from 1."""
    return tuple(_citation(rank, candidate) for rank, candidate in enumerate(candidates, start=1))


def _citation(rank: int, candidate: Candidate) -> Citation:
    passage, article = candidate.found.passage, candidate.found.article
    is_near = passage.start - candidate.led_from <= FARTHEST_LEAD
    start = min(passage.start, candidate.led_from) if is_near else passage.start
    # Where the title answers, what is marked is only near: none of its words do.
    short_start, short_end = (None, None) if candidate.headline or candidate.short is None else candidate.short
    return Citation(
        rank=rank,
        article_id=article.article_id,
        passage_id=passage.passage_id,
        title=article.title,
        source=article.source,
        published=article.published,
        url=article.url,
        start=start,
        end=passage.end,
        quote=article.text[start : passage.end],
        answer_start=candidate.marked_from,
        answer_end=candidate.end,
        short_start=short_start,
        short_end=short_end,
        page=article.page_at(candidate.marked_from),
        score=candidate.probability,
        text_sha256=article.text_sha256,
        headline_answers=candidate.headline,
        also_in=tuple(Copy.of(found.article, found.passage.start, found.passage.end) for found in candidate.copies),
        updates=tuple(Copy.of(each.found.article, each.marked_from, each.end) for each in candidate.updates),
    )

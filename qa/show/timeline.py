"""Where articles of different years may answer differently: who the president is depends on when one asks."""

from __future__ import annotations

from qa.answer import Answer, Citation

# Of the first citation's probability; what is less likely than this is no second answer.
LEAST_SHARE = 0.5


def timeline(answer: Answer) -> tuple[Citation, ...]:
    """The citations of different years that may well be the answer, newest first, one an article.

    Empty when the question names its own time, or when the likely ones are of one year.
    """
    if not answer.is_answerable or answer.names_time:
        return ()
    least = LEAST_SHARE * answer.citations[0].score
    likely: dict[str, Citation] = {}
    for citation in answer.citations:
        if citation.published and citation.score >= least:
            likely.setdefault(citation.article_id, citation)
    found = sorted(likely.values(), key=lambda citation: (-_day(citation), citation.rank))
    years = {citation.published.year for citation in found if citation.published}
    return tuple(found) if len(years) > 1 else ()


def _day(citation: Citation) -> int:
    return citation.published.toordinal() if citation.published else 0

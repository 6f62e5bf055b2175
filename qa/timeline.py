"""Where articles of different years may answer differently: who the president is depends on when one asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.answer import Citation

# Of the first citation's probability; what is less likely than this is no second answer.
LEAST_SHARE = 0.5


def timeline(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """Those of different years that may well be the answer, newest first, one an article; empty if all are of one."""
    least = LEAST_SHARE * citations[0].score if citations else 0.0
    likely: dict[str, Citation] = {}
    for citation in citations:
        if citation.published and citation.score >= least:
            likely.setdefault(citation.article_id, citation)
    found = sorted(likely.values(), key=lambda citation: (-_day(citation), citation.rank))
    years = {citation.published.year for citation in found if citation.published}
    return tuple(found) if len(years) > 1 else ()


def _day(citation: Citation) -> int:
    return citation.published.toordinal() if citation.published else 0

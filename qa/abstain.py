"""Is the evidence enough? The probability that the first citation holds the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.model import Logistic
from qa.select import FEATURES, Candidate

CONFIDENCE_FEATURES = (
    "sentence",
    "sentence_gap",
    "similarity",
    "coverage",
    "passage_coverage",
    "passage_similarity",
    "similarity_drop",
    "lexical",
    "lacks_asked_type",
    "log_passages",
)
# The sentence after which the field thins out.
TAIL = 5


def evidence(best: Sequence[Candidate], passages: int) -> tuple[float, ...]:
    """Features of the whole finding, named by CONFIDENCE_FEATURES; `best` has at least one candidate, best first."""
    first = dict(zip(FEATURES, best[0].features, strict=True))
    second = best[1].probability if len(best) > 1 else 0.0
    dense = sorted((c.found.dense for c in best), reverse=True)
    return (
        _logit(best[0].probability),
        _logit(best[0].probability) - _logit(second),
        first["similarity"],
        first["window_coverage"],
        first["passage_coverage"],
        dense[0],
        dense[0] - dense[min(TAIL, len(dense) - 1)],
        first["lexical"],
        first["lacks_asked_type"],
        math.log10(max(passages, 1)),
    )


def confidence(best: Sequence[Candidate], passages: int, model: Logistic) -> float:
    """Probability that the first citation holds the answer; 0 when nothing was found."""
    return model.probability(evidence(best, passages)) if best else 0.0


def _logit(probability: float) -> float:
    clipped = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(clipped / (1 - clipped))

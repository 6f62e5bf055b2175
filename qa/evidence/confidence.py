"""Is the evidence enough? The probability that the first citation holds the answer."""

from __future__ import annotations

from collections.abc import Sequence

from qa.evidence.choose import FEATURES, Candidate
from qa.models.fitted import Logistic, log_odds

# The drop in nearness is taken from the best passage to this many places below it.
TAIL = 5
# The share is of so many passages: how many are cited must not change what is believed of the first.
RIVALS = 10


def evidence(best: Sequence[Candidate]) -> dict[str, float]:
    """Features of the whole finding, by name; `best` has at least one candidate, best first."""
    first = best[0]
    dense = sorted((c.found.dense for c in best), reverse=True)
    sentence = log_odds(first.probability)
    taken_over = ("bare_share", "lacks_number", "timely", "fresh")
    return {
        "sentence": sentence,
        # The same where a poor best sentence counts against an answer far more than a good one counts for it.
        "improbability": max(-sentence, 0.0) ** 3,
        "similarity": first.similarity,
        "article_coverage": first.article_coverage,
        "heaviest_missing": first.heaviest_missing,
        "similarity_drop": dense[0] - dense[min(TAIL, len(dense) - 1)],
        **{name: first.features[FEATURES.index(name)] for name in taken_over},
        # Where several passages are as likely to hold the answer, the first is less so.
        "share": first.probability / (sum(c.probability for c in best[:RIVALS]) or 1.0),
    }


def confidence(best: Sequence[Candidate], model: Logistic) -> float:
    """Probability that the first citation holds the answer, by the features `model` has; 0 when nothing was found."""
    if not best:
        return 0.0
    found = evidence(best)
    return model.probability([found[name] for name in model.names])

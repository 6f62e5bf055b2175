"""Is the evidence enough? The probability that the first citation holds the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from qa.evidence.choose import Candidate
from qa.evidence.logistic import Logistic, log_odds
from qa.question.terms import coverage

# The drop in nearness is taken from the best passage to this many places below it.
TAIL = 5
# The share is of so many passages.
RIVALS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for and against the first of the candidates as the answer.

    `sentence`: log-odds of its sentence; `improbability` the same where a poor best sentence counts against an answer
    far more than a good one counts for it. `article_coverage`: the weight of the question's terms that what was found
    of its article has; `heaviest_missing` that of the heaviest term that it lacks. `similarity_drop`: how much nearer
    the nearest passage is than those after it. `share` of the probability that it has among its rivals: where several
    passages are as likely to hold the answer, the first is less so. The others are features of its sentence.
    """

    sentence: float
    improbability: float
    similarity: float
    article_coverage: float
    heaviest_missing: float
    similarity_drop: float
    bare_share: float
    lacks_number: float
    timely: float
    fresh: float
    share: float

    def by_name(self) -> dict[str, float]:
        """Every feature under its name."""
        return {name: getattr(self, name) for name in EVIDENCE}


EVIDENCE = tuple(field.name for field in fields(Evidence))


def evidence(best: Sequence[Candidate], weights: Mapping[str, float]) -> Evidence:
    """What the whole finding says; `best` has at least one candidate, best first, `weights` those of the terms."""
    first = best[0]
    dense = sorted((c.found.dense for c in best), reverse=True)
    sentence = log_odds(first.probability)
    known = first.found.article_terms
    return Evidence(
        sentence=sentence,
        improbability=max(-sentence, 0.0) ** 3,
        similarity=first.features.similarity,
        article_coverage=coverage(weights, known),
        heaviest_missing=max((weight for term, weight in weights.items() if term not in known), default=0.0),
        similarity_drop=dense[0] - dense[min(TAIL, len(dense) - 1)],
        bare_share=first.features.bare_share,
        lacks_number=first.features.lacks_number,
        timely=first.features.timely,
        fresh=first.features.fresh,
        share=first.probability / (sum(c.probability for c in best[:RIVALS]) or 1.0),
    )


def confidence(best: Sequence[Candidate], weights: Mapping[str, float], model: Logistic) -> float:
    """Probability that the first citation holds the answer; 0 when nothing was found."""
    return model.probability(evidence(best, weights).by_name()) if best else 0.0

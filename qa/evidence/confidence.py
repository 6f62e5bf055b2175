"""Is the evidence enough? The probability that the first marked sentence answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from corpus.language import language_asked, looks_english
from index.words.analyze import analyze
from qa.evidence.agreement import MOST_WORDS
from qa.evidence.choose import Candidate
from qa.evidence.features import LEANING
from qa.evidence.logistic import Logistic, log_odds, sigmoid
from qa.question.insisted import Insisted, insisted, most_missing
from qa.question.kind import last_sentence
from qa.question.read import Question

# Taken from the log-odds where the whole article lacks what the question insists on: of the marks that hold the answer
# one in thirty lacks it, of the others one in ten.
ABSENT = 2.0
# Added where nothing is asked but who or what a name is, and the mark or the title has that name: no other word of the
# question is there to be found in the sentence, and the models take that for a sign of little.
ABOUT = 1.5

# The log-odds of the next candidate where there is none.
UNRIVALLED = -8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for and against the first of the candidates as the answer.

    `sentence`: log-odds of its sentence; `margin`: how far they are above those of the next candidate. `nearest`: the
    cosine of the nearest of the passages. `heaviest_missing`: the weight of the heaviest of the question's terms that
    what was found of its article lacks. `missing`: how much the marked sentences and the title lack of a name, number
    or year that a short question insists on, 0 to 1. The others are features of its sentence.
    """

    sentence: float
    similarity: float
    heaviest_missing: float
    bare_share: float
    lacks_number: float
    fresh: float
    missing: float
    nearest: float
    margin: float

    def by_name(self) -> dict[str, float]:
        """Every feature under its name."""
        return {name: getattr(self, name) for name in EVIDENCE}


EVIDENCE = tuple(field.name for field in fields(Evidence))


def evidence(best: Sequence[Candidate], weights: Mapping[str, float], asked: Question) -> Evidence:
    """What the whole finding says; `best` has at least one candidate, best first, `weights` those of the terms."""
    first = best[0]
    known = first.found.article_terms
    return Evidence(
        sentence=log_odds(first.probability),
        similarity=first.features.similarity,
        heaviest_missing=max((weight for term, weight in weights.items() if term not in known), default=0.0),
        bare_share=first.features.bare_share,
        lacks_number=first.features.lacks_number,
        fresh=first.features.fresh,
        missing=most_missing(_insisted(asked, first), _marked_terms(first)),
        nearest=max(candidate.features.passage_similarity for candidate in best),
        margin=log_odds(first.probability) - (log_odds(best[1].probability) if len(best) > 1 else UNRIVALLED),
    )


def _marked_terms(candidate: Candidate) -> frozenset[str]:
    """The terms of the marked sentences and of the title, and of the sentence that "their" or "it" points back to."""
    known = candidate.found.title_terms
    before: tuple[str, ...] = ()
    for sentence in candidate.found.sentences:
        if candidate.marked_from <= sentence.start and sentence.end <= candidate.end:
            known = known.union(sentence.terms, before if LEANING.search(sentence.text) else ())
        before = sentence.terms
    return known


def _insisted(asked: Question, candidate: Candidate) -> list[Insisted]:
    """What a short question insists on; a long one names much beside. Only English tells names by their capitals."""
    last = last_sentence(asked.text)
    is_english = language_asked(last) in (None, "en") and looks_english(candidate.found.passage.text)
    if len(last.split()) > MOST_WORDS or not is_english:
        return []
    return insisted(last)


def _absent(asked: Question, first: Candidate) -> float:
    """How much of what the question insists on its article lacks, 0 to 1, wherever one may look."""
    names = _insisted(asked, first)
    if not most_missing(names, first.found.article_terms):
        return 0.0
    return most_missing(names, first.found.article_terms.union(analyze(first.found.article.text)))


def confidence(best: Sequence[Candidate], weights: Mapping[str, float], asked: Question, model: Logistic) -> float:
    """Probability that the first marked sentence answers; 0 when nothing was found."""
    if not best:
        return 0.0
    found = evidence(best, weights, asked)
    probability = model.probability(found.by_name())
    added = ABOUT if asked.is_about_name and not found.missing else -ABSENT * _absent(asked, best[0])
    return sigmoid(log_odds(probability) + added) if added else probability

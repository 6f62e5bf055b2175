"""An answer that only the headline says: "Lena Sorg wins third term as president"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from qa.evidence.choose import Candidate
from qa.evidence.fitted import FittedModels
from qa.evidence.logistic import log_odds
from qa.question.kind import AnswerType, offers
from qa.question.read import Question
from qa.question.terms import coverage

# Where more of a headline's words have a capital, a capital says nothing of a name.
MOST_CAPITALS = 0.6
_NAMES = (AnswerType.PERSON, AnswerType.PLACE)


def let_headline_answer(
    asked: Question, weights: Mapping[str, float], first: Candidate, models: FittedModels
) -> Candidate:
    """`first`, its headline in the place of its sentence where that alone has a thing of the kind asked for.

    It must have as much of the question as the sentence, which has no such thing. Its probability is by `models` that
    of a sentence that has one.
    """
    lacks = first.features.lacks_asked_type or first.features.lacks_number
    title = first.found.article.title
    if not lacks or not _is_headline(title, first.found.article.text) or not offers(title, asked.kind, asked.text):
        return first
    words = [word for word in title.split() if word[0].isalpha()]
    if asked.kind in _NAMES and sum(word[0].isupper() for word in words) > MOST_CAPITALS * len(words):
        return first
    covered = coverage(weights, first.found.title_terms)
    if not covered or covered < first.features.coverage:
        return first
    offered = {"offers_asked_type": 1.0} if first.features.lacks_asked_type else {"offers_number": 1.0}
    features = replace(first.features, coverage=covered, lacks_asked_type=0.0, lacks_number=0.0, **offered)
    probability = models.sentence.probability(features.by_name())
    if models.reading is not None:
        # Nobody has read the headline alone.
        probability = models.reading.probability({"sentence": log_odds(probability), "read": 0.0})
    read = None if first.read is None else 0.0
    probability = max(probability, first.probability)
    return replace(first, headline=True, features=features, probability=probability, read=read)


def _is_headline(title: str, text: str) -> bool:
    """Whether the title is not merely the first words of the text."""
    return not text.startswith(title.rstrip("…"))

"""The words that the first citation names as the answer, against the gold answers."""

from __future__ import annotations

from collections.abc import Sequence

from qa.evaluate.gold.gold_set import GoldQuestion
from qa.evaluate.measure.match import exact_match, f1, is_yes_or_no
from qa.evaluate.run.ask import Asked


def short_values(questions: Sequence[GoldQuestion], run: Sequence[Asked]) -> dict[str, dict[str, float]]:
    """SQuAD's exact match and F1 of the short answer, by the id of each question that has a gold answer to find.

    Without a short answer both are 0; that the question was refused changes nothing, as with the passage and the
    sentence. Empty where no answer of the run has a short answer: nobody looked for any.
    """
    found = {asked.question_id: _short(asked) for asked in run}
    if not any(found.values()):
        return {}
    return {
        question.question_id: _values(found[question.question_id], question.answers)
        for question in questions
        if question.is_answerable and question.answers and not is_yes_or_no(question.answers)
    }


def _short(asked: Asked) -> str:
    citations = asked.answer.citations
    return (citations[0].short or "") if citations else ""


def _values(short: str, gold: Sequence[str]) -> dict[str, float]:
    if not short:
        return {"short-EM": 0.0, "short-F1": 0.0}
    return {"short-EM": exact_match(short, gold), "short-F1": f1(short, gold)}

"""A gold set of what readers thought of answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.feedback import Feedback


@dataclass(frozen=True, slots=True)
class Gathered:
    """`records`: questions as `plain.py` reads them. The rest counts the questions that are no record, and why.

    `unhelpful`: nobody found the answer helpful, and nobody says what would have been; `contradicted`: some did and
    some did not; `unknown`: it was not stored what the answer was.
    """

    records: Sequence[dict[str, object]]
    unhelpful: int
    contradicted: int
    unknown: int


def gather_gold(given: Sequence[Feedback]) -> Gathered:
    """The questions whose answer, or that there is none, readers found helpful, and what was said; oldest first."""
    by_question: dict[str, list[Feedback]] = {}
    for feedback in given:
        by_question.setdefault(" ".join(feedback.question.split()).casefold(), []).append(feedback)
    records: list[dict[str, object]] = []
    left = {"unhelpful": 0, "contradicted": 0, "unknown": 0}
    for verdicts in by_question.values():
        why = _why_left_out(verdicts)
        if why:
            left[why] += 1
        else:
            records.append({"_id": f"feedback-{len(records) + 1}", **_record(verdicts)})
    return Gathered(records, **left)


def _why_left_out(verdicts: Sequence[Feedback]) -> str | None:
    helpful = [each for each in verdicts if each.verdict == "up"]
    if not helpful:
        return "unhelpful"
    if len(helpful) < len(verdicts) or len({each.answerable for each in helpful}) > 1:
        return "contradicted"
    is_known = helpful[0].answerable is False or all(each.answer and each.article_id for each in helpful)
    return None if helpful[0].answerable is not None and is_known else "unknown"


def _record(verdicts: Sequence[Feedback]) -> dict[str, object]:
    question = verdicts[0].question.strip()
    if not verdicts[0].answerable:
        return {"question": question, "answerable": False}
    answers, articles = (
        list(dict.fromkeys(named)) for named in zip(*((v.answer, v.article_id) for v in verdicts), strict=True)
    )
    return {"question": question, "answers": answers, "articles": articles}

"""One question and its answer to a judgement: what the answer is worth, and which stage lost it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from qa.answer import Citation
from qa.evaluate.gold.gold_set import GoldQuestion, Span
from qa.evaluate.measure.match import exact_match, f1, holds, is_yes_or_no, words
from qa.evaluate.run.ask import Asked

if TYPE_CHECKING:
    from index.store.store import Store

# Citations that a user gets.
SHOWN = 5
# The measure of the sentence marked in the first of them.
MARKED = "answer-in-sentence@1"


class Outcome(StrEnum):
    """What became of a question; all but the first two are failures, in the order of the stages."""

    RIGHT = "right"
    RIGHTLY_REFUSED = "rightly refused"
    NOT_IN_CORPUS = "not in the corpus"
    NOT_RETRIEVED = "not retrieved"
    OUTRANKED = "retrieved but outranked"
    WRONG_SENTENCE = "right passage but wrong sentence"
    WRONGLY_REFUSED = "wrongly refused"
    WRONGLY_ANSWERED = "wrongly answered"


SUCCESSES = (Outcome.RIGHT, Outcome.RIGHTLY_REFUSED)
# The measure `correct` asks for the passage; whether its marked sentence is the one is a measure of its own.
CORRECT = (*SUCCESSES, Outcome.WRONG_SENTENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A question, its answer and their measures.

    `is_right`: the first cited passage holds a gold answer. Where the set
    says at which places its answer stands, one of these is in the passage; the same words elsewhere are no answer. For
    a question whose gold answers are none, or only yes or no, it stands in a relevant article instead. Always false
    for an unanswerable question. `supports` says the same of each citation. `values` has the measures that apply.
    """

    question: GoldQuestion
    asked: Asked
    outcome: Outcome
    is_right: bool
    supports: tuple[bool, ...]
    values: Mapping[str, float]

    @property
    def is_failure(self) -> bool:
        """The question was lost at some stage."""
        return self.outcome not in SUCCESSES


class ArticleWords:
    """Finds out whether any article holds an answer; reads them only when first asked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._words: list[str] = []

    def hold(self, answers: Sequence[str]) -> bool:
        """Some article holds one of `answers`, which come from `words`."""
        if not self._words:
            articles = self._store.articles(self._store.article_ids())
            self._words = [words(article.text) for article in articles.values()]
        return any(holds(text, answers) for text in self._words)


def judge(question: GoldQuestion, asked: Asked, articles: ArticleWords) -> Judgement:
    """The judgement of one answer; measures that need the whole run are added by the caller."""
    by_article = not question.answers or is_yes_or_no(question.answers)
    gold = [words(answer) for answer in question.answers]
    citations = asked.answer.citations

    def supports(citation: Citation, start: int, end: int) -> bool:
        if not question.is_answerable:
            return False
        if by_article:
            return citation.article_id in question.relevant
        if question.spans:
            return any(_is_inside(span, citation.article_id, start, end) for span in question.spans)
        return holds(words(citation.quote[start - citation.start : end - citation.start]), gold)

    supported = tuple(supports(citation, citation.start, citation.end) for citation in citations)
    is_right = bool(supported) and supported[0]
    is_sentence_right = is_right and supports(citations[0], citations[0].answer_start, citations[0].answer_end)
    outcome = _outcome(question, asked, is_right=is_right, is_sentence_right=is_sentence_right)
    if outcome is None:
        outcome = _lost_stage(question, asked, any(supported), articles)
    values = _values(question, asked, supported)
    if question.is_answerable and not by_article:
        values[MARKED] = float(is_sentence_right)
    values["correct"] = float(outcome in CORRECT)
    return Judgement(
        question=question, asked=asked, outcome=outcome, is_right=is_right, supports=supported, values=values
    )


def _is_inside(span: Span, article_id: str, start: int, end: int) -> bool:
    return span.article_id == article_id and start <= span.start and span.end <= end


def _outcome(question: GoldQuestion, asked: Asked, *, is_right: bool, is_sentence_right: bool) -> Outcome | None:
    """The outcome, None when the right passage did not come first."""
    is_answered = asked.answer.is_answerable
    if not question.is_answerable:
        return Outcome.WRONGLY_ANSWERED if is_answered else Outcome.RIGHTLY_REFUSED
    if not is_right:
        return None
    if not is_answered:
        return Outcome.WRONGLY_REFUSED
    return Outcome.RIGHT if is_sentence_right else Outcome.WRONG_SENTENCE


def _lost_stage(question: GoldQuestion, asked: Asked, is_cited: bool, articles: ArticleWords) -> Outcome:
    if is_cited or question.relevant.keys() & set(asked.articles):
        return Outcome.OUTRANKED
    # Only where nobody judged articles can the answer be missing from all of them.
    is_there = bool(question.relevant) or articles.hold([words(answer) for answer in question.answers])
    return Outcome.NOT_RETRIEVED if is_there else Outcome.NOT_IN_CORPUS


def _values(question: GoldQuestion, asked: Asked, supported: Sequence[bool]) -> dict[str, float]:
    values: dict[str, float] = {}
    if question.answers or not question.is_answerable:
        answer = asked.answer.text or ""
        values = {"EM": exact_match(answer, question.answers), "F1": f1(answer, question.answers)}
    if not question.is_answerable:
        return values
    values |= {f"answer-in-citation@{k}": float(any(supported[:k])) for k in (1, 3, SHOWN)}
    shown = asked.answer.citations[:SHOWN]
    values[f"citation-precision@{SHOWN}"] = sum(supported[:SHOWN]) / len(shown) if shown else 0.0
    if question.relevant:
        cited = {article_id for citation in shown for article_id in citation.article_ids}
        values[f"citation-recall@{SHOWN}"] = len(cited & question.relevant.keys()) / len(question.relevant)
    return values

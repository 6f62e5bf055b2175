"""Each question is lost at the stage that lost it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from runs import Nowhere, answer, asked, citation, gold_question

from qa.evaluate.gold.gold_set import GoldQuestion, Span
from qa.evaluate.measure.judge import Judgement, Outcome, judge
from qa.evaluate.run.ask import Asked

QUESTION = GoldQuestion("q", "Where?", "f:1", answers=("Oslo",), relevant={"a": 1})
GOOD = "The bridge is long. It stands in Oslo."


class Everywhere(Nowhere):
    def hold(self, answers: object) -> bool:
        return True


def judged(*quotes: str, question: GoldQuestion = QUESTION, is_answerable: bool = True, **marks: object) -> Judgement:
    citations = [
        citation("a" if "Oslo" in quote else "b", rank, quote, **marks) for rank, quote in enumerate(quotes, 1)
    ]
    given = answer(citations, is_answerable=is_answerable)
    return judge(question, Asked("q", given, tuple(dict.fromkeys(c.article_id for c in citations))), Nowhere())


def test_right() -> None:
    found = judged(GOOD, "Nothing.")
    assert found.outcome is Outcome.RIGHT
    assert found.is_right
    assert found.values["answer-in-citation@1"] == found.values["answer-in-sentence@1"] == found.values["correct"] == 1
    assert found.values["citation-precision@5"] == 0.5
    assert found.values["citation-recall@5"] == 1


def test_right_passage_but_wrong_sentence_is_correct_and_a_failure() -> None:
    found = judged(GOOD, marked=(0, 19))
    assert found.outcome is Outcome.WRONG_SENTENCE
    assert found.is_failure
    assert found.values["correct"] == 1
    assert found.values["answer-in-sentence@1"] == 0


def test_wrongly_refused() -> None:
    found = judged(GOOD, is_answerable=False)
    assert found.outcome is Outcome.WRONGLY_REFUSED
    assert found.is_right
    assert found.values["correct"] == 0
    assert found.values["F1"] == 0


def test_where_the_set_marks_the_answer_the_same_words_elsewhere_are_none() -> None:
    end = len(GOOD) - 1
    marked = replace(QUESTION, spans=(Span("a", end - 4, end),))
    assert judged(GOOD, question=marked).outcome is Outcome.RIGHT
    assert judged(GOOD, question=marked, marked=(0, 22)).outcome is Outcome.WRONG_SENTENCE
    for elsewhere in (Span("b", end - 4, end), Span("a", end - 4, end + 2), Span("a", 500, 504)):
        assert not judged(GOOD, question=replace(QUESTION, spans=(elsewhere,))).is_right


def test_outranked() -> None:
    found = judged("Nothing.", GOOD)
    assert found.outcome is Outcome.OUTRANKED
    assert found.values["answer-in-citation@1"] == 0
    assert found.values["answer-in-citation@3"] == 1


@pytest.mark.parametrize("is_answerable", [True, False])
def test_not_retrieved_whether_refused_or_not(is_answerable: bool) -> None:
    assert judged("Nothing.", is_answerable=is_answerable).outcome is Outcome.NOT_RETRIEVED


def test_not_in_the_corpus_only_where_nobody_judged_articles() -> None:
    unjudged = GoldQuestion("q", "Where?", "f:1", answers=("Oslo",))
    given = Asked("q", answer([citation("b", 1, "Nothing.")]), ("b",))
    assert judge(unjudged, given, Nowhere()).outcome is Outcome.NOT_IN_CORPUS
    assert judge(unjudged, given, Everywhere()).outcome is Outcome.NOT_RETRIEVED


def test_unanswerable_questions_are_never_right() -> None:
    unanswerable = gold_question(1, is_answerable=False)
    refused = judge(unanswerable, asked(unanswerable, ["article-1"], is_answerable=False), Nowhere())
    answered = judge(unanswerable, asked(unanswerable, ["article-1"]), Nowhere())
    assert (refused.outcome, refused.is_right, refused.values["EM"]) == (Outcome.RIGHTLY_REFUSED, False, 1)
    assert (answered.outcome, answered.is_right, answered.values["EM"]) == (Outcome.WRONGLY_ANSWERED, False, 0)


def test_without_a_text_to_look_for_the_article_decides() -> None:
    by_article = GoldQuestion("q", "Is it in Oslo?", "f:1", answers=("No",), relevant={"b": 1})
    found = judge(by_article, Asked("q", answer([citation("b", 1, "Quite another place.")]), ("b",)), Nowhere())
    assert found.is_right
    assert "answer-in-sentence@1" not in found.values

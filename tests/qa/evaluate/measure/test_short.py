"""The short answer against the gold answers, by SQuAD's measures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from runs import answer, citation, gold_question, judged

from qa.answer import Citation
from qa.evaluate.compare.compare import compare
from qa.evaluate.compare.gate import parse_gate
from qa.evaluate.gold.gold_set import GoldQuestion
from qa.evaluate.measure.bootstrap import Bootstrap
from qa.evaluate.measure.figures import MEANING, measure
from qa.evaluate.measure.judge import Judgement
from qa.evaluate.run.ask import Asked

QUOTE = "In all, the more than 3,000 people of 東京都 came."
TOGETHER = ("short-EM", "short-F1")


def cited(words: str = "", rank: int = 1) -> Citation:
    """A citation of QUOTE with `words` of it as its short answer."""
    whole = citation("a", rank, QUOTE)
    start = QUOTE.index(words)
    return replace(whole, short_start=start, short_end=start + len(words)) if words else whole


def question(*answers: str, name: str = "q", is_answerable: bool = True) -> GoldQuestion:
    return GoldQuestion(name, "How many?", "f:1", answers=answers, is_answerable=is_answerable, relevant={"a": 1})


def asked(*citations: Citation, name: str = "q", is_answerable: bool = True) -> Asked:
    return Asked(name, answer(citations, is_answerable=is_answerable), ("a",))


def values(judgement: Judgement) -> tuple[float, float] | None:
    found = tuple(judgement.values[name] for name in TOGETHER if name in judgement.values)
    return (found[0], found[1]) if found else None


@pytest.mark.parametrize(
    ("words", "answers", "exact", "overlap"),
    [
        ("the more than 3,000", ["More than 3000."], 1, 1),
        ("3,000 people", ["more than 3,000"], 0, 0.4),
        ("3,000", ["none", "3,000", "more than 3,000"], 1, 1),
        # A character is a token where words have no spaces.
        ("東京都", ["東京"], 0, 0.8),
        ("came", ["more than 3,000"], 0, 0),
    ],
)
def test_exact_match_and_f1_of_the_words(words: str, answers: list[str], exact: float, overlap: float) -> None:
    (judgement,) = judged([question(*answers)], [asked(cited(words))])
    assert values(judgement) == (exact, pytest.approx(overlap))


def test_a_refused_question_counts_by_its_first_citation() -> None:
    (judgement,) = judged([question("3,000")], [asked(cited("3,000"), is_answerable=False)])
    assert values(judgement) == (1, 1)
    assert judgement.values["answer-in-citation@1"] == 1
    assert judgement.values["EM"] == 0


def test_only_the_first_citation_counts_and_none_is_nought() -> None:
    # A gold answer of nothing but an article is empty after SQuAD's normalisation, and so would no answer be.
    gold = [question("3,000", name="first"), question("the", name="second"), question("3,000", name="third")]
    run = [asked(cited("3,000"), name="first"), asked(cited(), cited("3,000", 2), name="second"), asked(name="third")]
    assert [values(judgement) for judgement in judged(gold, run)] == [(1, 1), (0, 0), (0, 0)]


def test_questions_without_an_answer_to_find_are_left_out() -> None:
    gold = [
        question("3,000", name="number"),
        question("yes", name="yes"),
        question(name="articles only"),
        question(name="unanswerable", is_answerable=False),
    ]
    judgements = judged(gold, [asked(cited("3,000"), name=each.question_id) for each in gold])
    assert [values(judgement) for judgement in judgements] == [(1, 1), None, None, None]
    figures = measure(judgements, Bootstrap([each.question_id for each in gold]))
    assert [(figures[name].value, figures[name].n) for name in TOGETHER] == [(1, 1), (1, 1)]


def test_a_run_without_short_answers_is_not_measured() -> None:
    gold = [question("3,000")]
    judgements = judged(gold, [asked(cited(), cited("3,000", 2))])
    assert values(judgements[0]) is None
    assert not {"short-EM", "short-F1"} & measure(judgements, Bootstrap(["q"])).keys()


def test_both_are_compared_and_can_be_gates() -> None:
    gold = [replace(gold_question(number), answers=("3,000",)) for number in range(40)]
    good = judged(gold, [asked(cited("3,000"), name=each.question_id) for each in gold])
    bad = judged(gold, [asked(cited("came"), name=each.question_id) for each in gold])
    without = judged(gold, [asked(cited(), name=each.question_id) for each in gold])
    changes = {change.name: change for change in compare(good, bad).changes}
    assert [(changes[name].before, changes[name].after, changes[name].verdict) for name in TOGETHER] == [
        (1, 0, "worse"),
        (1, 0, "worse"),
    ]
    assert not set(TOGETHER) & {change.name for change in compare(without, good).changes}
    assert parse_gate("short-F1=0.02").name == "short-F1"
    assert set(TOGETHER) <= MEANING.keys()

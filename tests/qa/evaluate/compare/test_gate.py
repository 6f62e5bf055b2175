"""A broken change closes the gate, an identical run does not, whatever the seed."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from runs import asked, good_run, judged, questions, shuffled
from scipy.stats import binomtest, permutation_test

from corpus.errors import UserError
from qa.evaluate.compare.compare import compare, holm, mcnemar, randomisation_p
from qa.evaluate.compare.gate import Gate, apply_gates, parse_gate, write_junit
from qa.evaluate.measure.bootstrap import Bootstrap, interval
from qa.evaluate.measure.judge import Judgement

# Seconds in all: these wait for `make test`.
pytestmark = pytest.mark.slow


GOLD = questions()
GOOD = judged(GOLD, good_run(GOLD))
BROKEN = judged(GOLD, shuffled(good_run(GOLD)))
WORSE = compare(GOOD, BROKEN)
GATES = [Gate("nDCG@10", 0.01), Gate("answer-in-citation@1", 0.01)]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 20))])
def test_a_shuffled_ranking_is_caught_and_an_identical_run_is_not(seed: int) -> None:
    assert [result.holds for result in apply_gates(GATES, compare(GOOD, BROKEN, seed=seed))] == [False, False]
    assert [result.holds for result in apply_gates(GATES, compare(GOOD, GOOD, seed=seed))] == [True, True]


def test_a_better_run_passes() -> None:
    comparison = compare(BROKEN, GOOD)
    assert all(result.holds for result in apply_gates(GATES, comparison))
    assert {change.name: change.verdict for change in comparison.changes}["nDCG@10"] == "better"


def one_worse() -> list[Judgement]:
    """One question of 70 loses its article: worse, but it may be chance."""
    run = good_run(GOLD)
    run[1] = asked(GOLD[1], ["article-30"], confidence=run[1].answer.confidence)
    return judged(GOLD, run)


def test_a_difference_that_may_be_chance_passes() -> None:
    comparison = compare(GOOD, one_worse())
    change = next(change for change in comparison.changes if change.name == "answer-in-citation@1")
    assert change.difference == pytest.approx(-1 / 70)
    assert change.verdict == "no significant difference"
    assert change.low <= change.difference <= change.high
    # One question of 70 is below what the set can show.
    assert change.detectable > 1 / 70
    assert apply_gates(GATES, comparison)[1].holds
    assert comparison.lost == ("q1",)
    assert comparison.won == ()


def test_a_difference_within_the_tolerance_passes() -> None:
    drop = -next(change.difference for change in WORSE.changes if change.name == "nDCG@10")
    assert not apply_gates([Gate("nDCG@10", drop)], WORSE)[0].holds
    assert apply_gates([Gate("nDCG@10", drop + 0.01)], WORSE)[0].holds


def test_gates_are_corrected_for_their_own_number() -> None:
    one, two = (apply_gates([Gate("nDCG@10", 0.01)] * n, WORSE)[0].reason for n in (1, 2))
    # The smallest p of 10,000 swaps, once and twice.
    assert "p 0.0001)" in one
    assert "p 0.0002)" in two


def test_lower_is_better_for_risk() -> None:
    change = next(change for change in WORSE.changes if change.name == "AURC")
    assert change.difference > 0
    assert change.verdict == "worse"
    assert not apply_gates([Gate("AURC", 0.01)], WORSE)[0].holds


def test_the_randomisation_test_is_scipys() -> None:
    differences = np.array([0.3, 0.1, -0.2, 0.4, 0.5, 0.0, 0.2, -0.1, 0.35, 0.15])
    theirs = permutation_test(
        (differences, np.zeros(10)), lambda a, b: np.sum(a - b), permutation_type="samples", n_resamples=np.inf
    )
    ours = randomisation_p(differences[:, None], [str(n) for n in range(10)], seed=1)
    assert ours[0] == pytest.approx(theirs.pvalue, abs=0.01)


def test_clusters_are_swapped_together() -> None:
    together = randomisation_p(np.ones((8, 1)), ["a"] * 4 + ["b"] * 4, seed=1)
    # Two clusters: half of the four ways to swap give a sum as large.
    assert together[0] == pytest.approx(0.5, abs=0.02)


def test_mcnemar_is_the_exact_binomial_test() -> None:
    assert mcnemar(0, 0) == 1
    for won, lost in ((1, 9), (9, 1), (5, 5), (0, 3), (40, 2500)):
        assert mcnemar(won, lost) == pytest.approx(binomtest(won, won + lost).pvalue)


def test_holm_is_the_worked_example() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_questions_of_one_article_widen_the_interval() -> None:
    values = np.repeat([0.0, 1.0] * 20, 5)[:, None]
    apart = interval(Bootstrap([str(n) for n in range(200)]).means(values)[:, 0])
    together = interval(Bootstrap([str(n // 5) for n in range(200)]).means(values)[:, 0])
    # Five questions that always agree are one: the interval is wider by the root of five.
    assert (together.high - together.low) / (apart.high - apart.low) == pytest.approx(5**0.5, rel=0.15)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nDCG@7=0.01", "no measure 'nDCG@7'; known are nDCG@10"),
        ("nDCG@10", "no measure ''"),
        ("nDCG@10=much", "'much' is not a number; write for example nDCG@10=0.01"),
        ("nDCG@10=7", "'7' is not between 0 and 1"),
    ],
)
def test_a_bad_gate_is_named(text: str, words: str) -> None:
    with pytest.raises(UserError) as error:
        parse_gate(text)
    assert words in str(error.value)


def test_a_gate_on_a_measure_the_set_does_not_give_is_an_error() -> None:
    answerable = GOLD[:10]
    some = judged(answerable, good_run(answerable))
    with pytest.raises(UserError, match="AUROC: this set does not give that measure"):
        apply_gates([Gate("AUROC", 0.01)], compare(some, some))


def test_junit_has_a_case_for_each_gate(tmp_path: Path) -> None:
    results = apply_gates([Gate("nDCG@10", 0.01), Gate("ECE", 1.0)], WORSE)
    write_junit(results, 'a "set" & <more>', tmp_path / "new" / "junit.xml")
    suite = ElementTree.parse(tmp_path / "new" / "junit.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert suite.get("name") == 'article-qa evaluate a "set" & <more>'
    assert "significantly worse by 0.01 or more" in (suite[0][0].get("message") or "")

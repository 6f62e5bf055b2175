"""The ranking measures agree with trec_eval's own, on the file a run leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytrec_eval
from runs import ARTICLES, asked, gold_question, good_run, judged, questions

from qa.evaluate.gold.gold_set import GoldQuestion
from qa.evaluate.measure.ranking import ranking_values
from qa.evaluate.run.files import escape_id, read_run, unescape_id, write_run


def test_measures_agree_with_trec_eval_on_the_written_run(tmp_path: Path) -> None:
    gold = questions()
    judgements = judged(gold, good_run(gold))
    write_run([judgement.asked for judgement in judgements], tmp_path)

    qrels = {question.question_id: dict(question.relevant) for question in gold if question.relevant}
    lines = [line.split() for line in (tmp_path / "run.trec").read_text(encoding="utf-8").splitlines()]
    run: dict[str, dict[str, float]] = {}
    for question_id, _, article_id, rank, score, _ in lines:
        # RR@10 is recip_rank of the first ten.
        if int(rank) <= 10:
            run.setdefault(question_id, {})[article_id] = float(score)
    names = {"ndcg_cut_10": "nDCG@10", "recip_rank": "RR@10", "recall_1": "R@1", "recall_5": "R@5", "recall_10": "R@10"}
    outside = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut.10", "recip_rank", "recall.1,5,10", "P.1"}).evaluate(run)

    assert len(outside) == 70
    for judgement in judgements[:70]:
        theirs = outside[judgement.question.question_id]
        for name, ours in (names | {"P_1": "P@1"}).items():
            assert judgement.values[ours] == pytest.approx(theirs[name], abs=1e-4)


def test_grades_weigh_and_unanswerable_questions_are_left_out() -> None:
    graded = GoldQuestion("q", "What?", "f:1", answers=("x",), relevant={"a": 2, "b": 1})
    values = ranking_values([graded, gold_question(1, is_answerable=False)], [asked(graded, ["b", "a", "c"])])
    # (1 + 2 / log2(3)) / (2 + 1 / log2(3)): trec_eval takes the grade itself as the gain.
    assert values["q"]["nDCG@10"] == pytest.approx((1 + 2 / 1.5849625) / (2 + 1 / 1.5849625), abs=1e-6)
    assert values["q"]["RR@10"] == 1
    assert list(values) == ["q"]


def test_a_question_without_any_hit_counts_as_zero() -> None:
    question = gold_question(3)
    assert ranking_values([question], [asked(question, [])])["q3"]["nDCG@10"] == 0


@pytest.mark.parametrize("value", ["plain", "two words", "100%", "tab\there", "narrow\u202fspace", "a%20b", "日本 語"])
def test_ids_survive_the_trec_format(value: str) -> None:
    assert len(escape_id(value).split()) == 1
    assert unescape_id(escape_id(value)) == value


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    question = GoldQuestion("a question", "What?", "f:1", answers=("x",), relevant={"an article": 1})
    run = [asked(question, ["an article", *ARTICLES[:12]])]
    write_run(run, tmp_path)
    assert read_run(tmp_path) == run
    first = (tmp_path / "run.trec").read_text(encoding="utf-8").splitlines()[0]
    assert first == "a%20question Q0 an%20article 1 13 article-qa"

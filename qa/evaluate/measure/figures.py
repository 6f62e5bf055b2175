"""Judgements to figures: every measure's value over the set, with its interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from qa.evaluate.gold.gold_set import GoldQuestion
from qa.evaluate.measure.bootstrap import Bootstrap, Matrix, interval
from qa.evaluate.measure.judge import ArticleWords, Judgement, judge
from qa.evaluate.measure.ranking import ranking_values
from qa.evaluate.measure.refusal import (
    Verdicts,
    aurc,
    auroc,
    calibration_error,
    coverage_at_risk,
    refusal_f1,
    refusal_precision,
    refusal_recall,
)
from qa.evaluate.measure.short import short_values
from qa.evaluate.run.ask import Asked

# Means over the questions they apply to, in the order of the report.
MEANS = (
    "nDCG@10", "RR@10", "R@1", "R@5", "R@10", "P@1",
    "answer-in-citation@1", "answer-in-citation@3", "answer-in-citation@5", "answer-in-sentence@1",
    "citation-precision@5", "citation-recall@5", "EM", "F1", "short-EM", "short-F1", "correct",
)  # fmt: skip
# Measures of a whole set.
WHOLE: dict[str, Callable[[Verdicts], float]] = {
    "AUROC": auroc,
    "unanswerable-P": refusal_precision,
    "unanswerable-R": refusal_recall,
    "unanswerable-F1": refusal_f1,
    "AURC": aurc,
    "coverage@5%risk": partial(coverage_at_risk, risk=0.05),
    "coverage@10%risk": partial(coverage_at_risk, risk=0.10),
    "ECE": calibration_error,
}
# What the report begins with and the list of runs shows.
HEADLINE = ("answer-in-citation@1", "answer-in-sentence@1", "nDCG@10", "correct", "AUROC", "coverage@10%risk", "ECE")
LOWER_IS_BETTER = frozenset({"AURC", "ECE"})
MEANING = {
    "nDCG@10": "ranking of articles, gain discounted by rank",
    "RR@10": "1 / rank of the first relevant article",
    "R@1": "relevant articles found at rank 1",
    "R@5": "relevant articles among the first 5",
    "R@10": "relevant articles among the first 10",
    "P@1": "the first article is relevant",
    "answer-in-citation@1": "the first cited passage holds a gold answer",
    "answer-in-citation@3": "one of the first 3 does",
    "answer-in-citation@5": "one of the first 5 does",
    "answer-in-sentence@1": "the marked sentence of the first holds a gold answer",
    "citation-precision@5": "share of the citations that hold a gold answer",
    "citation-recall@5": "share of the relevant articles that are cited",
    "EM": "the answering span equals a gold answer (SQuAD)",
    "F1": "words the answering span shares with a gold answer (SQuAD)",
    "short-EM": "the answering words of the first citation equal a gold answer (SQuAD)",
    "short-F1": "words that these share with a gold answer (SQuAD)",
    "correct": "right first passage, or rightly refused",
    "AUROC": "confidence tells answerable from unanswerable",
    "unanswerable-P": "of the refused, those unanswerable",
    "unanswerable-R": "of the unanswerable, those refused",
    "unanswerable-F1": "harmonic mean of the two",
    "AURC": "mean risk over all coverages; lower is better",
    "coverage@5%risk": "share that can be answered with 5% wrong",
    "coverage@10%risk": "share that can be answered with 10% wrong",
    "ECE": "distance of confidence from what came true; lower is better",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's value over `n` questions, and the ends of its 95% bootstrap interval."""

    name: str
    value: float
    low: float
    high: float
    n: int


def judge_all(questions: Sequence[GoldQuestion], run: Sequence[Asked], articles: ArticleWords) -> list[Judgement]:
    """A judgement for each question that the run has an answer to, in the order of the set."""
    answers = {asked.question_id: asked for asked in run}
    kept = [question for question in questions if question.question_id in answers]
    asked = [answers[question.question_id] for question in kept]
    ranked, short = ranking_values(kept, asked), short_values(kept, asked)
    judgements = []
    for question in kept:
        name = question.question_id
        judgement = judge(question, answers[name], articles)
        values = {**ranked.get(name, {}), **judgement.values, **short.get(name, {})}
        judgements.append(replace(judgement, values=values))
    return judgements


def value_matrix(judgements: Sequence[Judgement]) -> Matrix:
    """(questions, MEANS) values, nan where a measure does not apply."""
    return np.array([[j.values.get(name, math.nan) for name in MEANS] for j in judgements], float)


def measure(judgements: Sequence[Judgement], bootstrap: Bootstrap) -> dict[str, Figure]:
    """Every figure that the set can give, by name; `bootstrap` is over the same questions in the same order."""
    values = value_matrix(judgements)
    resampled = bootstrap.means(values)
    figures = {}
    for column, name in enumerate(MEANS):
        known = values[~np.isnan(values[:, column]), column]
        if len(known):
            ends = interval(resampled[:, column])
            figures[name] = Figure(name, float(known.mean()), ends.low, ends.high, len(known))
    return figures | _measure_whole(Verdicts.of(judgements), bootstrap)


def _measure_whole(verdicts: Verdicts, bootstrap: Bootstrap) -> dict[str, Figure]:
    samples = [verdicts.take(rows) for rows in bootstrap.samples()]
    figures = {}
    for name, compute in WHOLE.items():
        value = compute(verdicts)
        if not math.isnan(value):
            ends = interval(np.array([compute(sample) for sample in samples]))
            figures[name] = Figure(name, value, ends.low, ends.high, len(verdicts.confidence))
    return figures

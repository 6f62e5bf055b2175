"""Measures of the ranking of articles, by ir_measures."""

from __future__ import annotations

import ir_measures
from ir_measures import RR, P, R, nDCG

from qa.evaluate.gold.gold_set import GoldQuestion
from qa.evaluate.run.ask import Asked

MEASURES = (nDCG @ 10, RR @ 10, R @ 1, R @ 5, R @ 10, P @ 1)


def ranking_values(questions: list[GoldQuestion], run: list[Asked]) -> dict[str, dict[str, float]]:
    """Each measure by name, for each question that articles are judged for."""
    qrels = {question.question_id: dict(question.relevant) for question in questions if question.relevant}
    rankings = {asked.question_id: _scores(asked.articles) for asked in run if asked.question_id in qrels}
    values: dict[str, dict[str, float]] = {question_id: {} for question_id in qrels}
    for metric in ir_measures.iter_calc(MEASURES, qrels, rankings) if qrels else ():
        values[metric.query_id][str(metric.measure)] = float(metric.value)
    return values


def _scores(articles: tuple[str, ...]) -> dict[str, float]:
    """Scores that fall by one from rank to rank: trec_eval sorts by score, and would order ties by id."""
    return {article_id: float(len(articles) - rank) for rank, article_id in enumerate(articles)}

"""Judgements of articles: BEIR's tab-separated files and TREC's four columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from corpus.errors import UserError
from qa.evaluate.gold.columns import known_as
from qa.evaluate.gold.lines import read_lines

Qrels = dict[str, dict[str, int]]


def read_qrels(path: Path) -> tuple[Qrels, dict[tuple[str, str], str]]:
    """Grades by question and article, and the place of each judgement. Raises UserError.

    A line has `question article grade` (tab-separated, BEIR, with a heading) or `question 0 article grade` (TREC).
    """
    qrels: Qrels = {}
    places: dict[tuple[str, str], str] = {}
    for where, line in read_lines(path):
        columns = line.split("\t") if "\t" in line else line.split()
        if known_as(columns[0]) == "_id" and not columns[-1].strip().isdecimal():
            continue
        if len(columns) not in {3, 4}:
            raise UserError(f"{where}: {len(columns)} columns; write question, article and grade")
        question_id, article_id, grade = columns[0], columns[-2].strip(), columns[-1]
        try:
            # A question that is listed but has no relevant article is one without an answer.
            qrels.setdefault(question_id, {})[article_id] = int(grade)
        except ValueError as error:
            raise UserError(f"{where}: field 'score' is {grade!r:.80}; write a whole number") from error
        places[question_id, article_id] = where
    return qrels, places


def check_qrels(
    places: Mapping[tuple[str, str], str], question_ids: Collection[str], article_ids: Collection[str] | None
) -> None:
    """Raise UserError when a judgement names a question or an article that is not in the set."""
    for (question_id, article_id), where in places.items():
        if question_id not in question_ids:
            raise UserError(f"{where}: field 'query-id': no question {question_id!r} in the set")
        if article_ids is not None and article_id not in article_ids:
            raise UserError(f"{where}: field 'corpus-id': no article {article_id!r} in the set")

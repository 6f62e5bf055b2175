"""BEIR folders: `queries.jsonl`, `qrels.tsv` or `qrels/*.tsv`, and `corpus.jsonl` with the set's own articles."""

from __future__ import annotations

from pathlib import Path

from corpus.errors import UserError
from qa.evaluate.gold.gold_set import GoldSet
from qa.evaluate.gold.lines import first_file, hash_files, read_jsonl
from qa.evaluate.gold.qrels import Qrels, check_qrels, read_qrels
from qa.evaluate.gold.question import check_judged, check_questions, parse_question


def queries_file(folder: Path) -> Path | None:
    """The questions of a BEIR folder, None when it is none."""
    return first_file(folder, ("queries.jsonl", "queries.jsonl.gz"))


def corpus_file(folder: Path) -> Path | None:
    """The articles of a BEIR folder, None when it has none of its own."""
    return first_file(folder, ("corpus.jsonl", "corpus.jsonl.gz"))


def read_beir(folder: Path) -> GoldSet:
    """The set of a BEIR folder. Raises UserError naming file, line and field."""
    queries, articles = queries_file(folder), corpus_file(folder)
    if queries is None:
        raise UserError(f"{str(folder)!r} has no queries.jsonl")
    qrels_files = _qrels_files(folder)
    qrels, places = _read_all(qrels_files)
    asked = check_questions((parse_question(record, where, qrels) for where, record in read_jsonl(queries)), queries)
    article_ids = read_article_ids(articles) if articles else None
    check_qrels(places, {question.question_id for question in asked}, article_ids)
    # BEIR's queries.jsonl has the questions of every split, its qrels those of one.
    judged = [q for q in asked if not q.is_answerable or q.answers or q.question_id in qrels or not qrels]
    questions = check_questions(map(check_judged, judged), queries)
    own = [articles] if articles else []
    return GoldSet(
        name=folder.resolve().name,
        questions=questions,
        sha256=hash_files([queries, *qrels_files, *own]),
        sources=tuple(str(path) for path in own),
        corpus_sha256=hash_files(own) if own else "",
    )


def read_article_ids(path: Path) -> set[str]:
    """The ids of the articles in `path`, each line checked before hours go into encoding them. Raises UserError.

    An empty text is let pass: public collections have such articles; they cannot be found.
    """
    places: dict[str, str] = {}
    for where, record in read_jsonl(path):
        value = record.get("_id", record.get("id"))
        article_id = str(value) if isinstance(value, int) else value
        if not isinstance(article_id, str) or not article_id.strip():
            raise UserError(f"{where}: field '_id' is {value!r:.80}; give each article an id")
        if article_id in places:
            raise UserError(f"{where}: field '_id': {article_id!r} is taken by {places[article_id]}")
        if not isinstance(record.get("text"), str):
            raise UserError(f"{where}: field 'text' is {record.get('text')!r:.80}; write the article there")
        places[article_id] = where
    if not places:
        raise UserError(f"{path}: the set is empty: no article in it")
    return set(places)


def _qrels_files(folder: Path) -> list[Path]:
    """`qrels.tsv`, else the test split, else every split."""
    one = first_file(folder, ("qrels.tsv", "qrels/test.tsv"))
    return [one] if one else sorted((folder / "qrels").glob("*.tsv"))


def _read_all(paths: list[Path]) -> tuple[Qrels, dict[tuple[str, str], str]]:
    qrels: Qrels = {}
    places: dict[tuple[str, str], str] = {}
    for path in paths:
        some, where = read_qrels(path)
        for question_id, grades in some.items():
            qrels.setdefault(question_id, {}).update(grades)
        places |= where
    return qrels, places

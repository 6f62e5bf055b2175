"""TREC: a folder with `topics*` and `qrels*`; `corpus.jsonl` where the set has its own articles."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.errors import UserError
from qa.evaluate.gold.beir import corpus_file, read_article_ids
from qa.evaluate.gold.gold_set import GoldSet
from qa.evaluate.gold.lines import first_file, hash_files, read_lines, read_text
from qa.evaluate.gold.qrels import check_qrels, read_qrels
from qa.evaluate.gold.question import check_judged, check_questions, parse_question

# A topic of the 1990s has no closing tags inside, one of the 2020s is XML; both read by this.
_TOPIC = re.compile(r"<(top|topic)\b([^>]*)>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
_NUMBER = re.compile(r"<num>\s*(?:Number:)?\s*([^\s<]+)|\bnumber\s*=\s*[\"']([^\"']+)", re.IGNORECASE)
# The question as a person asked it; the title of an old topic is a few key words.
_TEXTS = [
    re.compile(rf"<{tag}>\s*(?:{label}:)?\s*(.*?)\s*(?:<|\Z)", re.DOTALL | re.IGNORECASE)
    for tag, label in (("question", "Question"), ("query", "Query"), ("title", "Topic"), ("desc", "Description"))
]


def topics_file(folder: Path) -> Path | None:
    """The topics of a TREC folder, None when it is none."""
    return first_file(folder, ("topics*", "*topics*")) if _qrels_file(folder) else None


def read_trec(folder: Path) -> GoldSet:
    """The set of a TREC folder: topics as SGML, XML or `id TAB text`. Raises UserError naming file and line."""
    topics, judged, articles = topics_file(folder), _qrels_file(folder), corpus_file(folder)
    if topics is None or judged is None:
        raise UserError(f"{str(folder)!r} has no topics* and qrels*")
    qrels, places = read_qrels(judged)
    asked = check_questions((parse_question(record, where, qrels) for where, record in _read_topics(topics)), topics)
    check_qrels(places, {q.question_id for q in asked}, read_article_ids(articles) if articles else None)
    # Of the topics of a year not all are judged.
    questions = check_questions((check_judged(q) for q in asked if q.question_id in qrels), topics)
    own = [articles] if articles else []
    return GoldSet(
        name=folder.resolve().name,
        questions=questions,
        sha256=hash_files([topics, judged, *own]),
        sources=tuple(str(path) for path in own),
        corpus_sha256=hash_files(own) if own else "",
    )


def _qrels_file(folder: Path) -> Path | None:
    return first_file(folder, ("qrels*", "*qrels*"))


def _read_topics(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    text = read_text(path)
    if not _TOPIC.search(text):
        for where, line in read_lines(path):
            question_id, tab, question = line.partition("\t")
            if not tab:
                raise UserError(f"{where}: no tab between the topic's number and its text")
            yield where, {"_id": question_id.strip(), "text": question.strip()}
        return
    for match in _TOPIC.finditer(text):
        where = f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
        number = _NUMBER.search(match.group(2)) or _NUMBER.search(match.group(3))
        if not number:
            raise UserError(f"{where}: field 'num' is missing from the topic")
        found = next((m.group(1) for pattern in _TEXTS if (m := pattern.search(match.group(3))) and m.group(1)), "")
        yield where, {"_id": number.group(1) or number.group(2), "text": " ".join(html.unescape(found).split())}

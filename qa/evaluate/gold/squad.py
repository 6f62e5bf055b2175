"""SQuAD JSON, version 1.1 or 2.0: paragraphs with the questions asked of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus.article import Article
from corpus.clean import clean_line, clean_text
from corpus.errors import UserError
from qa.evaluate.gold.gold_set import GoldQuestion, GoldSet
from qa.evaluate.gold.lines import hash_files, read_text
from qa.evaluate.gold.question import check_questions

MAX_TITLE_CHARACTERS = 300


def read_squad(path: Path) -> GoldSet:
    """The set of a SQuAD file, each paragraph an article. Raises UserError naming file, line or place, and field."""
    data = _field(_parse(path), "data", list, str(path))
    articles: dict[str, Article] = {}
    questions: list[GoldQuestion] = []
    for where, title, paragraph in _paragraphs(data, path):
        article = _article(_field(paragraph, "context", str, where), title, where)
        articles.setdefault(article.article_id, article)
        for n, entry in enumerate(_field(paragraph, "qas", list, where)):
            questions.append(_question(entry, f"{where}.qas[{n}]", paragraph["context"], article))
    return GoldSet(
        name=path.name.partition(".")[0],
        questions=check_questions(questions, path),
        sha256=hash_files([path]),
        articles=tuple(articles.values()),
        corpus_sha256=hash_files([path]),
    )


def _parse(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise UserError(f"{path}:{error.lineno}: not JSON: {error.msg} at column {error.colno}") from error
    except RecursionError as error:
        raise UserError(f"{path}: not a SQuAD file: it is nested too deeply") from error
    if not isinstance(value, dict):
        raise UserError(f"{path}: not a SQuAD file: it holds no object with the field 'data'")
    return value


def _paragraphs(data: list[Any], path: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for i, entry in enumerate(data):
        where = f"{path}: data[{i}]"
        paragraphs = _field(entry, "paragraphs", list, where)
        title = clean_line(str(entry.get("title", "")).replace("_", " "), max_characters=MAX_TITLE_CHARACTERS)
        for j, paragraph in enumerate(paragraphs):
            yield f"{where}.paragraphs[{j}]", title or f"Article {i + 1}", paragraph


def _article(context: str, title: str, where: str) -> Article:
    text = clean_text(context)
    if not text:
        raise UserError(f"{where}: field 'context' is empty")
    # The id follows the text: the same paragraph twice is one article.
    digest = hashlib.sha256((title + "\n" + text).encode()).hexdigest()
    return Article(f"p{digest[:12]}", title, text)


def _question(entry: Any, where: str, context: str, article: Article) -> GoldQuestion:  # noqa: ANN401  (JSON)
    question_id, text = _field(entry, "id", str, where), _field(entry, "question", str, where)
    is_answerable = entry.get("is_impossible", False) is not True
    answers = _field(entry, "answers", list, where) if is_answerable else []
    if is_answerable and not answers:
        raise UserError(f"{where}: field 'answers' is empty; add one, or \"is_impossible\": true")
    texts = [_answer(answer, f"{where}.answers[{n}]", context) for n, answer in enumerate(answers)]
    return GoldQuestion(
        question_id=question_id,
        text=text,
        where=where,
        answers=tuple(dict.fromkeys(texts)),
        is_answerable=is_answerable,
        relevant={article.article_id: 1} if is_answerable else {},
        near=(article.article_id,),
    )


def _answer(answer: object, where: str, context: str) -> str:
    text: str = _field(answer, "text", str, where)
    start: int = _field(answer, "answer_start", int, where)
    if context[start : start + len(text)] != text or start < 0 or not text:
        raise UserError(f"{where}: field 'answer_start': the answer {text!r:.80} does not stand at {start} of the text")
    return text


def _field(record: object, key: str, kind: type, where: str) -> Any:  # noqa: ANN401  (JSON)
    if not isinstance(record, Mapping):
        raise UserError(f"{where}: not an object but {record!r:.80}")
    if key not in record:
        raise UserError(f"{where}: field {key!r} is missing")
    if not isinstance(record[key], kind):
        raise UserError(f"{where}: field {key!r} is {record[key]!r:.80}")
    return record[key]

"""Five articles, each in another format: the questions are answered with the same sentences, cited to the character."""

from __future__ import annotations

import json
from pathlib import Path

import one_of_each
import pytest

from corpus.bundled import ARTICLES, GOLD
from corpus.readers import read_articles
from index.encoders.onnx import PackagedEncoder
from index.generations import IndexFolder
from index.update import build_index
from qa.answerer import Answerer
from qa.build import open_answerer
from qa.check.verify import citation_problem
from qa.settings import Settings

pytestmark = pytest.mark.slow
FORMATS = (".html", ".pdf", ".docx", ".odt", ".md")
QUESTIONS = 20


def opened(folder: Path, sources: list[str]) -> Answerer:
    report = build_index(IndexFolder(folder), read_articles(sources), PackagedEncoder())
    assert (report.added, report.unreadable) == (5, [])
    return open_answerer(Settings(index=folder))


def test_questions_are_answered_alike_whatever_the_format(tmp_path: Path) -> None:
    articles = one_of_each.bundled()
    sources = [
        str(one_of_each.write(tmp_path / suffix[1:], suffix, [article]))
        for suffix, article in zip(FORMATS, articles, strict=True)
    ]
    plain = opened(tmp_path / "plain", [str(ARTICLES)])
    mixed = opened(tmp_path / "mixed", sources)
    lines = (GOLD / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    for question in [json.loads(line)["text"] for line in lines][:QUESTIONS]:
        expected, answer = plain.ask(question), mixed.ask(question)
        assert answer.is_answerable == expected.is_answerable
        # Another format may have blank lines between its paragraphs.
        assert (answer.text or "").split() == (expected.text or "").split()
        for citation in answer.to_json()["citations"]:
            assert citation_problem(citation, mixed.store.article(citation["article_id"])) is None

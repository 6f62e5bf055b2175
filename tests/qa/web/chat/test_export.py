"""A conversation as a file: nothing in it but text and links to the articles, and its citations are exact."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus.filters import Filters
from qa.answer import Answer, Citation
from qa.archive import Archive
from qa.web.chat.export import as_html, as_json, as_markdown, export

BASE = "https://articles.example/"
QUOTE = "It was quiet. The mission opened in 2022. Nobody objected."
CITATION = Citation(
    rank=1, article_id="a b", passage_id="a b:0-58", title="A [mission]", source="The Herald",
    published=date(2023, 12, 13), url=None, start=0, end=len(QUOTE), quote=QUOTE, answer_start=14, answer_end=41,
    short_start=36, short_end=40, score=0.9, text_sha256="",
)  # fmt: skip
ANSWER = Answer(
    question="When?", query="When?", is_answerable=True, confidence=0.9, text=CITATION.answer, citations=(CITATION,)
)
REFUSAL = replace(ANSWER, question="Who *won*?", query="Who won the cup?", is_answerable=False, text=None)


def test_markdown() -> None:
    filtered = replace(REFUSAL, filters=Filters(after=date(2023, 1, 1)), newest=date(2025, 7, 3))
    assert as_markdown([ANSWER, filtered], BASE) == (
        "# Asked of the articles\n\n## When?\n\n> The mission opened in **2022**\\.\n>\n"
        "> [A \\[mission\\]](https://articles.example/articles/a%20b?start=0&end=58&answer_start=14&answer_end=41"
        "&short_start=36&short_end=40#quote), The Herald · 13 December 2023 · Very likely, 90%\n\n"
        "## Who \\*won\\*?\n\nUnderstood as: Who won the cup?\n\nAsked only of articles from 1 January 2023\\.\n\n"
        "The articles do not say\\. The newest article is of 3 July 2025\\.\n"
    )


def test_html_has_the_quotation_and_its_link() -> None:
    page = as_html([ANSWER, REFUSAL], BASE)
    assert "The mission opened in <b>2022</b>." in page
    assert 'href="https://articles.example/articles/a%20b?start=0&amp;end=58' in page
    assert "The articles do not say." in page


def test_the_page_it_stands_on_goes_along() -> None:
    paged = replace(ANSWER, citations=(replace(CITATION, page=12),))
    byline = "The Herald · 13 December 2023 · p. 12 · Very likely, 90%"
    assert byline in as_html([paged], BASE)
    assert byline.replace(".", "\\.") in as_markdown([paged], BASE)


@pytest.mark.parametrize("naughty", ["<script>alert(1)</script>", "</title><img src=x>", "](javascript:alert(1))"])
def test_foreign_text_stays_text(naughty: str) -> None:
    citation = replace(CITATION, title=naughty, source=naughty, quote=naughty, start=0, end=len(naughty),
                       answer_start=0, answer_end=len(naughty), short_start=None, short_end=None)  # fmt: skip
    answer = replace(ANSWER, question=naughty, citations=(citation,))
    page, text = as_html([answer], BASE), as_markdown([answer], BASE)
    assert "<script" not in page
    assert "<img" not in page
    assert text.count("](") == text.count("](https://articles.example/") == 1
    assert "<script" not in text.replace("\\<", "")


def test_a_reply_and_answers_of_several_years() -> None:
    later = replace(CITATION, rank=2, article_id="b", published=date(2025, 7, 3))
    text = as_markdown([replace(ANSWER, citations=(CITATION, later)), replace(REFUSAL, reply="Hello.\nAsk.")], BASE)
    assert text.index("Articles of different years say") < text.index("3 July 2025") < text.index("13 December 2023")
    assert "Hello\\.\n\nAsk\\." in text
    assert "%" not in text.partition("Hello")[0].replace("%20", "")


def test_links_lead_nowhere_but_to_a_web_server() -> None:
    assert "javascript" not in export([ANSWER], "html", "javascript:alert(1)//")
    assert export([ANSWER], "pdf", BASE) == ""


@pytest.mark.slow
def test_what_is_saved_can_be_verified(archive: Archive, tmp_path: Path) -> None:
    answers = [archive.ask("When did South Korea open a diplomatic mission to NATO?"), archive.ask("Why do cats purr?")]
    file = tmp_path / "conversation.json"
    file.write_text(as_json(answers, BASE), encoding="utf-8")
    result = archive.verify(file)
    assert (result.answers, result.citations, result.problems) == (2, 10, [])
    broken = json.loads(file.read_text(encoding="utf-8"))
    broken[0]["citations"][0]["start"] += 1
    file.write_text(json.dumps(broken), encoding="utf-8")
    assert len(archive.verify(file).problems) == 1

"""Articles and questions that try to be more than text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chatting import ask, question_box
from conftest import Site, serving
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

EVIL = "https://evil.example"
NAUGHTY = (
    "<script>window.hit = 1; alert(1)</script>",
    f'<img src="{EVIL}/a.png" onerror="window.hit = 2">',
    f"<iframe src='{EVIL}/frame'></iframe><svg onload='window.hit = 3'><a href='javascript:window.hit=4'>x</a></svg>",
    f"![picture]({EVIL}/b.png) [link](javascript:alert(1)) <{EVIL}/auto> {EVIL}/bare www.evil.example",
    "</mark></blockquote></div></article></body><style>* { display: none !important }</style>",
    "$$\\href{javascript:alert(1)}{x}$$ `code` **bold** ~~gone~~ | table | cell |",
    "{{ 7 * 7 }} {% raw %} ${7 * 7} #{7 * 7}",
    "\u202eright to left override\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u200bzero width",
    "<!-- comment --> <![CDATA[ x ]]> &lt;script&gt; &#60;b&#62; &amp;",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One article for each naughty string, in its title, text, source and id."""
    folder = tmp_path_factory.mktemp("hostile")
    lines = [
        {
            "_id": f"{number}/../{naughty}"[:150],
            "title": f"Report {number} {naughty}",
            "text": f"The code word of report {number} is marzipan {naughty} and nobody denied it.\n\n{naughty}",
            "source": f"Source {naughty}",
            "date": "2024-05-06",
        }
        for number, naughty in enumerate(NAUGHTY, start=1)
    ]
    corpus_file = folder / "corpus.jsonl"
    corpus_file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    with serving(corpus_file, folder / "index") as site:
        yield site


def assert_only_text(page: Page, where: str) -> None:
    """Nothing ran, and nothing of the articles became an element."""
    assert page.evaluate("window.hit") is None
    for tag in ("img", "iframe", "svg", "script", "style", "object", "table", "code", "strong", "del", "math"):
        assert page.locator(f"{where} {tag}").count() == 0, tag
    for href in page.locator(f"{where} a").evaluate_all("links => links.map(link => link.href)"):
        assert href.startswith(page.url.split("/chat")[0].split("/articles")[0]), href


@pytest.mark.parametrize("number", range(1, len(NAUGHTY) + 1))
def test_article_stays_text(hostile: Site, open_page: Callable[..., Page], number: int) -> None:
    page = open_page(hostile.url)
    ask(page, f"What is the code word of report {number}?")
    answer = page.locator("#conversation .answer")
    if answer.locator("details").count():
        answer.get_by_text("The nearest passages").click()
    assert_only_text(page, ".message")
    # The page is still whole and alive.
    expect(question_box(page)).to_be_visible()

    link = answer.get_by_role("link").first
    link.click()
    panel = page.get_by_role("dialog", name="Article")
    expect(panel.locator("#quote")).to_be_visible()
    assert_only_text(page, "#panel .article")
    page.goto(link.evaluate("link => link.href"))
    expect(page.locator("#quote")).to_be_visible()
    assert_only_text(page, "main")


@pytest.mark.parametrize("naughty", NAUGHTY)
def test_question_stays_text(hostile: Site, open_page: Callable[..., Page], naughty: str) -> None:
    page = open_page(hostile.url)
    answer = ask(page, naughty)
    expect(page.get_by_role("log").get_by_role("heading", level=2)).to_have_text(naughty)
    assert_only_text(page, ".message")
    answer.get_by_role("button", name="Not helpful").click()
    expect(answer.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")


def test_no_examples_where_the_bundled_articles_are_not(hostile: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(hostile.url)
    ask(page, "marzipan")
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("log").get_by_role("heading", level=2)).to_have_count(0)
    expect(page.get_by_text("For example")).to_be_hidden()


def test_naughty_strings_are_in_the_answers(hostile: Site, open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page(hostile.url)
    ask(page, "What is the code word of report 1?")
    expect(page.locator(".message").last).to_contain_text("<script>")

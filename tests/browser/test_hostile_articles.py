"""Articles and questions that try to be more than text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import escape

import pytest
from chatting import Site, ask, build, serving
from playwright.sync_api import Page, expect

from qa.feedback import read_feedback

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
    """One article for each naughty string, in its title, text, source and id.

    Tags would leave the text when it is read; escaped ones are text, and stay.
    """
    folder = tmp_path_factory.mktemp("hostile")
    lines = [
        {
            "_id": f"{number}/../{naughty}"[:150],
            "title": f"Report {number} {escape(naughty)}",
            "text": f"The code word of report {number} is marzipan {escape(naughty)} and nobody denied it.\n\n"
            + escape(naughty),
            "source": f"Source {naughty}",
            "date": "2024-05-06",
        }
        for number, naughty in enumerate(NAUGHTY, start=1)
    ]
    corpus_file = folder / "corpus.jsonl"
    corpus_file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    with serving(build(corpus_file, folder / "index")) as site:
        yield site


def visible(naughty: str) -> str:
    """As it stands in a title, from which invisible characters are taken out."""
    return re.sub("[\u202a-\u202e\u200b]", "", naughty)


def assert_only_text(page: Page, where: str) -> None:
    """Nothing ran, and nothing of the articles became an element."""
    assert page.evaluate("window.hit") is None
    for tag in ("img", "iframe", "svg", "script", "style", "object", "table", "code", "strong", "del", "math"):
        assert page.locator(f"{where} {tag}").count() == 0, tag
    for href in page.locator(f"{where} a").evaluate_all("links => links.map(link => link.href)"):
        assert href.startswith(page.url.split("/chat")[0].split("/articles")[0]), href


def test_articles_stay_text(hostile: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(hostile.url)
    links = []
    for number, naughty in enumerate(NAUGHTY, start=1):
        answer = ask(page, f"What is the code word of report {number}?")
        answer.evaluate("answer => answer.querySelectorAll('details').forEach(fold => (fold.open = true))")
        link = answer.get_by_role("link").filter(has_text=f"Report {number} ").first
        expect(link).to_contain_text(visible(naughty))
        assert_only_text(page, ".message")

        link.click()
        panel = page.get_by_role("dialog", name="Article")
        expect(panel.get_by_role("heading", level=1)).to_contain_text(visible(naughty))
        expect(panel.locator("#quote")).to_be_focused()
        assert_only_text(page, "#panel .article")
        page.keyboard.press("Escape")
        links.append(link.evaluate("link => link.href"))

    for naughty, link in zip(NAUGHTY, links, strict=True):
        page.goto(link)
        expect(page.get_by_role("heading", level=1)).to_contain_text(visible(naughty))
        assert_only_text(page, "main")


def test_questions_stay_text(hostile: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(hostile.url)
    for naughty in NAUGHTY:
        answer = ask(page, naughty)
        expect(page.get_by_role("log").get_by_role("heading", level=2).last).to_have_text(naughty)
        assert_only_text(page, ".message")
        answer.get_by_role("button", name="Not helpful").click()
        expect(answer.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    assert [feedback.question for feedback in read_feedback(hostile.feedback_file)] == list(NAUGHTY)


def test_no_examples_where_the_bundled_articles_are_not(hostile: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(hostile.url)
    ask(page, "marzipan")
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("log").get_by_role("heading", level=2)).to_have_count(0)
    expect(page.get_by_text("For example")).to_be_hidden()

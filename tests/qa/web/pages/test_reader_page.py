from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from qa.archive import Archive
from qa.web.escape import reader_path

pytestmark = pytest.mark.slow

LAWLER = "003_3029bffaf7cebc33"


def marked(page: str) -> str:
    return html.unescape("".join(re.findall(r"<mark[^>]*>(.*?)</mark>", page, re.DOTALL)))


def test_quote_is_marked(client: TestClient, archive: Archive) -> None:
    text = archive.article(LAWLER).text
    start = text.index("Simultaneously")
    end = text.index("This legislation")
    page = client.get(f"/articles/{LAWLER}?start={start}&end={end}")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert marked(page.text) == text[start:end]
    assert page.text.count('id="quote"') == 1
    assert "13 December 2023" in page.text
    assert "<script" not in page.text


def test_sentence_is_marked_inside_the_quote(client: TestClient, archive: Archive) -> None:
    citation = archive.ask("What did Wi Sung-lac give to Rutte?").citations[0]
    page = client.get(
        f"/articles/{citation.article_id}?start={citation.start}&end={citation.end}"
        f"&answer_start={citation.answer_start}&answer_end={citation.answer_end}"
    ).text
    sentence = "".join(re.findall(r'<mark class="answer"[^>]*>(.*?)</mark>', page, re.DOTALL))
    assert html.unescape(sentence) == citation.answer.replace("\n", "")
    assert marked(page) == citation.quote.replace("\n", "")


def test_the_words_that_answer_are_bold_in_their_sentence(client: TestClient, archive: Archive) -> None:
    citation = archive.ask("What did Wi Sung-lac give to Rutte?").citations[0]
    start = citation.answer_start + 3
    path = reader_path(replace(citation, short_start=start, short_end=start + 9))
    page = client.get(f"/{path}").text
    assert re.findall(r"<b>(.*?)</b>", page) == [html.escape(citation.answer[3:12])]
    (sentence,) = re.findall(r'<mark class="answer"[^>]*>(.*?)</mark>', page, re.DOTALL)
    assert html.unescape(re.sub("</?b>", "", sentence)) == citation.answer
    assert "<b>" not in client.get(f"/{reader_path(citation)}").text


def test_words_that_are_markup_stay_words(client: TestClient, archive: Archive) -> None:
    page = client.get(f"/articles/{LAWLER}?start=0&end=9&answer_start=0&answer_end=9&short_start=<b>&short_end=9")
    assert page.status_code == 400
    assert "<b>" not in page.text


@pytest.mark.parametrize(
    "short",
    [
        "short_start=5",
        "short_end=5",
        "short_start=9&short_end=5",
        "short_start=x&short_end=5",
        "short_start=0&short_end=999999999",
    ],
)
def test_words_at_offsets_that_do_not_fit(client: TestClient, short: str) -> None:
    page = client.get(f"/articles/{LAWLER}?start=0&end=9&answer_start=0&answer_end=9&{short}")
    assert page.status_code == 400
    assert "This page cannot be shown" in page.text


def test_whole_article_without_offsets(client: TestClient, archive: Archive) -> None:
    article = archive.article("000_7936eb6cbf14d6de")
    page = client.get("/articles/000_7936eb6cbf14d6de").text
    assert "<mark" not in page
    assert "Date unknown" in page
    assert (
        page.count(html.escape(article.title)) == 2
    )  # the page's title and the heading; the first line is the heading
    for line in article.text.splitlines()[1:]:
        assert line.strip() in html.unescape(page)


@pytest.mark.parametrize(
    "query", ["start=5", "end=5", "start=9&end=5", "start=-1&end=5", "start=0&end=99999999999999999999999"]
)
def test_offsets_that_do_not_fit(client: TestClient, query: str) -> None:
    page = client.get(f"/articles/{LAWLER}?{query}")
    assert page.status_code == 400
    assert "This page cannot be shown" in page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("query", ["start=a&end=b", "start=1.5&end=3", "start=&end=", "start=" + "9" * 5000])
def test_offsets_that_are_no_numbers(client: TestClient, query: str) -> None:
    page = client.get(f"/articles/{LAWLER}?{query}")
    assert page.status_code == 400
    assert "This page cannot be shown" in page.text


@pytest.mark.parametrize(
    "article_id", ["none", "a/b/c", "%00", "%ff", "..%2F..%2Fapp.py", "%3Cscript%3Ealert(1)%3C/script%3E"]
)
def test_unknown_article(client: TestClient, article_id: str) -> None:
    page = client.get(f"/articles/{article_id}")
    assert page.status_code == 404
    assert "No such article" in page.text
    assert "<script" not in page.text


def test_only_web_addresses_become_links() -> None:
    from corpus.article import Article
    from qa.web.pages.reader import shown_article

    article = Article("a", "T", "T\nText", url="https://example.org/1")
    assert shown_article(article, [], None)["url"] == "https://example.org/1"
    assert shown_article(replace(article, url="javascript:alert(1)"), [], None)["url"] is None

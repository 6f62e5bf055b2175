from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from fakes import ARTICLES, HashEncoder
from fastapi.testclient import TestClient

from corpus.article import Article
from index.generations import IndexFolder
from index.update import add_articles, build_index
from qa.archive import Archive
from qa.build import Models
from qa.settings import Settings
from qa.web.server import create_app

pytestmark = pytest.mark.slow

# An id that is an address, and a title that is code.
ODD = Article("https://a.example/x?y=1", "<script>alert(1)</script> & 50% off", "An odd story of a harbour.", "S & T")
MANY = [Article(f"many-{n:03}", f"Report {n:03}", f"Report {n} says nothing new.") for n in range(120)]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = IndexFolder(tmp_path_factory.mktemp("articles") / "index")
    build_index(folder, [*ARTICLES, ODD, *MANY], HashEncoder())
    return Settings(index=folder.path, hosts=("testserver",), client_rate="100000/minute")


@pytest.fixture(scope="module")
def client(settings: Settings) -> TestClient:
    return TestClient(create_app(Archive(settings, models=Models(HashEncoder()))), raise_server_exceptions=False)


def titles(page: str) -> list[str]:
    return [html.unescape(title) for title in re.findall(r'<li dir="auto"><a href="[^"]*">(.*?)</a>', page)]


def count(page: str) -> str:
    return re.findall(r'role="status">(.*?)</p>', page)[0]


def test_the_first_page(client: TestClient) -> None:
    page = client.get("/articles")
    assert page.status_code == 200
    assert "default-src 'none'; style-src 'self'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert titles(page.text)[:4] == [
        "Malaria vaccine reaches Ghana",
        "Harbour bridge opens",
        "Glacier loses ice",
        "Teenager wins chess title",
    ]
    assert count(page.text) == "1 to 50 of 125 articles"
    assert "Coast Daily" in page.text
    assert "20 April 2024" in page.text
    assert f"{len(ARTICLES[2].text)} characters" in page.text


def test_from_page_to_page(client: TestClient) -> None:
    seen, address = [], "/articles"
    while address:
        page = client.get(address).text
        seen += titles(page)
        following = re.findall(r'rel="next" href="(.*?)"', page)
        address = f"/articles{html.unescape(following[0])}" if following else ""
    assert len(seen) == len(set(seen)) == 125
    last = client.get("/articles?page=99&order=title")
    assert str(last.url).endswith("/articles?order=title&page=3")
    assert count(last.text) == "101 to 125 of 125 articles"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("words=vaccine+nurses", ["Malaria vaccine reaches Ghana"]),
        ("words=ghan", ["Malaria vaccine reaches Ghana"]),
        ("words=bridges+harbour", ["Harbour bridge opens"]),
        ("words=harbour", ["Harbour bridge opens", ODD.title]),
        ("words=50%25+off", [ODD.title]),
        ("words=the", []),
        ("words=harbour&source=coast", ["Harbour bridge opens"]),
        ("source=coast&order=oldest", ["Harbour bridge opens", "Malaria vaccine reaches Ghana"]),
        ("source=S+%26+T", [ODD.title]),
        ("after=2024-03-02", ["Malaria vaccine reaches Ghana"]),
        ("before=2024-03-01&after=2024-03-01", ["Harbour bridge opens"]),
        ("before=2023-09-29", []),
    ],
)
def test_search(client: TestClient, query: str, found: list[str]) -> None:
    page = client.get(f"/articles?{query}").text
    assert titles(page) == found
    if not found:
        assert count(page) == "No article is like that."
    assert "All articles" in page


def test_the_form_keeps_what_was_typed(client: TestClient) -> None:
    page = client.get('/articles?words="><b>x&source=coast&after=2024-01-01&order=title').text
    assert 'value="&#34;&gt;&lt;b&gt;x"' in page
    assert 'value="2024-01-01"' in page
    assert '<option value="title" selected>' in page
    assert "<b>" not in page


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=x", "page=9999999", "page=%C2%B2", "order=best", "after=today", "before=2024-13-01"]
    + ["words=%00", "source=a%00b", f"words={'a' * 201}"],
)
def test_an_address_that_no_form_makes(client: TestClient, query: str) -> None:
    page = client.get(f"/articles?{query}")
    assert page.status_code == 400
    assert "The address does not fit the list" in page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_each_opens_in_the_reader_page_with_the_next_ones(client: TestClient) -> None:
    (address,) = re.findall(r'<li dir="auto"><a href="([^"]*)">&lt;script', client.get("/articles?source=S").text)
    page = client.get(address).text
    assert "An odd story of a harbour." in page
    newer, older = (re.findall(rf'rel="{rel}" href="([^"]*)"><bdi>(.*?)</bdi>', page)[0] for rel in ("prev", "next"))
    assert (newer, older) == (("/articles/chess", "Teenager wins chess title"), ("/articles/many-000", "Report 000"))
    assert 'rel="prev"' not in client.get("/articles/vaccine").text
    assert 'rel="next"' not in client.get("/articles/many-119").text


def test_articles_that_come_later_are_listed(client: TestClient, settings: Settings) -> None:
    assert titles(client.get("/articles?words=zeppelin").text) == []
    new = Article("new", "A late story", "A zeppelin came late.")
    add_articles(IndexFolder(settings.index), [new], HashEncoder())
    assert titles(client.get("/articles?words=zeppelin").text) == ["A late story"]


def test_the_empty_address_is_the_list(client: TestClient) -> None:
    assert str(client.get("/articles/").url).endswith("/articles")


def test_a_damaged_index_of_words_is_no_traceback(tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path / "index")
    build_index(folder, ARTICLES, HashEncoder())
    app = create_app(Archive(Settings(index=folder.path, hosts=("testserver",)), models=Models(HashEncoder())))
    for file in (folder.require_current() / "lexical").iterdir():
        file.write_bytes(b"damaged")
    page = TestClient(app, raise_server_exceptions=False).get("/articles?words=bridge")
    assert page.status_code == 503
    assert "Traceback" not in page.text

"""A citation of a text that has changed since: its link shows what was cited; a PDF's opens at the page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fakes import BRIDGE, HashEncoder
from fastapi.testclient import TestClient

from corpus.article import Article
from index.generations import IndexFolder
from index.update import add_articles
from qa.archive import Archive
from qa.build import Models
from qa.settings import Settings
from qa.web.escape import reader_path
from qa.web.server import create_app

pytestmark = pytest.mark.slow

FERRY = "A ferry starts today. It is blue.\n\nThe ferry cost twelve million crowns."
PRINTED = Article("printed", "Ferry", FERRY, url="https://example.org/a.pdf#x", pages=(0, 22, 35))


@pytest.fixture
def archive(built: IndexFolder, encoder: HashEncoder) -> Archive:
    add_articles(built, [PRINTED], encoder)
    return Archive(Settings(index=built.path, hosts=("testserver",)), models=Models(encoder))


@pytest.fixture
def client(archive: Archive) -> Iterator[TestClient]:
    with TestClient(create_app(archive), raise_server_exceptions=False) as client:
        yield client


def test_what_was_cited_is_shown_as_it_was(
    archive: Archive, client: TestClient, built: IndexFolder, encoder: HashEncoder
) -> None:
    citation = next(each for each in archive.ask(BRIDGE.title).citations if each.article_id == "bridge")
    address = f"/{reader_path(citation)}"
    before = client.get(address).text
    assert "has changed" not in before
    add_articles(built, [replace(BRIDGE, text=f"Fog came. {BRIDGE.text}", title="Bridge closes")], encoder)
    shown = client.get(address).text
    marked = html.unescape("".join(re.findall(r"<mark[^>]*>(.*?)</mark>", shown, re.DOTALL)))
    assert re.sub(r"</?b>", "", marked) == citation.quote.replace("\n", "")
    assert "<h1>Harbour bridge opens</h1>" in shown
    assert "The text has changed since: this is what it was until " in shown
    assert 'href="/articles/bridge">The article as it is now</a>' in shown
    now = client.get("/articles/bridge").text
    assert "Fog came." in now
    assert "has changed" not in now

    api = client.get(f"/api/articles/bridge?text_sha256={BRIDGE.text_sha256}").json()
    assert (api["text"], api["changed"]) == (BRIDGE.text, archive.history("bridge")[0].changed.isoformat())
    assert "changed" not in client.get("/api/articles/bridge").json()
    # What nobody has kept is shown as it is now; what is no SHA-256 is refused by the API.
    assert client.get(f"/api/articles/bridge?text_sha256={'0' * 64}").json()["title"] == "Bridge closes"
    assert client.get("/api/articles/bridge?text_sha256=%25").status_code == 422
    assert client.get("/articles/bridge?text_sha256=%25&start=0&end=4").status_code == 200


def test_a_pdf_is_opened_at_the_page(archive: Archive, client: TestClient) -> None:
    citation = next(each for each in archive.ask("What did the ferry cost?").citations if each.article_id == "printed")
    assert citation.page == 3
    # The quote begins on the first page.
    shown = client.get(f"/articles/printed?start={citation.answer_start}&end={citation.answer_end}").text
    assert 'href="https://example.org/a.pdf#page=3"' in shown
    assert '<span dir="ltr">p. 3</span>' in shown
    link = client.get("/api/articles/printed?start=25&end=30").json()
    assert (link["link"], link["pages"]) == ("https://example.org/a.pdf#page=2", [0, 22, 35])
    asked = client.post("/api/ask", json={"question": "What did the ferry cost?"}).json()
    pages = {each["article_id"]: each.get("page") for each in asked["citations"]}
    assert (pages["printed"], pages["chess"]) == (3, None)

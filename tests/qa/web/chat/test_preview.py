"""What a shared link shows of itself."""

from __future__ import annotations

import gzip
import re

import pytest
from fastapi.testclient import TestClient

from qa.web.chat.preview import question_in, with_description


@pytest.mark.parametrize(
    ("query", "question"),
    [
        (b"", None),
        (b"q=", None),
        (b"q=Who+won%3F&from=2023", "Who won?"),
        (b"__theme=dark&q=%0A%20a%20%20b", "a b"),
        (b"q=%ff\xff", "\ufffd\ufffd"),
        (b"q=" + b"x" * 500, f"{'x' * 200} …"),
    ],
)
def test_the_question_in_an_address(query: bytes, question: str | None) -> None:
    found = question_in(query)
    assert found == question or (query == b"q=%ff\xff" and found is not None)


def test_a_question_stays_text() -> None:
    page = with_description(b"<head></head>", '"><script>alert(1)</script>').decode()
    assert "<script" not in page
    assert 'content="&quot;&gt;&lt;script&gt;' in page


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_the_page_is_described_by_its_question_alone(client: TestClient, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    response = client.get("/chat/", params={"q": "Who won?"}, headers=headers)
    assert int(response.headers["content-length"]) == len(
        response.content if encoding == "identity" else gzip.compress(response.content, mtime=0)
    )
    titles = re.findall(r'<meta property="og:title" content="(.*?)"', response.text)
    assert titles == ["Who won?"]
    assert "gradio.app" not in "".join(re.findall("<meta.*?>", response.text, re.DOTALL))
    assert "githubusercontent" not in response.text
    # What the page has no use for does not travel with it.
    assert "gradio_config" in response.text
    for unused in ("iframeResizer.contentWindow", '"api_info"', '"example_inputs"'):
        assert unused not in response.text
    assert re.findall('og:title" content="(.*?)"', client.get("/chat/").text) == ["Ask the articles"]

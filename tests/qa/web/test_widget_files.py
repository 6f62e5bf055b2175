"""The widget's files as they are served, and the page to frame."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
import rjsmin
from fastapi.testclient import TestClient

from qa.archive import Archive
from qa.build import Models
from qa.limits import MAX_TURNS
from qa.settings import Settings
from qa.web.server import create_app
from qa.web.widget import FOLDER, LANGUAGES, SCRIPT, integrity

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[3] / "docs" / "widget.md"
MAX_BYTES = 12 * 1024
ELSEWHERE = {"Origin": "https://any.example"}


def test_what_is_served_is_made_of_the_source() -> None:
    source = (FOLDER / "widget.js").read_text(encoding="utf-8")
    assert SCRIPT.read_text(encoding="utf-8") == rjsmin.jsmin(source), "run `make widget`"


def test_the_documented_integrity_is_the_scripts() -> None:
    assert f'integrity="{integrity(SCRIPT.read_bytes())}"' in DOCS.read_text(encoding="utf-8")


def test_it_is_small() -> None:
    assert len(gzip.compress(SCRIPT.read_bytes(), mtime=0)) <= MAX_BYTES


@pytest.mark.parametrize(("path", "age"), [("/widget.js", 3600), ("/widget/v1.js", 31536000)])
def test_any_page_may_load_it_and_keep_it(client: TestClient, path: str, age: int) -> None:
    response = client.get(path, headers={**ELSEWHERE, "Accept-Encoding": "gzip"})
    assert response.content == SCRIPT.read_bytes()
    assert response.headers["content-encoding"] == "gzip"
    assert f"max-age={age}" in response.headers["cache-control"]
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == response.content
    again = client.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_widget_sends_as_many_turns_as_are_heard() -> None:
    (source,) = re.findall(r"const MAX_TURNS = (\d+);", SCRIPT.with_name("widget.js").read_text(encoding="utf-8"))
    assert int(source) == MAX_TURNS


def test_every_language_has_every_text(client: TestClient) -> None:
    assert {"ar", "de", "es", "fr", "ja", "ko"} == LANGUAGES
    texts = {name: client.get(f"/widget/strings/{name}.json", headers=ELSEWHERE).json() for name in LANGUAGES}
    keys = set(texts["de"])
    assert len(keys) > 25
    assert all(set(each) == keys for each in texts.values())
    assert all(text.strip() for each in texts.values() for text in each.values())
    assert client.get("/widget/strings/xx.json").status_code == 404
    assert client.get("/widget/strings/..%2f..%2fchat.json").status_code == 404


def test_the_page_to_frame(models: Models, bundled_settings: Settings) -> None:
    settings = bundled_settings.model_copy(update={"origins": ("https://paper.example",)})
    client = TestClient(create_app(Archive(settings, models=models)))
    response = client.get("/embed", params={"lang": "fr", "heading": '"><script>', "mode": "bubble", "onclick": "x"})
    policy = response.headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://paper.example")
    assert "script-src 'self';" in policy
    assert response.headers["cross-origin-embedder-policy"] == "require-corp"
    assert '<article-qa mode="inline" lang="fr" heading="&#34;&gt;&lt;script&gt;"></article-qa>' in response.text
    assert "onclick" not in response.text


def test_an_article_has_a_tag_and_a_link_to_the_quote(client: TestClient, archive: Archive) -> None:
    path = "/api/articles/003_3029bffaf7cebc33"
    whole = client.get(path)
    assert set(whole.json()) == {"article_id", "title", "source", "published", "url", "text", "text_sha256"}
    assert client.get(path, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    quoted = client.get(path, params={"start": 10, "end": 40})
    assert quoted.json()["link"] is None
    assert quoted.headers["etag"] != whole.headers["etag"]
    for wrong in ({"start": -1, "end": 4}, {"start": "x", "end": 4}, {"start": 1, "end": 10**13}):
        assert client.get(path, params=wrong).status_code == 422
    assert json.loads(client.get(path, params={"start": 40, "end": 10}).text)["link"] is None

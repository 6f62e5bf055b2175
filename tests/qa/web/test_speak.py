"""Are the pages in the reader's language, and in no other beside it?"""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from qa.archive import Archive
from qa.settings import Settings
from qa.show.words import ENGLISH, LANGUAGES, table
from qa.web.server import create_app
from qa.web.speak import wanted_language

OTHERS = [language for language in LANGUAGES if language != ENGLISH]
PAGES = [
    "/articles",
    "/articles?words=NATO&order=title",
    "/articles/001_de1f21643fab2dcd",
    "/articles/none",
    "/nowhere",
]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("en;q=0.5,ko;q=0.9", "ko"),
        ("it,pt;q=0.8,fr-CA;q=0.3", "fr"),
        ("ja;q=0,es;q=0.1", "es"),
        ("nl,it", "en"),
        ("", "en"),
        ("*", "en"),
        ("ar;q=nonsense", "en"),
        ("ar;q=7", "ar"),
        (";;;,,,q=", "en"),
        ("x" * 600 + ",ko", "en"),
    ],
)
def test_the_first_wanted_of_those_there_are(header: str, language: str) -> None:
    assert wanted_language(header) == language


@pytest.mark.slow
@pytest.mark.parametrize("language", OTHERS)
def test_pages_say_nothing_in_english(client: TestClient, language: str) -> None:
    for path in PAGES:
        response = client.get(path, headers={"Accept-Language": language, "Accept": "text/html"})
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in response.text
        assert "Accept-Language" in response.headers["vary"]
        assert _left_in_english(_said(response.text), language) == set()


@pytest.mark.slow
@pytest.mark.parametrize("language", OTHERS)
def test_the_chat_says_nothing_in_english(client: TestClient, language: str) -> None:
    page = client.get("/chat/", headers={"Accept-Language": language}).text
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
    config = json.loads(re.search(r"window\.gradio_config = (.*?);\s*</script>", page, re.DOTALL)[1])  # type: ignore[index]
    assert config["title"] == table(language)["heading"]
    said = set()
    for component in config["components"]:
        for name in ("value", "label", "placeholder"):
            said |= _said(str(component["props"].get(name) or ""))
    assert table(language)["heading"] in said
    assert _left_in_english(said, language) == set()
    words = json.loads(re.search(r'id="words">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert (words["language"], words["stop"]) == (language, table(language)["stop"])


@pytest.mark.slow
def test_what_comes_with_an_answer_is_in_the_readers_language(client: TestClient) -> None:
    said = client.post(
        "/api/ask", json={"question": "나토 사무총장은 누구인가요?"}, headers={"Accept-Language": "de"}
    ).json()
    assert said["other_language"]["asked"] == "ko"
    assert said["other_language"]["articles"] == ["en"]
    assert said["other_language"]["told"].startswith("질문은 한국어인데")
    assert "other_language" not in client.post("/api/ask", json={"question": "Who leads NATO?"}).json()


@pytest.mark.slow
def test_the_setting_decides_for_everybody(client: TestClient, archive: Archive) -> None:
    settings = Settings(index=archive.settings.index, language="es")
    with TestClient(create_app(Archive(settings)), base_url="http://127.0.0.1") as other:
        response = other.get("/articles", headers={"Accept-Language": "ko", "Accept": "text/html"})
    assert '<html lang="es"' in response.text
    assert "Accept-Language" not in response.headers.get("vary", "")


def _said(html: str) -> set[str]:
    """The texts between the tags, and those of labels."""
    labels = re.findall(r'(?:aria-label|placeholder|title)="([^"]*)"', html)
    return {unescape(text).strip() for text in (*re.split(r"<[^>]*>", html), *labels)} - {""}


def _left_in_english(said: set[str], language: str) -> set[str]:
    english, own = table(ENGLISH), table(language)
    words = {name: text for name, text in english.items() if isinstance(text, str) and "{" not in text}
    theirs = {text for text in own.values() if isinstance(text, str)}
    return {text for name, text in words.items() if own[name] != text and text in said - theirs}

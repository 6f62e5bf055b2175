"""The files that the pages load: packed, and not asked for again where they never change."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["chat.css", "conversation.js"])
def test_the_pages_own_files_are_packed(client: TestClient, name: str) -> None:
    packed = client.get(f"/static/{name}")
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    plain = client.get(f"/static/{name}", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == packed.text


def test_files_named_by_what_is_in_them_are_asked_for_once(client: TestClient) -> None:
    page = client.get("/chat/")
    assert "cache-control" not in page.headers
    script = re.search(r'src="\./(assets/index-[^"]+[.]js)"', page.text)
    assert script is not None
    assert client.get(f"/chat/{script[1]}").headers["cache-control"] == "public, max-age=31536000, immutable"
    missing = client.get("/chat/assets/index-00000000.js")
    assert missing.status_code == 404
    assert "cache-control" not in missing.headers

"""What stands where there is nothing."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.slow

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_a_reader_gets_a_page(client: TestClient) -> None:
    response = client.get("/nowhere", headers=BROWSER)
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "There is no such page" in response.text
    assert 'href="/"' in response.text
    # Without it the page would stand there without its style.
    assert "style-src 'self'" in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "headers"), [("/nowhere", {"Accept": "*/*"}), ("/nowhere", {}), ("/api/nowhere", BROWSER)]
)
def test_a_program_gets_json(client: TestClient, path: str, headers: dict[str, str]) -> None:
    response = client.get(path, headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


def test_other_errors_are_as_they_were(client: TestClient) -> None:
    response = client.post("/health", headers=BROWSER)
    assert (response.status_code, response.json()["error"]["code"]) == (405, "method_not_allowed")

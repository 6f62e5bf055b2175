"""What tests of the gate share: the application with other settings, and what a refusal says."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from fastapi.testclient import TestClient

SITE = "https://paper.example"

Serve = Callable[..., TestClient]


def code_of(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]

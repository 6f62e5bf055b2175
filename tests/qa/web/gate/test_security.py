"""Mounted, Gradio hands out any file of the server. Three things close that, each tested without the others."""

from __future__ import annotations

import logging
import uuid
from pathlib import Path

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from gradio.context import LocalContext
from gradio.data_classes import FileData
from gradio.exceptions import InvalidPathError
from gradio.routes import App
from starlette.routing import Mount

from qa.archive import Archive
from qa.web.gate.guard import MAX_LOGGED, Guard, is_reachable
from qa.web.server import create_app

pytestmark = pytest.mark.slow

# What can carry a file from a client: these, and any component whose data model holds FileData.
CARRIERS = {
    "annotatedimage", "audio", "chatbot", "dataset", "downloadbutton", "file", "fileexplorer", "gallery", "html",
    "image", "imageeditor", "imageslider", "model3d", "multimodaltextbox", "sketchpad", "uploadbutton", "video",
}  # fmt: skip
CLOSED = (
    "upload", "upload_progress", "file=/etc/passwd", "file/etc/passwd", "proxy=https://example.org",
    "stream/a/b/c/playlist-file", "stream/x", "process_recording", "component_server", "openapi.json", "info",
    "api_info", "call/ask", "run/ask", "api/ask", "deep_link", "runs", "vibe-edit", "vibe-code",
    "custom_component/1/client/component/index.js", "dev/reload", "queue/join", "queue/data?session_hash=a",
    "queue/status", "cancel", "reset",
)  # fmt: skip


@pytest.fixture
def demo(app: FastAPI, client: TestClient) -> gr.Blocks:
    """The chat page as it is mounted, once somebody has seen it."""
    assert client.get("/chat/").status_code == 200
    (mounted,) = [route.app for route in app.routes if isinstance(route, Mount) and isinstance(route.app, App)]
    return mounted.get_blocks()


def test_gradio_refuses_files_of_the_server(demo: gr.Blocks, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    message = {"role": "user", "content": [{"type": "file", "file": FileData(path=str(secret)).model_dump()}]}
    token = LocalContext.blocks.set(demo)
    try:
        with pytest.raises(InvalidPathError):
            gr.processing_utils.move_files_to_cache([message], gr.Chatbot(render=False), check_in_upload_folder=True)
    finally:
        LocalContext.blocks.reset(token)


def test_no_input_carries_a_file(client: TestClient) -> None:
    config = client.get("/chat/config").json()
    kinds = {component["id"]: component["type"] for component in config["components"]}
    inputs = {kinds[number] for dependency in config["dependencies"] for number in dependency["inputs"]}
    assert inputs == {"textbox", "state", "dropdown"}
    assert not inputs & CARRIERS
    assert "chatbot" in kinds.values()


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize(
    "path", [*(f"gradio_api/{path}" for path in CLOSED), "openapi.json", "monitoring", "file=/etc/passwd"]
)
def test_guard_closes_what_the_chat_does_not_use(client: TestClient, method: str, path: str) -> None:
    response = client.request(method, f"/chat/{path}")
    assert response.status_code == 404
    if method != "HEAD":
        assert response.json() == {"error": {"code": "not_found", "message": "there is nothing here"}}


def test_gradio_itself_would_answer(archive: Archive) -> None:
    # So the 404s above are the guard's doing.
    app = create_app(archive)
    app.user_middleware = [middleware for middleware in app.user_middleware if middleware.cls is not Guard]
    client = TestClient(app)
    assert client.get("/chat/gradio_api/info").status_code == 200
    assert client.post("/chat/gradio_api/upload", files={"files": b"x"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/chat/gradio_api//upload",
        "/chat//gradio_api/upload",
        "/chat/assets/../gradio_api/upload",
        "/chat/static/../../gradio_api/file=/etc/passwd",
        "/chat/./gradio_api/upload",
        "/chat/gradio_api/heartbeat/../upload",
        "/chat/gradio_api/upload/",
        "/chat/GRADIO_API/upload",
        "/chat/gradio_api/run/predict/../../upload",
        "/chat/gradio_api/run/tool",
    ],
)
def test_detours_are_closed(path: str) -> None:
    assert not is_reachable(path)


@pytest.mark.parametrize(
    "path",
    [
        "/chat",
        "/chat/",
        "/chat/config",
        "/chat/theme.css",
        "/chat/gradio_api/run/predict",
        "/chatter",
    ],
)
def test_what_the_chat_uses_is_open(path: str) -> None:
    assert is_reachable(path)


def test_a_posted_file_is_never_handed_out(client: TestClient, tmp_path: Path) -> None:
    # A name of its own: Gradio's cache outlives the test.
    secret = tmp_path / f"{uuid.uuid4()}.txt"
    secret.write_text("secret", encoding="utf-8")
    file = {"path": str(secret), "meta": {"_type": "gradio.FileData"}, "url": None}
    message = [{"role": "user", "content": [{"type": "file", "file": file}], "metadata": None}]
    seen = set()
    for dependency in client.get("/chat/config").json()["dependencies"]:
        for data in ([message], [file], [None, message], [None, file], [message, None], [file, None]):
            body = {"data": data, "fn_index": dependency["id"], "session_hash": secret.stem, "trigger_id": None}
            response = client.post("/chat/gradio_api/run/predict", json=body)
            seen.add(response.status_code)
            assert "file=" not in response.text
    assert seen == {200, 422}
    assert list(Path(gr.utils.get_upload_folder()).rglob(secret.name)) == []


def test_a_request_that_a_proxy_may_see_otherwise_is_refused(client: TestClient) -> None:
    headers = {"Content-Length": "2", "Transfer-Encoding": "chunked"}
    response = client.post("/api/feedback", content=b"{}", headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_request")
    # What follows on the connection is not read.
    assert response.headers["connection"] == "close"


def test_an_address_fills_no_log(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert client.get(f"/api/articles/{'a' * 9_000}").status_code == 404
    (path,) = (record.path for record in caplog.records if record.message == "request")
    assert len(path) == MAX_LOGGED


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/chat/", "script-src 'self' 'unsafe-inline' 'unsafe-eval'"),
        ("/api/docs", "script-src 'self' 'unsafe-inline'"),
        ("/articles/none", "default-src 'none'; style-src 'self'"),
        ("/articles", "default-src 'none'; style-src 'self'"),
        ("/api/articles", "default-src 'none'; frame-ancestors 'none'"),
        ("/health", "default-src 'none'; frame-ancestors 'none'"),
        ("/nowhere", "default-src 'none'; frame-ancestors 'none'"),
        ("/chat/gradio_api/upload", "frame-ancestors 'none'"),
        ("/static/chat.js", "default-src 'none'"),
    ],
)
def test_every_answer_has_security_headers(client: TestClient, path: str, policy: str) -> None:
    headers = client.get(path).headers
    assert policy in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/chat/config", "/chat/", "/api/articles", "/health"])
def test_no_other_origin_is_let_in(client: TestClient, path: str) -> None:
    # On a host that is not this machine: there Gradio, left alone, reflects any origin.
    headers = {"origin": "https://evil.example", "host": "articles.example"}
    response = client.get(path, headers=headers)
    assert "access-control-allow-origin" not in response.headers
    assert "access-control-allow-credentials" not in response.headers
    preflight = client.options(path, headers={**headers, "access-control-request-method": "POST"})
    assert "access-control-allow-origin" not in preflight.headers


def test_nothing_is_reported_to_gradios_makers(demo: gr.Blocks) -> None:
    assert demo.analytics_enabled is False
    assert gr.analytics.analytics_enabled() is False

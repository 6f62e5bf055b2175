"""The tools as a language-model client finds them, over the protocol."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import gradio as gr
import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from running import running

from qa.answer import Answer
from qa.archive import Archive
from qa.build import Models
from qa.settings import Settings
from qa.web.gate.places import Places
from qa.web.mcp import _text, add_tools
from qa.web.observe import Observer
from qa.web.server import create_app

if TYPE_CHECKING:
    from mcp.types import CallToolResult, Tool

pytestmark = pytest.mark.slow

LAWLER = "003_3029bffaf7cebc33"


@pytest.fixture(scope="module")
def url(models: Models, bundled_settings: Settings) -> Iterator[str]:
    settings = bundled_settings.model_copy(update={"mcp": True, "hosts": ()})
    with running(create_app(Archive(settings, models=models))) as (host, port):
        yield f"http://{host}:{port}/chat/gradio_api/mcp/"


async def talk(url: str, *calls: tuple[str, dict[str, str]]) -> tuple[list[Tool], list[CallToolResult]]:
    async with streamable_http_client(url) as (read, write, _), ClientSession(read, write) as session:
        await session.initialize()
        tools = (await session.list_tools()).tools
        return tools, [await session.call_tool(name, arguments) for name, arguments in calls]


def test_ask_and_article_are_tools(url: str) -> None:
    calls = (
        ("ask", {"question": "Who introduced the Indo-Pacific Treaty Organization Act?"}),
        ("article", {"article_id": LAWLER}),
        ("article", {"article_id": "nowhere"}),
        ("ask", {"question": " "}),
        ("ask", {"question": "Which articles do you have?"}),
    )
    # In a thread of its own: that of the browser tests has a loop already.
    with ThreadPoolExecutor(1) as thread:
        tools, (answered, read, unknown, empty, talked) = thread.submit(lambda: asyncio.run(talk(url, *calls))).result()
    assert [tool.name for tool in tools] == ["ask", "article"]
    assert "in plain words" in (tools[0].description or "")
    assert set(tools[0].inputSchema["properties"]) == {"question"}
    answer = json.loads(answered.content[0].text)  # type: ignore[union-attr]
    article = json.loads(read.content[0].text)  # type: ignore[union-attr]
    assert answer["answerable"] is True
    first = answer["citations"][0]
    assert first["article_id"] == article["article_id"] == LAWLER
    assert article["text"][first["start"] : first["end"]] == first["quote"]
    assert json.loads(talked.content[0].text)["reply"].startswith("There are 5 articles:")  # type: ignore[union-attr]
    assert unknown.isError
    assert "no article has this id" in unknown.content[0].text  # type: ignore[union-attr]
    assert empty.isError
    assert "the question is empty" in empty.content[0].text  # type: ignore[union-attr]


@pytest.mark.parametrize("query", ["", "?all_endpoints=1"])
def test_the_page_is_there_beside_the_tools(url: str, query: str) -> None:
    response = httpx.get(f"{url.removesuffix('gradio_api/mcp/')}{query}", timeout=60)
    assert (response.status_code, "window.gradio_config" in response.text) == (200, True)


@pytest.mark.parametrize("method", ["resources/read", "prompts/get"])
def test_nobody_sends_the_server_to_an_address_of_his_choice(url: str, method: str) -> None:
    sent = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"uri": "a://b", "name": "c"}}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        there = f"127.0.0.1:{listener.getsockname()[1]}"
        for header in ({"X-Gradio-Server": f"http://{there}"}, {"X-Forwarded-Host": there}, {"Host": there}):
            headers = {"Accept": "application/json, text/event-stream", **header}
            # It would wait for an answer from there.
            with suppress(httpx.ReadTimeout):
                assert "Method not found" in httpx.post(url, json=sent, headers=headers, timeout=5).text
            with pytest.raises(TimeoutError):
                listener.accept()


def test_nobody_listens_for_ever(url: str) -> None:
    for address in (url, f"{url}http"):
        with httpx.stream("GET", address, headers={"Accept": "text/event-stream"}, timeout=60) as response:
            assert (response.status_code, response.headers.get("Allow")) == (405, "POST")


@pytest.mark.parametrize(
    "sent", [b"\xff", b"", b"[" * 60_000, b'{"jsonrpc": "2.0", "id": 1, "method": "\\ud800"}', b"\xed\xa0\x80"]
)
def test_what_is_no_json_is_refused_in_words(url: str, sent: bytes) -> None:
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    response = httpx.post(url, content=sent, headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "invalid_request")


def test_who_calls_when_too_many_wait_is_told_when_to_come_back(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.web.mcp.Places", lambda: Places(places=1, max_waiting=0))
    asked, answered = threading.Event(), threading.Event()
    observer = Observer(archive)
    ask = observer.ask

    def slow(question: str, **options: int) -> Answer:
        asked.set()
        answered.wait(60)
        return ask(question, **options)

    monkeypatch.setattr(observer, "ask", slow)
    with gr.Blocks() as demo:
        add_tools(archive, observer)
    (tool,) = (event.fn for event in demo.fns.values() if event.api_name == "ask")

    async def crowded() -> str:
        first = asyncio.create_task(tool("What is the theme of the Jeju Forum?"))
        await asyncio.to_thread(asked.wait, 60)
        with pytest.raises(gr.Error, match="too many questions at once; ask again in 1 s"):
            await tool("Who?")
        answered.set()
        return await first

    with ThreadPoolExecutor(1) as thread:
        assert json.loads(thread.submit(lambda: asyncio.run(crowded())).result())["answerable"] is True


def test_an_argument_that_is_no_text_is_said() -> None:
    assert _text("Who?") == "Who?"
    for value in (None, 7, ["Who?"], "Who\0?"):
        with pytest.raises(ValueError, match="missing or no text|cannot be stored"):
            _text(value)

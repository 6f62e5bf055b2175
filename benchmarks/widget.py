"""What a page pays for a chat in it: bytes over the wire, requests, time until a question can be typed.

    npm pack deep-chat && tar xzf deep-chat-*.tgz
    python benchmarks/widget.py package/dist/deepChat.bundle.js > benchmarks/widget.md

The widget, the chat page in a frame, Gradio's own element and deep-chat, in a real browser with an empty cache; each
page in turn, RUNS times. All come from one server on this machine, compressed, so the times are of loading and running.
"""

from __future__ import annotations

import gzip
import shutil
import socket
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import click
import gradio
import uvicorn
from fastapi import FastAPI, Request
from playwright.sync_api import Browser, sync_playwright
from starlette.responses import HTMLResponse, Response
from tables import print_heading

from corpus import bundled
from corpus.readers import read_articles
from index.encoders.onnx import PackagedEncoder
from index.generations import IndexFolder
from index.update import build_index
from qa.archive import Archive
from qa.settings import Settings
from qa.web.gate.guard import Guard
from qa.web.server import create_app

RUNS = 5
WAIT_MS = 60_000
# Each page's body, and what can be typed into once it is usable; "frame" where that is inside a frame.
PAGES = {
    "widget": ('<script defer src="/widget.js" data-open></script>', "article-qa textarea, article-qa input", False),
    "frame of /embed": ('<iframe src="/embed" width="400" height="600"></iframe>', "textarea, input", True),
    "frame of the chat page": ('<iframe src="/chat/" width="400" height="600"></iframe>', "#question textarea", True),
    "`<gradio-app>`": (
        '<script type="module" src="/chat/assets/{entry}"></script><gradio-app src="{url}chat/"></gradio-app>',
        "#question textarea",
        False,
    ),
    "deep-chat": (
        '<script type="module" src="/bench/deep-chat.js"></script><deep-chat></deep-chat>',
        "deep-chat #text-input",
        False,
    ),
}


@click.command()
@click.argument("deep_chat", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(deep_chat: Path) -> None:
    """Print the table; DEEP_CHAT is its bundle."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(index=Path(folder), client_rate="100000/minute")
        build_index(IndexFolder(settings.index), read_articles([str(bundled.ARTICLES)]), PackagedEncoder())
        archive = Archive(settings)
        archive.warm_up()
        app = create_app(archive)
        # Its policies and its closed paths are not what is measured.
        app.user_middleware = [each for each in app.user_middleware if each.cls is not Guard]
        add_pages(app, deep_chat)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            try:
                print_table(measure_all(f"http://127.0.0.1:{listener.getsockname()[1]}"))
            finally:
                server.should_exit = True
                thread.join()


def add_pages(app: FastAPI, deep_chat: Path) -> None:
    frontend = Path(gradio.__file__).parent / "templates" / "frontend"
    entry = (frontend / "gradio.js").read_text(encoding="utf-8").partition("assets/")[2].partition('"')[0]
    packed = gzip.compress(deep_chat.read_bytes())

    @app.get("/bench/deep-chat.js")
    def script() -> Response:
        return Response(packed, media_type="text/javascript", headers={"Content-Encoding": "gzip"})

    @app.get("/bench/page")
    def page(request: Request) -> Response:
        body = PAGES[request.query_params["name"]][0].replace("{entry}", entry)
        head = '<base href="/chat/"><link rel="icon" href="data:,"><title>Page</title>'
        return HTMLResponse(f"<!doctype html><html lang=en>{head}<body>{body.replace('{url}', str(request.base_url))}")


def measure_all(url: str) -> dict[str, list[tuple[int, int, float]]]:
    """(bytes, requests, milliseconds) of each page, RUNS times, one page after the other."""
    found: dict[str, list[tuple[int, int, float]]] = {name: [] for name in PAGES}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for _ in range(RUNS):
            for name in PAGES:
                found[name].append(measure(browser, f"{url}/bench/page?name={name.replace('&', '%26')}", name))
        browser.close()
    return found


def measure(browser: Browser, url: str, name: str) -> tuple[int, int, float]:
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[Any] = []
    requested: list[Any] = []
    session.on("Network.loadingFinished", lambda event: received.append(event))
    session.on("Network.requestWillBeSent", lambda event: requested.append(event))
    _, selector, is_framed = PAGES[name]
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    place = page.frame_locator("iframe") if is_framed else page
    place.locator(selector).first.wait_for(state="visible", timeout=WAIT_MS)
    usable = (time.perf_counter() - started) * 1000
    page.wait_for_load_state("load")
    page.wait_for_timeout(1500)
    # Without the page itself, which is the publisher's.
    size, number = sum(each["encodedDataLength"] for each in received), len(requested) - 1
    context.close()
    return int(size), number, usable


def print_table(found: dict[str, list[tuple[int, int, float]]]) -> None:
    base = statistics.median(ms for *_, ms in found["widget"])
    print_heading("A chat in somebody else's page", "widget.py package/dist/deepChat.bundle.js")
    print(f"Medians of {RUNS} loads in one run, empty cache, one machine; time as a multiple of the widget's.\n")
    print("| | bytes | requests | time until usable |\n| --- | ---: | ---: | ---: |")
    for name, runs in found.items():
        size, number, ms = (statistics.median(column) for column in zip(*runs, strict=True))
        print(f"| {name} | {size:,.0f} | {number:.0f} | {ms / base:.1f}x |")


if __name__ == "__main__":
    main()

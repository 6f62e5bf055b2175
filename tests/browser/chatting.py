"""The server, and what a reader does on its chat page, by roles and labels."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from playwright.sync_api import Locator, Page, Route, expect

from corpus.readers import read_articles
from index.encoders.onnx import PackagedEncoder
from index.generations import IndexFolder
from index.update import build_index
from qa.archive import Archive
from qa.feedback import FEEDBACK_FILE
from qa.settings import Settings
from qa.web.server import create_app

DESKTOP = (1280, 860)
PHONE = (360, 740)
# Of a busy machine with few processors.
TIMEOUT_MS = 20_000
expect.set_options(timeout=TIMEOUT_MS)

MISSION = "When did South Korea open a diplomatic mission to NATO?"
LAWLER = "Who introduced the Indo-Pacific Treaty Organization Act?"
WORLD_CUP = "Who won the 2022 World Cup?"


@dataclass(frozen=True)
class Site:
    """A server's address, the folder of its index, and what it keeps feedback and finds saved evaluations in."""

    url: str
    folder: Path
    feedback_file: Path
    runs: Path


@contextmanager
def serving(source: Path, folder: Path, *, at_port: int = 0, **options: object) -> Iterator[Site]:
    """A server over the articles of `source`, indexed in `folder`; `options` are settings."""
    build_index(IndexFolder(folder), read_articles([str(source)]), PackagedEncoder())
    settings = Settings(index=folder, runs=folder / "runs", client_rate="100000/minute", **options)
    archive = Archive(settings)
    archive.warm_up()
    app = create_app(archive)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    with socket.create_server(("127.0.0.1", at_port)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            yield Site(url, folder, folder / FEEDBACK_FILE, folder / "runs")
        finally:
            server.should_exit = True
            thread.join()


def question_box(page: Page) -> Locator:
    return page.get_by_label("Your question")


def answers(page: Page) -> Locator:
    return page.locator("#conversation .answer")


def ask(page: Page, question: str) -> Locator:
    """Type and send a question; its answer comes back when it is there."""
    before = answers(page).count()
    question_box(page).fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(answers(page)).to_have_count(before + 1)
    return answers(page).last


class Held:
    """Holds back all that the page sends to be answered, until it is let go."""

    def __init__(self, page: Page) -> None:
        self._routes: list[Route] = []
        self._is_holding = True
        page.route("**/gradio_api/run/predict*", self._take)

    def _take(self, route: Route) -> None:
        if self._is_holding:
            self._routes.append(route)
        else:
            route.continue_()

    def stop(self) -> None:
        """Hold back nothing more; what is held stays where it is."""
        self._is_holding = False

    def let_go(self) -> None:
        self.stop()
        for route in self._routes:
            route.continue_()


def wait_for_examples(page: Page) -> None:
    """Until the page has loaded whole."""
    expect(page.get_by_role("button", name=MISSION)).to_be_visible()


def width_beyond_the_screen(page: Page) -> int:
    """Pixels that would have to be scrolled sideways to."""
    beyond: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return beyond

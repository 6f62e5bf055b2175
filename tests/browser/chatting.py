"""The server, and what a reader does on its chat page, by roles and labels."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import httpx
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect

from corpus.readers import read_articles
from index.encoders.onnx import PackagedEncoder
from index.generations import IndexFolder
from index.update import build_index
from qa.archive import Archive
from qa.build import Models
from qa.evidence.gather import Found
from qa.evidence.reader import Reader, Reading
from qa.feedback import FEEDBACK_FILE
from qa.settings import Settings
from qa.web.server import create_app

BUNDLED = Path(__file__).parents[2] / "corpus" / "articles"
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


class RememberingReader(Reader):
    """The reader. The tests ask the same few questions again and again; a passage is read once for each."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[str, str, str], list[Reading]] = {}

    def _read(self, question: str, found: Found) -> list[Reading]:
        key = question, found.passage.passage_id, found.passage.text
        if key not in self._known:
            self._known[key] = super()._read(question, found)
        return self._known[key]


@cache
def models() -> Models:
    """Those of the default settings, loaded once for all servers."""
    return Models(PackagedEncoder(), RememberingReader())


def build(source: Path, folder: Path) -> Path:
    """An index of the articles of `source`, in `folder`, which comes back."""
    build_index(IndexFolder(folder), read_articles([str(source)]), models().encoder)
    return folder


@contextmanager
def serving(folder: Path, *, at_port: int = 0, **options: object) -> Iterator[Site]:
    """A server over the index in `folder`; `options` are settings."""
    settings = Settings(index=folder, runs=folder / "runs", client_rate="100000/minute", **options)
    archive = Archive(settings, models=models())
    archive.warm_up()
    app = create_app(archive)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    with socket.create_server(("127.0.0.1", at_port)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            # The chat is made beside serving, which takes longer than a test waits for a page.
            httpx.get(f"{url}/chat/", timeout=120)
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
    wait_for_answers(page, before + 1)
    return answers(page).last


def wait_for_answers(page: Page, number: int) -> None:
    """Until there are so many. `expect` alone looks again after a second, and then after another."""
    page.wait_for_function(f"document.querySelectorAll('#conversation .answer').length >= {number}")
    expect(answers(page)).to_have_count(number)


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
    page.wait_for_function("document.querySelector('#examples .example')?.checkVisibility()")
    expect(page.get_by_role("button", name=MISSION)).to_be_visible()


def width_beyond_the_screen(page: Page) -> int:
    """Pixels that would have to be scrolled sideways to."""
    beyond: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return beyond


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong in light and, where it is a matter of colour, in dark too: the rule, and where."""
    light = page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")
    found = _violations(page, {})
    _paint(page, "dark" if light else "light")
    found += _violations(page, {"runOnly": ["color-contrast", "link-in-text-block"]})
    _paint(page, "light" if light else "dark")
    return found


def _violations(page: Page, options: dict[str, object]) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


def _paint(page: Page, scheme: Literal["light", "dark"]) -> None:
    # Its buttons fade, and half faded the colours are neither the one nor the other.
    page.evaluate(
        "() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('* { transition: none !important }');"
        " document.adoptedStyleSheets = [sheet]; }"
    )
    page.emulate_media(color_scheme=scheme)
    # Gradio's pages turn dark by a class of their own, a moment later.
    page.wait_for_function(
        "is => !window.gradio_config || document.body.classList.contains('dark') === is", arg=scheme == "dark"
    )

"""A real server over a real index, and a browser that reports every script error and every request elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from chatting import BUNDLED, Site, build, serving
from playwright.sync_api import Browser, Page, sync_playwright
from tabs import Tabs
from widget_pages import Pages, serving_pages


@pytest.fixture(scope="session")
def pages() -> Iterator[Pages]:
    """The site of a publisher, whose pages may ask the articles."""
    with serving_pages() as pages:
        yield pages


@pytest.fixture(scope="session")
def site(pages: Pages, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The bundled articles, served."""
    folder = build(BUNDLED, tmp_path_factory.mktemp("bundled"))
    with serving(folder, origins=(pages.url,)) as site:
        pages.widget_host = site.url
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # The machine's Chromium; Playwright's own where there is none.
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    # Nothing leaves this machine, whatever a page asks for.
    alone = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*quiet, "--disable-sync", alone])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    return Tabs(browser)


@pytest.fixture
def open_page(tabs: Tabs) -> Iterator[Callable[..., Page]]:
    """Opens `url` for a new reader. Afterwards the test fails if a script did, or if any other host was asked."""
    yield tabs.open
    assert tabs.close() == []

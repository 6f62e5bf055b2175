"""A real server over a real index, and a browser that reports every script error and every request elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from chatting import DESKTOP, TIMEOUT_MS, Site, serving
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

BUNDLED = Path(__file__).parents[2] / "corpus" / "articles"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The bundled articles, served."""
    with serving(BUNDLED, tmp_path_factory.mktemp("bundled")) as site:
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # The machine's Chromium; Playwright's own where there is none.
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*quiet, "--disable-sync"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens `url` in a new context. Afterwards the test fails if a script did, or if any other host was asked."""
    problems: list[str] = []
    with ExitStack() as stack:

        def open_url(
            url: str,
            *,
            size: tuple[int, int] = DESKTOP,
            scheme: str = "light",
            scripts: bool = True,
            locale: str | None = None,
        ) -> Page:
            context = browser.new_context(
                locale=locale,
                viewport={"width": size[0], "height": size[1]},
                color_scheme="dark" if scheme == "dark" else "light",
                java_script_enabled=scripts,
            )
            stack.callback(context.close)
            watch(context, url, problems)
            page = context.new_page()
            page.set_default_timeout(TIMEOUT_MS)
            page.goto(url)
            return page

        yield open_url
    assert problems == []


def watch(context: BrowserContext, url: str, problems: list[str]) -> None:
    """Write down script errors, dialogs and requests to hosts other than that of `url`, which are stopped."""
    host = "/".join(url.split("/")[:3])

    def check(route: Route) -> None:
        if route.request.url.startswith((f"{host}/", "data:", "blob:")):
            route.continue_()
        else:
            problems.append(f"asked {route.request.url}")
            route.abort()

    context.route("**/*", check)
    context.on("weberror", lambda error: problems.append(f"script error: {error.error}"))
    context.on("dialog", lambda dialog: (problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    context.on(
        "console",
        lambda message: problems.append(f"console: {message.text}") if message.type in ("error", "warning") else None,
    )

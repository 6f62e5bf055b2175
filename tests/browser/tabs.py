"""Pages of one browser. They share its cache; each that is opened is nevertheless a new reader's."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from chatting import DESKTOP, TIMEOUT_MS
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request, WebError

# What a page may load without asking any host.
INLINE = ("data:", "blob:", "about:")


class Tabs:
    """Opens pages, and writes down script errors, dialogs and requests to hosts that were not asked for.

    The files of the chat page are read and compiled once: a context of its own for each test had an empty cache.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: dict[tuple[str, bool], BrowserContext] = {}
        self._opened: list[Page] = []
        self._hosts: set[str] = set()
        self._ignored: tuple[str, ...] = ()
        self._problems: list[str] = []

    def open(
        self,
        url: str,
        *,
        size: tuple[int, int] = DESKTOP,
        scheme: str = "light",
        scripts: bool = True,
        locale: str = "en-US",
        setup: str = "",
    ) -> Page:
        """A page at `url`; `setup` is a script that runs before those of the page."""
        self.allow(url)
        context = self._context(locale, scripts)
        page = context.new_page()
        self._opened.append(page)
        page.set_default_timeout(TIMEOUT_MS)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        if setup:
            page.add_init_script(setup)
        forget(page, sorted(self._hosts))
        page.goto(url)
        return page

    def allow(self, url: str) -> None:
        """The pages of this test may ask the host of `url`."""
        self._hosts.add(origin(url))

    def ignore(self, *words: str) -> None:
        """What a page of this test says in the console with one of these is no problem."""
        self._ignored += words

    def close(self) -> list[str]:
        """Close what was opened; what went wrong meanwhile comes back."""
        for page in self._opened:
            page.close()
        for context in self._contexts.values():
            context.clear_cookies()
            context.clear_permissions()
            context.set_offline(False)
        problems = self._problems
        self._opened, self._hosts, self._ignored, self._problems = [], set(), (), []
        return problems

    def _context(self, locale: str, scripts: bool) -> BrowserContext:
        key = locale, scripts
        if key not in self._contexts:
            context = self._browser.new_context(locale=locale, java_script_enabled=scripts)
            context.on("request", self._check)
            context.on("weberror", self._note_error)
            context.on("dialog", self._dismiss)
            context.on("console", self._note)
            self._contexts[key] = context
        return self._contexts[key]

    def _check(self, request: Request) -> None:
        if not request.url.startswith((*INLINE, *(f"{host}/" for host in self._hosts))):
            self._problems.append(f"asked {request.url}")

    def _note_error(self, error: WebError) -> None:
        self._problems.append(f"script error: {error.error}")

    def _dismiss(self, dialog: Dialog) -> None:
        self._problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(words in message.text for words in self._ignored):
            self._problems.append(f"console: {message.text}")


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def forget(page: Page, origins: Sequence[str]) -> None:
    """Take away what pages of `origins` have kept in the browser, but for its cache."""
    session = page.context.new_cdp_session(page)
    for each in origins:
        session.send("Storage.clearDataForOrigin", {"origin": each, "storageTypes": "local_storage"})
    session.detach()

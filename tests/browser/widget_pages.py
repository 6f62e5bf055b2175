"""Pages of another site with the widget in them, under as strict a policy as a page can have; and what readers do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Locator, Page, expect

BODY = """<header><h1>The Daily Page</h1></header>
<main><h2>What happened today</h2><p>Not much. <a href="#more">More</a></p><p><label>Search <input></label></p></main>
<footer><button>Subscribe</button></footer>"""
POLICY = (
    "default-src 'none'; script-src 'self' {host}; style-src 'self'; connect-src {host}; img-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


class Pages:
    """The site of a publisher: `url` is its origin; `html` holds what stands in a page, `css` its style."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        # The same server under a name that the articles' server does not know.
        self.foreign_url = f"http://localhost:{port}"
        self.widget_host = ""
        self.html: dict[str, str] = {}
        self.css = "body { font: 18px/1.6 serif; margin: 2rem; }"

    def add(self, name: str, *, attributes: str = "", inside: str = "", lang: str = "en") -> str:
        """A page with the script, which has `attributes`; its address."""
        script = f'<script defer src="{self.widget_host}/widget.js" {attributes}></script>'
        self.html[f"/{name}"] = (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>The Daily Page</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/page.css">{script}</head>'
            f"<body>{BODY}{inside}</body></html>"
        )
        return f"{self.url}/{name}"

    def find(self, path: str) -> tuple[str, str] | None:
        """The type and text of what stands at `path`."""
        if path == "/page.css":
            return "text/css", self.css
        if path == "/icon.svg":
            return "image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg"/>'
        return ("text/html", self.html[path]) if path in self.html else None


@contextmanager
def serving_pages() -> Iterator[Pages]:
    """A publisher's server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = pages.find(self.path.partition("?")[0])
            kind, text = found or ("text/plain", "")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY.format(host=pages.widget_host))
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        pages = Pages(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield pages
        finally:
            server.shutdown()
            thread.join()


def launcher(page: Page) -> Locator:
    return page.get_by_role("button", name="Ask the articles")


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Ask the articles")


def question_box(page: Page | Locator) -> Locator:
    return page.get_by_role("textbox", name="Your question")


def turns(page: Page | Locator) -> Locator:
    return page.get_by_role("log").get_by_role("article")


def ask(page: Page | Locator, question: str) -> Locator:
    """Type and send a question; its turn of the conversation comes back when it is answered."""
    before = turns(page).count()
    question_box(page).fill(question)
    question_box(page).press("Enter")
    turn = turns(page).nth(before)
    expect(turn.get_by_role("button", name="Helpful", exact=True)).to_be_visible()
    return turn


def citation(turn: Locator, rank: int = 1) -> Locator:
    return turn.get_by_role("button", name=f"{rank}.")

"""What a link to the chat shows of itself where it is shared: the question in it, and no address of another host."""

from __future__ import annotations

import gzip
import json
import re
from html import escape
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

from qa.archive import Archive
from qa.show.words import direction, say, script_words, spoken
from qa.web.chat.furniture import SCRIPTS, masthead_html, translate

MAX_TITLE_CHARACTERS = 200
# Those that Gradio writes into its page speak of Gradio.
_GRADIO = re.compile(rb'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*?/>')
_HEAD = re.compile(rb"</head>")
# For a page in somebody's frame, which no policy of ours allows.
_RESIZER = re.compile(
    rb"<script>(?:(?!</script>).)*iframeResizer\.contentWindow(?:(?!</script>).)*</script>", re.DOTALL
)
_ROOT = re.compile(rb'<html\b[^>]*?\blang="en"[^>]*>')
# What Gradio's script makes the page of.
_CONFIG = re.compile(rb"(<script[^>]*>\s*window\.gradio_config = )(.*?)(;\s*</script>)", re.DOTALL)


def described(scope: Scope, send: Send, archive: Archive) -> tuple[Scope, Send]:
    """`scope` and `send` for a page that is described: its address may have a question, as in `?q=Who+won%3F`.

    The page is asked for as it is, and compressed here.
    """
    named = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    is_packed = any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
    started: list[Message] = []
    body = b""

    async def describe(message: Message) -> None:
        nonlocal body
        if message["type"] == "http.response.start" and _is_page(message):
            started.append(message)
            return
        if not started or message["type"] != "http.response.body":
            await send(message)
            return
        body += message.get("body", b"")
        if message.get("more_body"):
            return
        page = with_description(in_language(body, masthead_html(archive)), question_in(scope["query_string"]))
        headers = MutableHeaders(scope=started[0])
        headers.add_vary_header("Accept-Encoding")
        if is_packed:
            page = gzip.compress(page, mtime=0)
            headers["content-encoding"] = "gzip"
        headers["content-length"] = str(len(page))
        await send(started[0])
        await send({"type": "http.response.body", "body": page})

    return {**scope, "headers": named}, describe


def _is_page(message: Message) -> bool:
    return "html" in MutableHeaders(scope=message).get("content-type", "")


def question_in(query: bytes) -> str | None:
    """The question that the query of an address asks; None where there is none."""
    (question, *_) = parse_qs(query.decode("latin-1"), errors="replace").get("q", [""])
    words = " ".join(question.split())
    return f"{words[:MAX_TITLE_CHARACTERS]} …" if len(words) > MAX_TITLE_CHARACTERS else words or None


def with_description(page: bytes, question: str | None) -> bytes:
    """`page` with a title and a description for those that show links, in place of those of Gradio.

    The script by which Gradio's pages fit into a frame is left out.
    """
    heading, description = escape(say("heading")), escape(say("greeting"))
    title = escape(question) if question else heading
    tags = (
        f'<meta property="og:title" content="{title}" /><meta property="og:type" content="website" />'
        f'<meta property="og:site_name" content="{heading}" /><meta name="description" content="{description}" />'
        f'<meta property="og:description" content="{description}" /><meta name="twitter:card" content="summary" />'
        "</head>"
    )
    return _HEAD.sub(lambda _: tags.encode(), _RESIZER.sub(b"", _GRADIO.sub(b"", page)), count=1)


def in_language(page: bytes, masthead: str) -> bytes:
    """`page` as Gradio made it, with `masthead` and all else in the language that is spoken, its scripts' words too."""
    found = _CONFIG.search(page)
    if found:
        config = json.loads(found[2])
        translate(config, masthead)
        page = page[: found.start(2)] + _in_script(config) + page[found.end(2) :]
    words = b'<script type="application/json" id="words">' + _in_script(script_words(SCRIPTS)) + b"</script></head>"
    root = f'<html lang="{spoken()}" dir="{direction()}">'.encode()
    return _HEAD.sub(lambda _: words, _ROOT.sub(lambda _: root, page, count=1), count=1)


def _in_script(value: object) -> bytes:
    """As JSON that can stand between script tags."""
    return json.dumps(value).replace("<", "\\u003c").encode()

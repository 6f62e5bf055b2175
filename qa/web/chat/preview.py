"""What a link to the chat shows of itself where it is shared: the question in it, and no address of another host."""

from __future__ import annotations

import gzip
import re
from html import escape
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

MAX_TITLE_CHARACTERS = 200
TITLE = "Ask the articles"
DESCRIPTION = "Answers quoted word for word from the articles, each with the place where it stands."
# Those that Gradio writes into its page speak of Gradio.
_GRADIO = re.compile(rb'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*?/>')
_HEAD = re.compile(rb"</head>")
# For a page in somebody's frame, which no policy of ours allows.
_RESIZER = re.compile(
    rb"<script>(?:(?!</script>).)*iframeResizer\.contentWindow(?:(?!</script>).)*</script>", re.DOTALL
)


def described(scope: Scope, send: Send) -> tuple[Scope, Send]:
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
        page = with_description(body, question_in(scope["query_string"]))
        headers = MutableHeaders(scope=started[0])
        headers["vary"] = "Accept-Encoding"
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
    title = escape(question or TITLE)
    tags = (
        f'<meta property="og:title" content="{title}" /><meta property="og:type" content="website" />'
        f'<meta property="og:site_name" content="{TITLE}" /><meta name="description" content="{DESCRIPTION}" />'
        f'<meta property="og:description" content="{DESCRIPTION}" /><meta name="twitter:card" content="summary" />'
        "</head>"
    )
    return _HEAD.sub(lambda _: tags.encode(), _RESIZER.sub(b"", _GRADIO.sub(b"", page)), count=1)

"""What stands in front of every request: paths that must not be reached, large bodies, headers, last-resort errors.

Plain ASGI, so that streamed answers pass through untouched.
"""

from __future__ import annotations

import logging

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.evaluate.report.templates import SCRIPT_SOURCE
from qa.web.errors import UNEXPECTED, error_response

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 64 * 1024

EVALUATION_PATH = "/evaluation"
CHAT_PATH = "/chat"
# All that the chat page asks of Gradio. Anything else of its routes (upload, file=, proxy=, stream, component_server,
# openapi.json, monitoring and what a later version brings) is answered with 404: mounted Gradio would hand out files.
CHAT_PATHS = frozenset(
    f"{CHAT_PATH}{path}"
    for path in (
        "",
        "/",
        "/config",
        "/theme.css",
        "/gradio_api/queue/join",
        "/gradio_api/queue/data",
    )
)
CHAT_FOLDERS = tuple(f"{CHAT_PATH}{path}/" for path in ("/assets", "/static", "/gradio_api/heartbeat"))

_ONLY_SELF = "frame-ancestors 'none'; base-uri 'self'; object-src 'none'; form-action 'self'"
# Gradio builds its page with inline scripts and compiles templates, hence the two 'unsafe' words, here alone.
CHAT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    f"img-src 'self' data:; font-src 'self' data:; {_ONLY_SELF}"
)
DOCS_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    f"img-src 'self' data:; {_ONLY_SELF}"
)
READER_POLICY = f"default-src 'none'; style-src 'self'; img-src 'self'; {_ONLY_SELF}"
# The report carries its style and its one script in itself; whatever else stands in a saved file is not run.
EVALUATION_POLICY = (
    f"default-src 'none'; style-src 'self' 'unsafe-inline'; script-src {SCRIPT_SOURCE}; img-src 'self'; {_ONLY_SELF}"
)
STRICT_POLICY = f"default-src 'none'; {_ONLY_SELF}"


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = _path(scope)
        headed = _Headed(send, path)
        if not is_reachable(path):
            await error_response(404, "not_found", "there is nothing here")(scope, receive, headed)
            return
        if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            body = await _read_body(receive)
            if body is None:
                message = f"the request is larger than {MAX_BODY_BYTES} bytes; send a shorter one"
                await error_response(413, "too_large", message)(scope, receive, headed)
                return
            receive = _replayed(body, receive)
        try:
            await self.app(scope, receive, headed)
        except Exception:
            # The last line of defence: the traceback belongs in the log, never in the answer.
            logger.exception("%s %s failed", scope["method"], path)
            if not headed.has_started:
                await error_response(500, "internal", UNEXPECTED)(scope, receive, headed)


def is_reachable(path: str) -> bool:
    """False for the routes of Gradio that the chat page has no use for."""
    if path != CHAT_PATH and not path.startswith(f"{CHAT_PATH}/"):
        return True
    return path in CHAT_PATHS or (path.startswith(CHAT_FOLDERS) and ".." not in path)


def policy_for(path: str) -> str:
    """The content security policy of the page at `path`."""
    if path == CHAT_PATH or path.startswith(f"{CHAT_PATH}/"):
        return CHAT_POLICY
    if path == "/api/docs":
        return DOCS_POLICY
    if path == EVALUATION_PATH or path.startswith(f"{EVALUATION_PATH}/"):
        return EVALUATION_POLICY
    return READER_POLICY if path.startswith("/articles/") else STRICT_POLICY


class _Headed:
    """`send` that adds the security headers and remembers whether an answer has begun."""

    def __init__(self, send: Send, path: str) -> None:
        self.send = send
        self.path = path
        self.has_started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_started = True
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = policy_for(self.path)
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"
        await self.send(message)


def _path(scope: Scope) -> str:
    # Behind a proxy that strips a prefix, the server puts the prefix back in front of the path.
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body, None when it is too large; counted as it comes, so chunked bodies are no way around."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY_BYTES:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    left = [body]

    async def replay() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return replay

"""What stands in front of every request: who may come, paths that must not be reached, headers, last-resort errors.

Plain ASGI, so that streamed answers pass through untouched.
"""

from __future__ import annotations

import logging
import time
import uuid
from dataclasses import astuple
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.gate.access import PUBLIC_PREFIXES, AccessRules, Caller, is_api, path_of, refuse
from qa.web.gate.errors import UNEXPECTED, error_response
from qa.web.gate.policy import policy_for
from qa.web.paths import CHAT_HEARTBEAT, CHAT_PATH, CHAT_PREDICT, EMBED_PATH, MCP_PATH

logger = logging.getLogger(__name__)

# All that the chat page asks of Gradio. Anything else of its routes (upload, file=, proxy=, queue, stream,
# component_server, openapi.json, monitoring and what a later version brings) is answered with 404: mounted Gradio would
# hand out files.
CHAT_PATHS = frozenset({CHAT_PREDICT, *(f"{CHAT_PATH}{path}" for path in ("", "/", "/config", "/theme.css"))})
# For language-model clients, where the setting opens it.
MCP_PATHS = frozenset(f"{MCP_PATH}{path}" for path in ("", "/", "/http", "/http/"))
# Gradio fails on a name that is longer than names of files can be.
MAX_PATH_BYTES = 255
# Of a path in the log: an address can be as long as all headers together.
MAX_LOGGED = 300
CHAT_ASSETS = f"{CHAT_PATH}/assets/"
CHAT_FOLDERS = (CHAT_ASSETS, f"{CHAT_PATH}/static/", CHAT_HEARTBEAT)
# Gradio names a file there by what is in it: under its name there is never another.
ASSETS_CACHING = "public, max-age=31536000, immutable"


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, rules: AccessRules, *, report_script: str, has_mcp: bool = False) -> None:
        """`report_script` is the one script that pages of evaluations may run, as a policy names it."""
        self.app = app
        self._report_script = report_script
        self._rules = rules
        self._has_mcp = has_mcp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, started = path_of(scope), time.perf_counter()
        headed = _Headed(send, path, policy_for(path, self._rules.origins, self._report_script))
        try:
            await self._answer(path, scope, receive, headed)
        except Exception:
            # The last line of defence: the traceback belongs in the log, never in the answer.
            logger.exception("a request failed", extra={"request_id": headed.request_id, "path": path[:MAX_LOGGED]})
            if not headed.has_started:
                await error_response(500, "internal", UNEXPECTED)(scope, receive, headed)
        if is_api(path) or headed.status is None or headed.status >= HTTPStatus.BAD_REQUEST:
            ms = round((time.perf_counter() - started) * 1000, 1)
            seen = {
                "request_id": headed.request_id,
                "method": scope["method"],
                "path": path[:MAX_LOGGED],
                "status": headed.status,
            }
            logger.info("request", extra={**seen, "ms": ms})

    async def _answer(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = refuse(Caller.of(scope), self._rules)
        if refusal:
            await error_response(*astuple(refusal))(scope, receive, send)
        elif {b"content-length", b"transfer-encoding"} <= {name for name, _ in scope["headers"]}:
            # A proxy in front may see another request in it, so what follows on this connection is nobody's.
            message = "the request has both a length and chunks; send one of them"
            await error_response(400, "bad_request", message, {"Connection": "close"})(scope, receive, send)
        elif is_reachable(path) or (self._has_mcp and path in MCP_PATHS):
            await self.app(scope, receive, send)
        else:
            await error_response(404, "not_found", "there is nothing here")(scope, receive, send)


def is_reachable(path: str) -> bool:
    """False for the routes of Gradio that the chat page has no use for."""
    if path != CHAT_PATH and not path.startswith(f"{CHAT_PATH}/"):
        return True
    is_file = path.startswith(CHAT_FOLDERS) and ".." not in path
    return path in CHAT_PATHS or (is_file and len(path.encode("utf-8", "surrogatepass")) <= MAX_PATH_BYTES)


class _Headed:
    """`send` that adds the headers every answer has, and remembers the status of one that has begun."""

    def __init__(self, send: Send, path: str, policy: str) -> None:
        self.send = send
        self.request_id = uuid.uuid4().hex
        self.status: int | None = None
        self._is_asset = path.startswith(CHAT_ASSETS)
        # Pages that isolate themselves may use what is made for them.
        is_shared = path == EMBED_PATH or path.startswith(PUBLIC_PREFIXES)
        self._added = {
            "Content-Security-Policy": policy,
            "Cross-Origin-Resource-Policy": "cross-origin" if is_shared else "same-origin",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Request-ID": self.request_id,
        }

    @property
    def has_started(self) -> bool:
        return self.status is not None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            # A page may have a policy of its own where its address says nothing of it.
            policy = headers.get("Content-Security-Policy")
            headers.update(self._added)
            if self._is_asset and self.status == HTTPStatus.OK:
                headers["Cache-Control"] = ASSETS_CACHING
            if policy:
                headers["Content-Security-Policy"] = policy
        await self.send(message)

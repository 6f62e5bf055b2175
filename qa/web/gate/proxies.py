"""What a proxy says of a request: taken from the proxies that the owner names, and from nobody else.

One rule for the whole application: of a trusted proxy, `X-Forwarded-For` says who asks and `X-Forwarded-Proto` in which
scheme. The name that was asked for is that of `Host`. Nothing behind this sees such a header: Gradio believes them
whoever sends them, and takes its own address from them.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

# In the scope of a request: somebody handed it on, whether or not he is believed.
WAS_FORWARDED = "qa.was_forwarded"
_PREFIX = b"x-forwarded-"
_NAMES = frozenset({b"forwarded", b"x-real-ip", b"x-gradio-server"})
_SIGNS = frozenset({b"via", *_NAMES})
# What nginx speaks to whatever stands behind it unless it is told otherwise, when it names nobody and asks under the
# name of this machine. No browser does.
_OF_PROXIES_ALONE = "1.0"


class Proxies:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, trusted: Sequence[str]) -> None:
        """`trusted` are addresses and networks of proxies."""
        self.app = app
        self._believing = ProxyHeadersMiddleware(self._without, list(trusted))  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on as it was asked of the proxy."""
        if scope["type"] == "http":
            names = {name.lower() for name, _ in scope["headers"]}
            is_named = any(name in _SIGNS or name.startswith(_PREFIX) for name in names)
            scope[WAS_FORWARDED] = is_named or scope["http_version"] == _OF_PROXIES_ALONE
        await self._believing(scope, receive, send)  # type: ignore[arg-type]

    async def _without(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope["headers"] = [(name, value) for name, value in scope["headers"] if not _is_of_proxies(name)]
        await self.app(scope, receive, send)


def _is_of_proxies(name: bytes) -> bool:
    lower = name.lower()
    return lower.startswith(_PREFIX) or lower in _NAMES

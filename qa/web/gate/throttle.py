"""How much one client may ask of the server: the size of a body, the time it takes to come, requests a minute."""

from __future__ import annotations

import asyncio
import math
import time

import limits
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.gate.access import AccessRules, Caller, has_key, is_api, is_mcp
from qa.web.gate.errors import error_response
from qa.web.paths import ARTICLES_PATH, CHAT_EVENTS, EVALUATION_PATH

MAX_BODY_BYTES = 64 * 1024
# For a body of at most 64 KB; who sends it slower keeps a connection for nothing.
BODY_SECONDS = 10.0

PAGES = (ARTICLES_PATH, EVALUATION_PATH)


class TooLarge(Exception):
    """The body is larger than MAX_BODY_BYTES."""


class Throttle:
    """ASGI middleware; counts requests in memory. Whoever brings the API key is not counted."""

    def __init__(self, app: ASGIApp, rules: AccessRules) -> None:
        self.app = app
        self._rules = rules
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._client_rate, self._site_rate = limits.parse(rules.client_rate), limits.parse(rules.site_rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass, or answer that it is too much."""
        if scope["type"] != "http" or scope["method"] in ("HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        wait = self._seconds_to_wait(scope)
        if wait:
            message = f"too many requests; ask again in {wait} seconds"
            response = error_response(429, "too_many_requests", message, {"Retry-After": str(wait)})
            await response(scope, receive, send)
            return
        if scope["method"] != "GET":
            try:
                body = await asyncio.wait_for(_read_body(receive), BODY_SECONDS)
                receive = replayed({"type": "http.request", "body": body, "more_body": False}, receive)
            except TooLarge:
                message = f"the request is larger than {MAX_BODY_BYTES} bytes; send a shorter one"
                await error_response(413, "too_large", message)(scope, receive, send)
                return
            except TimeoutError:
                message = f"the request did not arrive within {BODY_SECONDS:g} seconds; send it again"
                await error_response(408, "too_slow", message)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _seconds_to_wait(self, scope: Scope) -> int:
        """0 when the request may pass, and is counted."""
        caller = Caller.of(scope)
        if not _is_work(caller.path) or has_key(caller, self._rules):
            return 0
        counted = [(self._client_rate, "client", (scope.get("client") or ("", 0))[0])]
        if caller.origin is not None:
            counted.append((self._site_rate, "site", caller.origin))
        for rate, *who in counted:
            if not self._limiter.hit(rate, *who):
                wait = self._limiter.get_window_stats(rate, *who).reset_time - time.time()
                if wait <= rate.get_expiry() + 1:
                    return max(1, math.ceil(wait))
                # The clock has been set back since: what was counted in the future would shut everybody out until then.
                self._limiter.clear(rate, *who)
        return 0


def _is_work(path: str) -> bool:
    """Requests that make the server work: questions, articles, comparisons of runs."""
    return is_api(path) or is_mcp(path) or path in CHAT_EVENTS or path.startswith(PAGES)


async def _read_body(receive: Receive) -> bytes:
    """The whole body; counted as it comes, so chunked bodies are no way around. Raises TooLarge."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY_BYTES:
            raise TooLarge
        more = message.get("more_body", False)
    return b"".join(parts)


def replayed(message: Message, receive: Receive) -> Receive:
    """`receive` with `message`, which was read already, in front."""
    left = [message]

    async def replay() -> Message:
        return left.pop() if left else await receive()

    return replay

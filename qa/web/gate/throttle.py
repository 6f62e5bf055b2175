"""How much one client may ask of the server: the size of a body, the time it takes to come, requests a minute."""

from __future__ import annotations

import asyncio
import json
import math
import time
from ipaddress import ip_address, ip_network

import limits
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.limits import DEFAULT_K, MAX_K
from qa.web.gate.access import AccessRules, Caller, has_key, is_api, is_mcp, path_of
from qa.web.gate.editing import refuse_editing
from qa.web.gate.errors import error_response
from qa.web.paths import (
    ARTICLES_PATH,
    ASK_PATH,
    CHAT_PREDICT,
    EDITING_PATH,
    EVALUATION_PATH,
    INSIGHTS_PATH,
)

MAX_BODY_BYTES = 64 * 1024
# For a body of at most 64 KB; who sends it slower keeps a connection for nothing.
BODY_SECONDS = 10.0

# An answer of 50 passages takes four times as long as one of 5.
PASSAGES_AT_A_PRICE = 15

# What is given to one home or one server.
NETWORK_BITS = 64
PAGES = (ARTICLES_PATH, EVALUATION_PATH, EDITING_PATH, INSIGHTS_PATH)


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
        is_editing = path_of(scope).startswith(EDITING_PATH)
        # Files one after the other are what it is for; who may not change articles is counted, as is who tries keys.
        is_counted = not (is_editing and refuse_editing(scope, self._rules) is None)
        wait = self._seconds_to_wait(scope) if is_counted else 0
        if wait:
            await _too_many(wait)(scope, receive, send)
            return
        # What is read of files has limits of its own, and nothing is read of those who may not send any.
        if scope["method"] != "GET" and not is_editing:
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
            further = further_cost(body) if path_of(scope) == ASK_PATH else 0
            wait = self._seconds_to_wait(scope, further) if further else 0
            if wait:
                await _too_many(wait)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _seconds_to_wait(self, scope: Scope, further: int = 0) -> int:
        """0 when the request may pass, and is counted: once, or for what it costs `further`."""
        caller = Caller.of(scope)
        if not _is_work(caller.path) or has_key(caller, self._rules):
            return 0
        counted = [(self._client_rate, "client", client_of(scope))]
        if caller.origin is not None:
            counted.append((self._site_rate, "site", caller.origin))
        for rate, *who in counted:
            # What costs more than there is at all can still be asked, once in all that time.
            cost = min(further, rate.amount - 1) if further else 1
            if cost and not self._limiter.hit(rate, *who, cost=cost):
                wait = self._limiter.get_window_stats(rate, *who).reset_time - time.time()
                if wait <= rate.get_expiry() + 1:
                    return max(1, math.ceil(wait))
                # The clock has been set back since: what was counted in the future would shut everybody out until then.
                self._limiter.clear(rate, *who)
        return 0


def client_of(scope: Scope) -> str:
    """Who is counted: an address, of IPv6 its network, in which whoever has one address has all."""
    host = str((scope.get("client") or ("", 0))[0])
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4 or address.ipv4_mapped:
        return str(getattr(address, "ipv4_mapped", None) or address)
    return str(ip_network((address, NETWORK_BITS), strict=False))


def _is_work(path: str) -> bool:
    """Requests that make the server work: questions, articles, comparisons of runs."""
    return is_api(path) or is_mcp(path) or path == CHAT_PREDICT or path.startswith(PAGES)


def _too_many(wait: int) -> Response:
    message = f"too many requests; ask again in {wait} seconds"
    return error_response(429, "too_many_requests", message, {"Retry-After": str(wait)})


def further_cost(body: bytes) -> int:
    """As how many requests more a question counts: each further passage of an answer has to be weighed too."""
    try:
        # As it is read later: 50, 50.0 and "50" are one number.
        k = int(float(json.loads(body)["k"]))
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return 0
    return max(0, min(k, MAX_K) - DEFAULT_K) // PASSAGES_AT_A_PRICE


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

"""In which language a page is: the setting's, or the first of those that the browser asks for that there is."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.settings import AUTO
from qa.show.words import ENGLISH, LANGUAGES, speaking

# Longer ones are of nobody who reads.
MAX_HEADER_CHARACTERS = 500


def wanted_language(header: str) -> str:
    """The language that an `Accept-Language` wants most of those there are; English for none of them."""
    weighed = []
    for place, part in enumerate(header[:MAX_HEADER_CHARACTERS].split(",")):
        tag, _, weight = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            weighed.append((-_quality(weight), place, language))
    best = min(weighed, default=(0.0, 0, ENGLISH))
    return best[2] if best[0] else ENGLISH


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    try:
        return min(max(float(value), 0.0), 1.0) if name == "q" else 1.0
    except ValueError:
        return 0.0


class Speak:
    """ASGI middleware: whatever answers a request says it in the reader's language."""

    def __init__(self, app: ASGIApp, language: str) -> None:
        """`language` is the setting."""
        self.app = app
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        if scope["type"] != "http" or self._language != AUTO:
            with speaking(ENGLISH if self._language == AUTO else self._language):
                await self.app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "html" in headers.get("content-type", ""):
                    headers.add_vary_header("Accept-Language")
            await send(message)

        with speaking(wanted_language(Headers(scope=scope).get("accept-language", ""))):
            await self.app(scope, receive, told)

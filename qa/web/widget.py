"""The widget's files: the script under a lasting and under a current address, its languages, and a page to frame."""

from __future__ import annotations

import base64
import gzip
import hashlib
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from qa.web.paths import EMBED_PATH, STATIC, TEMPLATES

VERSION = "v1"
FOLDER = STATIC / "widget"
# What is served: `make widget` makes it of widget.js. A page may name its integrity, so it changes with VERSION only.
SCRIPT = FOLDER / f"{VERSION}.js"
LANGUAGES = frozenset(file.stem for file in (FOLDER / "strings").glob("*.json"))

_YEAR = "public, max-age=31536000, immutable"
_HOUR = "public, max-age=3600"
# What a frame's address may set.
_ATTRIBUTES = ("lang", "theme", "heading", "greeting", "examples", "k", "sources", "before", "after", "write")
_MAX_ATTRIBUTE_CHARACTERS = 500
_TEMPLATES = Jinja2Templates(TEMPLATES)


def integrity(script: bytes) -> str:
    """The value of a script element's `integrity`."""
    return f"sha384-{base64.b64encode(hashlib.sha384(script).digest()).decode()}"


def widget_routes() -> APIRouter:
    """`/widget.js`, `/widget/v1.js`, `/widget/strings/{language}.json` and `/embed`."""
    routes = APIRouter(include_in_schema=False)
    script = _Compressed(SCRIPT, "text/javascript; charset=utf-8")
    strings = {
        name: _Compressed(FOLDER / "strings" / f"{name}.json", "application/json; charset=utf-8") for name in LANGUAGES
    }

    @routes.get("/widget.js", name="widget")
    def current(request: Request) -> Response:
        return script.answer(request, _HOUR)

    @routes.get(f"/widget/{VERSION}.js")
    def lasting(request: Request) -> Response:
        return script.answer(request, _YEAR)

    @routes.get("/widget/strings/{name}.json")
    def language(request: Request, name: str) -> Response:
        found = strings.get(name)
        return found.answer(request, _HOUR) if found else Response(status_code=404)

    @routes.get(EMBED_PATH)
    def embed(request: Request) -> Response:
        given = {name: request.query_params.get(name, "") for name in _ATTRIBUTES}
        attributes = {name: value[:_MAX_ATTRIBUTE_CHARACTERS] for name, value in given.items() if value}
        # A page that isolates itself frames only pages that do.
        headers = {"Cross-Origin-Embedder-Policy": "require-corp"}
        return _TEMPLATES.TemplateResponse(request, "embed.html", {"attributes": attributes}, headers=headers)

    return routes


class _Compressed:
    """A file read once, with its compressed form and its tag."""

    def __init__(self, file: Path, media_type: str) -> None:
        self._plain = file.read_bytes()
        self._packed = gzip.compress(self._plain, mtime=0)
        self._media_type = media_type
        self._tag = f'"{hashlib.sha256(self._plain).hexdigest()[:16]}"'

    def answer(self, request: Request, caching: str) -> Response:
        # Every page may load it, also one that names its integrity, for which browsers ask for CORS.
        headers = {
            "Cache-Control": caching, "ETag": self._tag, "Vary": "Accept-Encoding", "Access-Control-Allow-Origin": "*",
        }  # fmt: skip
        if request.headers.get("if-none-match") == self._tag:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self._packed, media_type=self._media_type, headers={**headers, "Content-Encoding": "gzip"})
        return Response(self._plain, media_type=self._media_type, headers=headers)

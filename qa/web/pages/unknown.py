"""What stands at an address where there is nothing: a page for a reader, JSON for a program."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException
from starlette.responses import Response

from qa.web.gate.access import path_of
from qa.web.gate.policy import READER_POLICY
from qa.web.paths import API_PREFIX, TEMPLATES

# Jinja2Templates escapes everything in `.html` files.
_TEMPLATES = Jinja2Templates(TEMPLATES)
_FACTS = {
    "title": "There is no such page",
    "message": "Nothing is kept under this address. It may be misspelt, or what it led to may be gone.",
}


def add_unknown_page(app: FastAPI) -> None:
    """Answer a browser that asks for what there is not with a page; whoever else, as before."""
    otherwise = app.exception_handlers[HTTPException]

    async def unknown(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 404 and is_for_a_reader(request):
            page = _TEMPLATES.TemplateResponse(request, "error.html", _FACTS, status_code=404)
            page.headers["Content-Security-Policy"] = READER_POLICY
            return page
        answer = otherwise(request, error)
        assert isinstance(answer, Response)
        return answer

    app.add_exception_handler(HTTPException, unknown)


def is_for_a_reader(request: Request) -> bool:
    """A browser asks for a page. Programs ask for anything, and of the API nobody wants a page."""
    is_api = path_of(request.scope).startswith(API_PREFIX)
    return not is_api and "text/html" in request.headers.get("accept", "")

"""What stands at an address where there is nothing: a page for a reader, JSON for a program."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from qa.show.words import say
from qa.web.gate.access import path_of
from qa.web.gate.policy import READER_POLICY
from qa.web.page_templates import PAGES
from qa.web.paths import API_PREFIX


def add_unknown_page(app: FastAPI) -> None:
    """Answer a browser that asks for what there is not with a page; whoever else, as before."""
    otherwise = app.exception_handlers[HTTPException]

    async def unknown(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 404 and is_for_a_reader(request):
            facts = {"title": say("unknown_title"), "message": say("unknown")}
            page = PAGES.TemplateResponse(request, "error.html", facts, status_code=404)
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

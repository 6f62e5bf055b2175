"""Every error as `{"error": {"code", "message"}}`, in words that give nothing of the server away."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from corpus.errors import UserError
from index.generations import Locked
from index.store.errors import ArticleNotFound
from qa.answerer import BadQuestion, UnknownArticle, UnknownSource

logger = logging.getLogger(__name__)

# What anybody is told about a fault of the program itself.
UNEXPECTED = "something went wrong on the server; its log says what"
BEING_CHANGED = "somebody else is changing the articles just now; try again when that is done"


class Busy(Exception):
    """So many wait for an answer that nobody else can; `seconds` are until they will have been answered."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class PublicError:
    """An error fit for a client: the HTTP status, a code for programs, a message for people; `headers` go with it."""

    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)


def error_response(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An error in the one shape there is."""
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


def add_error_handlers(app: FastAPI) -> None:
    """Teach `app` the shape; what no handler knows is left to `qa.web.gate.guard`."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(UserError, _user)
    app.add_exception_handler(Busy, _busy)


def describe(error: RequestValidationError) -> str:
    """The first fault, by the name of its field; never the value, which may be huge or no JSON at all."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    message = str(first["msg"]).removeprefix("Value error, ")
    return f"{field}: {message}" if field else message


def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return error_response(422, "invalid_request", describe(error))


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    response = error_response(status, status.phrase.lower().replace(" ", "_"), _PLAIN.get(status, status.phrase))
    response.headers.update(error.headers or {})
    return response


_PLAIN = {
    HTTPStatus.BAD_REQUEST: "the request could not be read; send a JSON object",
    HTTPStatus.NOT_FOUND: "there is nothing here; /api/docs lists what there is",
    HTTPStatus.METHOD_NOT_ALLOWED: "this address does not take that method; /api/docs lists what it takes",
}


def public_error(error: UserError) -> PublicError:
    """What a client may know of it. What only the owner of the server can mend is logged, as it may name files."""
    if isinstance(error, UnknownSource):
        return PublicError(404, "unknown_source", str(error))
    if isinstance(error, UnknownArticle):
        return PublicError(404, "article_not_found", str(error))
    if isinstance(error, BadQuestion):
        return PublicError(422, "bad_question", str(error))
    if isinstance(error, ArticleNotFound):
        return PublicError(404, "article_not_found", "no article has this id; GET /api/articles lists them")
    if isinstance(error, Locked):
        return PublicError(409, "being_changed", BEING_CHANGED)
    logger.error("%s", error)
    message = "the articles cannot be searched or changed just now; the server's log says why"
    return PublicError(503, "unavailable", message)


def _busy(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Busy)
    return error_response(503, "busy", busy_in_words(error), {"Retry-After": str(error.seconds)})


def busy_in_words(busy: Busy) -> str:
    """When to ask again."""
    return f"too many questions at once; ask again in {busy.seconds} s"


def _user(_request: Request, error: Exception) -> Response:
    assert isinstance(error, UserError)
    return error_response(*astuple(public_error(error)))

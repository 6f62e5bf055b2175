"""The JSON API. What takes long is done in threads: encoding and searching would hold up everybody else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from qa.archive import Archive
from qa.feedback import Feedback, feedback_path, store_feedback
from qa.web.api.schema import (
    AnswerModel,
    ArticleList,
    ArticleModel,
    AskRequest,
    ErrorModel,
    FeedbackRequest,
    FeedbackStored,
    Status,
)
from qa.web.escape import web_url
from qa.web.gate.errors import error_response
from qa.web.gate.places import Places
from qa.web.observe import Observer
from qa.web.pages.fragment import link_to_passage

_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorModel, "description": description}
    for status, description in (
        (400, "The request is no JSON."),
        (401, "An API key is needed."),
        (403, "The site is not on the list of those that may ask."),
        (408, "The request took too long to arrive."),
        (413, "The request is too large."),
        (421, "The server does not go by this name."),
        (429, "Too many requests; `Retry-After` says when to ask again."),
        (422, "The request is not valid."),
        (503, "The articles cannot be searched just now, or too many ask; `Retry-After` says when to ask again."),
    )
}
_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The article is as it was (If-None-Match)."}}
# Of articles that are asked for a part at a time.
MAX_LISTED = 1_000
Limit = Annotated[int, Query(ge=1, le=MAX_LISTED)]
# An article has fewer characters than this, and an index fewer articles.
Offset = Annotated[int, Query(ge=0, lt=10**12)]
Digits = Annotated[str, Query(pattern="^[0-9a-f]{12,64}$")]
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": ErrorModel, "description": "No article has this id."}}


def api_routes(archive: Archive, observer: Observer) -> APIRouter:
    """`/api/ask`, `/api/articles`, `/api/articles/{id}` and `/api/feedback`."""
    routes = APIRouter(prefix="/api", responses=_ERRORS)
    reading, writing = Places(), Places()

    @routes.post("/ask", response_model=AnswerModel, response_model_exclude_unset=True, summary="Ask the articles")
    async def ask(request: AskRequest) -> dict[str, object]:
        answer = partial(
            observer.ask,
            request.question,
            history=request.turns(),
            k=request.k,
            filters=request.filters(),
            asked_on=request.date,
            write=request.write,
        )
        # A language model takes its time, in which others can be answered.
        return (await (writing if request.write else reading).run(answer)).to_json()

    @routes.get(
        "/articles",
        response_model=ArticleList,
        summary="List the articles",
        description=f"All of them, newest first; with `limit` (at most {MAX_LISTED:,}) and `offset` a part of them.",
    )
    def list_articles(limit: Limit | None = None, offset: Offset = 0) -> dict[str, object]:
        if limit is None:
            every = archive.list()
            listed, total = every[offset:], len(every)
        else:
            part = archive.browse(first=offset, most=limit)
            listed, total = part.articles, part.total
        return {"articles": [asdict(article) for article in listed], "total": total}

    @routes.get(
        "/articles/{article_id:path}",
        response_model=ArticleModel,
        response_model_exclude_unset=True,
        responses=_NOT_FOUND | _NOT_MODIFIED,
        summary="One article",
        description="With `start` and `end`, `link` opens the original at that passage. With the `text_sha256` of a "
        "citation it is the article as it was when cited; `changed` is there where it has changed since.",
    )
    def read_article(
        article_id: str,
        request: Request,
        response: Response,
        start: Offset | None = None,
        end: Offset | None = None,
        text_sha256: Digits | None = None,
    ) -> dict[str, object] | Response:
        article, changed = archive.article_as_cited(article_id, text_sha256 or "")
        record = {**article.to_record(), "text_sha256": article.text_sha256}
        if changed is not None:
            record["changed"] = changed
        if start is not None and end is not None:
            url = web_url(article.url)
            is_inside = start < end <= len(article.text)
            record["link"] = link_to_passage(url, article, start, end) if url and is_inside else url
        tag = f'"{hashlib.sha256(json.dumps(record, default=str).encode()).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        response.headers.update(headers)
        return record

    @routes.post("/feedback", response_model=FeedbackStored, status_code=201, summary="Say whether an answer helped")
    def give_feedback(request: FeedbackRequest) -> dict[str, object]:
        return {"number": store_feedback(feedback_path(archive.settings.index), Feedback(**request.model_dump()))}

    return routes


def status_routes(is_warm: Callable[[], bool]) -> APIRouter:
    """`/health`: the process answers. `/ready`: it has loaded what it needs to answer fast."""
    routes = APIRouter()

    @routes.get("/health", response_model=Status, summary="The server runs")
    def health() -> Status:
        return Status()

    @routes.get(
        "/ready",
        response_model=Status,
        responses={503: {"model": ErrorModel}},
        summary="The server has loaded the model",
    )
    def ready() -> Status | Response:
        if is_warm():
            return Status()
        return error_response(503, "not_ready", "the model is still being loaded; ask again in a moment")

    return routes

"""The JSON API. Handlers are plain functions: encoding and searching would hold up everybody in an `async` one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from qa.answerer import Answerer
from qa.feedback import Feedback, store_feedback
from qa.web.errors import error_response
from qa.web.schema import (
    AnswerModel,
    ArticleList,
    ArticleModel,
    AskRequest,
    ErrorModel,
    FeedbackRequest,
    FeedbackStored,
    Status,
)

_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorModel, "description": description}
    for status, description in (
        (413, "The request is too large."),
        (422, "The request is not valid."),
        (503, "The articles cannot be searched just now."),
    )
}
_NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": ErrorModel, "description": "No article has this id."}}


def api_routes(answerer: Answerer, feedback_file: Path) -> APIRouter:
    """`/api/ask`, `/api/articles`, `/api/articles/{id}` and `/api/feedback`."""
    routes = APIRouter(prefix="/api", responses=_ERRORS)

    @routes.post("/ask", response_model=AnswerModel, summary="Ask the articles")
    def ask(request: AskRequest) -> dict[str, Any]:
        answer = answerer.ask(request.question, history=request.turns(), k=request.k, filters=request.filters())
        return answer.to_json()

    @routes.get("/articles", response_model=ArticleList, summary="List the articles")
    def list_articles() -> dict[str, Any]:
        return {"articles": [asdict(article) for article in answerer.store.list_articles()]}

    @routes.get("/articles/{article_id:path}", response_model=ArticleModel, responses=_NOT_FOUND, summary="One article")
    def read_article(article_id: str) -> dict[str, Any]:
        article = answerer.store.article(article_id)
        return {**asdict(article), "text_sha256": article.text_sha256}

    @routes.post("/feedback", response_model=FeedbackStored, status_code=201, summary="Say whether an answer helped")
    def give_feedback(request: FeedbackRequest) -> dict[str, Any]:
        return {"number": store_feedback(feedback_file, Feedback(**request.model_dump()))}

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

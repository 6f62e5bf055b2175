"""`/insights`, for whoever runs the server: `qa/web/gate/access.py` lets nobody else in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, Response

from index.store.errors import ArticleNotFound
from qa.archive import Archive
from qa.feedback import feedback_path, read_feedback
from qa.insights import insights_path, read_insights
from qa.show.address import article_address
from qa.web.paths import INSIGHTS_PATH

if TYPE_CHECKING:
    from qa.evaluate.report.insights import CitedArticle

MAX_DAYS = 365


def insights_routes(archive: Archive) -> APIRouter:
    """The page; plotting is imported when it is asked for."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(INSIGHTS_PATH)
    def show_insights(days: Annotated[int, Query(ge=1, le=MAX_DAYS)] = 30) -> Response:
        from qa.evaluate.report.insights import insights_page

        index = archive.settings.index
        insights = read_insights(insights_path(index), days)
        page = insights_page(
            insights,
            [_cited(archive, *each) for each in insights.cited],
            read_feedback(feedback_path(index)),
            shows_questions=archive.settings.log_questions,
        )
        # It is nobody else's: no cache on the way keeps it.
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    return routes


def _cited(archive: Archive, article_id: str, times: int) -> CitedArticle:
    from qa.evaluate.report.insights import CitedArticle

    try:
        return CitedArticle(archive.article(article_id).title, article_address(article_id), times)
    except ArticleNotFound:
        return CitedArticle(f"{article_id} (no longer there)", None, times)

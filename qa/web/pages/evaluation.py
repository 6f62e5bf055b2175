"""The "Evaluation" pages: the saved runs, the report of one, and two of them compared."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from corpus.errors import UserError
from qa.web.escape import as_sentence
from qa.web.pages.reader import page_of_error
from qa.web.paths import EVALUATION_PATH

if TYPE_CHECKING:
    from qa.evaluate.run.saved_runs import SavedRun


def evaluation_routes(folder: Path) -> APIRouter:
    """Pages of the runs that were saved in `folder`.

    Plotting and statistics are imported when a page is asked for: most servers are never asked for one.
    """
    routes = APIRouter(include_in_schema=False, prefix=EVALUATION_PATH)

    @routes.get("", name="evaluation")
    def list_runs() -> Response:
        from qa.evaluate.report.runs import runs_page

        return HTMLResponse(runs_page(_runs_within(folder), folder))

    @routes.get("/runs/{name}")
    def show_report(request: Request, name: str) -> Response:
        from qa.evaluate.run.saved_runs import find_run

        try:
            report = find_run(_runs_within(folder), name).report
        except UserError as error:
            return page_of_error(request, 404, as_sentence(str(error)))
        if not report.is_file():
            return page_of_error(request, 404, f"The run {name!r} has no report any more.")
        return FileResponse(report, media_type="text/html; charset=utf-8")

    @routes.get("/compare")
    def compare_runs(request: Request, before: str, after: str) -> Response:
        from qa.evaluate.run.saved_runs import find_run

        try:
            runs = _runs_within(folder)
            return HTMLResponse(_compare(find_run(runs, before), find_run(runs, after)))
        except UserError as error:
            return page_of_error(request, 404, as_sentence(str(error)))

    return routes


def _runs_within(folder: Path) -> list[SavedRun]:
    """The saved runs that are in `folder` whole: a link in one that somebody else packed could show any file."""
    from qa.evaluate.run.saved_runs import saved_runs

    home = folder.resolve()
    return [
        run for run in saved_runs(folder) if all(file.resolve().is_relative_to(home) for file in run.folder.iterdir())
    ]


# It takes seconds, and a saved run does not change but by being saved again, which its `when` shows.
@lru_cache(maxsize=16)
def _compare(before: SavedRun, after: SavedRun) -> str:
    from qa.evaluate.compare.compare import compare, pair_up
    from qa.evaluate.measure.judgements_file import read_judgements
    from qa.evaluate.report.comparison import comparison_page

    old, new = pair_up(read_judgements(before.folder), read_judgements(after.folder))
    return comparison_page((before.name, after.name), compare(old, new), old, new)

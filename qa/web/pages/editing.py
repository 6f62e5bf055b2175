"""Adding and removing articles in the browser: plain routes, for whom `qa.web.gate.editing` lets in, one at a time.

A file comes as the body of a request, under the name that it has with the sender; it is written nowhere under that
name. What was done is told line by line, each a JSON object: how many articles are done, at last the report.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import astuple
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response, StreamingResponse

from corpus.article import Article
from corpus.clean import check_readable
from corpus.errors import UserError
from corpus.readers import Remark, Unreadable, read_sent_file
from corpus.readers.confined import SpareConfined
from corpus.readers.metadata import MAX_ID, METADATA_FILE
from index.store.errors import ArticleNotFound
from qa.archive import Archive
from qa.show.address import article_address
from qa.web.gate.access import AccessRules
from qa.web.gate.editing import refuse_editing
from qa.web.gate.errors import BEING_CHANGED, UNEXPECTED, PublicError, error_response, public_error
from qa.web.gate.throttle import MAX_BODY_BYTES
from qa.web.pages.removed import CannotUndo, Removed
from qa.web.paths import EDITING_PATH

if TYPE_CHECKING:
    from corpus.readers import Read
    from index.update import Report

logger = logging.getLogger(__name__)

MAX_FILE_BYTES = 50_000_000
# For a file to come, and for what is in it, or at an address, to be read; more is for the command line.
RECEIVE_SECONDS = 120.0
READ_SECONDS = 600.0
# So long the process that reads documents waits for the next file.
WAIT_SECONDS = 30.0
# Small ones do not touch the disk.
IN_MEMORY_BYTES = 1_000_000
# Of articles, and of what was not read, so many are named in a report.
NAMED = 20
# How often the sender hears how many are done, in seconds.
TOLD_EVERY = 0.2
# What a form of another site can send, none of these is.
_FILE, _JSON = "application/octet-stream", "application/json"

_Tell = Callable[[Mapping[str, object]], None]


class _Refusal(Exception):
    """What is answered in the place of what was asked."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.error = PublicError(status, code, message)


def editing_routes(archive: Archive, rules: AccessRules) -> APIRouter:
    """POST `/editing/file?name=` (the file is the body), `address`, `remove` and `undo` (JSON objects)."""
    editor = _Editor(archive)

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        yield
        editor.close()

    routes = APIRouter(include_in_schema=False, lifespan=lifespan)

    def post(path: str, answer: Callable[[Request], Awaitable[Response]]) -> None:
        async def checked(request: Request) -> Response:
            refusal = refuse_editing(request.scope, rules)
            if refusal is not None:
                return error_response(*astuple(refusal))
            try:
                return await answer(request)
            except _Refusal as refused:
                return error_response(*astuple(refused.error))

        routes.add_api_route(EDITING_PATH + path, checked, methods=["POST"], response_model=None)

    post("file", editor.add_file)
    post("address", editor.add_address)
    post("remove", editor.remove)
    post("undo", editor.undo)
    return routes


class _Editor:
    """Does what is asked, one thing at a time of all that this server is asked to change."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._removed = Removed(archive)
        self._changing = threading.Lock()
        self._spare = SpareConfined(WAIT_SECONDS)

    def close(self) -> None:
        """End the process that waits for documents."""
        self._spare.close()

    async def add_file(self, request: Request) -> Response:
        name = file_name(request.query_params.get("name", ""))
        file = await _received(request)
        try:
            return await _told(
                self._changing, partial(_add, self._archive, name, read_sent_file(file, name, self._spare)), file
            )
        except _Refusal:
            file.close()
            raise

    async def add_address(self, request: Request) -> Response:
        address = await _text_of(request, "address")
        try:
            articles = self._archive.read_addresses([address])
        except UserError as error:
            raise _Refusal(422, "no_address", str(error)) from error
        return await _told(self._changing, partial(_add, self._archive, address, articles))

    async def remove(self, request: Request) -> Response:
        return await _done(self._changing, partial(self._removed.remove, await _text_of(request, "article_id")))

    async def undo(self, request: Request) -> Response:
        return await _done(self._changing, partial(self._removed.undo, await _text_of(request, "undo")))


def file_name(given: str) -> str:
    """The name of a file without what stands in front of it. Raises _Refusal for what is none."""
    name = re.split(r"[/\\]", given)[-1].strip()
    try:
        check_readable(name)
    except ValueError as error:
        raise _Refusal(422, "bad_name", f"the file's name cannot be used: {error}") from error
    if not name.strip(".") or len(name) > MAX_ID:
        raise _Refusal(422, "bad_name", f"{given[-80:]!r} is no name of a file of 1 to {MAX_ID} characters")
    if name == METADATA_FILE:
        raise _Refusal(422, "bad_name", f"{METADATA_FILE!r} is no article; what it says of others, only folders heed")
    return name


# ---- what is sent


async def _received(request: Request) -> BinaryIO:
    """The body, as a file. Raises _Refusal for one that is too large or too slow, or of a kind that a form sends."""
    _check_kind(request, _FILE)
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:20]) > MAX_FILE_BYTES:
        raise _too_large()
    file = cast(BinaryIO, SpooledTemporaryFile(max_size=IN_MEMORY_BYTES))  # noqa: SIM115  (closed by who reads it)
    try:
        async with asyncio.timeout(RECEIVE_SECONDS):
            async for part in request.stream():
                file.write(part)
                # Counted as it comes: what is announced need not be what is sent.
                if file.tell() > MAX_FILE_BYTES:
                    raise _too_large()
    except BaseException as error:
        file.close()
        if isinstance(error, TimeoutError | ClientDisconnect):
            message = f"the file did not arrive within {RECEIVE_SECONDS:g} seconds; send it again"
            raise _Refusal(408, "too_slow", message) from error
        raise
    file.seek(0)
    return file


def _too_large() -> _Refusal:
    message = f"the file has more than {MAX_FILE_BYTES:,} bytes; add it with `article-qa add`"
    return _Refusal(413, "too_large", message)


async def _text_of(request: Request, name: str) -> str:
    """The one field of a small JSON object. Raises _Refusal."""
    _check_kind(request, _JSON)
    body = b""
    try:
        async with asyncio.timeout(RECEIVE_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > MAX_BODY_BYTES:
                    raise _Refusal(413, "too_large", f"the request is larger than {MAX_BODY_BYTES} bytes")
    except (TimeoutError, ClientDisconnect) as error:
        message = f"the request did not arrive within {RECEIVE_SECONDS:g} seconds; send it again"
        raise _Refusal(408, "too_slow", message) from error
    try:
        text = json.loads(body)[name]
        if not isinstance(text, str):
            raise TypeError
        return check_readable(text)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise _Refusal(422, "invalid_request", f"send a JSON object with the text {name!r}") from error


def _check_kind(request: Request, wanted: str) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != wanted:
        raise _Refusal(415, "wrong_type", f"this takes a body of the type {wanted}, not {kind[:80]!r}")


# ---- what is done with it


def _add(archive: Archive, origin: str, articles: Iterable[Read], tell: _Tell, stop: threading.Event) -> None:
    """Add `articles`, and tell of it, until there are no more, or it is stopped, or they take too long."""
    seen: dict[str, str] = {}
    last = time.monotonic()

    def on_progress(done: int, _total: int | None) -> None:
        nonlocal last
        # The first call says only that it begins, before it is known whether it can.
        if done and time.monotonic() - last >= TOLD_EVERY:
            last = time.monotonic()
            tell({"done": done})

    report = archive.add_read(_watched(articles, origin, seen, stop), on_progress=on_progress)
    tell({"report": report_json(archive, report, seen)})


def _watched(articles: Iterable[Read], origin: str, seen: dict[str, str], stop: threading.Event) -> Iterator[Read]:
    until = time.monotonic() + READ_SECONDS
    for each in articles:
        if isinstance(each, Article) and len(seen) < NAMED:
            seen[each.article_id] = each.title
        yield each
        if stop.is_set():
            yield Remark(origin, "stopped; what was read until then is there")
            return
        if time.monotonic() > until:
            minutes = f"{READ_SECONDS / 60:g} minutes"
            yield Unreadable(origin, f"it took longer than {minutes}; what was read until then is there")
            return


def report_json(archive: Archive, report: Report, seen: Mapping[str, str]) -> dict[str, object]:
    """What was done, as the page shows it: counts, the articles that can be opened, and what was left out and why."""
    return {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "articles": [
            {"title": title, "address": article_address(article_id)}
            for article_id, title in seen.items()
            if _is_there(archive, article_id)
        ],
        "not_read": [{"origin": each.origin, "reason": each.reason} for each in report.unreadable[:NAMED]],
        "remarks": [{"origin": each.origin, "reason": each.text} for each in report.remarks[:NAMED]],
        "more": max(0, len(report.unreadable) - NAMED) + max(0, len(report.remarks) - NAMED),
    }


def _is_there(archive: Archive, article_id: str) -> bool:
    try:
        archive.article(article_id)
    except ArticleNotFound:
        return False
    return True


async def _done(changing: threading.Lock, change: Callable[[], dict[str, object]]) -> Response:
    """What a change that takes a moment gives."""
    if not changing.acquire(blocking=False):
        raise _Refusal(409, "being_changed", BEING_CHANGED)
    try:
        return JSONResponse(await to_thread.run_sync(change))
    except CannotUndo as error:
        raise _Refusal(409, "cannot_undo", str(error)) from error
    except UserError as error:
        return error_response(*astuple(public_error(error)))
    finally:
        changing.release()


async def _told(
    changing: threading.Lock, work: Callable[[_Tell, threading.Event], None], file: BinaryIO | None = None
) -> Response:
    """What `work` tells, a line each, while it goes on in a thread; an error that comes first is the whole answer.

    It is stopped when nobody listens any more.
    """
    if not changing.acquire(blocking=False):
        raise _Refusal(409, "being_changed", BEING_CHANGED)
    loop, lines, stop = asyncio.get_running_loop(), asyncio.Queue[Any](), threading.Event()

    def put(line: object) -> None:
        # Nobody listens to a server that has stopped.
        if not loop.is_closed():
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def run() -> None:
        try:
            work(put, stop)
        except UserError as error:
            put(public_error(error))
        except Exception:
            logger.exception("articles could not be added")
            put(PublicError(500, "internal", UNEXPECTED))
        finally:
            if file is not None:
                file.close()
            changing.release()
            put(None)

    threading.Thread(target=run, name="adding", daemon=True).start()
    try:
        first = await lines.get()
    except BaseException:
        stop.set()
        raise
    if isinstance(first, PublicError):
        return error_response(*astuple(first))
    return StreamingResponse(_lines(first, lines, stop), media_type="application/x-ndjson")


async def _lines(first: object, lines: asyncio.Queue[Any], stop: threading.Event) -> AsyncIterator[bytes]:
    line = first
    try:
        while line is not None:
            if isinstance(line, PublicError):
                line = {"error": {"code": line.code, "message": line.message}}
            yield json.dumps(line, ensure_ascii=False).encode() + b"\n"
            line = await lines.get()
    finally:
        stop.set()

"""The chat, mounted when it is there: to import Gradio takes seconds, in which everything else is served already."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from qa.archive import Archive
from qa.web.chat.preview import described
from qa.web.gate.access import is_mcp, path_of
from qa.web.gate.errors import UNEXPECTED, error_response
from qa.web.gate.throttle import replayed
from qa.web.observe import Observer
from qa.web.paths import CHAT_PATH, CHAT_PREDICT

if TYPE_CHECKING:
    from gradio.routes import App

logger = logging.getLogger(__name__)

# For the model, without which no question is answered.
HEAD_START_SECONDS = 1.0
# The page's own have eleven.
MAX_SESSION_CHARACTERS = 100
# The components whose value is a text or nothing.
TEXTS = ("textbox", "button")
NOT_JSON = "the request could not be read; send a JSON object"
# Gradio keeps what is being built in one place for the whole process: two pages at once would get mixed up.
_MAKING = threading.Lock()

# Of each component the page carries these for Gradio's description of its own API, which is not served.
_UNUSED = ("api_info", "api_info_as_input", "api_info_as_output", "example_inputs")
# Linked, not handed to Gradio as `css` and `js`: it would rewrite the one and evaluate the other.
_HEAD = """<link rel="icon" href="../static/favicon.png">
<link rel="stylesheet" href="../static/article.css"><link rel="stylesheet" href="../static/chat.css">
<script defer src="../static/conversation.js"></script><script defer src="../static/chat.js"></script>
<script defer src="../static/choice.js"></script>"""
_SYSTEM_SANS = ("system-ui", "-apple-system", "Segoe UI", "Helvetica Neue", "Arial", "sans-serif")
_SYSTEM_MONO = ("ui-monospace", "monospace")


class LateChat:
    """The ASGI application at CHAT_PATH of `app`. Whoever asks for the page before it is there waits for it."""

    def __init__(self, app: FastAPI, archive: Archive, observer: Observer, warm: threading.Event) -> None:
        self._parent, self._archive, self._observer = app, archive, observer
        self._warm = warm
        self._made: App | None = None
        # Set once the page serves, or never will; None where nobody runs the application's lifespan.
        self._settled: asyncio.Event | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to Gradio."""
        if self._settled is not None:
            await self._settled.wait()
        elif self._made is None:
            await to_thread.run_sync(self._make)
        if scope["type"] != "http":
            if self._made is not None:
                await self._made(scope, receive, send)
        elif self._made is None:
            await error_response(503, "unavailable", UNEXPECTED)(scope, receive, send)
        else:
            await self._answer(self._made, scope, receive, send)

    async def _answer(self, made: App, scope: Scope, receive: Receive, send: Send) -> None:
        # Mounted, the path is what follows CHAT_PATH.
        path = CHAT_PATH + path_of(scope)
        message: Message | None = None
        if scope["method"] == "POST":
            # The whole body: it was read before, when its size was checked.
            message = await receive()
            receive = replayed(message, receive)
        refusal = self._refusal(path, scope, message.get("body", b"") if message else b"")
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        if path == CHAT_PREDICT:
            send = _Understood(send)
        elif path.rstrip("/") == CHAT_PATH:
            scope, send = described(scope, send, self._archive)
        if not is_mcp(path):
            # The page reads its address itself; Gradio fails on a page or a link in it that it does not know.
            scope = {**scope, "query_string": b""}
        await made(scope, receive, send)

    def _refusal(self, path: str, scope: Scope, body: bytes) -> Response | None:
        """What is answered in Gradio's place, which fails on what its page does not send; mostly nothing."""
        assert self._made is not None
        blocks = self._made.get_blocks()
        problem = None
        if is_mcp(path) and scope["method"] == "GET":
            # A stream of what the server says unasked, which is nothing: it would go on for ever.
            message = "the tools are called with POST"
            return error_response(405, "method_not_allowed", message, {"Allow": "POST"})
        if path == CHAT_PREDICT and scope["method"] == "POST":
            problem = event_problem(body, blocks.fns)
        elif is_mcp(path) and scope["method"] == "POST" and not is_readable_json(body):
            problem = NOT_JSON
        return error_response(422, "invalid_request", problem) if problem else None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Within the block the page is made, and then served."""
        self._settled, ended = asyncio.Event(), asyncio.Event()
        serving = asyncio.create_task(self._serve(self._settled, ended))
        try:
            yield
        finally:
            ended.set()
            # A page that is still being made holds nobody up: its thread ends with the process.
            if self._made is not None:
                await serving

    async def _serve(self, settled: asyncio.Event, ended: asyncio.Event) -> None:
        try:
            # Both at once would be there later than one after the other.
            await to_thread.run_sync(self._warm.wait, HEAD_START_SECONDS, abandon_on_cancel=True)
            made = await to_thread.run_sync(self._make, abandon_on_cancel=True)
            async with made.router.lifespan_context(made):
                demo = made.get_blocks()
                demo.run_startup_events()
                await demo.run_extra_startup_events()
                settled.set()
                await ended.wait()
        except Exception:
            self._made = None
            logger.exception("the chat cannot be served")
            settled.set()

    def _make(self) -> App:
        with _MAKING:
            if self._made is None:
                self._made = _mount(self._parent, self._archive, self._observer)
            return self._made


class _Understood:
    """`send` of an event without the queue. The page's own functions say in words what went wrong.

    So where Gradio answers with 500 and nothing else, it is what was sent that it could not use.
    """

    def __init__(self, send: Send) -> None:
        self.send = send
        self._is_failed = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == HTTPStatus.INTERNAL_SERVER_ERROR:
            self._is_failed = True
            response = error_response(422, "invalid_request", "the page sends no such request; load it anew")
            await self.send({"type": "http.response.start", "status": 422, "headers": response.raw_headers})
            await self.send({"type": "http.response.body", "body": response.body})
        elif not self._is_failed:
            await self.send(message)


def is_readable_json(body: bytes) -> bool:
    """JSON in UTF-8, with no character that cannot be written back."""
    try:
        json.dumps(json.loads(body.decode("utf-8")), ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        return False
    return True


def event_problem(body: bytes, events: Mapping[int, Any]) -> str | None:
    """What is wrong with a request for one of `events`; None for nothing. Gradio fails on what it did not send."""
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return NOT_JSON
    if not isinstance(asked, dict):
        return NOT_JSON
    number, session, data = asked.get("fn_index"), asked.get("session_hash"), asked.get("data")
    event = events.get(number) if type(number) is int else None
    # Some only run a script of the page's.
    if event is None or event.fn is None:
        return "fn_index: there is no such event"
    if not isinstance(session, str) or not 1 <= len(session) <= MAX_SESSION_CHARACTERS:
        return "session_hash: it must be a short text"
    if asked.get("batched") or asked.get("simple_format"):
        return "batched, simple_format: the page sends neither"
    if not isinstance(data, list) or len(data) < len(event.inputs):
        return f"data: it must be a list of {len(event.inputs)} or more"
    for component, value in zip(event.inputs, data, strict=False):
        if component.get_block_name() in TEXTS and not isinstance(value, str | None):
            return "data: what is typed or pressed is text"
    return None


def _log_failure() -> None:
    logger.exception("an event of the chat page failed")


def _no_api_info(**_asked: object) -> dict[str, dict[str, object]]:
    return {"named_endpoints": {}, "unnamed_endpoints": {}}


@contextmanager
def without_stubs() -> Iterator[None]:
    """Within the block Gradio does not write a file of types beside each of its components, as whenever it is imported.

    Nothing but an editor reads these, and they are two fifths of the import. Gradio leaves a component without one
    where Python knows of no file that the component is in.
    """
    known = inspect.getfile

    def getfile(object: Any) -> str:  # noqa: ANN401  (named as Python's own, which is asked about anything)
        if type(object).__name__ == "ComponentMeta":
            raise OSError
        return known(object)

    inspect.getfile = getfile
    try:
        yield
    finally:
        inspect.getfile = known


def _mount(app: FastAPI, archive: Archive, observer: Observer) -> App:
    """Gradio's own application, mounted behind the one that hands requests on to it."""
    with without_stubs():
        import gradio as gr

    from qa.web.chat.page import build_chat
    from qa.web.mcp import keep_tools_alone

    demo = build_chat(archive, observer)
    gr.mount_gradio_app(
        app,
        demo,
        path=CHAT_PATH,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1kb",
        allowed_paths=[],
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=archive.settings.mcp,
        theme=gr.themes.Base(font=_SYSTEM_SANS, font_mono=_SYSTEM_MONO),
        head=_HEAD,
    )
    # What fails in an event is printed past the log, in which lines of one kind are few.
    gr.routes.traceback = SimpleNamespace(print_exc=_log_failure)
    # Gradio checks which files it may hand out only when it believes itself launched, and mounting does not say so.
    demo.has_launched = True
    for component in demo.config["components"]:
        for name in _UNUSED:
            component.pop(name, None)
    # Made of what was just taken, for each page; the tools have what they need of it already.
    demo.get_api_info = _no_api_info
    if archive.settings.mcp:
        keep_tools_alone(demo)
    mounted: App = app.routes[-1].app  # type: ignore[attr-defined]
    return mounted

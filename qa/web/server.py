"""One FastAPI application on one port: chat, reader page and API; and the process that serves it."""

from __future__ import annotations

import errno
import logging
import socket
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import FileResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

from corpus.errors import UserError
from qa.answerer import Answerer
from qa.build import open_answerer
from qa.feedback import FEEDBACK_FILE
from qa.settings import Settings
from qa.web.api import api_routes, status_routes
from qa.web.chat import build_chat
from qa.web.errors import add_error_handlers
from qa.web.evaluation import evaluation_routes
from qa.web.guard import CHAT_PATH, Guard
from qa.web.reader import reader_routes

logger = logging.getLogger(__name__)

# An open chat page holds a connection for as long as it is open; Ctrl-C must not wait for it.
SHUTDOWN_SECONDS = 1

_STATIC = Path(__file__).parent / "static"
# Linked, not handed to Gradio as `css` and `js`: it would rewrite the one and evaluate the other.
_HEAD = """<link rel="icon" href="../static/favicon.png">
<link rel="stylesheet" href="../static/article.css"><link rel="stylesheet" href="../static/chat.css">
<script defer src="../static/chat.js"></script>"""
_SYSTEM_SANS = ("system-ui", "-apple-system", "Segoe UI", "Helvetica Neue", "Arial", "sans-serif")
_SYSTEM_MONO = ("ui-monospace", "monospace")


def create_app(answerer: Answerer, *, feedback_file: Path, runs: Path, k: int = 5) -> FastAPI:
    """The application; `runs` is the folder of saved evaluations.

    Nothing is loaded before its start-up, which warms the answerer up beside serving.
    """
    warm = threading.Event()

    def warm_up() -> None:
        try:
            answerer.warm_up()
        except UserError as error:
            logger.error("%s", error)
        else:
            warm.set()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
        yield

    app = FastAPIOffline(
        title="Ask the articles",
        description="Questions answered with passages of the articles, cited to the character.",
        docs_url="/api/docs",
        redoc_url=None,
        openapi_url="/api/openapi.json",
        static_url="/api/docs-assets",
        swagger_ui_oauth2_redirect_url="/api/docs/oauth2-redirect",
        lifespan=lifespan,
    )
    app.state.warm = warm
    add_error_handlers(app)
    app.include_router(status_routes(warm.is_set))
    app.include_router(api_routes(answerer, feedback_file))
    app.include_router(reader_routes(answerer))
    app.include_router(evaluation_routes(runs))
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")

    @app.get("/", include_in_schema=False, name="home")
    def home() -> RedirectResponse:
        return RedirectResponse(f"{CHAT_PATH}/")

    @app.get("/favicon.ico", include_in_schema=False)
    def favicon() -> FileResponse:
        return FileResponse(_STATIC / "favicon.png")

    _mount_chat(app, build_chat(answerer, runs=runs, k=k))
    # No other site may use the server. Gradio leaves cross-origin requests to this middleware when it finds one;
    # left to itself it lets any site in.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(Guard)
    return app


def _mount_chat(app: FastAPI, demo: gr.Blocks) -> None:
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
        mcp_server=False,
        theme=gr.themes.Base(font=_SYSTEM_SANS, font_mono=_SYSTEM_MONO),
        head=_HEAD,
    )
    # Gradio checks which files it may hand out only when it believes itself launched, and mounting does not say so.
    demo.has_launched = True


def serve(settings: Settings) -> None:
    """Serve the index of `settings` until interrupted. Raises UserError when that cannot begin."""
    # The port first: finding it taken should not cost the loading of an index.
    with _bind(settings.host, settings.port) as listener:
        answerer = open_answerer(settings)
        app = create_app(answerer, feedback_file=settings.index / FEEDBACK_FILE, runs=settings.runs, k=settings.k)
        sys.stderr.write(f"Ask the articles: {_url(listener)}\n")
        config = uvicorn.Config(
            app, log_level="warning", server_header=False, timeout_graceful_shutdown=SHUTDOWN_SECONDS
        )
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def _bind(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UserError(f"port {port} on {host!r} is in use; stop what uses it or choose another port") from error
        raise UserError(f"cannot serve on {host!r}, port {port} ({error.strerror}); choose another address") from error


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

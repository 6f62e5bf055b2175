"""One FastAPI application on one port: chat, reader page and API; and the process that serves it."""

from __future__ import annotations

import errno
import logging
import socket
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

from corpus.errors import UserError
from qa.archive import Archive
from qa.evaluate.report.templates import SCRIPT_SOURCE
from qa.settings import Settings
from qa.web.api.routes import api_routes, status_routes
from qa.web.chat.late import LateChat
from qa.web.connections import make_server
from qa.web.gate.access import LOOPBACK, AccessRules
from qa.web.gate.errors import add_error_handlers
from qa.web.gate.guard import Guard
from qa.web.gate.proxies import Proxies
from qa.web.gate.throttle import Throttle
from qa.web.memory import giving_back
from qa.web.observe import Observer, log_as_json, metrics_routes
from qa.web.pages.articles import articles_routes
from qa.web.pages.editing import editing_routes
from qa.web.pages.evaluation import evaluation_routes
from qa.web.pages.insights import insights_routes
from qa.web.pages.reader import reader_routes
from qa.web.pages.unknown import add_unknown_page
from qa.web.paths import CHAT_PATH, STATIC
from qa.web.speak import Speak
from qa.web.widget import widget_routes

logger = logging.getLogger(__name__)

# For so long a browser does not ask again whether a page may ask.
PREFLIGHT_SECONDS = 600
# The packaged model is loaded in half a second; for another nobody who stops the server waits longer than this.
WARM_UP_SECONDS = 5


def create_app(archive: Archive) -> FastAPI:
    """The application. Raises UserError when the index or the settings of `archive` cannot be used.

    The models are loaded and the chat is made at its start-up, beside serving.
    """
    # An index that cannot be used shows here, before anything is served.
    archive.info()
    settings, warm = archive.settings, threading.Event()

    def warm_up() -> None:
        try:
            archive.warm_up()
        except UserError as error:
            logger.error("%s", error)
        else:
            warm.set()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        loading = threading.Thread(target=warm_up, name="warm-up", daemon=True)
        loading.start()
        async with chat.running():
            yield
        # A process that ends while a model is being loaded is aborted by the library that loads it.
        loading.join(WARM_UP_SECONDS)

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
    rules = access_rules(settings)
    observer = Observer(archive)
    chat = LateChat(app, archive, observer, warm)
    app.state.warm = warm
    add_error_handlers(app)
    add_unknown_page(app)
    app.include_router(status_routes(warm.is_set))
    app.include_router(api_routes(archive, observer))
    app.include_router(articles_routes(archive, rules))
    app.include_router(editing_routes(archive, rules))
    app.include_router(reader_routes(archive))
    app.include_router(evaluation_routes(settings.runs))
    app.include_router(insights_routes(archive))
    app.include_router(metrics_routes(observer))
    app.include_router(widget_routes())
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC)), name="static")

    @app.get("/", include_in_schema=False, name="home")
    def home() -> RedirectResponse:
        return RedirectResponse(f"{CHAT_PATH}/")

    @app.get("/favicon.ico", include_in_schema=False)
    def favicon() -> FileResponse:
        return FileResponse(STATIC / "favicon.png")

    app.mount(CHAT_PATH, chat)
    # The one added last comes first.
    app.add_middleware(Throttle, rules=rules)
    # Gradio leaves cross-origin requests to this middleware when it finds one; left to itself it lets any site in.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=rules.origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Content-Type"],
        expose_headers=["ETag", "Retry-After", "X-Request-ID"],
        max_age=PREFLIGHT_SECONDS,
    )
    app.add_middleware(Speak, language=settings.language)
    app.add_middleware(Guard, rules=rules, report_script=SCRIPT_SOURCE, has_mcp=settings.mcp)
    app.add_middleware(Proxies, trusted=settings.trusted_proxies)
    return app


def access_rules(settings: Settings) -> AccessRules:
    """The server answers to this machine's names and to those in the settings; a page elsewhere can take on neither."""
    if settings.editing and settings.api_key is None:
        raise UserError("the setting 'editing' is on but 'api_key' is not set; set a key of 16 characters or more")
    hosts = (*settings.hosts, *LOOPBACK, settings.host, socket.gethostname())
    key = settings.api_key.get_secret_value() if settings.api_key else None
    return AccessRules(
        origins=settings.origins,
        hosts=tuple(host.lower() for host in hosts),
        client_rate=settings.client_rate,
        site_rate=settings.site_rate,
        api_key=key,
        # A server that goes by another name, or stands behind a proxy, serves others than who sits at the machine.
        edits_locally=not (settings.hosts or settings.trusted_proxies),
        edits_with_key=settings.editing,
    )


def serve(settings: Settings) -> None:
    """Serve the index of `settings` until interrupted. Raises UserError when that cannot begin."""
    if settings.mcp and find_spec("mcp") is None:
        raise UserError("the setting 'mcp' needs a package that is not installed; run `pip install 'article-qa[mcp]'`")
    # The port first: finding it taken should not cost the loading of an index.
    with bind(settings.host, settings.port) as listener:
        archive = Archive(settings)
        if settings.reranker:
            # A name that is none shows before anybody asks; the packaged encoder can be read while serving.
            archive.warm_up()
        app = create_app(archive)
        log_as_json()
        sys.stderr.write(f"Ask the articles: {_url(listener)}\n")
        with giving_back(), suppress(KeyboardInterrupt):
            make_server(app).run(sockets=[listener])


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes a free one. Raises UserError when that cannot be."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=128)
    except UnicodeError as error:
        raise UserError(f"{host!r:.80} is no name of a machine; choose another address") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UserError(f"port {port} on {host!r} is in use; stop what uses it or choose another port") from error
        raise UserError(f"cannot serve on {host!r}, port {port} ({error.strerror}); choose another address") from error
    # Each connection takes it over. Without, the body of an answer waits 40 ms for the client to confirm the headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

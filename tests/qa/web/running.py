"""An application served for real, on a port of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from qa.web.connections import make_server


@contextmanager
def running(app: ASGIApp) -> Iterator[tuple[str, int]]:
    """The address of `app` while it is served."""
    server = make_server(app)
    server.config.timeout_graceful_shutdown = 1
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[:2]
        finally:
            server.should_exit = True
            thread.join()

"""A site on this machine whose every byte is the test's own: for servers that break the rules."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

# From the path and the request's headers to the bytes that go out, head and all, piece by piece.
Answer = Callable[[dict[str, str]], Iterator[bytes] | bytes]


@dataclass
class Site:
    """`pages` are its answers by path; `asked` what it was asked for; `is_over` is set when the test ends."""

    url: str
    pages: dict[str, Answer | bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def __setitem__(self, path: str, answer: Answer | bytes) -> None:
        self.pages[path] = answer


def page(body: bytes | str, *headers: str, status: str = "200 OK", media_type: str = "text/html") -> bytes:
    """An answer as it goes over the wire."""
    data = body.encode() if isinstance(body, str) else body
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}", f"Content-Type: {media_type}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + data


def redirect(location: str) -> bytes:
    return page("", f"Location: {location}", status="302 Found")


@contextmanager
def running_site() -> Iterator[Site]:
    """A site on 127.0.0.1; what it has no page for it answers with 404."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().decode().split(" ")[1]
            lines = iter(lambda: self.rfile.readline().decode().strip(), "")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            site.asked.append(path)
            answer = site.pages.get(path, page("nothing", status="404 Not Found"))
            sent = answer(headers) if callable(answer) else answer
            with suppress(OSError):
                for piece in [sent] if isinstance(sent, bytes) else sent:
                    self.wfile.write(piece)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        site = Site(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield site
        finally:
            site.is_over.set()
            server.shutdown()
            thread.join()

"""Connections to the server: how long one may take to say what it wants, how many there may be, and how they end."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from qa.web.gate.access import path_of
from qa.web.paths import CHAT_HEARTBEAT

# For the line of a request and its headers, from its first byte on, or from when the connection was made.
HEADER_SECONDS = 10.0
# A connection on which nothing is said after an answer stays so long: longer than proxies keep theirs (60 s), or a
# request that is sent just when it is closed would be lost.
IDLE_SECONDS = 75
# Of an answer, at least so many bytes have to be taken in so many seconds: as slow as no telephone is.
TAKE_SECONDS = 20.0
LEAST_TAKEN = 16 * 1024
# A line and headers longer than this are refused with 400 rather than kept.
MAX_HEADER_BYTES = 32 * 1024
MAX_CONNECTIONS = 800
# The index and what is read from disk need some of the files that the system lets a process have open. Beyond these the
# server could accept nobody, and would say so for each who tries.
OTHER_FILES = 200
# An answer that is being made when the server is to stop is finished, unless it takes longer: a language model's.
GRACE_SECONDS = 30


def most_connections() -> int:
    """So many there may be at once."""
    try:
        import resource
    # Windows has no such limit.
    except ImportError:
        return MAX_CONNECTIONS
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_CONNECTIONS if files == resource.RLIM_INFINITY else min(MAX_CONNECTIONS, max(1, files - OTHER_FILES))


class Connection(H11Protocol):
    """uvicorn's, which waits for ever for a request to be complete and for an answer to be taken, with an end to that.

    Where there are too many, those go who have not said all, then those who take nothing of their answer or only
    listen, of each the one that has for longest: who keeps connections for nothing keeps none from the others.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (uvicorn's own)
        super().__init__(*args, **kwargs)
        # Of a request that is to come, and of an answer that is to be taken.
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._left = 0
        self._since = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        # Whatever is left of an answer counts as not taken.
        transport.set_write_buffer_limits(0)
        self._look()
        if len(self.connections) > most_connections():
            known = (each for each in self.connections if isinstance(each, Connection))
            others = [each for each in known if each is not self and not each.transport.is_closing()]
            saying = [each for each in others if each.conn.their_state in (h11.IDLE, h11.SEND_BODY)]
            idle = [each for each in others if each._stalled or each._only_listens()]
            min(saying or idle or [self], key=lambda each: each._since).give_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        self._stop_stalling()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Begin to wait with the first part of a request, stop with the last of its headers."""
        super().data_received(data)
        self._look()

    def handle_events(self) -> None:
        """What came may be a request that stood behind another one."""
        super().handle_events()
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request, and for what is still to come of this one."""
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """Begin to wait until the answer is taken."""
        super().pause_writing()
        self._since, self._left = self.loop.time(), self.transport.get_write_buffer_size()
        self._stalled = self.loop.call_later(TAKE_SECONDS, self._look_what_is_left)

    def resume_writing(self) -> None:
        """All of it was taken."""
        super().resume_writing()
        self._stop_stalling()

    def give_up(self) -> None:
        """Close the connection; whoever takes so long to ask is told nothing."""
        self._stop_waiting()
        self._stop_stalling()
        self.transport.abort()

    def _look(self) -> None:
        """Wait for a request, unless one is being answered."""
        if self._is_answering() or self.transport.is_closing():
            self._stop_waiting()
        elif self._is_idle():
            self._stop_waiting()
            self._since = self.loop.time()
        elif self._deadline is None:
            self._since = self.loop.time()
            self._deadline = self.loop.call_later(HEADER_SECONDS, self.give_up)

    def _look_what_is_left(self) -> None:
        left = self.transport.get_write_buffer_size()
        if left > self._left - LEAST_TAKEN:
            self.give_up()
        else:
            self._left = left
            self._stalled = self.loop.call_later(TAKE_SECONDS, self._look_what_is_left)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline, self._since = None, self.loop.time()

    def _stop_stalling(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _is_idle(self) -> bool:
        """Nothing was said since the last answer; uvicorn closes the connection after IDLE_SECONDS."""
        return self.cycle is not None and self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]

    def _only_listens(self) -> bool:
        return self._is_answering() and self.scope["path"].startswith(CHAT_HEARTBEAT)


class Ending:
    """ASGI middleware that lets go of who only listens, once the server is to stop and all answers are given.

    A chat page that is open listens for as long as it is. Without this each stop would take until the last moment; and
    when the page's listening ends, Gradio drops the question that it has asked.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._at_work = 0
        self._has_begun = False
        self._over = asyncio.Event()

    def begin(self) -> None:
        """The server is to stop; nothing new comes in."""
        self._has_begun = True
        self._look()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on; to who only listens, the client seems to have gone when all is over."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif path_of(scope).startswith(CHAT_HEARTBEAT):
            await self.app(scope, self._until_over(receive), send)
        else:
            self._at_work += 1
            try:
                await self.app(scope, receive, send)
            finally:
                self._at_work -= 1
                self._look()

    def _look(self) -> None:
        if self._has_begun and not self._at_work:
            self._over.set()

    def _until_over(self, receive: Receive) -> Receive:
        async def either() -> Message:
            said, over = asyncio.ensure_future(receive()), asyncio.ensure_future(self._over.wait())
            try:
                await asyncio.wait((said, over), return_when=asyncio.FIRST_COMPLETED)
                return said.result() if said.done() else {"type": "http.disconnect"}
            finally:
                said.cancel()
                over.cancel()

        return either


class Server(uvicorn.Server):
    """uvicorn's, which says when it begins to stop."""

    def __init__(self, config: uvicorn.Config, ending: Ending) -> None:
        super().__init__(config)
        self._ending = ending

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish what was asked, and stop."""
        self._ending.begin()
        await super().shutdown(sockets)


def make_server(app: ASGIApp) -> Server:
    """A server of `app`, not yet running."""
    ending = Ending(app)
    config = uvicorn.Config(
        ending,
        http=Connection,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        # `Proxies` does this, in front of the whole application however it is served.
        proxy_headers=False,
        h11_max_incomplete_event_size=MAX_HEADER_BYTES,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return Server(config, ending)

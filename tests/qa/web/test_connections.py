"""Connections: who says nothing goes, who asks is heard among many who do not, and a stop waits for the answers."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from types import SimpleNamespace

import httpx
import pytest
from anyio import to_thread
from running import running
from starlette.types import Receive, Scope, Send

from qa.web import connections
from qa.web.connections import make_server
from qa.web.observe import FewOfAKind
from qa.web.paths import CHAT_HEARTBEAT

pytestmark = pytest.mark.slow

SHORT = 0.05
REQUEST = b"GET /work HTTP/1.1\r\nHost: a\r\n\r\n"


class App:
    """Answers when it is told to; `/chat/gradio_api/heartbeat/` goes on until the client has gone. Keeps the order."""

    def __init__(self) -> None:
        self.may_answer, self.is_asked, self.is_heard = threading.Event(), threading.Event(), threading.Event()
        self.ended: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"].startswith(CHAT_HEARTBEAT):
            await send({"type": "http.response.body", "body": b"ALIVE", "more_body": True})
            self.is_heard.set()
            while (await receive())["type"] != "http.disconnect":
                pass
            self.ended.append("listening")
        elif scope["path"] == "/large":
            for _ in range(500):
                await send({"type": "http.response.body", "body": b"a" * 100_000, "more_body": True})
            self.ended.append("large")
        else:
            self.is_asked.set()
            await to_thread.run_sync(self.may_answer.wait, 30)
            self.ended.append("answer")
        await send({"type": "http.response.body", "body": b"all of it"})


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def served(app: App, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    monkeypatch.setattr(connections, "HEADER_SECONDS", SHORT)
    with running(app) as address:
        yield address


def connect(address: tuple[str, int], sent: bytes = b"") -> socket.socket:
    connection = socket.create_connection(address, timeout=10)
    connection.sendall(sent)
    return connection


def read_all(connection: socket.socket) -> bytes:
    """What comes until the server closes."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def is_closed(connection: socket.socket) -> bool:
    """Whether the server closes within a second."""
    connection.settimeout(1)
    try:
        read_all(connection)
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("begun", [b"", b"G", b"GET / HTTP/1.1\r\nHost: a\r\nX: "])
def test_who_does_not_say_what_it_wants_goes(served: tuple[str, int], begun: bytes) -> None:
    with connect(served, begun) as connection:
        assert read_all(connection) == b""


def test_the_next_request_has_the_same_time(served: tuple[str, int], app: App) -> None:
    app.may_answer.set()
    with connect(served, REQUEST) as connection:
        answer = b""
        while not answer.endswith(b"all of it\r\n0\r\n\r\n"):
            answer += connection.recv(65536)
        connection.sendall(b"GET /work HTTP/1.1\r\nHost")
        assert read_all(connection) == b""


def test_who_was_answered_may_say_nothing_for_longer(served: tuple[str, int], app: App) -> None:
    """A proxy keeps a connection, and sends the next request just when a shorter time would be over."""
    app.may_answer.set()
    with httpx.Client(base_url=f"http://{served[0]}:{served[1]}") as client, connect(served) as silent:
        first = client.get("/work")
        # The time of one that was never answered is over several times.
        assert read_all(silent) == b""
        time.sleep(4 * SHORT)
        second = client.get("/work")
        used = [each.extensions["network_stream"].get_extra_info("client_addr") for each in (first, second)]
    assert first.text == second.text == "all of it"
    assert used[0] == used[1]


def test_an_answer_may_take_longer_than_its_request(served: tuple[str, int], app: App) -> None:
    once = REQUEST.replace(b"Host: a", b"Host: a\r\nConnection: close")
    with connect(served, once) as asking, connect(served) as silent:
        # The time of both is over when this one is closed.
        assert app.is_asked.wait(30)
        read_all(silent)
        app.may_answer.set()
        assert b"all of it" in read_all(asking)


def test_an_endless_line_is_refused(served: tuple[str, int]) -> None:
    with connect(served, b"GET /" + b"a" * (connections.MAX_HEADER_BYTES + 1)) as connection:
        assert read_all(connection).startswith(b"HTTP/1.1 400 ")


def test_who_asks_is_heard_among_those_who_keep_connections(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 5)
    monkeypatch.setattr(connections, "HEADER_SECONDS", 1_000.0)
    app.may_answer.set()
    with running(app) as address, ExitStack() as stack:
        slow = [stack.enter_context(connect(address, b"GET / HTTP/1.1\r\nX: ")) for _ in range(40)]
        for _ in range(3):
            assert httpx.get(f"http://{address[0]}:{address[1]}/work").text == "all of it"
        # The first ones had to go.
        assert [read_all(connection) for connection in slow[:30]] == [b""] * 30
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_who_only_listens_makes_room(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 5)
    app.may_answer.set()
    with running(app) as address, ExitStack() as stack:
        listening = REQUEST.replace(b"/work", CHAT_HEARTBEAT.encode() + b"abc")
        pages = [stack.enter_context(connect(address, listening)) for _ in range(20)]
        for _ in range(3):
            assert httpx.get(f"http://{address[0]}:{address[1]}/work").text == "all of it"
        # Which of them, goes by when the server came to hear each.
        assert sum(is_closed(page) for page in pages) >= 10


def test_a_body_that_nobody_waits_for_does_not_go_on(served: tuple[str, int], app: App) -> None:
    app.may_answer.set()
    large = REQUEST.replace(b"Host: a", b"Host: a\r\nContent-Length: 1000000")
    with connect(served, large) as dripping, pytest.raises(ConnectionError):
        for _ in range(500):
            threading.Event().wait(SHORT / 5)
            dripping.sendall(b"x")


def test_an_answer_that_nobody_takes_is_given_up(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "TAKE_SECONDS", SHORT)
    with running(app) as address, connect(address, REQUEST.replace(b"/work", b"/large")):
        # It can go on only once the client has gone.
        wait_until(lambda: app.ended == ["large"])


def test_an_answer_that_is_taken_slowly_is_not() -> None:
    looks: list[Callable[[], None]] = []
    left = 10 * connections.LEAST_TAKEN
    connection = connections.Connection.__new__(connections.Connection)
    closed: list[bool] = []
    connection.loop = SimpleNamespace(  # type: ignore[assignment]
        call_later=lambda _, look: looks.append(look) or SimpleNamespace(cancel=lambda: None), time=lambda: 0.0
    )
    connection.transport = SimpleNamespace(  # type: ignore[assignment]
        get_write_buffer_size=lambda: left, abort=lambda: closed.append(True)
    )
    connection.flow = SimpleNamespace(pause_writing=lambda: None)  # type: ignore[assignment]
    connection._deadline = connection._stalled = None
    connection.pause_writing()
    for _ in range(5):
        left -= connections.LEAST_TAKEN
        looks.pop()()
    assert closed == []
    left -= connections.LEAST_TAKEN - 1
    looks.pop()()
    assert (closed, looks) == ([True], [])


def test_a_process_with_few_files_takes_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    for files, most in ((1024, 800), (256, 56), (20, 1), (resource.RLIM_INFINITY, 800)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, files=files: (files, files))
        assert connections.most_connections() == most


def test_a_stop_waits_for_answers_and_for_nobody_who_only_listens(app: App) -> None:
    server = make_server(app)
    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()[:2]
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    with closing(listener), connect(address, REQUEST.replace(b"/work", CHAT_HEARTBEAT.encode() + b"abc")) as hearing:
        with connect(address, REQUEST) as asking:
            assert app.is_asked.wait(30)
            assert app.is_heard.wait(30)
            server.should_exit = True
            wait_until(lambda: not can_connect(address))
            # An answer takes longer than the server to stop.
            assert not app.may_answer.wait(0.3)
            assert app.ended == []
            app.may_answer.set()
            assert read_all(asking).endswith(b"all of it\r\n0\r\n\r\n")
        assert b"ALIVE" in read_all(hearing)
        thread.join(30)
    assert not thread.is_alive()
    assert app.ended == ["answer", "listening"]


def can_connect(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=1).close()
    except OSError:
        return False
    return True


def wait_until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(600):
        if is_so():
            return
        pause.wait(0.05)
    raise AssertionError("it never was")


def test_lines_of_a_kind_do_not_fill_the_log() -> None:
    few = FewOfAKind(most=3)

    def write(minute: int, message: str = "a request failed", level: int = logging.ERROR, **extra: object) -> object:
        record = logging.makeLogRecord({"name": "qa", "msg": message, "levelno": level, **extra})
        record.created = minute * 60.0
        return getattr(record, "left_out", True) if few.filter(record) else False

    assert [write(1) for _ in range(6)] == [True] * 3 + [False] * 3
    assert write(1, "another thing") is True
    # The next minute says what was left out.
    assert [write(2) for _ in range(2)] == [3, True]
    refused = [write(2, "request", logging.INFO, status=429) for _ in range(9)]
    assert refused == [True] * 3 + [False] * 6
    # Answers are all there.
    assert all(write(2, "request", logging.INFO, status=200) for _ in range(9))
    for n in range(5_000):
        write(2, f"{n} is new")
    assert len(json.dumps(list(map(str, few._seen)))) < 200_000

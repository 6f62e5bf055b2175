"""Places: some are answered, some wait, and who comes then is told when to come again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor, as_completed

import httpx
import pytest
from running import running

from qa.archive import Archive
from qa.build import Models
from qa.settings import Settings
from qa.web.gate.errors import Busy
from qa.web.gate.places import MAX_WAITING, PLACES, Places
from qa.web.server import create_app

pytestmark = pytest.mark.slow


def in_a_loop(test: Callable[[], Coroutine[None, None, None]]) -> None:
    """In a thread of its own: that of the browser tests has a loop already."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(test())).result()


def test_as_many_are_answered_at_once_as_there_are_places() -> None:
    open_gate, running_now, most = threading.Event(), [0], [0]
    lock = threading.Lock()

    def answer() -> int:
        with lock:
            running_now[0] += 1
            most[0] = max(most[0], running_now[0])
        open_gate.wait(10)
        with lock:
            running_now[0] -= 1
        return most[0]

    async def test() -> None:
        places = Places(2, 3)
        asked = [asyncio.create_task(places.run(answer)) for _ in range(5)]
        await asyncio.sleep(0.2)
        with pytest.raises(Busy) as busy:
            await places.run(answer)
        assert busy.value.seconds == 1
        open_gate.set()
        await asyncio.gather(*asked)
        # Everybody has gone: there is room again.
        assert await places.run(answer) == 2

    in_a_loop(test)


def test_the_seconds_to_wait_are_those_that_the_waiting_will_take() -> None:
    async def test() -> None:
        places = Places(1, 2)
        gate = threading.Event()
        for _ in range(3):
            await places.run(lambda: gate.wait(0.5))
        asked = [asyncio.create_task(places.run(lambda: gate.wait(10))) for _ in range(3)]
        await asyncio.sleep(0.1)
        places._seconds = 3.6
        with pytest.raises(Busy) as busy:
            await places.run(gate.is_set)
        assert busy.value.seconds == 8
        gate.set()
        await asyncio.gather(*asked)

    in_a_loop(test)


def test_an_answer_that_fails_frees_its_place() -> None:
    def fail() -> None:
        raise ValueError("no")

    async def test() -> None:
        places = Places(1, 1)
        for _ in range(3):
            with pytest.raises(ValueError, match="no"):
                await places.run(fail)

    in_a_loop(test)


def test_the_server_says_when_to_ask_again(
    models: Models, bundled_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = bundled_settings.model_copy(update={"hosts": ()})
    archive = Archive(settings, models=models)
    gate, ask = threading.Event(), archive.ask

    def slow(question: str, **options: object) -> object:
        gate.wait(60)
        return ask(question, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(archive, "ask", slow)
    many = PLACES + MAX_WAITING + 1
    limits = httpx.Limits(max_connections=many)
    with (
        running(create_app(archive)) as (host, port),
        httpx.Client(timeout=60, limits=limits) as client,
        ThreadPoolExecutor(many) as threads,
    ):

        def post() -> httpx.Response:
            body = {"question": "How many people attended the Jeju Forum?"}
            return client.post(f"http://{host}:{port}/api/ask", json=body)

        asked = [threads.submit(post) for _ in range(many)]
        refused = next(as_completed(asked)).result()
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
        assert refused.headers["Retry-After"] == "1"
        assert "ask again in 1 s" in refused.json()["error"]["message"]
        gate.set()
        assert sorted(future.result().status_code for future in asked) == [200] * (many - 1) + [503]
        assert post().status_code == 200

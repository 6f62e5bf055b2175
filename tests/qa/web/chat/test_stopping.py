"""A question that is stopped gives its place to the next, whether it waits or is worked on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from qa.stages import ended_by, next_stage
from qa.web.chat.stopping import MAX_STOPPED, Stoppable
from qa.web.gate.places import Places


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """In a thread: the browser of other tests has a loop of its own in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(work())).result(timeout=60)


def until_ended() -> str:
    """A work that never ends but between its stages."""
    while True:
        next_stage()
        threading.Event().wait(0.01)


def test_what_is_worked_on_ends_and_frees_its_place() -> None:
    async def work() -> None:
        stoppable, began = Stoppable(Places(places=1, max_waiting=0)), threading.Event()

        def answer() -> str:
            began.set()
            return until_ended()

        first = asyncio.create_task(stoppable.run("one", answer))
        await asyncio.to_thread(began.wait, 10)
        stoppable.stop("another")
        assert not first.done()
        stoppable.stop("one")
        assert await first is None
        assert await stoppable.run("two", lambda: "answered") == "answered"

    run(work)


def test_what_waits_waits_no_longer() -> None:
    async def work() -> None:
        stoppable, ended = Stoppable(Places(places=1, max_waiting=1)), threading.Event()
        first = asyncio.create_task(stoppable.run("one", ended.wait))
        second = asyncio.create_task(stoppable.run("two", lambda: "answered"))
        await asyncio.sleep(0)
        stoppable.stop("two")
        assert await second is None
        third = asyncio.create_task(stoppable.run("three", lambda: "answered"))
        await asyncio.sleep(0)
        ended.set()
        assert await first is True
        assert await third == "answered"

    run(work)


def test_to_stop_may_come_first_and_is_not_remembered_for_ever() -> None:
    async def work() -> None:
        stoppable = Stoppable(Places())
        stoppable.stop("one")
        assert await stoppable.run("one", lambda: "answered") is None
        assert await stoppable.run("one", lambda: "answered") == "answered"
        for number in range(MAX_STOPPED + 1):
            stoppable.stop(f"ticket {number}")
        assert await stoppable.run("ticket 0", lambda: "answered") == "answered"
        assert await stoppable.run("ticket 1", lambda: "answered") is None
        # What is no ticket stops nobody.
        stoppable.stop("")
        stoppable.stop("x" * 1000)
        assert await stoppable.run("", lambda: "answered") == "answered"
        assert await stoppable.run("x" * 1000, lambda: "answered") == "answered"

    run(work)


def test_stages_end_nothing_unless_somebody_asks_for_it() -> None:
    next_stage()
    calls: list[int] = []
    with ended_by(lambda: calls.append(1)):
        next_stage()
    next_stage()
    assert calls == [1]

"""How many questions are answered at once, and how many may wait for that."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from qa.web.gate.errors import Busy

# More at once would not be answered sooner: a question is all work and hardly waits for anything.
PLACES = 4
# As many as the chat lets wait.
MAX_WAITING = 64
# How much the last answer counts in what one is taken to cost.
_LATEST = 0.2

T = TypeVar("T")


class Places:
    """Places for those who are answered, and a queue for those who wait."""

    def __init__(self, places: int = PLACES, max_waiting: int = MAX_WAITING) -> None:
        self._limiter = CapacityLimiter(places)
        self._places, self._max_waiting = places, max_waiting
        # Those who are answered and those who wait.
        self._inside = 0
        self._seconds = 0.0

    async def run(self, answer: Callable[[], T]) -> T:
        """What `answer` returns, called in a thread when a place is free. Raises Busy when too many wait."""
        waiting = self._inside - self._places
        if waiting >= self._max_waiting:
            raise Busy(max(1, math.ceil(waiting * self._seconds / self._places)))
        self._inside += 1
        try:
            return await to_thread.run_sync(self._timed, answer, limiter=self._limiter)
        finally:
            self._inside -= 1

    def _timed(self, answer: Callable[[], T]) -> T:
        began = time.monotonic()
        try:
            return answer()
        finally:
            self._seconds += _LATEST * (time.monotonic() - began - self._seconds)

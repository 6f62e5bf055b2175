"""Questions that can be stopped: whoever waits for a place waits no longer, and what is being worked on ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from anyio import CancelScope, from_thread

from qa.stages import ended_by
from qa.web.gate.places import Places

# The page makes shorter ones; by what is longer nothing can be stopped.
MAX_TICKET_CHARACTERS = 64
# Of those that were stopped and have not come so many are remembered.
MAX_STOPPED = 256

T = TypeVar("T")


class Stoppable:
    """Places for questions, each with a ticket by which it can be stopped. All of it is called in one event loop."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._asked: dict[str, CancelScope] = {}
        # To stop may arrive before what is to be stopped.
        self._stopped: deque[str] = deque(maxlen=MAX_STOPPED)

    async def run(self, ticket: str, answer: Callable[[], T]) -> T | None:
        """What `answer` returns, called in a thread when a place is free; None when it was stopped. Raises Busy."""
        if ticket in self._stopped:
            self._stopped.remove(ticket)
            return None
        with CancelScope() as scope:
            if 0 < len(ticket) <= MAX_TICKET_CHARACTERS:
                self._asked[ticket] = scope
            try:
                return await self._places.run(partial(_work, answer))
            finally:
                if self._asked.get(ticket) is scope:
                    del self._asked[ticket]
        return None

    def stop(self, ticket: str) -> None:
        """Stop the question with that ticket, which is asked or will be."""
        scope = self._asked.get(ticket)
        if scope is not None:
            scope.cancel()
        elif 0 < len(ticket) <= MAX_TICKET_CHARACTERS:
            self._stopped.append(ticket)


def _work(answer: Callable[[], T]) -> T:
    with ended_by(from_thread.check_cancelled):
        return answer()

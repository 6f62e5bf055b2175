"""Reading ahead: the next articles are read while those before them are encoded."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from typing import TypeVar

T = TypeVar("T")
# Enough for a batch to be encoded; more would only take memory.
AHEAD = 64
# Who stops waits no longer for a document that is being read.
PATIENCE_SECONDS = 1.0
_END = object()


def read_ahead(found: Iterator[T], most: int = AHEAD) -> Generator[T]:
    """The same as `found`, which a thread goes through ahead, by at most `most`.

    What it raises comes where it would have come. The thread ends with the iterator, also where that is left early.
    """
    waiting: queue.Queue[object] = queue.Queue(most)
    is_over = threading.Event()
    problem: list[BaseException] = []
    thread = threading.Thread(target=_read, args=(found, waiting, is_over, problem), name="reading ahead", daemon=True)
    thread.start()
    try:
        while (each := waiting.get()) is not _END:
            yield each  # type: ignore[misc]  # what was put in
        if problem:
            raise problem[0]
    finally:
        is_over.set()
        thread.join(PATIENCE_SECONDS)


def _read(
    found: Iterator[object], waiting: queue.Queue[object], is_over: threading.Event, problem: list[BaseException]
) -> None:
    try:
        for each in found:
            if not _put(waiting, each, is_over):
                break
    except BaseException as error:
        problem.append(error)
    finally:
        # In the thread that runs it: so it ends the processes that it has begun.
        if isinstance(found, Generator):
            found.close()
        _put(waiting, _END, is_over)


def _put(waiting: queue.Queue[object], each: object, is_over: threading.Event) -> bool:
    """Put it in, as soon as there is room; False where nobody reads on."""
    while not is_over.is_set():
        try:
            waiting.put(each, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False

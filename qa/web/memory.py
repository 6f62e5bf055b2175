"""Memory that was freed goes back to the system; glibc alone keeps what a hundred conversations needed once."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# glibc's number for how many arenas threads may allocate from; of one each, as it has them, it gives hardly any back.
M_ARENA_MAX = -8
ARENAS = 2
SECONDS = 20


@contextmanager
def giving_back() -> Iterator[None]:
    """Meanwhile a thread gives back what is free, now and then. Where the system has another library: nothing."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if library is None or not hasattr(library, "malloc_trim"):
        yield
        return
    library.mallopt(M_ARENA_MAX, ARENAS)
    ended = threading.Event()
    thread = threading.Thread(target=_trim, args=(library.malloc_trim, ended), name="giving-back", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()


def _trim(trim: Callable[[int], int], ended: threading.Event) -> None:
    while not ended.wait(SECONDS):
        trim(0)

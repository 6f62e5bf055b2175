"""Where the work on a question may be ended: between its stages, by whoever started it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_check: ContextVar[Callable[[], None] | None] = ContextVar("check", default=None)


@contextmanager
def ended_by(check: Callable[[], None]) -> Iterator[None]:
    """Within the block, what `check` raises ends the work of this thread; it is called between the stages."""
    before = _check.set(check)
    try:
        yield
    finally:
        _check.reset(before)


def next_stage() -> None:
    """A stage is over, or something is being waited for: raises what ends the work."""
    check = _check.get()
    if check is not None:
        check()

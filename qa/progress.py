"""How far something that takes long has come: told to whoever asks, and as a bar on stderr."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress

# Called with how many are done and how many there are, None where that is not known before the end.
OnProgress = Callable[[int, int | None], None]


class Advance(Protocol):
    """To be called with each few that are done, and how many passages these had."""

    def __call__(self, n: int, passages: int = 0) -> None:
        """`n` more are done."""


def counting(on_progress: OnProgress | None, total: int | None) -> Advance:
    """What to call with each few that are done; it tells `on_progress` how many that makes, at once that it is none."""
    done = 0

    def advance(n: int, passages: int = 0) -> None:
        nonlocal done
        done += n
        if isinstance(on_progress, Bar):
            on_progress.passages += passages
        if on_progress:
            on_progress(done, total)

    advance(0)
    return advance


class Bar:
    """An OnProgress that draws a bar on stderr; where that is no terminal, its last state only.

    `passages` are those that were stored so far; how many a second stands beside the bar. It stays as it is when all
    are done; when the count begins anew, so does a bar below it.
    """

    def __init__(self, what: str) -> None:
        self.passages = 0
        self._what = what
        self._shown: Progress | None = None
        self._began = 0.0

    def __call__(self, done: int, total: int | None) -> None:
        """Show how many are done of how many."""
        if self._shown is None:
            self._shown = self._start(total)
        seconds = time.monotonic() - self._began
        rate = f"{self.passages / seconds:,.0f} passages/s" if self.passages and seconds > 0 else ""
        self._shown.update(self._shown.task_ids[0], completed=done, total=total, rate=rate)
        if done == total:
            # What comes next may be measured, and a bar that is drawn beside it would count.
            self.close()

    def close(self) -> None:
        """Draw the last state."""
        if self._shown is not None:
            self._shown.stop()
            self._shown = None

    def _start(self, total: int | None) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.passages, self._began = 0, time.monotonic()
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        shown = Progress(*columns, console=Console(stderr=True))
        shown.add_task(self._what, total=total, rate="")
        shown.start()
        return shown


@contextmanager
def progress_bar(what: str) -> Iterator[Bar]:
    """A bar that counts `what`, from the first call on."""
    bar = Bar(what)
    try:
        yield bar
    finally:
        bar.close()

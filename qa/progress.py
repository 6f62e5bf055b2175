"""How far something that takes long has come: told to whoever asks, and as a bar on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

# Called with how many are done and how many there are, None where that is not known before the end.
OnProgress = Callable[[int, int | None], None]


def counting(on_progress: OnProgress | None, total: int | None) -> Callable[[int], None]:
    """What to call with each few that are done; it tells `on_progress` how many that makes, at once that it is none."""
    done = 0

    def advance(n: int) -> None:
        nonlocal done
        done += n
        if on_progress:
            on_progress(done, total)

    advance(0)
    return advance


@contextmanager
def progress_bar(what: str) -> Iterator[OnProgress]:
    """A bar that counts `what`, from the first call on; where stderr is no terminal, its last state only.

    It stays as it is when all are done; when the count begins anew, so does a bar below it.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ExitStack() as open_bars:
        progress: Progress | None = None

        def show(done: int, total: int | None) -> None:
            nonlocal progress
            if progress is None:
                progress = open_bars.enter_context(Progress(*columns, console=Console(stderr=True)))
                progress.add_task(what, total=total)
            progress.update(progress.task_ids[0], completed=done, total=total)
            if done == total:
                # What comes next may be measured, and a bar that is drawn beside it would count.
                open_bars.close()
                progress = None

        yield show

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

    When the count begins anew, so does a bar below the first.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=Console(stderr=True))
    with ExitStack() as shown:

        def show(done: int, total: int | None) -> None:
            if not progress.tasks:
                shown.enter_context(progress)
            if not progress.tasks or done == 0:
                progress.add_task(what, total=total)
            progress.update(TaskID(len(progress.tasks) - 1), completed=done, total=total)

        yield show

"""Which generation of a place to open, while builds by others come and go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol, TypeVar

from index.store.errors import OtherFormat, StoreDamaged

Name = TypeVar("Name")
Name_co = TypeVar("Name_co", covariant=True)


class Generations(Protocol[Name_co]):
    """A place, as far as its generations are concerned."""

    def current(self) -> Name_co | None:
        """Which one is current, None when nothing was built yet."""

    def require_current(self) -> Name_co:
        """Which one is current. Raises UserError when nothing was built yet."""

    def generations(self) -> Sequence[Name_co]:
        """All of them."""


class Kept(Protocol):
    """A store, as far as it is asked here."""

    def meta(self, key: str) -> str | None:
        """A setting of the index, None when it was never set."""

    def close(self) -> None:
        """Let go of it."""


Opened = TypeVar("Opened", bound=Kept)


def find_current(place: Generations[Name], opened: Callable[[Name], Opened]) -> Opened:
    """What `opened` makes of the current generation. Raises UserError when nothing was built, or what `opened` does."""
    generation: Name | None = None
    while True:
        tried, generation = generation, place.require_current()
        try:
            return opened(generation)
        except StoreDamaged:
            # A build may have swept it away since it was looked up; damage stays where it is.
            if generation == tried:
                raise


def find_unfinished(place: Generations[Name], key: str, opened: Callable[[Name], Opened]) -> Opened | None:
    """What `opened` makes of a generation that is not current and has a setting `key`; None when there is none."""
    current = place.current()
    for generation in place.generations():
        if generation != current:
            with suppress(StoreDamaged, OtherFormat):
                store = opened(generation)
                if store.meta(key) is not None:
                    return store
                store.close()
    return None

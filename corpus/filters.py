"""Filters: which articles may answer, by day, source and id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may answer. Dates are inclusive; an article without a date passes no date filter.

    `articles` are ids. Raises TypeError for a date that is a text, and for `sources` or `articles` that are a single
    text, whose letters would be taken for sources.
    """

    after: date | None = None
    before: date | None = None
    sources: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, day in (("after", self.after), ("before", self.before)):
            if day is not None and not isinstance(day, date):
                raise TypeError(f"{name} is {day!r:.80}; give a date, such as date(2024, 1, 31)")
        for name, several in (("sources", self.sources), ("articles", self.articles)):
            if isinstance(several, str):
                raise TypeError(f"{name} is {several!r:.80}; give several, such as ({several!r:.80},)")

    def __bool__(self) -> bool:
        return bool(self.after or self.before or self.sources or self.articles)

    @property
    def is_impossible(self) -> bool:
        """No day is late enough and early enough."""
        return bool(self.after and self.before and self.before < self.after)

    def and_also(self, other: Filters) -> Filters:
        """The days that both allow; the sources and articles of this one, or of `other` where this one names none."""
        after = max(filter(None, (self.after, other.after)), default=None)
        before = min(filter(None, (self.before, other.before)), default=None)
        return Filters(after, before, self.sources or other.sources, self.articles or other.articles)

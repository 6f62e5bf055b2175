"""Which articles a question prefers: those of the time or the sources it names, else of the days it was asked in.

"Prefers" means that such articles are also searched on their own, so that others cannot crowd them out, and that they
count for more. Others may still answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from corpus.article import Article
from corpus.filters import Filters
from qa.question.period import Period, asked_period, fortnight_of
from qa.question.sources import named_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """What a question says of the articles that should answer it; None and () where it says nothing.

    `named` is the time it names ("in July 2023"), `sources` the sources it names ("the Daily's article"). `around` are
    the days around its asking, where the day of asking is known. `counted_from` is the day of the newest article where
    "this week" counts from it, since no day of asking was given and the articles end before.
    """

    named: Period | None = None
    around: Period | None = None
    sources: tuple[str, ...] = ()
    counted_from: date | None = None

    @property
    def is_dated(self) -> bool:
        """The question may well be about the days around its asking: that day is known, and it names no other time."""
        return self.around is not None and not self.sources and (self.named is None or self.named.is_recent)

    @property
    def filters(self) -> Filters | None:
        """The articles that are preferred, as a filter; None when all are alike."""
        period = self.named or (None if self.sources else self.around)
        if period is None and not self.sources:
            return None
        return Filters(period.first if period else None, period.last if period else None, self.sources)

    @property
    def to_reach(self) -> date | None:
        """The day that articles must have reached to tell of it at all ("this week"); None where any may do."""
        return self.named.first if self.named and self.named.is_certain else None

    def is_timely(self, article: Article) -> bool:
        """The article is of the time and of the sources that the question names; false where it names neither."""
        is_of_time = self.named is None or article.published in self.named
        is_of_sources = not self.sources or article.source in self.sources
        return bool(self.named or self.sources) and is_of_time and is_of_sources

    def is_fresh(self, article: Article) -> bool:
        """The article is of the days around the asking, and no other time was named."""
        return self.is_dated and self.around is not None and article.published in self.around


def read_preference(
    question: str, asked_on: date | None, sources: Sequence[str] = (), newest: date | None = None
) -> Preference:
    """What `question` prefers of the `sources` there are.

    Without `asked_on`, the day of asking, words such as "this week" count from today; where that lies behind all
    articles, from `newest`, the day of the last one: whoever asks an archive means its time.
    """
    named, counted_from = asked_period(question, asked_on or date.today()), None
    if asked_on is None and newest and named and named.is_certain and named.first > newest:
        named, counted_from = asked_period(question, newest), newest
    return Preference(
        named=named,
        counted_from=counted_from,
        around=fortnight_of(asked_on) if asked_on else None,
        sources=named_sources(question, sources),
    )

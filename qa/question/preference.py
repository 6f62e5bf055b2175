"""Which articles a question asks of: of the time and of the sources it names, or of the days around its asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from corpus.article import Article
from corpus.filters import Filters
from qa.question.period import Period, asked_period, fortnight_of
from qa.question.sources import named_sources


@dataclass(frozen=True, slots=True)
class Sought:
    """`named` is the time the question names, `sources` the sources, `around` the days around its asking, if known.

    A preference: articles of it are looked for on their own as well, and count for more.
    """

    named: Period | None = None
    around: Period | None = None
    sources: tuple[str, ...] = ()

    @classmethod
    def of(cls, question: str, asked_on: date | None, sources: Sequence[str] = ()) -> Sought:
        """What `question` asks of, of the `sources` there are; without the day of asking its words count from today."""
        named = asked_period(question, asked_on or date.today())
        return cls(named, fortnight_of(asked_on) if asked_on else None, named_sources(question, sources))

    @property
    def is_dated(self) -> bool:
        """The day of asking is known, and the question is about the days around it for all it says."""
        return self.around is not None and not self.sources and (self.named is None or self.named.is_recent)

    @property
    def preferred(self) -> Filters | None:
        """The articles to prefer: of the time and sources that are named, else of the days around the asking."""
        period = self.named or (None if self.sources else self.around)
        if period is None and not self.sources:
            return None
        return Filters(period.first if period else None, period.last if period else None, self.sources)

    @property
    def to_reach(self) -> date | None:
        """The day that articles must have reached to tell of a time near to the asking ("this week")."""
        return self.named.first if self.named and self.named.is_certain else None

    def is_timely(self, article: Article) -> bool:
        """The article is of the time and of the sources that the question names; false where it names neither."""
        is_of_time = self.named is None or article.published in self.named
        is_of_sources = not self.sources or article.source in self.sources
        return bool(self.named or self.sources) and is_of_time and is_of_sources

    def is_fresh(self, article: Article) -> bool:
        """The article is of the days around the asking, and no other time was named."""
        return self.is_dated and self.around is not None and article.published in self.around

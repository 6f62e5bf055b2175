"""The day and the source of every passage, in memory: what passes a filter is known without asking the store."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from corpus.filters import Filters
from index.engines.engine import Mask
from index.store.sqlite import ArticleStore

# Passages that are read from the store at a time.
CHUNK = 100_000

_Column = np.ndarray[tuple[int], np.dtype[np.int32]]


class PassageColumns:
    """The days and sources of a store's passages, a number each, by the passage's number. Read when first asked for."""

    def __init__(self, store: ArticleStore) -> None:
        self._store = store
        # There is no passage 0. Neither is there a day 0: it stands for none.
        self._days: _Column = np.zeros(1, np.int32)
        self._sources: _Column = np.zeros(1, np.int32)
        self._source_numbers: dict[str | None, int] = {None: 0}

    def passing(self, filters: Filters) -> Mask:
        """The passages whose articles pass `filters`; those that were removed may be among them."""
        self._catch_up()
        mask: Any = np.ones(len(self._days), np.bool_)
        if filters.after:
            mask &= self._days >= filters.after.toordinal()
        if filters.before:
            mask &= (self._days > 0) & (self._days <= filters.before.toordinal())
        if filters.sources:
            wanted = [self._source_numbers.get(source, -1) for source in filters.sources]
            mask &= np.isin(self._sources, wanted)
        if filters.articles:
            named = np.zeros(len(mask), np.bool_)
            for article_id in filters.articles:
                numbers = np.array(self._store.numbers_of(article_id), np.int64)
                # Those that came since the columns were read are seen with the next question.
                named[numbers[numbers < len(mask)]] = True
            mask &= named
        mask[0] = False
        return mask  # type: ignore[no-any-return]

    def _catch_up(self) -> None:
        while rows := self._store.days_and_sources(len(self._days) - 1, CHUNK):
            added = rows[-1][0] - len(self._days) + 1
            days, sources = np.zeros(added, np.int32), np.zeros(added, np.int32)
            ordinals = {day: date.fromisoformat(day).toordinal() if day else 0 for day in {day for _, day, _ in rows}}
            for number, day, source in rows:
                days[number - len(self._days)] = ordinals[day]
                sources[number - len(self._days)] = self._source_numbers.setdefault(source, len(self._source_numbers))
            self._days = np.concatenate([self._days, days])
            self._sources = np.concatenate([self._sources, sources])

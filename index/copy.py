"""Copy an index from one place to another, as it is: nothing is read or encoded again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.errors import UserError
from index.generations import IndexFolder
from index.recipe import ENCODER_KEY, RECIPE_KEY
from index.store import sqlite
from index.store.record import FLOAT_BYTES, PassageRecord
from index.store.store import create_store, open_current
from index.update import Report, copy_history, derive, make_current

if TYPE_CHECKING:
    from index.place import Place
    from index.store.store import Store

# A store has this setting until its copy is complete, so that a copy that was stopped goes on with it.
COPYING_KEY = "copying"
WAIT_SECONDS = 2.0


def copy_index(source: Place, target: Place, progress: Callable[[int], None]) -> Report:
    """Make the index in `target` the same as that in `source`; what had to be done comes back.

    The old index in `target` answers questions until the new one is complete and was compared with the source. A copy
    that was stopped goes on where it was. `progress` is called with each article more. Raises UserError when there is
    nothing to copy, or the source changed meanwhile.
    """
    if source.where == target.where:
        raise UserError(f"{source.name!r} cannot be copied to itself; name another place")
    with contextlib.ExitStack() as stack:
        original = open_current(source)
        stack.callback(original.close)
        if original.counts()[0] == 0:
            raise UserError(f"the index in {source.name!r} has no articles; there is nothing to copy")
        stack.enter_context(target.writing(wait_seconds=WAIT_SECONDS))
        copied, dim = _begun(target, original)
        stack.callback(copied.close)
        report = _copy(original, copied, progress)
        derive(copied, dim)
        wrong = _difference(original, copied)
        if wrong:
            raise UserError(f"{source.name!r} was changed while it was copied ({wrong}); run the same command again")
        copied.drop_meta(COPYING_KEY)
        make_current(target, copied)
        target.sweep()
    return report


def _begun(target: Place, original: Store) -> tuple[Store, int]:
    """The store of a copy that was stopped, if it is one of such an index, else a new one; length of its vectors."""
    (first, *_) = original.records_of(original.article_ids()[0])
    dim = len(first.vector) // FLOAT_BYTES
    made_by = {key: original.meta(key) or "" for key in (ENCODER_KEY, RECIPE_KEY)}
    begun = _unfinished(target)
    if begun is not None:
        if all(begun.meta(key) == value for key, value in made_by.items()):
            return begun, dim
        begun.close()
    target.make_room()
    copied = create_store(target, dim)
    for key, value in made_by.items():
        copied.set_meta(key, value)
    copied.set_meta(COPYING_KEY, "1")
    return copied, dim


def _unfinished(target: Place) -> Store | None:
    if isinstance(target, IndexFolder):
        return sqlite.unfinished(target, COPYING_KEY)
    from index.postgres import store

    return store.unfinished(target, COPYING_KEY)


def _copy(original: Store, copied: Store, progress: Callable[[int], None]) -> Report:
    report = Report()
    ids = set(original.article_ids())
    for article_id in copied.article_ids():
        if article_id not in ids:
            with copied.writing():
                copied.drop(article_id)
                copied.provenance.drop(article_id)
            report.removed += 1
    for article, records in _whole(original):
        known = copied.articles([article.article_id]).get(article.article_id)
        if known == article:
            report.unchanged += 1
        else:
            with copied.writing():
                if known is not None:
                    copied.drop(article.article_id)
                copied.put(article, records)
            report.added += known is None
            report.updated += known is not None
        progress(1)
    copy_history(original, copied)
    return report


def _whole(store: Store) -> Iterator[tuple[Article, list[PassageRecord]]]:
    """Every article with its records, in the order of the ids."""
    for article in store.each_article():
        yield article, store.records_of(article.article_id)


def _difference(original: Store, copied: Store) -> str | None:
    """What differs first between two stores, None when all is the same."""
    for one, other in zip_longest(_whole(original), _whole(copied)):
        if one is None or other is None:
            return f"{(one or other)[0].article_id!r} is only in one of the two"
        if one != other:
            return f"{one[0].article_id!r} differs"
    return None if original.provenance.origins() == copied.provenance.origins() else "where its articles are from"

"""Build an index, add articles to it, remove some: the store first, then what is derived from it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from corpus.article import Article
from corpus.errors import UserError
from corpus.readers import LeftOut, Read, Remark, Unreadable
from index.draft import Draft, batches, draft_of, encode
from index.encoders.encoder import Encoder
from index.identify import Pending, identify
from index.recipe import ENCODER_KEY, RECIPE, RECIPE_KEY, SAME_VECTORS, open_store
from index.store.origin import Origin, Revision
from index.store.sqlite import ArticleStore
from index.store.store import create_store, open_current
from index.vectors import write_snapshot
from index.words.tantivy import LexicalIndex

if TYPE_CHECKING:
    from index.place import Place
    from index.store.store import Store

# Of what is there already so many new places are kept in memory.
MOST_FOUND = 1_000
# A question that finds the words behind the articles holds the lock for a moment; another build holds it for longer.
WAIT_SECONDS = 2.0


@dataclass(slots=True)
class Report:
    """What a build, add or remove did: how many articles were added and so on, and what could not be read.

    `remarks` are what was done otherwise than somebody may expect; `left_out` are the files of other kinds.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


# Called with how many articles more are done, and how many passages of theirs were stored.
Progress = Callable[[int, int], None]


def _tell_nobody(_articles: int, _passages: int) -> None:
    pass


def build_index(
    place: Place,
    articles: Iterable[Read],
    encoder: Encoder,
    progress: Progress = _tell_nobody,
) -> Report:
    """Make a new index of `articles`; the old one answers questions until the new one is complete.

    Articles that the old index holds unchanged keep their vectors. A first build, which has no old index, answers
    questions from its first article on; if it is killed, the articles it had stored stay. Raises UserError when no
    article could be read.
    """
    with place.writing(wait_seconds=WAIT_SECONDS):
        return _build(place, articles, encoder, progress)


def rebuild_index(place: Place, encoder: Encoder, progress: Progress = _tell_nobody) -> Report:
    """Make the index anew from its own articles: for another encoder, or of an earlier version's index.

    Vectors that are still right are kept. A database whose tables alone are of an earlier version keeps all it has, and
    they are made those of this one. Raises UserError when there is no index, or it cannot be read.
    """
    with (
        place.writing(wait_seconds=WAIT_SECONDS),
        contextlib.closing(open_current(place, earlier=True)) as store,
    ):
        if store.counts()[0] == 0:
            raise UserError(f"the index in {place.name!r} has no articles; name some to `article-qa build`")
        if not isinstance(store, ArticleStore) and store.migrate() and _is_of_now(store, encoder):
            return Report(unchanged=store.counts()[0])
        return _build(place, store.each_article(), encoder, progress, store)


def _build(
    place: Place, articles: Iterable[Read], encoder: Encoder, progress: Progress, kept: Store | None = None
) -> Report:
    """Build; the history of the articles is that of the index `kept`."""
    with contextlib.ExitStack() as stack:
        previous = _reusable(place, encoder)
        if previous is not None:
            stack.callback(previous.close)
        place.make_room()
        store = _create_store(place, encoder)
        stack.callback(_drop_unless_current, place, store)
        stack.callback(store.close)
        is_first = previous is None and _current_or_none(place) is None

        def stored(done: int, passages: int) -> None:
            nonlocal is_first
            # Not before: who stops the very first build in its first seconds is left with no index, not an empty one.
            if is_first and passages:
                make_current(place, store)
                is_first = False
            progress(done, passages)

        report = _write(store, articles, encoder, stored, previous)
        if store.counts()[0] == 0:
            raise UserError(_nothing_read(report))
        if kept is not None:
            copy_history(kept, store)
        derive(store, encoder.dim)
        make_current(place, store)
        place.sweep()
    return report


def add_articles(
    place: Place,
    articles: Iterable[Read],
    encoder: Encoder,
    progress: Progress = _tell_nobody,
) -> Report:
    """Add articles; one whose id is there already is replaced if it differs and left alone if it does not."""
    with place.writing(wait_seconds=WAIT_SECONDS, alone=False), contextlib.closing(open_store(place, encoder)) as store:
        report = _write(store, articles, encoder, progress, None)
        derive(store, encoder.dim)
    return report


def remove_articles(place: Place, article_ids: Sequence[str], encoder: Encoder) -> Report:
    """Remove articles: all of them, or none when one id is unknown (ArticleNotFound)."""
    with place.writing(wait_seconds=WAIT_SECONDS, alone=False), contextlib.closing(open_store(place, encoder)) as store:
        with store.writing():
            for article_id in dict.fromkeys(article_ids):
                store.drop(article_id)
                store.provenance.drop(article_id)
        derive(store, encoder.dim)
    return Report(removed=len(set(article_ids)))


def remove_vanished(place: Place, is_gone: Callable[[Origin], bool], encoder: Encoder) -> Report:
    """Remove the articles that were found only where they are gone; of others only that place is forgotten."""
    with place.writing(wait_seconds=WAIT_SECONDS, alone=False), contextlib.closing(open_store(place, encoder)) as store:
        gone = [origin for origin in store.provenance.origins() if is_gone(origin)]
        if not gone:
            return Report()
        removed = 0
        with store.writing():
            store.provenance.drop_origins(gone)
            for article_id in dict.fromkeys(origin.article_id for origin in gone):
                if not store.provenance.origins([article_id]) and store.articles([article_id]):
                    store.drop(article_id)
                    store.provenance.drop(article_id)
                    removed += 1
        derive(store, encoder.dim)
    return Report(removed=removed)


def copy_history(original: Store, copied: Store) -> None:
    """Give a store what another, of the same articles, knows of where they were found and what they were."""
    with copied.writing():
        copied.provenance.drop_origins(copied.provenance.origins())
        copied.provenance.put_origins(original.provenance.origins())
        for article_id in original.provenance.revised():
            for revision in reversed(original.provenance.revisions(article_id)):
                copied.provenance.put_revision(revision)


def derive(store: Store, dim: int) -> None:
    """Bring what is derived of a store, whose vectors have `dim` numbers, up to its last change.

    The caller holds the write lock.
    """
    if isinstance(store, ArticleStore):
        LexicalIndex(store).catch_up()
        write_snapshot(store, dim)
    else:
        store.derive()


def make_current(place: Place, store: Store) -> None:
    """Let the place lead to `store`, once the disk has all of it. The caller holds the write lock."""
    if isinstance(store, ArticleStore):
        store.sync()
    place.activate(store.generation)  # type: ignore[arg-type]  # a place's own


def _write(
    store: Store,
    articles: Iterable[Read],
    encoder: Encoder,
    progress: Progress,
    previous: Store | None,
) -> Report:
    report = Report()
    # Where articles were found that are there already; noted with the next batch.
    found: list[Origin] = []
    pending = Pending()
    changed = _changed(store, articles, report, progress, found, pending)
    drafts = (draft_of(article, origin, previous, encoder.dim) for article, origin in changed)
    for batch in batches(drafts, found):
        encode(batch, encoder)
        if found or pending.found:
            with store.writing():
                store.provenance.put_origins(found)
                found.clear()
                # What stands there now is not what the article was that is about to change.
                store.provenance.drop_origins(pending.found)
        for some in _together(batch, store.articles_together):
            with store.writing():
                for draft in some:
                    draft.outcome = _put(store, draft)
        if pending.found:
            with store.writing():
                store.provenance.put_origins(pending.found)
        pending.clear()
        for draft in batch:
            setattr(report, draft.outcome, getattr(report, draft.outcome) + 1)
            progress(1, len(draft.records))
    return report


def _put(store: Store, draft: Draft) -> Literal["added", "updated", "unchanged"]:
    article, provenance = draft.article, store.provenance
    known = store.articles([article.article_id]).get(article.article_id)
    # Another process may have been quicker.
    if known != article:
        if known is not None:
            _replace(store, known, draft)
        store.put(article, draft.records)
        provenance.drop_revision(article)
    if draft.origin is not None:
        provenance.put_origins([draft.origin])
    return "unchanged" if known == article else "added" if known is None else "updated"


def _replace(store: Store, known: Article, draft: Draft) -> None:
    """Take an article out for what it is now. Where its text is still found elsewhere, it goes on under that id."""
    provenance, article_id = store.provenance, known.article_id
    here = (draft.origin.place, draft.origin.item) if draft.origin else None
    others = [each for each in provenance.origins([article_id]) if (each.place, each.item) != here]
    taken = store.articles([each.own_id for each in others])
    own_ids = [each.own_id for each in others if each.own_id not in taken]
    records = store.records_of(article_id) if own_ids else []
    store.drop(article_id)
    provenance.drop_origins(others)
    if own_ids:
        own_id = own_ids[0]
        store.put(replace(known, article_id=own_id), [replace(record, article_id=own_id) for record in records])
        provenance.put_origins(replace(each, article_id=own_id) for each in others if each.own_id != article_id)
    if known.text != draft.article.text:
        provenance.put_revision(Revision(known, datetime.now(UTC).date()))


def _together(batch: Sequence[Draft], n: int | None) -> Iterator[Sequence[Draft]]:
    n = n or max(1, len(batch))
    for first in range(0, len(batch), n):
        yield batch[first : first + n]


def _changed(
    store: Store,
    articles: Iterable[Read],
    report: Report,
    progress: Progress,
    found: list[Origin],
    pending: Pending,
) -> Iterator[tuple[Article, Origin | None]]:
    """What is not stored yet, and where it was read. Where what is stored was read too is appended to `found`."""
    for article in articles:
        if isinstance(article, Remark):
            report.remarks.append(article)
            continue
        if isinstance(article, LeftOut):
            report.left_out.append(article)
            continue
        if isinstance(article, Unreadable):
            report.unreadable.append(article)
            progress(1, 0)
            continue
        origin = Origin.of(article)
        article_id, is_stored = identify(store, article, origin, pending)
        article = replace(article, article_id=article_id)
        origin = origin and replace(origin, article_id=article_id)
        if not is_stored:
            pending.note(article, origin)
            yield article, origin
            continue
        report.unchanged += 1
        progress(1, 0)
        if origin is not None and store.provenance.origin(origin.place, origin.item) != origin:
            (pending.found if pending.has(article) else found).append(origin)
        if len(found) >= MOST_FOUND:
            with store.writing():
                store.provenance.put_origins(found)
            found.clear()


def _create_store(place: Place, encoder: Encoder) -> Store:
    store = create_store(place, encoder.dim)
    store.set_meta(ENCODER_KEY, encoder.fingerprint)
    store.set_meta(RECIPE_KEY, RECIPE)
    return store


def _is_of_now(store: Store, encoder: Encoder) -> bool:
    return store.meta(ENCODER_KEY) == encoder.fingerprint and store.meta(RECIPE_KEY) == RECIPE


def _reusable(place: Place, encoder: Encoder) -> Store | None:
    """The current index, if its vectors are those that this build would make."""
    # An old index that cannot be opened is no obstacle: it is this build that replaces it.
    with contextlib.suppress(UserError):
        store = open_current(place, earlier=True)
        if store.meta(ENCODER_KEY) == encoder.fingerprint and store.meta(RECIPE_KEY) in SAME_VECTORS:
            return store
        store.close()
    return None


def _drop_unless_current(place: Place, store: Store) -> None:
    """What a build that failed has made is of no use to anybody."""
    if _current_or_none(place) != store.generation:
        place.drop(store.generation)  # type: ignore[arg-type]  # a place's own


def _current_or_none(place: Place) -> Path | str | None:
    with contextlib.suppress(UserError):
        return place.current()
    return None


def _nothing_read(report: Report) -> str:
    if not report.unreadable:
        return "no articles were given; name files or folders with articles"
    first = report.unreadable[0]
    return f"none of {len(report.unreadable)} articles could be read; the first: {first.origin}: {first.reason}"

"""Build an index, add articles to it, remove some: the store first, then what is derived from it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.article import Article, Passage
from corpus.errors import UserError
from corpus.passages import split_article
from corpus.readers import Unreadable
from index.encoders.encoder import Encoder
from index.generations import IndexFolder
from index.recipe import ENCODER_KEY, RECIPE, RECIPE_KEY, embedded_text, open_store
from index.store.sqlite import ArticleStore
from index.vectors import StoredVectors, to_bytes
from index.words.tantivy import LexicalIndex

# Passages encoded together: enough to keep the processor busy, few enough that a kill loses seconds of work.
BATCH_PASSAGES = 256
# A question that finds the words behind the articles holds the lock for a moment; another build holds it for longer.
WAIT_SECONDS = 2.0


@dataclass(slots=True)
class Report:
    """What a build, add or remove did: how many articles were added and so on, and what could not be read."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)


Progress = Callable[[int], None]


def build_index(
    folder: IndexFolder, articles: Iterable[Article | Unreadable], encoder: Encoder, progress: Progress = lambda _: None
) -> Report:
    """Make a new index of `articles`; the old one answers questions until the new one is complete.

    Articles that the old index holds unchanged keep their vectors. A first build, which has no old index, answers
    questions from its first article on; if it is killed, the articles it had stored stay. Raises UserError when no
    article could be read.
    """
    with folder.writing(wait_seconds=WAIT_SECONDS), contextlib.ExitStack() as stack:
        previous = _reusable(folder, encoder)
        if previous is not None:
            stack.callback(previous.close)
        generation = folder.new_generation()
        store = _create_store(folder, generation, encoder)
        stack.callback(store.close)
        is_first = previous is None and _current_or_none(folder) is None
        if is_first:
            folder.activate(generation)
        report = _write(store, articles, encoder, progress, previous)
        if store.counts()[0] == 0:
            if is_first:
                folder.deactivate()
            raise UserError(_nothing_read(report))
        derive(store, encoder)
        folder.activate(generation)
        folder.sweep()
    return report


def add_articles(
    folder: IndexFolder, articles: Iterable[Article | Unreadable], encoder: Encoder, progress: Progress = lambda _: None
) -> Report:
    """Add articles; one whose id is there already is replaced if it differs and left alone if it does not."""
    with folder.writing(wait_seconds=WAIT_SECONDS), contextlib.closing(open_store(folder, encoder)) as store:
        report = _write(store, articles, encoder, progress, None)
        derive(store, encoder)
    return report


def remove_articles(folder: IndexFolder, article_ids: Sequence[str], encoder: Encoder) -> Report:
    """Remove articles: all of them, or none when one id is unknown (ArticleNotFound)."""
    with folder.writing(wait_seconds=WAIT_SECONDS), contextlib.closing(open_store(folder, encoder)) as store:
        with store.writing():
            for article_id in dict.fromkeys(article_ids):
                store.drop(article_id)
        derive(store, encoder)
    return Report(removed=len(set(article_ids)))


def derive(store: ArticleStore, encoder: Encoder) -> None:
    """Bring the lexical index and the vectors' snapshot up to the store's last change.

    The caller holds the write lock.
    """
    LexicalIndex(store).catch_up()
    StoredVectors(store, encoder.dim).save()


def _write(
    store: ArticleStore,
    articles: Iterable[Article | Unreadable],
    encoder: Encoder,
    progress: Progress,
    previous: ArticleStore | None,
) -> Report:
    report = Report()
    for batch in _batches(_changed(store, articles, report, progress)):
        vectors = _vectors(batch, encoder, previous)
        for (article, passages), rows in zip(batch, vectors, strict=True):
            _put(store, article, passages, rows, report)
            progress(1)
    return report


def _changed(
    store: ArticleStore, articles: Iterable[Article | Unreadable], report: Report, progress: Progress
) -> Iterator[tuple[Article, list[Passage]]]:
    for article in articles:
        if isinstance(article, Unreadable):
            report.unreadable.append(article)
            progress(1)
        elif store.articles([article.article_id]).get(article.article_id) == article:
            report.unchanged += 1
            progress(1)
        else:
            yield article, split_article(article)


def _batches(pairs: Iterable[tuple[Article, list[Passage]]]) -> Iterator[list[tuple[Article, list[Passage]]]]:
    batch: list[tuple[Article, list[Passage]]] = []
    for pair in pairs:
        batch.append(pair)
        if sum(len(passages) for _, passages in batch) >= BATCH_PASSAGES:
            yield batch
            batch = []
    if batch:
        yield batch


def _vectors(
    batch: Sequence[tuple[Article, list[Passage]]], encoder: Encoder, previous: ArticleStore | None
) -> list[list[bytes]]:
    """Vectors of each article's passages: from the previous index where the article is the same, else encoded."""
    known = previous.articles([article.article_id for article, _ in batch]) if previous else {}
    reused = {a: previous.vectors_of(a.article_id) for a, _ in batch if previous and known.get(a.article_id) == a}
    texts = [embedded_text(a, p) for a, passages in batch if a not in reused for p in passages]
    fresh = iter(to_bytes(encoder.encode_passages(texts)) if texts else [])
    return [reused.get(a) or [next(fresh) for _ in passages] for a, passages in batch]


def _put(store: ArticleStore, article: Article, passages: list[Passage], rows: list[bytes], report: Report) -> None:
    with store.writing():
        is_update = store.text_sha256(article.article_id) is not None
        if is_update:
            store.drop(article.article_id)
        store.put(article, passages, rows)
    report.updated += is_update
    report.added += not is_update


def _create_store(folder: IndexFolder, generation: Path, encoder: Encoder) -> ArticleStore:
    store = ArticleStore(generation / folder.store_name, create=True)
    store.set_meta(ENCODER_KEY, encoder.fingerprint)
    store.set_meta(RECIPE_KEY, RECIPE)
    return store


def _reusable(folder: IndexFolder, encoder: Encoder) -> ArticleStore | None:
    # An old index that cannot be opened is no obstacle: it is this build that replaces it.
    with contextlib.suppress(UserError):
        return open_store(folder, encoder)
    return None


def _current_or_none(folder: IndexFolder) -> Path | None:
    with contextlib.suppress(UserError):
        return folder.current()
    return None


def _nothing_read(report: Report) -> str:
    if not report.unreadable:
        return "no articles were given; name files or folders with articles"
    first = report.unreadable[0]
    return f"none of {len(report.unreadable)} articles could be read; the first: {first.origin}: {first.reason}"

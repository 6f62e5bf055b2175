"""Articles on their way into the store: read, then encoded, many together, or taken over from the index before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from corpus.article import Article
from index.encoders.encoder import Encoder, Vector
from index.recipe import RECIPE, RECIPE_KEY, embedded_text
from index.sentences import ReadPassage, pack_places, pack_vectors, read_article, unpack_sentences, unpack_vectors
from index.store.errors import StoreDamaged
from index.store.origin import Origin
from index.store.record import PassageRecord
from index.vectors import is_whole, to_bytes

if TYPE_CHECKING:
    from index.store.store import Store

# Passages encoded together and stored in one transaction: enough to keep the processor busy, few enough that a kill
# loses seconds of work.
BATCH_PASSAGES = 128


@dataclass(slots=True)
class Draft:
    """An article on its way into the store: its passages read, then its records."""

    article: Article
    origin: Origin | None
    passages: list[ReadPassage]
    vectors: dict[tuple[int, int], bytes]
    records: list[PassageRecord]
    outcome: Literal["added", "updated", "unchanged"] = "added"


def draft_of(article: Article, origin: Origin | None, previous: Store | None, dim: int) -> Draft:
    """The article, with what the previous index has of it where it is the same there, and whole."""
    try:
        return _kept(article, origin, previous, dim)
    except StoreDamaged:
        # This is the build that replaces it.
        return Draft(article, origin, read_article(article), {}, [])


def _kept(article: Article, origin: Origin | None, previous: Store | None, dim: int) -> Draft:
    if previous is None or previous.articles([article.article_id]).get(article.article_id) != article:
        return Draft(article, origin, read_article(article), {}, [])
    if previous.meta(RECIPE_KEY) == RECIPE:
        records = previous.records_of(article.article_id)
        is_complete = len(records) == len(previous.numbers_of(article.article_id))
        if is_complete and all(_is_whole_record(record, dim) for record in records):
            return Draft(article, origin, [], {}, records)
    stored = previous.vectors_of(article.article_id).items()
    vectors = {place: data for place, data in stored if is_whole(data, dim)}
    return Draft(article, origin, read_article(article), vectors, [])


def _is_whole_record(record: PassageRecord, dim: int) -> bool:
    try:
        unpack_vectors(record.sentence_vectors, len(unpack_sentences(record)), dim)
    except StoreDamaged:
        return False
    return is_whole(record.vector, dim)


def batches(drafts: Iterable[Draft], found: Sequence[Origin]) -> Iterator[list[Draft]]:
    """The drafts, some together. The last batch may be empty, where something is to be noted."""
    batch: list[Draft] = []
    passages = 0
    for draft in drafts:
        batch.append(draft)
        passages += len(draft.passages) + len(draft.records)
        if passages >= BATCH_PASSAGES:
            yield batch
            batch, passages = [], 0
    if batch or found:
        yield batch


def encode(batch: Sequence[Draft], encoder: Encoder) -> None:
    """Give each draft its records. All texts of the batch are encoded together, each different one once."""
    texts = list(dict.fromkeys(text for draft in batch for text in _texts(draft)))
    rows = dict(zip(texts, encoder.encode_passages(texts), strict=True)) if texts else {}
    for draft in batch:
        draft.records += [_record(draft, read, rows) for read in draft.passages]


def _texts(draft: Draft) -> Iterator[str]:
    """What has to be encoded of it."""
    for read in draft.passages:
        if (read.passage.start, read.passage.end) not in draft.vectors:
            yield embedded_text(draft.article, read.passage)
        yield from _sentence_texts(draft.article, read)


def _sentence_texts(article: Article, read: ReadPassage) -> list[str]:
    return [sentence.encoded(article.text) for sentence in read.sentences]


def _record(draft: Draft, read: ReadPassage, rows: Mapping[str, Vector]) -> PassageRecord:
    article, passage = draft.article, read.passage
    known = draft.vectors.get((passage.start, passage.end))
    return PassageRecord(
        article_id=article.article_id,
        start=passage.start,
        end=passage.end,
        vector=to_bytes(rows[embedded_text(article, passage)]) if known is None else known,
        terms=read.terms,
        places=pack_places(read.sentences),
        sentence_vectors=pack_vectors(np.array([rows[text] for text in _sentence_texts(article, read)])),
    )

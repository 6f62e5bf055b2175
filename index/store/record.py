"""A passage as the store keeps it."""

from __future__ import annotations

from dataclasses import dataclass

# Of a number of a vector.
FLOAT_BYTES = 4


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """`article.text[start:end]` of an article, with all that was found out of it when it was stored.

    `vector` is its own, as in `index/vectors.py`. `terms` are those of its sentences, one sentence a line, `places` and
    `sentence_vectors` of the sentences that can be an answer, as in `index/sentences.py`.
    """

    article_id: str
    start: int
    end: int
    vector: bytes
    terms: str
    places: bytes
    sentence_vectors: bytes

"""Stand-ins for what is too slow for most tests, and the small articles that many of them share."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from corpus.article import Article, Passage
from index.encoders.encoder import Vectors
from index.generations import IndexFolder
from index.postgres.address import Address
from index.recipe import SAME_VECTORS
from index.sentences import pack_places, read_article, unpack_sentences
from index.store.record import PassageRecord
from index.words.analyze import analyze
from qa.evidence.choose import Candidate
from qa.evidence.features import FEATURES, SentenceFeatures
from qa.evidence.gather import Found, FoundSentence
from qa.question.kind import AnswerType, asked_type
from qa.question.preference import Preference
from qa.question.read import Question

if TYPE_CHECKING:
    from index.place import Place

BRIDGE = Article(
    "bridge",
    "Harbour bridge opens",
    "Mayor Anna Berg opened the harbour bridge in Oslo on Friday. The bridge cost 40 million crowns.\n\n"
    "Why did it take so long? Steel was scarce for two years, the builders said.",
    source="Coast Daily",
    published=date(2024, 3, 1),
    url="https://example.org/bridge",
)
GLACIER = Article(
    "glacier",
    "Glacier loses ice",
    "The Rhone glacier lost nine metres of ice last summer 🏔, Doctor Karl Frei told reporters in Zürich.",
    source="Alpine Post",
    published=date(2023, 9, 30),
)
VACCINE = Article(
    "vaccine",
    "Malaria vaccine reaches Ghana",
    "Ghana received 300,000 doses of the malaria vaccine. Nurses will give the first doses in May.",
    source="Coast Daily",
    published=date(2024, 4, 20),
)
CHESS = Article(
    "chess",
    "Teenager wins chess title",
    "Lina Okafor, sixteen, won the chess title in Toronto. She beat the champion in forty moves.",
)
ARTICLES = (BRIDGE, GLACIER, VACCINE, CHESS)


class HashEncoder:
    """Unit vectors that depend only on the words of a text: the sum of a fixed random direction for each term.

    Texts that share words are near each other, in every process alike. `encoded` holds the texts of passages that
    were asked for; each batch takes `seconds`.
    """

    def __init__(self, name: str = "hash", *, dim: int = 64, seconds: float = 0.0) -> None:
        self.name = name
        self.dim = dim
        self.seconds = seconds
        self.encoded: list[str] = []

    @property
    def fingerprint(self) -> str:
        return f"{self.name}@{self.dim}"

    def knows(self, text: str) -> bool:
        return True

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        return np.array([self._vector(query) for query in queries], np.float32).reshape(-1, self.dim)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        time.sleep(self.seconds)
        self.encoded += texts
        return self.encode_queries(texts)

    def _vector(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        total = sum((_direction(term, self.dim) for term in analyze(text)), _direction("", self.dim) / 1000)
        return total / np.linalg.norm(total)


@cache
def _direction(term: str, dim: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    seed = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "little")
    return np.random.default_rng(seed).standard_normal(dim)


def long_article(article_id: str, word: str, sentences: int = 30) -> Article:
    """An article of several passages, each sentence with `word` and its own number."""
    text = " ".join(
        f"Sentence {n} about {word} says that the {word} of day {n} was seen by many people." for n in range(sentences)
    )
    return Article(article_id, f"All about {word}", text)


def make_earlier(folder: IndexFolder) -> None:
    """Make an index one of the format before this: without sentences, without counts beside each article."""
    with closing(sqlite3.connect(folder.require_current() / folder.store_name, isolation_level=None)) as db:
        db.execute("DROP TABLE sentences")
        db.execute("DROP INDEX article_listed")
        for column in ("passages", "characters"):
            db.execute(f"ALTER TABLE article DROP COLUMN {column}")
        db.execute("UPDATE meta SET value = '1' WHERE key = 'format'")
        db.execute("UPDATE meta SET value = ? WHERE key = 'recipe'", (SAME_VECTORS[-1],))


def able_sentences(passage: Passage) -> list[FoundSentence]:
    """The sentences of a passage that can be an answer, found as if its text were a whole article."""
    found = {}
    for read in read_article(Article(passage.article_id, "", passage.text)):
        record = PassageRecord("", 0, 0, b"", read.terms, pack_places(read.sentences), b"")
        for sentence in unpack_sentences(record):
            start, end, led_from = (
                place + passage.start for place in (sentence.start, sentence.end, sentence.led_from)
            )
            text = passage.text[sentence.start : sentence.end]
            found[start] = FoundSentence(start, end, text, sentence.terms, led_from)
    return list(found.values())


def make_records(passages: Sequence[Passage], vectors: Sequence[bytes]) -> list[PassageRecord]:
    """What the store keeps of `passages`: these vectors, their terms on one line, and no sentences."""
    return [
        PassageRecord(
            article_id=passage.article_id,
            start=passage.start,
            end=passage.end,
            vector=vector,
            terms=" ".join(analyze(passage.text)),
            places=b"",
            sentence_vectors=b"",
        )
        for passage, vector in zip(passages, vectors, strict=True)
    ]


def make_found(passage: Passage, article: Article, **values: object) -> Found:
    """A passage found, the only one of its article; scores that are not given are 0."""
    known: dict[str, object] = {
        "passage": passage,
        "article": article,
        "sentences": tuple(able_sentences(passage)),
        "sentence_vectors": np.zeros((0, 0), np.float32),
        "terms": tuple(analyze(passage.text)),
        "title_terms": frozenset(analyze(article.title)),
        "article_terms": frozenset(analyze(article.title)) | frozenset(analyze(passage.text)),
        "fused": 0.0,
        "dense": 0.0,
        "article_fused": 0.0,
    }
    return Found(**(known | values))


def make_features(**values: float) -> SentenceFeatures:
    """Features; those that are not given are 0."""
    return SentenceFeatures(**(dict.fromkeys(FEATURES, 0.0) | values))


def make_candidate(found: Found, start: int, end: int, **values: object) -> Candidate:
    """A candidate of probability 0 and without features, where nothing else is given."""
    known: dict[str, object] = {
        "marked_from": start,
        "led_from": start,
        "features": make_features(),
        "probability": 0.0,
    }
    return Candidate(found=found, start=start, end=end, **(known | values))


def make_question(
    text: str, *, bare: str | None = None, kind: AnswerType | None = None, is_about_name: bool = False
) -> Question:
    """A question that prefers no article."""
    return Question(
        text=text,
        bare=bare or text,
        kind=kind or asked_type(text),
        preference=Preference(),
        is_about_name=is_about_name,
    )


def address_of(place: Place) -> str:
    """What names the place to the command, its password too."""
    return place.where.secret if isinstance(place.where, Address) else str(place.where)

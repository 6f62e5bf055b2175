"""The sentences of an article that can be an answer: found, analysed and encoded once, when the article is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from corpus.article import Article, Passage
from corpus.dateline import is_dateline, skip_dateline
from corpus.language import language_of
from corpus.passages import split_with_sentences
from corpus.sentences import Sentence
from index.encoders.encoder import Vectors
from index.store.errors import StoreDamaged
from index.store.record import PassageRecord
from index.words.analyze import analyze

# A sentence of fewer terms says too little on its own to be an answer.
MIN_TERMS = 2
# The largest number of a packed vector, which keeps only its direction: it is of length 1 anyway.
LARGEST = 127

# A row a sentence: start, end, its line of the terms, and where its lead begins and the line of that; -1 for no lead.
_PLACES = np.dtype("<i4")
_COLUMNS = 5
_NONE = -1


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence, without a dateline it opened with: `article.text[start:end]`. `line` of its passage has its terms.

    `lead` is where that stands without which it says little, as in `Sentence`; `lead_line` has the terms of that.
    """

    start: int
    end: int
    line: int
    lead: tuple[int, int] | None = None
    lead_line: int = _NONE

    def encoded(self, text: str) -> str:
        """What the encoder reads of it: its lead, if it has one, then the sentence itself."""
        own = text[self.start : self.end]
        return f"{text[slice(*self.lead)]} {own}" if self.lead else own


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage, the terms of its sentences, one sentence a line, and those sentences that can be an answer."""

    passage: Passage
    terms: str
    sentences: tuple[ReadSentence, ...]


class _Fit(IntEnum):
    """How able a line is to be an answer. A kind is taken only where a passage has none of those before it."""

    SENTENCE = 0
    HEADING_OR_WORD = 1
    QUESTION = 2
    # Of a sentence, which is there itself.
    OPENING_DATELINE = 3


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence, or the dateline in front of one, and its terms."""

    start: int
    end: int
    terms: tuple[str, ...]
    fit: _Fit
    lead: tuple[int, int] | None = None


def read_article(article: Article) -> list[ReadPassage]:
    """The passages of `article`, in the order of its text. Passages overlap, but no sentence is read twice.

    Of a passage's sentences no question, heading, dateline or mere word can be an answer; where there is nothing else,
    all but its questions can, or these.
    """
    language = language_of(article.text)
    known: dict[int, list[_Line]] = {}
    passages = []
    for passage, sentences in split_with_sentences(article):
        lines: list[_Line] = []
        for sentence in sentences:
            if sentence.start not in known:
                known[sentence.start] = _lines(article.text, sentence, language)
            lines += known[sentence.start]
        leads = _leads(article.text, lines)
        written = [line.terms for line in lines] + [terms for terms, _ in leads.values()]
        terms = "\n".join(map(" ".join, written))
        passages.append(ReadPassage(passage, terms, tuple(_able(lines, leads))))
    return passages


def _leads(text: str, lines: Sequence[_Line]) -> dict[tuple[int, int], tuple[tuple[str, ...], int]]:
    """The terms of each lead of the lines, and the line that has them: behind the lines, in their order."""
    different = dict.fromkeys(line.lead for line in lines if line.lead)
    return {lead: (tuple(analyze(text[slice(*lead)])), len(lines) + n) for n, lead in enumerate(different)}


def _lines(text: str, sentence: Sentence, language: str) -> list[_Line]:
    words = text[sentence.start : sentence.end]
    is_heading = sentence.is_heading or is_dateline(words, language)
    begin = sentence.start if is_heading else sentence.end - len(skip_dateline(words, language))
    terms = tuple(analyze(text[begin : sentence.end]))
    if sentence.is_question:
        fit = _Fit.QUESTION
    elif is_heading or len(terms) < (1 if sentence.lead else MIN_TERMS):
        fit = _Fit.HEADING_OR_WORD
    else:
        fit = _Fit.SENTENCE
    line = _Line(begin, sentence.end, terms, fit, sentence.lead)
    if begin == sentence.start:
        return [line]
    dateline = tuple(analyze(text[sentence.start : begin]))
    return [_Line(sentence.start, begin, dateline, _Fit.OPENING_DATELINE), line]


def _able(lines: Sequence[_Line], leads: Mapping[tuple[int, int], tuple[tuple[str, ...], int]]) -> list[ReadSentence]:
    best = min(line.fit for line in lines)
    return [
        ReadSentence(line.start, line.end, number, line.lead, leads[line.lead][1] if line.lead else _NONE)
        for number, line in enumerate(lines)
        if line.fit <= best
    ]


def pack_places(sentences: Sequence[ReadSentence]) -> bytes:
    """Where the sentences are, for the store."""
    rows = [
        (each.start, each.end, each.line, each.lead[0] if each.lead else _NONE, each.lead_line) for each in sentences
    ]
    return np.array(rows, _PLACES).tobytes()


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """A sentence that can be an answer, as the store has it: `terms` are its own and those of its lead.

    `led_from` is where the lead begins; without one, `start`.
    """

    start: int
    end: int
    terms: tuple[str, ...]
    led_from: int


def unpack_sentences(record: PassageRecord) -> list[StoredSentence]:
    """The sentences of a passage that can be an answer. Raises StoreDamaged."""
    lines = record.terms.split("\n")
    try:
        rows = np.frombuffer(record.places, _PLACES).reshape(-1, _COLUMNS).tolist()
    except ValueError as error:
        raise StoreDamaged(f"the sentences of a passage are damaged ({error}); run `article-qa rebuild`") from error
    if any(not (0 <= line < len(lines) and _NONE <= lead_line < len(lines)) for _, _, line, _, lead_line in rows):
        raise StoreDamaged("the sentences of a passage are damaged (one has no terms); run `article-qa rebuild`")
    return [
        StoredSentence(start, end, tuple(lines[line].split()), start)
        if lead_line == _NONE
        else StoredSentence(start, end, tuple(f"{lines[lead_line]} {lines[line]}".split()), lead)
        for start, end, line, lead, lead_line in rows
    ]


def pack_vectors(vectors: Vectors) -> bytes:
    """Unit rows at a byte a number, for the store. A cosine with one of them is off by less than .01."""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    # A row of zeros, which no encoder should give, stays one.
    packed: bytes = np.round(vectors * (LARGEST / np.where(largest > 0, largest, 1))).astype(np.int8).tobytes()
    return packed


def unpack_vectors(data: bytes, n: int, dim: int) -> Vectors:
    """(n, dim) float32, unit rows, of what `pack_vectors` packed. Raises StoreDamaged for what it did not."""
    rows = np.frombuffer(data, np.int8).astype(np.float32)
    if n == 0 or len(rows) != n * dim:
        raise StoreDamaged(
            f"{len(rows)} bytes are no vectors of {n} sentences, {dim} numbers each; run `article-qa rebuild`"
        )
    rows = rows.reshape(n, dim)
    vectors: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1)
    return vectors

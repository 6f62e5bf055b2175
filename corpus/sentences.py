"""Text to sentences, headings and list items, with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import sentencex

from corpus.scripts import UNSPACED

# Longer than this, a "sentence" is a table or text without punctuation and is cut between words.
MAX_SENTENCE_WORDS = 200
# A line of at most this many words without an end mark is a heading; the longest in the bundled articles has 13.
MAX_HEADING_WORDS = 14


_WORD = re.compile(rf"[{UNSPACED}]{{1,2}}|[^\s{UNSPACED}]{{1,24}}")
_END_MARKS = tuple(".!?…。！？；;,:”\"'’)")
_QUESTION_MARKS = ("?", "？", "؟")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, heading or bullet: `text[start:end]`, no white space at either end."""

    start: int
    end: int
    is_question: bool = False
    is_heading: bool = False


def count_words(text: str) -> int:
    """Words of `text`; two characters of Chinese, Japanese or Thai count as one, a 24-character run too."""
    return sum(1 for _ in _WORD.finditer(text))


def split_sentences(text: str, language: str = "en") -> list[Sentence]:
    """Sentences of `text` in order, with offsets into it; never across a line break.

    `language` is an ISO 639-1 code; an unknown one is split by the common rules.
    """
    sentences: list[Sentence] = []
    for line in re.finditer(r"[^\n]+", text):
        sentences += _split_line(line.group(), line.start(), language)
    return sentences


def _split_line(line: str, offset: int, language: str) -> Iterator[Sentence]:
    whole_is_heading = count_words(line) <= MAX_HEADING_WORDS and not line.rstrip().endswith(_END_MARKS)
    cursor = 0
    for piece in sentencex.segment(language, line):
        text = piece.strip()
        start = line.find(text, cursor)
        # The library gives back what it read; should it ever not, the rest of the line stays one sentence.
        if start < 0:
            text, start = line[cursor:].strip(), len(line) - len(line[cursor:].lstrip())
        cursor = start + len(text)
        is_question = text.endswith(_QUESTION_MARKS)
        for begin, end in _cut_long(text):
            yield Sentence(offset + start + begin, offset + start + end, is_question, whole_is_heading)


def _cut_long(text: str) -> Iterator[tuple[int, int]]:
    """Spans of `text` of at most MAX_SENTENCE_WORDS words, cut between words, trimmed."""
    words = list(_WORD.finditer(text))
    for first in range(0, len(words), MAX_SENTENCE_WORDS):
        group = words[first : first + MAX_SENTENCE_WORDS]
        yield group[0].start(), group[-1].end()

"""Split an article into passages: whole sentences, packed, with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import sentencex

from corpus.article import Article, Passage

# all-MiniLM-L6-v2 reads 256 word pieces: 120 words of news are about 160 of them, and title and date go in front.
MAX_WORDS = 120
# A last passage shorter than this joins the one before it.
MIN_WORDS = 40
# Longer than this, a "sentence" is a table or text without punctuation and is cut between words.
MAX_SENTENCE_WORDS = 200
# Passages of one article share this many sentences. On 497 news questions no better and no worse
# (benchmarks/overlap.md); it keeps "During their meeting, Wi conveyed a letter" with the sentence that says whose.
OVERLAP_SENTENCES = 1
# A line of at most this many words without an end mark is a heading; the longest in the bundled articles has 13.
MAX_HEADING_WORDS = 14

# Scripts written without spaces: one "word" of English carries about two of these characters.
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003134f"
)
_WORD = re.compile(rf"[{_UNSPACED}]{{1,2}}|[^\s{_UNSPACED}]{{1,24}}")
_BULLET = re.compile(r"\s*(?:[•‣◦▪●*–—-]|\d{1,2}[.)])\s+\S")
_END_MARKS = tuple(".!?…。！？；;,:”\"'’)")
_QUESTION_MARKS = ("?", "？", "؟")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, heading or bullet: `text[start:end]`, no white space at either end."""

    start: int
    end: int
    is_question: bool = False
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class _Unit:
    """Sentences that must stay together (a heading and what follows it, an FAQ question and its answer)."""

    start: int
    end: int
    words: int


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


def split_article(article: Article, *, overlap: int = OVERLAP_SENTENCES) -> list[Passage]:
    """Passages of about 100 to 130 words in the order of the text, sharing `overlap` units with the one before.

    Nothing but white space lies outside them: every sentence is in at least one passage.
    An article without text has none.
    """
    units = list(_glue(article.text, split_sentences(article.text)))
    return [
        Passage(article.article_id, group[0].start, group[-1].end, article.text[group[0].start : group[-1].end])
        for group in _pack(units, overlap)
    ]


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


def _glue(text: str, sentences: list[Sentence]) -> Iterator[_Unit]:
    """Join each heading, question line and bullet with what must follow it."""
    held: list[Sentence] = []
    for i, sentence in enumerate(sentences):
        held.append(sentence)
        following = sentences[i + 1] if i + 1 < len(sentences) else None
        words = count_words(text[held[0].start : sentence.end])
        if following is not None and words < MAX_WORDS and _opens(text, sentence, following):
            continue
        yield _Unit(held[0].start, sentence.end, words)
        held = []


def _opens(text: str, sentence: Sentence, following: Sentence) -> bool:
    """Whether `sentence` is nothing without `following`: a heading, a question, a list that goes on."""
    if sentence.is_heading or sentence.is_question:
        return True
    is_listed = _BULLET.match(text, sentence.start) or text[sentence.start : sentence.end].endswith((":", "："))
    return bool(is_listed and _BULLET.match(text, following.start))


def _pack(units: list[_Unit], overlap: int) -> list[list[_Unit]]:
    """Fill passages up to MAX_WORDS in order; a short rest joins the last one."""
    groups: list[list[_Unit]] = []
    group: list[_Unit] = []
    for unit in units:
        if group and _words(group) + unit.words > MAX_WORDS:
            groups.append(group)
            group = group[-overlap:] if overlap and _words(group[-overlap:]) + unit.words <= MAX_WORDS else []
        group.append(unit)
    if groups and group and _words(group) < MIN_WORDS:
        last = groups[-1]
        groups[-1] = last + [unit for unit in group if unit not in last]
    elif group:
        groups.append(group)
    return groups


def _words(group: list[_Unit]) -> int:
    return sum(unit.words for unit in group)

"""An article to passages: whole sentences, packed, with exact offsets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.article import Article, Passage
from corpus.language import language_of
from corpus.sentences import BULLET, Sentence, count_words, split_sentences

# all-MiniLM-L6-v2 reads 256 word pieces: 120 words of news are about 160 of them, and title and date go in front.
MAX_WORDS = 120
# A last passage shorter than this joins the one before it.
MIN_WORDS = 40
# Passages of one article share this many sentences. On 497 news questions no better and no worse
# (benchmarks/overlap.md); it keeps "During their meeting, Wi conveyed a letter" with the sentence that says whose.
OVERLAP_SENTENCES = 1


@dataclass(frozen=True, slots=True)
class _Unit:
    """Sentences that must stay together (a heading and what follows it, an FAQ question and its answer)."""

    sentences: tuple[Sentence, ...]
    words: int

    @property
    def start(self) -> int:
        return self.sentences[0].start

    @property
    def end(self) -> int:
        return self.sentences[-1].end


def split_article(article: Article, *, overlap: int = OVERLAP_SENTENCES) -> list[Passage]:
    """Passages of about 100 to 130 words, in the order of the text.

    Each begins with the last `overlap` sentences of the one before, as far as they fit.
    Nothing but white space lies outside them: every sentence is in at least one passage.
    An article without text has none.
    """
    return [passage for passage, _ in split_with_sentences(article, overlap=overlap)]


def split_with_sentences(
    article: Article, *, overlap: int = OVERLAP_SENTENCES
) -> Iterator[tuple[Passage, list[Sentence]]]:
    """The same passages, each with its sentences. Their offsets are into the article's text."""
    units = list(_glue(article.text, split_sentences(article.text, language_of(article.text))))
    for group in _pack(units, overlap):
        start, end = group[0].start, group[-1].end
        sentences = [sentence for unit in group for sentence in unit.sentences]
        yield Passage(article.article_id, start, end, article.text[start:end]), sentences


def _glue(text: str, sentences: list[Sentence]) -> Iterator[_Unit]:
    """Join each heading, question line and bullet with what must follow it."""
    held: list[Sentence] = []
    for i, sentence in enumerate(sentences):
        held.append(sentence)
        following = sentences[i + 1] if i + 1 < len(sentences) else None
        words = count_words(text[held[0].start : sentence.end])
        if following is not None and words < MAX_WORDS and _opens(text, sentence, following):
            continue
        yield _Unit(tuple(held), words)
        held = []


def _opens(text: str, sentence: Sentence, following: Sentence) -> bool:
    """Whether `sentence` is nothing without `following`: a heading, a question, a list that goes on."""
    if sentence.is_heading or sentence.is_question:
        return True
    is_listed = BULLET.match(text, sentence.start) or text[sentence.start : sentence.end].endswith((":", "："))
    return bool(is_listed and BULLET.match(text, following.start))


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
        groups[-1] += [unit for unit in group if unit.start >= groups[-1][-1].end]
    elif group:
        groups.append(group)
    return groups


def _words(group: list[_Unit]) -> int:
    return sum(unit.words for unit in group)

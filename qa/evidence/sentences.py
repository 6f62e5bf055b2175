"""The sentences of a passage, and those of them that can be an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.article import Passage
from corpus.dateline import is_dateline, skip_dateline
from corpus.sentences import Sentence, split_sentences

# A sentence of fewer terms says too little on its own to be an answer.
MIN_TERMS = 2

Analyze = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSentence:
    """A sentence with its `terms` in order: `article.text[start:end] == text`, without a dateline it opened with."""

    start: int
    end: int
    text: str
    terms: tuple[str, ...]
    is_question: bool = False
    is_heading: bool = False


def able_sentences(passage: Passage, analyze: Analyze) -> list[ReadSentence]:
    """Sentences of `passage` that can be an answer: no question, no heading, no dateline, no mere word.

    A passage that has no such sentence gives what it has: all but its questions, or these where there is nothing else.
    """
    read = [_read(passage, sentence, analyze) for sentence in split_sentences(passage.text)]
    able = [sentence for sentence in read if not sentence.is_question]
    full = [sentence for sentence in able if not sentence.is_heading and len(sentence.terms) >= MIN_TERMS]
    return full or able or read


def _read(passage: Passage, sentence: Sentence, analyze: Analyze) -> ReadSentence:
    words = passage.text[sentence.start : sentence.end]
    is_heading = sentence.is_heading or is_dateline(words)
    text = words if is_heading else skip_dateline(words)
    end = passage.start + sentence.end
    return ReadSentence(
        start=end - len(text),
        end=end,
        text=text,
        terms=tuple(analyze(text)),
        is_question=sentence.is_question,
        is_heading=is_heading,
    )

"""Sentences, headings and list items, where each stands."""

from __future__ import annotations

import time

import pytest
from sentencex import segment as sentencex_segment

from corpus.bundled import ARTICLES
from corpus.readers import read_articles
from corpus.sentences import MAX_HEADING_WORDS, split_sentences

WORDS = "the new bridge over the harbour of Oslo was opened by the mayor on a cold and windy Friday morning"


@pytest.mark.parametrize(
    ("words", "end", "is_heading"),
    [(14, "", True), (15, "", False), (20, "", False), (14, ".", False), (3, ":", False), (3, "?", False)],
)
def test_a_short_line_without_an_end_mark_is_a_heading(words: int, end: str, is_heading: bool) -> None:
    assert MAX_HEADING_WORDS == 14
    text = f"{' '.join(WORDS.split()[:words])}{end}\nSteel was scarce."
    first, second = split_sentences(text)
    assert (first.is_heading, second.is_heading) == (is_heading, False)
    assert text[first.start : first.end] == text.split("\n")[0]


def test_a_question_is_known_in_any_script() -> None:
    text = "Why now? Steel was scarce. 为什么？ لماذا؟"
    assert [text[s.start : s.end] for s in split_sentences(text) if s.is_question] == ["Why now?", "为什么？", "لماذا؟"]


@pytest.mark.parametrize("pattern", ['"A b. ', "“A. ", "`", "Wow![", "日本。", "word ", "x", "Hm. "])
def test_a_long_line_is_read_in_parts_whatever_stands_in_it(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def segment(language: str, line: str) -> list[str]:
        read.append(len(line))
        return sentencex_segment(language, line)

    monkeypatch.setattr("corpus.sentences.sentencex.segment", segment)
    monkeypatch.setattr("corpus.sentences.MAX_READ_AT_ONCE", 1_000)
    for characters in (4_000, 8_000):
        read.clear()
        text = (pattern * characters)[:characters]
        found = split_sentences(text)
        # What the library takes for a part is bounded, and so is how often anything is read.
        assert max(read) <= 1_000
        assert sum(read) <= 2 * characters
        # Nothing but white space is lost.
        assert "".join(text[s.start : s.end] for s in found).replace(" ", "") == text.replace(" ", "")


def test_a_line_read_in_parts_has_the_sentences_it_has_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line for article in read_articles([str(ARTICLES)]) for line in article.text.split("\n")]
    text = " ".join(line for line in lines if len(line) > 80)
    assert len(text) > 2 * 3_000
    monkeypatch.setattr("corpus.sentences.MAX_READ_AT_ONCE", 3_000)
    in_parts = split_sentences(text)
    monkeypatch.setattr("corpus.sentences.MAX_READ_AT_ONCE", len(text))
    assert in_parts == split_sentences(text)


@pytest.mark.parametrize("line", ["x\n", "x:\n\n"])
def test_many_lines_take_time_in_proportion(line: str) -> None:
    def seconds(n: int) -> float:
        text = line * n
        began = time.thread_time()
        split_sentences(text)
        return time.thread_time() - began

    # Of 32 times the lines; when every line copied the sentences before it, this was 250 times.
    assert seconds(32_000) < 100 * max(seconds(1_000), 0.004)

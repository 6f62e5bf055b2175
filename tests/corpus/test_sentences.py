"""Sentences, headings and list items, where each stands."""

from __future__ import annotations

import pytest

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

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article
from qa.web.pages.reader import BadSpan, Paragraph, split_paragraphs


def text_of(paragraphs: list[Paragraph], *kinds: str) -> str:
    return "".join(piece.text for paragraph in paragraphs for piece in paragraph.pieces if piece.kind in kinds)


@st.composite
def cited(draw: st.DrawFn) -> tuple[str, tuple[int, int], tuple[int, int]]:
    text = draw(st.text("ab .\n•é𝔘", min_size=1, max_size=60))
    a, b, c, d = sorted(draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    return text, (a, max(d, a + 1)) if a < len(text) else (a - 1, a), (b, c)


@given(cited())
def test_pieces_are_the_text_and_marks_are_the_quote(case: tuple[str, tuple[int, int], tuple[int, int]]) -> None:
    text, quote, answer = case
    answer_or_none = answer if quote[0] <= answer[0] < answer[1] <= quote[1] else None
    paragraphs = split_paragraphs(Article("a", "t", text), quote, answer_or_none)

    lines = [line for line in text.split("\n") if line.strip()]
    assert ["".join(piece.text for piece in paragraph.pieces) for paragraph in paragraphs] == lines
    assert text_of(paragraphs, "quote", "answer") == visible(text, quote)
    assert text_of(paragraphs, "answer") == (visible(text, answer_or_none) if answer_or_none else "")
    firsts = [piece for paragraph in paragraphs for piece in paragraph.pieces if piece.is_first_marked]
    assert len(firsts) == bool(visible(text, quote))


def visible(text: str, span: tuple[int, int]) -> str:
    """The characters of `text[start:end]` that stand on lines which are not blank."""
    shown, offset = "", 0
    for line in text.split("\n"):
        if line.strip():
            shown += line[max(span[0] - offset, 0) : max(span[1] - offset, 0)]
        offset += len(line) + 1
    return shown


def test_quote_is_cut_out_with_its_sentence() -> None:
    paragraphs = split_paragraphs(Article("a", "t", "One. Two.\nThree. Four."), (5, 16), (10, 16))
    assert [
        [(piece.text, piece.kind, piece.is_first_marked) for piece in paragraph.pieces] for paragraph in paragraphs
    ] == [
        [("One. ", "plain", False), ("Two.", "quote", True)],
        [("Three.", "answer", False), (" Four.", "plain", False)],
    ]


def bold_of(paragraphs: list[Paragraph]) -> str:
    return "".join(
        piece.text[piece.bold_start : piece.bold_end] for paragraph in paragraphs for piece in paragraph.pieces
    )


@given(cited(), st.data())
def test_bold_is_what_lies_in_the_answer(
    case: tuple[str, tuple[int, int], tuple[int, int]], data: st.DataObject
) -> None:
    text, quote, (start, end) = case
    if not quote[0] <= start < end <= quote[1]:
        return
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, len(text)))
    paragraphs = split_paragraphs(Article("a", "t", text), quote, (start, end), (first, last))
    within = max(first, start), min(last, end)
    assert bold_of(paragraphs) == (visible(text, within) if within[0] < within[1] else "")
    without = split_paragraphs(Article("a", "t", text), quote, (start, end))
    assert bold_of(without) == ""
    assert text_of(paragraphs, "answer") == text_of(without, "answer")


def test_without_a_marked_sentence_nothing_is_bold() -> None:
    assert bold_of(split_paragraphs(Article("a", "t", "One. Two."), (5, 9), None, (5, 8))) == ""


def test_bullets_are_known() -> None:
    assert [paragraph.is_bullet for paragraph in split_paragraphs(Article("a", "t", "Points\n  • one"))] == [
        False,
        True,
    ]


@pytest.mark.parametrize("span", [(-1, 2), (2, 2), (3, 2), (0, 5), (10**30, 10**30 + 1)])
def test_offsets_outside_the_article_are_refused(span: tuple[int, int]) -> None:
    with pytest.raises(BadSpan, match="the article has 4 characters"):
        split_paragraphs(Article("a", "t", "text"), span)
    with pytest.raises(BadSpan, match="the article has 4 characters"):
        split_paragraphs(Article("a", "t", "text"), (0, 4), (0, 4), span)

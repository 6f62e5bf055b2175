"""why_unsupported: what a passage bears out by its words, and what it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.write.support import why_unsupported

PASSAGE = (
    "Harbour bridge opens.\n"
    "Mayor Anna Berg opened the harbour bridge in Oslo on Friday. The bridge cost 1,400 million crowns and took nine "
    "years. Steel was scarce, the builders said. The toll will not be raised before 2030."
)
OTHER = "The Rhone glacier lost nine metres of ice last summer, Karl Frei told reporters in Zürich."


@pytest.mark.parametrize(
    "sentence",
    [
        "Mayor Anna Berg opened the harbour bridge in Oslo on Friday.",
        "The harbour bridge in Oslo was opened by Anna Berg.",
        "The bridge cost 1,400 million crowns.",
        "It cost 1400 million crowns.",
        "The toll will not be raised before 2030.",
        "Oslo's harbour bridge took nine years.",
        "Builders said steel was scarce.",
        "On Friday, Anna Berg opened the bridge.",
    ],
)
def test_what_the_passage_says_is_borne_out(sentence: str) -> None:
    assert why_unsupported(sentence, [PASSAGE]) is None


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("The bridge cost 1,500 million crowns.", "the number 1500 is not in its passage"),
        ("The bridge cost 1,4 million crowns.", "the number 1,4 is not in its passage"),
        ("The bridge cost 1,400 billion crowns.", "the number billion is not in its passage"),
        ("The bridge took ten years.", "the number ten is not in its passage"),
        # It stands elsewhere in the passage, not where the cost does.
        ("The bridge cost 2030 million crowns.", "the number 2030 is not in its passage"),
        ("Trump opened the harbour bridge in Oslo on Friday.", "the name 'trump' is not in its passage"),
        ("Bergen opened the harbour bridge on Friday.", "the name 'bergen' is not in its passage"),
        ("The bridge cost 1.400 million crowns.", "the number 1.400 is not in its passage"),
        ("Mayor Erik Berg opened the harbour bridge.", "the name 'erik' is not in its passage"),
        ("The harbour bridge in Bergen opened on Friday.", "the name 'bergen' is not in its passage"),
        ("The toll will be raised before 2030.", "it and its passage differ in a 'not'"),
        ("Mayor Anna Berg never opened the harbour bridge.", "it and its passage differ in a 'not'"),
        ("Mayor Anna Berg cannot have opened the harbour bridge in Oslo.", "it and its passage differ in a 'not'"),
        ("Mayor Anna Berg didn’t open the harbour bridge in Oslo.", "it and its passage differ in a 'not'"),
        ("The bridge is widely praised as a masterpiece.", "too many of its words are not in its passage"),
        ("Engineers celebrated.", "the name 'engineers' is not in its passage"),
        ("The glacier lost nine metres of ice.", "too many of its words are not in its passage"),
        ("It is.", "it says nothing"),
        ("!", "it says nothing"),
    ],
)
def test_what_the_passage_does_not_say_is_not(sentence: str, why: str) -> None:
    assert why_unsupported(sentence, [PASSAGE]) == why


def test_several_passages_bear_out_what_one_of_them_says() -> None:
    assert why_unsupported("The Rhone glacier lost nine metres of ice.", [PASSAGE, OTHER]) is None


def test_words_gathered_from_here_and_there_bear_nothing_out() -> None:
    sentence = "Mayor Anna Berg told reporters in Zürich the glacier lost ice, steel was scarce and the toll raised."
    assert why_unsupported(sentence, [PASSAGE, OTHER]) == "its words do not stand together in its passage"


@given(st.text(max_size=80), st.lists(st.text(max_size=80), min_size=1, max_size=3))
def test_anything_can_be_checked(sentence: str, passages: list[str]) -> None:
    assert why_unsupported(sentence, passages) != ""

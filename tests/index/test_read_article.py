"""Which sentences of a passage can answer."""

from __future__ import annotations

import pytest
from fakes import BRIDGE, able_sentences

from corpus.article import Passage


def able(text: str) -> list[str]:
    return [sentence.text for sentence in able_sentences(Passage("a", 0, len(text), text))]


def test_a_question_line_is_no_answer() -> None:
    assert able("Why did it take so long? Steel was scarce for two years.") == ["Steel was scarce for two years."]
    assert able("它为什么花了这么久？钢材短缺。") == ["钢材短缺。"]


def test_a_bare_heading_and_a_word_or_two_are_no_answer() -> None:
    text = "Key facts about the bridge\n\nIt cost 40 million crowns.\nNo.\nIt was!"
    assert able(text) == ["It cost 40 million crowns."]


def test_a_sentence_of_two_terms_can_answer_and_one_of_one_cannot() -> None:
    assert able("Steel was scarce. Snow. The rain fell.") == ["Steel was scarce.", "The rain fell."]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Why now?\nWhat next?", ["Why now?", "What next?"]),
        ("Why now?\nA heading", ["A heading"]),
        ("Yes.", ["Yes."]),
        ("Bridge and steel", ["Bridge and steel"]),
        ("", []),
    ],
)
def test_a_passage_with_nothing_else_gives_what_it_has(text: str, wanted: list[str]) -> None:
    assert able(text) == wanted


def test_sentences_are_at_the_offsets_of_the_article() -> None:
    text = "🏔 first words here. " + BRIDGE.text
    start = text.index("Mayor")
    found = able_sentences(Passage("a", start, len(text), text[start:]))
    assert [text[s.start : s.end] for s in found] == [
        "Mayor Anna Berg opened the harbour bridge in Oslo on Friday.",
        "The bridge cost 40 million crowns.",
        "Steel was scarce for two years, the builders said.",
    ]
    assert [s.text for s in found] == [text[s.start : s.end] for s in found]
    assert found[1].terms == ("bridg", "cost", "40", "million", "crown")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Oslo, March 4, 2021 (The Daily)\nMayor Tom Alder opened the bridge.", ["Mayor Tom Alder opened the bridge."]),
        ("13-12-2023 (OSLO) The rate fell to two percent.", ["The rate fell to two percent."]),
        ("LONDON (Reuters) - Prices rose. Wages stayed low.", ["Prices rose.", "Wages stayed low."]),
        ("Published: 4 March 2021\nThe bridge is open now.", ["The bridge is open now."]),
        ("Oslo, March 4, 2021 (The Daily)", ["Oslo, March 4, 2021 (The Daily)"]),
        ("On March 4, 2021 the bridge opened.", ["On March 4, 2021 the bridge opened."]),
    ],
)
def test_a_dateline_answers_nothing(text: str, wanted: list[str]) -> None:
    # In the middle of an article, so that offsets count.
    article = f"Before.\n{text}"
    found = able_sentences(Passage("a", 8, len(article), text))
    assert [article[s.start : s.end] for s in found] == wanted
    assert [s.text for s in found] == wanted

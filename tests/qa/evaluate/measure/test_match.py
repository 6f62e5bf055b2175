"""Containment, exact match and F1, against cases worked out by SQuAD's official script."""

from __future__ import annotations

import pytest

from qa.evaluate.measure.match import exact_match, f1, holds, is_yes_or_no, words


# (answer, gold, EM, F1) as `evaluate-v2.0.py` computes them: compute_exact and compute_f1, the best over the gold.
@pytest.mark.parametrize(
    ("answer", "gold", "exact", "overlap"),
    [
        ("France", ["France"], 1, 1),
        ("the  France.", ["france"], 1, 1),
        ("The Duchy of Normandy", ["Normandy"], 0, 0.5),
        ("in the 10th and 11th centuries", ["10th and 11th centuries"], 0, 8 / 9),
        ("10th and 11th centuries", ["tenth", "in the 10th and 11th centuries", "10th and 11th centuries"], 1, 1),
        # Repeated words count as often as they come in both.
        ("no no no yes", ["no no maybe"], 0, 2 * 2 / 7),
        ("", [], 1, 1),
        ("", ["France"], 0, 0),
        ("France", [], 0, 0),
        # A gold answer of nothing but an article is none.
        ("", ["the", "."], 1, 1),
        # ASCII punctuation goes, other stays: “France” in curly quotes is another word.
        ("U.S.", ["US"], 1, 1),
        ("“France”", ["France"], 0, 0),
        ("well-known", ["wellknown"], 1, 1),
    ],
)
def test_exact_match_and_f1_are_squads(answer: str, gold: list[str], exact: float, overlap: float) -> None:
    assert exact_match(answer, gold) == exact
    assert f1(answer, gold) == pytest.approx(overlap)


def test_f1_counts_characters_where_words_have_no_spaces() -> None:
    assert f1("約15メートルの高さ", ["約15メートル"]) == pytest.approx(2 * 6 / (9 + 6))


@pytest.mark.parametrize(
    ("text", "answer", "is_held"),
    [
        ("He flew to Paris, then on.", "paris", True),
        ("He flew to “Paris”—then on.", "Paris", True),
        ("Nobody knows.", "no", False),
        ("In 2014 it rained.", "4", False),
        ("It cost 3,000 crowns.", "3,000 crowns", True),
        ("奈良の大仏は東大寺にある。", "東大寺", True),
        # A particle sticks to a Korean noun, and nothing in front of it.
        ("선석은 14개이며 새것이다.", "14개", True),
        ("선석은 114개이다.", "14개", False),
        ("Anything.", "...", False),
        ("İstanbul", "i̇stanbul", True),
    ],
)
def test_holds_whole_words(text: str, answer: str, is_held: bool) -> None:
    assert holds(words(text), [words(answer)]) is is_held


def test_yes_and_no_are_known() -> None:
    assert is_yes_or_no(["Yes."])
    assert not is_yes_or_no(["yes", "Paris"])
    assert not is_yes_or_no([])

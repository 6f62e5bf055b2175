"""Capitals that stand for countries."""

from __future__ import annotations

import pytest

from qa.question.capitals import capitals_in, countries_for

TEXTS = ["North Korea fired a missile.", "The U.S. and Russia spoke; the US did not, nor the U.S. again."]


@pytest.mark.parametrize(
    ("question", "unknown", "taken"),
    [
        ("What worries Pyongyang?", ["pyongyang"], {"Pyongyang": "North Korea"}),
        # As the articles call it most.
        ("Did Moscow speak to Washington?", ["moscow", "washington"], {"Moscow": "Russia", "Washington": "U.S."}),
        # The articles know it.
        ("Did Moscow speak?", [], {}),
        # They have nothing of its country.
        ("Did Oslo speak?", ["oslo"], {}),
        ("Did moscow speak?", ["moscow"], {}),
    ],
)
def test_a_capital_that_no_article_has_is_taken_for_its_country(
    question: str, unknown: list[str], taken: dict[str, str]
) -> None:
    assert countries_for(capitals_in(question, unknown), TEXTS) == taken


def test_a_part_of_a_word_is_no_country() -> None:
    assert countries_for(["Washington"], ["FOCUS and USABLE"]) == {}


def test_what_stands_between_quotation_marks_is_meant_as_it_is_written() -> None:
    assert capitals_in("Who said “Moscow” first?", ["moscow"]) == []

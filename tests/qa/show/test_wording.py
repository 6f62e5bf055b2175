"""Confidence and dates in words."""

from __future__ import annotations

from datetime import date

import pytest

from qa.show.wording import confidence_in_words, date_in_words


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (0.97, "Very likely, 97%"),
        (0.85, "Very likely, 85%"),
        (0.84, "Likely, 84%"),
        (0.75, "Likely, 75%"),
        (0.6, "Likely, 60%"),
        (0.59, "Unsure, 59%"),
        (0.5, "Unsure, 50%"),
        # Nothing here is certain, and nothing is impossible.
        (1.0, "Very likely, 99%"),
        (0.0, "Unsure, 1%"),
    ],
)
def test_confidence_in_words(confidence: float, words: str) -> None:
    assert confidence_in_words(confidence) == words


def test_a_date_in_words() -> None:
    assert date_in_words(date(2023, 12, 13)) == "13 December 2023"
    assert date_in_words(date(999, 1, 1)) == "1 January 999"
    assert date_in_words(None) == "Date unknown"

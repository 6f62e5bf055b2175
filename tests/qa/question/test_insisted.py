"""Names, numbers and years that a question insists on, and whether a text has them."""

from __future__ import annotations

import pytest

from index.words.analyze import analyze
from qa.question.insisted import insisted, most_missing


def missing(question: str, text: str) -> float:
    return most_missing(insisted(question), frozenset(analyze(text)))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("When did Japan open a mission to NATO?", "South Korea opened a mission to NATO in 2022."),
        ("How many people came to Jeju in 2021?", "More than 3,000 people came to Jeju in 2024."),
        ("What did Anna Berg open?", "Mayor Karl Frei opened the bridge."),
        ("Which 7 states signed in Oslo?", "The 12 states signed in Oslo."),
        ("Which 7 states signed in Oslo?", "The seventeen states signed in Oslo."),
        ("Who signed the 25 treaties?", "Twenty treaties were signed."),
    ],
)
def test_what_a_text_lacks_is_missing(question: str, text: str) -> None:
    assert missing(question, text) == 1.0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("When did South Korea open a mission to NATO?", "South Korea opened a mission to NATO in 2022."),
        ("What did the Japanese minister say?", "Japan's minister said no."),
        ("What did Japan say?", "The Japanese minister said no."),
        ("What did the United Nations decide?", "The UN decided to wait."),
        ("Who came in 2024?", "Nobody came in 2024."),
        ("How well does it work after 18 months?", "After eighteen months it worked less well."),
        ("Who signed the 25 treaties?", "Twenty-five treaties were signed."),
        ("Who opened the bridge?", "The mayor."),
        ("Why?", ""),
    ],
)
def test_what_a_text_has_in_another_form_is_not_missing(question: str, text: str) -> None:
    assert missing(question, text) == 0.0


def test_of_a_name_a_part_can_be_missing() -> None:
    assert missing("What did Anna Berg open?", "Berg opened the bridge.") == 0.5


def test_that_counts_of_which_most_is_missing() -> None:
    assert missing("Did Anna Berg go to Oslo?", "Anna Berg stayed.") == 1.0


def test_a_word_that_only_begins_alike_is_another() -> None:
    assert missing("Who went to Austria?", "She went to Australia.") == 1.0

"""Words that may answer: a number, a time, or others than those of the question."""

from __future__ import annotations

import pytest

from qa.evidence.may_answer import which_may_answer


def left(question: str, text: str) -> str:
    """The words of `text` that may answer `question`, both cut at their spaces."""
    words = text.lower().split()
    asked = question.lower().replace("?", " ?").split()
    may = which_may_answer(question, asked, words)
    return " ".join(word for word, is_left in zip(words, may, strict=True) if is_left)


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("How many people came?", "some 3,000 people came to the port", "some 3,000"),
        ("How many people were hurt?", "nobody was hurt", "nobody"),
        ("How old is the rector?", "okafor , 52 , is the rector", "52"),
        ("When does the mission open?", "the mission opens in march after a week", "march after week"),
        ("In which year did it open?", "it opened in 1998", "1998"),
        ("Who led the Kong Olav?", "the kong olav was led by per dahl .", "per dahl"),
        # The first question word tells.
        ("Who was mayor when it opened?", "maria was mayor in 1998", "maria 1998"),
        ("The tram stopped when it snowed. Who said so?", "brandt said so in 1998", "brandt 1998"),
    ],
)
def test_what_is_asked_for_tells(question: str, text: str, words: str) -> None:
    assert left(question, text) == words


@pytest.mark.parametrize(
    "question",
    [
        "Did the council vote when it met?",
        "Which is larger, Oslo or Bergen?",
        "tram vote council",
        "Wie viele Menschen kamen?",
    ],
)
def test_any_word_answers_yes_or_no_a_choice_and_words_that_ask_nothing(question: str) -> None:
    assert left(question, "the council of oslo did vote") == "the council of oslo did vote"

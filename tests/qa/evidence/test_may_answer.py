"""Words that may answer: a number, a time, or others than those of the question."""

from __future__ import annotations

import re

import pytest

from qa.evidence.may_answer import which_may_answer


def left(question: str, text: str) -> str:
    """The words of `text`, cut at its spaces, that may answer `question`."""
    words = list(re.finditer(r"\S+", text))
    may = which_may_answer(question, text, [word.span() for word in words])
    return " ".join(word.group() for word, is_left in zip(words, may, strict=True) if is_left)


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("How many people came?", "some 3,000 people came to the port", "some 3,000"),
        ("How many people were hurt?", "nobody was hurt", "nobody"),
        ("How many comets has Okafor found?", "Okafor, 27, saw it on 19 October and in 2022", ""),
        ("How many goals did they score?", "they scored 3 on 19 October 2022", "3"),
        ("How much did the telescope cost?", "The mirror weighs nine tonnes and is 6.5 metres wide", ""),
        (
            "How much did the ship cost?",
            "It cost 31 million euros, six million more than planned",
            "31 million six million more",
        ),
        ("How much did the price rise?", "It rose by 7 percent", "7"),
        ("How many people paid the fee?", "Only 300 paid it", "300"),
        ("How much time was spent?", "It took 300 hours", "300"),
        ("How old is the rector?", "Okafor, 52, is the rector of 12 schools", "Okafor, 52,"),
        ("How old is Lahti?", "Lahti leads the town until the election on 8 December", ""),
        ("How old is the painting?", "It was painted in 1911 and insured for 2 million", "painted in 1911"),
        ("How old was she?", "The 44-year-old engineer won 52.3 percent", "44-year-old"),
        ("How old was the driver?", "a man of sixty-one in Ekvik", "of sixty-one"),
        (
            "Who did she beat?",
            "Sol, mayor of New Lindby, was ahead of Peder Holm in Oslo",
            "Sol, mayor ahead Peder Holm",
        ),
        ("Where is it?", "The mayor of Lindby said in Oslo", "mayor Lindby said Oslo"),
        ("Why did the mayor resign?", "Annika Sol resigned as mayor on Monday", ""),
        ("Why did the mayor resign?", "An audit had found faults", "audit found faults"),
        ("When does the mission open?", "the mission opens in march after a week", "march after week"),
        ("What day is the reflection?", "Wednesdays are for reflection", "Wednesdays"),
        (
            "What are those with random bits?",
            "These with random bits are randomized algorithms",
            "randomized algorithms",
        ),
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

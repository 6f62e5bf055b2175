"""A misspelt word is put right by the words that there are, and no other word is touched."""

from __future__ import annotations

import pytest

from qa.question.spelling import corrections, misspelt, put_right

TEXTS = [
    "President Yoon Suk Yeol of South Korea met the president of Poland.",
    "Herr Müller aus Köln sprach über die Straßenbahn.",
    "Ødegård scored for Tromsø. The governor resigned.",
]


def right(question: str, word: str) -> str:
    return put_right(question, corrections([word], TEXTS))


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("presdent", "president"),
        ("presidnet", "president"),
        ("Presdent", "President"),
        ("govenror", "governor"),
        ("Mueller", "Müller"),
        ("Koeln", "Köln"),
        ("Odegaard", "Ødegård"),
        ("Soth", "South"),
        ("Strassenban", "Straßenbahn"),
        ("Strasenban", "Straßenbahn"),
    ],
)
def test_one_letter_or_two_of_a_long_word(word: str, meant: str) -> None:
    assert right(f"Who is {word} here?", word) == f"Who is {meant} here?"


@pytest.mark.parametrize("word", ["Yoom", "resident", "Polaris", "xyzzyplugh", "gov"])
def test_what_is_farther_off_or_short_stays(word: str) -> None:
    if word == "resident":
        # Usual English words are not asked about at all.
        assert misspelt("the resident", ["resid"]) == []
        return
    assert right(f"Who is {word}?", word) == f"Who is {word}?"


def test_a_name_is_exchanged_for_no_common_word() -> None:
    assert right("Who is Governer?", "Governer") == "Who is Governer?"


def test_only_rare_words_that_no_passage_has_are_asked_about() -> None:
    question = "Which presdent resigned in Velden?"
    assert misspelt(question, ["presdent", "velden"]) == ["presdent", "Velden"]
    assert misspelt(question, ["velden"]) == ["Velden"]
    assert misspelt(question, []) == []
    # "resigned" is a usual word, and the articles do not have to have it.
    assert misspelt(question, ["resign"]) == []
    assert misspelt("어디에 다리가 있습니까?", ["다리"]) == []


def test_what_stands_between_quotation_marks_is_meant_as_it_is() -> None:
    for quoted in ('"presdent"', "“presdent”", "„presdent“", "«presdent»", "「presdent」"):
        assert misspelt(f"Which {quoted} resigned in Velden?", ["presdent", "velden"]) == ["Velden"]
    assert misspelt('Which 5" presdent?', ["presdent"]) == ["presdent"]


def test_each_correction_is_told() -> None:
    assert corrections(["presdent", "xyzzyplugh", "Koeln", "Poland"], TEXTS) == {
        "presdent": "president",
        "Koeln": "Köln",
    }

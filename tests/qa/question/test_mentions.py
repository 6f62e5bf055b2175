"""mentions: who and what a question and its answer speak of, by kind."""

from __future__ import annotations

import pytest

from qa.question.mentions import Kind, Mentions, mentions, names_of


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Who met President Yoon?", "President Yoon", Kind.PERSON),
        ("The mayor, Erik Sund, left.", "Erik Sund", Kind.PERSON),
        ("Lawler said so.", "Lawler", Kind.PERSON),
        ("The pool was designed by Lia Costa.", "Lia Costa", Kind.LIKELY_PERSON),
        ("Did Rutte come?", "Rutte", Kind.ANY),
        ("Did South Korea sign?", "South Korea", Kind.THING),
        ("Did Poland sign?", "Poland", Kind.THING),
        ("Did NATO sign?", "NATO", Kind.THING),
        ("Who opened the Golden Whisk?", "the Golden Whisk", Kind.THING),
        ("Who introduced a Whale Act?", "Whale Act", Kind.THING),
        ("Did the Defense Ministry say so?", "the Defense Ministry", Kind.THING),
    ],
)
def test_of_what_kind_a_name_is(text: str, name: str, kind: Kind) -> None:
    assert [(found.text, found.kind) for found in names_of(text, is_told=True)] == [(name, kind)]


def test_a_time_is_no_name() -> None:
    assert [name.text for name in names_of("In December 2023 Anna Berg came on Friday.")] == ["Anna Berg"]


def test_each_kind_has_its_own() -> None:
    answer = "Minister Ivo Brandt opened the Vesta Fair in Tarn on 3 July 2023."
    assert mentions("Who opened the Vesta Fair?", answer) == Mentions(
        person="Minister Ivo Brandt", thing="the Vesta Fair", place="in Tarn", time="on 3 July 2023"
    )
    assert mentions("What did the council of Tarn build?", "The council build a new tower in May 2020.") == Mentions(
        thing="the new tower", is_described=True, time="in May 2020"
    )
    assert mentions("Did Anna Berg and Karl Frei meet?", None).group == "Anna Berg and Karl Frei"
    assert mentions("Why?", "It was so last month.") == Mentions()


def test_who_is_asked_for_stands_nearest_to_what_is_said_of_them() -> None:
    answer = "The mayor, Rosa Keller, left the town to her brother. Her deputy, Paul Imre, takes over."
    assert mentions("Who takes over?", answer).person == "Paul Imre"
    assert mentions("Who left?", answer).person == "Rosa Keller"


def test_who_is_meant_is_in_the_answering_words() -> None:
    answer = "Anna Berg was followed by Karl Frei, whom Ivo Brandt had named."
    assert mentions("Who named the judge?", answer, "Ivo Brandt").person == "Ivo Brandt"
    assert (
        mentions("Who named the judge?", answer, "somebody").person == mentions("Who named the judge?", answer).person
    )


def test_a_title_makes_somebody_of_a_name_that_only_says_whose() -> None:
    answer = "The vision of the government of President Yoon Suk Yeol aims for South Korea."
    assert mentions("Who is the president of South Korea?", answer).person == "President Yoon Suk Yeol"


def test_one_can_be_at_a_forum() -> None:
    answer = "Saying that Russia's war in Ukraine shows how security is global, he commended South Korea."
    assert mentions("What was the theme of the Jeju Forum?", answer).place == "at the Jeju Forum"
    assert mentions("What was the theme of the Vesta Act?", answer).place == "in Ukraine"

"""stand_alone: what is put in for a pronoun, what is put in front, and what is left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.limits import MAX_QUESTION_CHARACTERS
from qa.question.followup import Turn, stand_alone

ACT = Turn(
    "Who introduced the Indo-Pacific Treaty Organization Act?",
    "Congressman Mike Lawler introduced the Indo-Pacific Treaty Organization Act on Tuesday.",
)
CHESS = Turn("Who won the chess title?", "Lina Okafor, sixteen, won the chess title in Toronto.")
NATO = Turn("Who leads NATO?", "Mark Rutte has led NATO since October.")
BRIDGE = Turn("When was the Harbour Bridge opened?", None)


def test_the_example_of_the_docstring() -> None:
    answer = "Mike Lawler introduced the Indo-Pacific Treaty Organization Act."
    assert (
        stand_alone("When did he introduce it?", [Turn(ACT.question, answer)])
        == "When did Mike Lawler introduce the Indo-Pacific Treaty Organization Act?"
    )


def test_the_thing_asked_about_is_not_the_person_though_the_answer_names_it_first() -> None:
    answer = "The Indo-Pacific Treaty Organization Act was introduced by Congressman Mike Lawler."
    assert (
        stand_alone("When did he introduce it?", [Turn(ACT.question, answer)])
        == "When did Congressman Mike Lawler introduce the Indo-Pacific Treaty Organization Act?"
    )


@pytest.mark.parametrize(
    ("turn", "question", "wanted"),
    [
        (CHESS, "How old is she?", "How old is Lina Okafor?"),
        (CHESS, "Where was her mother born?", "Where was Lina Okafor's mother born?"),
        (CHESS, "What was her income?", "What was Lina Okafor's income?"),
        (CHESS, "What did she propose?", "What did Lina Okafor propose?"),
        # What somebody proposed is "it", not who did.
        (Turn("What did Yoon propose?"), "Where would it be?", "What did Yoon propose? Where would it be?"),
        (Turn("Who visited Seoul?"), "Whom did they meet?", "Who visited Seoul? Whom did they meet?"),
        (BRIDGE, "And who is Helen Marsh?", "And who is Helen Marsh?"),
        (BRIDGE, "What else did Helen Marsh open?", "What else did Helen Marsh open?"),
        (BRIDGE, "What is the ITPP?", "What is the ITPP?"),
        (BRIDGE, "what was the theme?", "what was the theme of the Harbour Bridge?"),
        (Turn("When did France lose a war?"), "Where did it lose?", "Where did France lose?"),
        (Turn("When did France open a canal?"), "Where is it?", "When did France open a canal? Where is the canal?"),
        (CHESS, "Who has beaten her in Toronto?", "Who has beaten Lina Okafor in Toronto?"),
        (CHESS, "What did the champion say about her?", "What did the champion say about Lina Okafor?"),
        (CHESS, "he said what?", "Lina Okafor said what?"),
        (NATO, "When did he leave?", "When did Mark Rutte leave?"),
        (NATO, "Where is its headquarters?", "Where is NATO's headquarters?"),
        (NATO, "Which countries left it?", "Which countries left NATO?"),
        (BRIDGE, "What did it cost?", "What did the Harbour Bridge cost?"),
        (BRIDGE, "How much traffic was counted before it?", "How much traffic was counted before the Harbour Bridge?"),
        (BRIDGE, "What happened when it opened?", "What happened when the Harbour Bridge opened?"),
        (CHESS, "How many books and articles has she written?", "How many books and articles has Lina Okafor written?"),
        (CHESS, "In which country, city or town was she born?", "In which country, city or town was Lina Okafor born?"),
        (CHESS, "What awards, prizes or medals did she win?", "What awards, prizes or medals did Lina Okafor win?"),
        (
            BRIDGE,
            "How many cars and lorries cross it every day?",
            "How many cars and lorries cross the Harbour Bridge every day?",
        ),
        (CHESS, "Who was champion until she won?", "Who was champion until Lina Okafor won?"),
        # A town met nobody, and costs nothing.
        (Turn("Who is the mayor of Oslo?"), "When did they meet?", "Who is the mayor of Oslo? When did they meet?"),
        (
            Turn("What did the mayor of Oslo open?", "The mayor of Oslo opened a swimming pool."),
            "How much did it cost?",
            "What did the mayor of Oslo open? How much did the swimming pool cost?",
        ),
        (
            Turn("What happened in Vilnius?", "President Yoon spoke in Vilnius."),
            "What did he say?",
            "What did President Yoon say?",
        ),
        (Turn("Did Anna Berg meet Karl Frei?", None), "When was he born?", "When was Karl Frei born?"),
    ],
)
def test_pronouns_take_the_names_of_the_turn_before(turn: Turn, question: str, wanted: str) -> None:
    assert stand_alone(question, [turn]) == wanted


@pytest.mark.parametrize(
    "question",
    [
        "But why?",
        "Why?",
        "When was that?",
        "Who else was there?",
        "Was the mayor there?",
        "Which countries?",
        "So what?",
        "This happened when?",
        "from how many countries?",
        "In which year?",
        "Who was the speaker?",
        "Who takes over?",
        "Who else came?",
    ],
)
def test_a_question_that_leaves_words_out_follows_the_one_before(question: str) -> None:
    assert stand_alone(question, [BRIDGE]) == f"{BRIDGE.question} {question}"


@pytest.mark.parametrize(
    "question",
    [
        "Who is Lina Okafor?",
        "How much did the Harbour Bridge cost?",
        "How many doses did Ghana receive in 2023?",
        "Is it true that Ghana received 300,000 doses?",
        "Was it possible for Ghana to refuse the vaccine?",
        "How long does it take to fly to Seoul?",
        "What did Lee Jae Myung say about his visit to Seoul?",
        "Where is Seoul and what is its population?",
        "How does IT security work in Seoul?",
        "What did US forces do in Japan?",
        "What happened to the glacier last summer?",
        "What is the theme of the exhibition in Oslo?",
        "What suffered most in the harbour when it had no trade?",
        "Which cells become active because they have met an antigen?",
        "Whose company could not save tax by moving its office abroad?",
        "When cells of two kinds begin to divide, what do some of their offspring become?",
        "Where did the old capital stand before the ruler moved it?",
        "What are the cells that are found in tissues called?",
        "Which city lost its harbour?",
        "Which countries left their alliance?",
        "Is there a bridge in Seoul?",
        "那座大桥是什么时候开放的？",
    ],
)
@pytest.mark.parametrize("turn", [ACT, NATO])
def test_a_question_that_stands_alone_is_unchanged(question: str, turn: Turn) -> None:
    assert stand_alone(question, [turn]) == question


@pytest.mark.parametrize("question", ["What did he say?", "Why?", "And in 2022?", ""])
def test_with_nothing_said_before_nothing_changes(question: str) -> None:
    assert stand_alone(question, []) == question


def test_a_name_is_handed_on_from_turn_to_turn() -> None:
    history = [NATO, Turn("Where was he born?", "In The Hague."), Turn("How old is he?", None)]
    assert stand_alone("When did he become prime minister?", history) == "When did Mark Rutte become prime minister?"


def test_questions_do_not_pile_up() -> None:
    history = [BRIDGE, Turn("from how many countries?"), Turn("what was the theme?"), Turn("And why?")]
    assert stand_alone("and where?", history) == f"{BRIDGE.question} and where?"


def test_a_name_behind_in_is_one_where_it_is_asked_about() -> None:
    assert stand_alone("What is its population?", [Turn("Who lives in Oslo?")]) == "What is Oslo's population?"


def test_talk_is_passed_over() -> None:
    history = [Turn("Hello!"), CHESS, Turn("Thanks!"), Turn("ok")]
    assert stand_alone("How old is she?", history) == "How old is Lina Okafor?"
    assert stand_alone("Thanks, and how old is she?", history) == stand_alone("and how old is she?", [CHESS])
    assert stand_alone("How old is she?", [Turn("Hello!"), Turn("Who are you?")]) == "How old is she?"


def test_only_the_last_turns_count() -> None:
    followed = [Turn("Where does she live?", None)]
    assert stand_alone("How old is she?", [CHESS, *followed * 19]) == "How old is Lina Okafor?"
    assert "Okafor" not in stand_alone("How old is she?", [CHESS, *followed * 20])


@pytest.mark.parametrize(
    ("before", "answer", "wanted"),
    [
        ("Who is Helen Marsh?", "Helen Marsh resigned on 1 December 2023. Her successor is Paul Oduya.", "Helen Marsh"),
        ("Who is the mayor of Oslo?", "On March 4 Mayor Tom Alder opened it.", "Mayor Tom Alder"),
        ("Who won the Golden Whisk?", "In December 2023 Anna Berg won.", "Anna Berg"),
    ],
)
def test_nobody_is_called_by_a_month(before: str, answer: str, wanted: str) -> None:
    assert stand_alone("When did she resign?", [Turn(before, answer)]) == f"When did {wanted} resign?"


def test_what_was_said_is_put_in_as_it_is_written() -> None:
    history = [Turn("Who runs the works?", r"It is Karl-\1.\g<0> who runs them.")]
    assert stand_alone("What did he say in Oslo?", history) == "What did Karl say in Oslo?"


@given(st.text(max_size=60), st.lists(st.builds(Turn, st.text(max_size=60), st.none() | st.text(max_size=60))))
def test_anything_said_gives_a_query_that_is_not_too_long(question: str, history: list[Turn]) -> None:
    assert stand_alone(question, history) == stand_alone(question, list(history))
    assert len(stand_alone(question, history)) <= MAX_QUESTION_CHARACTERS


@pytest.mark.parametrize("question", ["And why?", "And in 2023?"])
def test_what_would_grow_too_long_stays_as_it_was(question: str) -> None:
    assert stand_alone(question, [Turn(f"What {'is ' * 664}", None)]) == question


@pytest.mark.parametrize(
    ("before", "question", "whole"),
    [
        ("What did South Korea sign in 2012?", "And in 2023?", "What did South Korea sign in 2023?"),
        ("Where was the NATO summit of 2025?", "What about 2023?", "Where was the NATO summit of 2023?"),
        ("Was Italy among those that sent ambassadors to Seoul?", "And Poland?",
         "Was Poland among those that sent ambassadors to Seoul?"),
        ("Who is the president of South Korea?", "And of Japan?", "Who is the president of Japan?"),
        ("Did Anna Berg live in Oslo?", "How about in Bergen?", "Did Anna Berg live in Bergen?"),
        ("When was the Harbour Bridge opened?", "What about Rhone Tunnel", "When was Rhone Tunnel opened?"),
        ("How many came last month?", "And this month?", "How many came this month?"),
        ("Who came on 3 July 2021?", "But in August 2022?", "Who came in August 2022?"),
        ("Who was at the 2021 summit?", "And in 2023?", "Who was at the 2023 summit?"),
        ("Who won the 1500 metres in Paris?", "And In 2023?", "Who won the 1500 metres in Paris in 2023?"),
        ("Who may vote in Poland?", "And in 2023?", "Who may vote in Poland in 2023?"),
        ("Who led it in May?", "And in June?", "Who led it in June?"),
        ("When was the Harbour Bridge closed?", "And in 2022?", "When was the Harbour Bridge closed in 2022?"),
        ("from 1986 to 1989, which name did it have?", "And from 1990 to 1993?",
         "from 1990 to 1993, which name did it have?"),
        ("Who led NATO from Mar 2010 to 2012?", "What about until Sept. 2014?", "Who led NATO until Sept. 2014?"),
        ("Who lived in the tower of 1772 from 1774 to 1783?", "And from 1813 to 1815?",
         "Who lived in the tower of 1772 from 1813 to 1815?"),
    ],
)  # fmt: skip
def test_one_thing_is_exchanged_for_another_of_its_kind(before: str, question: str, whole: str) -> None:
    assert stand_alone(question, [Turn(before)]) == whole


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("Who won the cup?", "And Poland?"),
        ("Was it built in Oslo?", "And of Norway?"),
        ("What does it cost?", "And the price of steel?"),
    ],
)
def test_where_there_is_nothing_of_its_kind_the_question_before_goes_in_front(before: str, question: str) -> None:
    assert stand_alone(question, [Turn(before)]) == f"{before} {question}"


PAIRS = [json.loads(line) for line in (Path(__file__).parent / "followups.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("pair", PAIRS, ids=[f"{pair['kind']}: {pair['question']}" for pair in PAIRS])
def test_what_is_meant_is_of_its_kind(pair: dict[str, Any]) -> None:
    """`has` is what a person would say in its place, or the question before; `lacks` is of another kind, or old."""
    whole = stand_alone(pair["question"], [Turn(*turn) for turn in pair["history"]]).lower()
    assert [words for words in pair["has"] if words.lower() not in whole] == [], whole
    assert [words for words in pair["lacks"] if words.lower() in whole] == [], whole

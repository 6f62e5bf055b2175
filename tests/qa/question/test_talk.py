"""read_talk and without_courtesies: only a message that is nothing but talk is talk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question.talk import Talk, read_talk, without_courtesies


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("hi", Talk.GREETING),
        ("Hello!", Talk.GREETING),
        ("Good morning :)", Talk.GREETING),
        ("Hey there, how are you?", Talk.GREETING),
        ("Grüß Gott", Talk.GREETING),
        ("こんにちは", Talk.GREETING),
        ("안녕하세요", Talk.GREETING),
        ("thanks", Talk.THANKS),
        ("Thank you very much for your help!", Talk.THANKS),
        ("no thanks", Talk.THANKS),
        ("Merci beaucoup", Talk.THANKS),
        ("ok", Talk.NOTED),
        ("Great, that's interesting.", Talk.NOTED),
        ("d’accord", Talk.NOTED),
        ("Good answer", Talk.NOTED),
        ("OK, thanks, bye!", Talk.FAREWELL),
        ("adiós", Talk.FAREWELL),
        ("help", Talk.ABILITY),
        ("Hi, what can you do?", Talk.ABILITY),
        ("Who are you?", Talk.ABILITY),
        ("Was kannst du?", Talk.ABILITY),
        ("¿Qué puedes hacer?", Talk.ABILITY),
        ("Which articles do you have?", Talk.ARTICLES),
        ("list the articles", Talk.ARTICLES),
        ("From which days are the articles?", Talk.ARTICLES),
        ("기사는 몇 개 있나요?", Talk.ARTICLES),
        ("Which newspapers are these articles from?", Talk.SOURCES),
        ("From which newspapers are the articles?", Talk.SOURCES),
        ("Please show me all of your articles, thanks", Talk.ARTICLES),
        ("what can I ask about?", Talk.ARTICLES),
        ("Combien d’articles avez-vous ?", Talk.ARTICLES),
    ],
)
def test_what_is_talk(message: str, kind: Talk) -> None:
    assert read_talk(message) is kind
    assert read_talk(message, opens=False) is kind


@pytest.mark.parametrize(
    "message",
    [
        "Hi, who won the election?",
        "Thanks, and when was that?",
        "Thanksgiving",
        "When is Thanksgiving?",
        "Good Morning America",
        "Hello Kitty",
        "Nice",
        "help wanted",
        "Which articles do you have about Seoul?",
        "List the articles of the treaty",
        "What can NATO do?",
        "Great Britain",
        "OK Corral",
        "Who are the partners?",
        "?",
        "👋",
        "",
        "hello " * 50,
    ],
)
def test_what_is_a_question(message: str) -> None:
    assert read_talk(message) is None


@pytest.mark.parametrize("message", ["What is this about?", "What's it all about?"])
def test_what_points_to_an_answer_where_there_is_one(message: str) -> None:
    assert read_talk(message) is Talk.ARTICLES
    assert read_talk(message, opens=False) is None


@pytest.mark.parametrize(
    ("message", "rest"),
    [
        ("Hi, who won the election?", "who won the election?"),
        ("Hello! Who won?", "Who won?"),
        ("hi there who won", "who won"),
        ("Good morning. Can you tell me who leads NATO?", "who leads NATO?"),
        ("Please tell me when it opened", "when it opened"),
        ("could you please explain why he resigned?", "why he resigned?"),
        ("I'd like to know in which city it is.", "in which city it is."),
        ("Hi, do you know who won? Thanks a lot!", "who won?"),
        ("How many people came, please?", "How many people came?"),
        ("According to the article, who resigned?", "who resigned?"),
        ("Who resigned, according to these articles?", "Who resigned?"),
        ("According to the Coast Daily article, who resigned?", "According to the Coast Daily article, who resigned?"),
        ("Ok, thanks, and when was that?", "and when was that?"),
        ("thanks and when was that", "and when was that"),
        ("Thanks!\nWhat was the theme?", "What was the theme?"),
        # No courtesy, or nothing behind it.
        ("Tell me about the bridge", "Tell me about the bridge"),
        ("Do you know if it opened?", "Do you know if it opened?"),
        ("What do you know about whales?", "What do you know about whales?"),
        ("Who sang Thank You?", "Who sang Thank You?"),
        ("Who said please?", "Who said please?"),
        ("Did he explain why he left?", "Did he explain why he left?"),
        ("What did they do in the text when it ended?", "What did they do in the text when it ended?"),
        ("Please", "Please"),
        ("Hello, Dolly! opened in which year?", "Hello, Dolly! opened in which year?"),
        ("Great, Britain", "Great, Britain"),
        ("Hello is by which singer?", "Hello is by which singer?"),
        ("Help, which album is it on?", "Help, which album is it on?"),
        ("In Seoul, who met whom?", "In Seoul, who met whom?"),
        ("Hello!", "Hello!"),
    ],
)
def test_courtesies_are_left_out(message: str, rest: str) -> None:
    assert without_courtesies(message) == rest


@given(st.text())
def test_of_anything_something_is_left(message: str) -> None:
    left = without_courtesies(message)
    assert left.rstrip("?.!") in message
    assert left.strip() or not message.strip()
    read_talk(message)


@pytest.mark.parametrize("opens", [True, False])
def test_who_asks_how_many_articles_there_are_asks_it_anywhere(opens: bool) -> None:
    assert read_talk("How many articles are there?", opens=opens) is Talk.ARTICLES
    assert read_talk("How many articles are there in the treaty?", opens=opens) is None


@pytest.mark.parametrize("opens", [True, False])
def test_who_asks_for_the_sources_asks_for_them_anywhere(opens: bool) -> None:
    for message in ("Which sources are there?", "what sources do you have", "Please list all the sources."):
        assert read_talk(message, opens=opens) is Talk.SOURCES
    assert read_talk("Which sources are there in Vilnius?", opens=opens) is None

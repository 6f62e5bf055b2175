"""What a question asks for, and what a sentence offers."""

from __future__ import annotations

import pytest

from qa.question.kind import AnswerType, asked_type, offers


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who opened the bridge?", AnswerType.PERSON),
        ("Whose idea was it?", AnswerType.PERSON),
        ("Which president spoke?", AnswerType.PERSON),
        ("When did it open?", AnswerType.TIME),
        ("In what year did it open?", AnswerType.TIME),
        ("Where is the bridge?", AnswerType.PLACE),
        ("Which country sent aid?", AnswerType.PLACE),
        ("How many people came?", AnswerType.NUMBER),
        ("how much did it cost", AnswerType.NUMBER),
        ("How long is the bridge?", AnswerType.NUMBER),
        ("What percentage agreed?", AnswerType.NUMBER),
        ("Who was mayor when the bridge opened?", AnswerType.PERSON),
        ("When did those come who built it?", AnswerType.TIME),
        ("Why did it fall?", AnswerType.OTHER),
        ("What is a glacier?", AnswerType.OTHER),
        ("", AnswerType.OTHER),
        ("The whole somewhere whenever", AnswerType.OTHER),
    ],
)
def test_asked_type(question: str, kind: AnswerType) -> None:
    assert asked_type(question) is kind


@pytest.mark.parametrize(
    ("sentence", "kind", "question", "is_offered"),
    [
        ("Mayor Anna Berg opened it.", AnswerType.PERSON, "Who opened it?", True),
        ("Yesterday the mayor, Anna, spoke.", AnswerType.PERSON, "Who spoke?", True),
        ("The bridge opened.", AnswerType.PERSON, "Who opened it?", False),
        ("The Harbour Bridge opened.", AnswerType.PERSON, "Who opened the Harbour Bridge?", False),
        ("It opened in 2024.", AnswerType.TIME, "When did it open?", True),
        ("It opened on Friday.", AnswerType.TIME, "When did it open?", True),
        ("It opened in December.", AnswerType.TIME, "When did it open?", True),
        ("It opened in Sept. of that year.", AnswerType.TIME, "When did it open?", True),
        ("They may march on.", AnswerType.TIME, "When did they march?", False),
        ("It opened two years ago.", AnswerType.TIME, "When did it open?", True),
        ("It opened in 2024.", AnswerType.TIME, "When in 2024 did it open?", False),
        ("It opened.", AnswerType.TIME, "When did it open?", False),
        ("It is in Oslo.", AnswerType.PLACE, "Where is it?", True),
        ("It is in Oslo.", AnswerType.PLACE, "Where in Oslo is it?", False),
        ("It is big.", AnswerType.PLACE, "Where is it?", False),
        ("It cost 40 million.", AnswerType.NUMBER, "How much did it cost?", True),
        ("Forty came.", AnswerType.NUMBER, "How many came?", True),
        ("Twelve came.", AnswerType.NUMBER, "How many came?", True),
        ("Many came.", AnswerType.NUMBER, "How many came?", False),
        ("Anything.", AnswerType.OTHER, "Why?", True),
        ("", AnswerType.NUMBER, "How many came?", False),
    ],
)
def test_offers(sentence: str, kind: AnswerType, question: str, is_offered: bool) -> None:
    assert offers(sentence, kind, question) is is_offered


@pytest.mark.parametrize(
    ("sentence", "question", "is_offered"),
    [
        ("It reopened after 14 months.", "What did the work cost?", False),
        ("It cost 6.2 million euros.", "What did the work cost?", True),
        ("It cost $5.", "How much did it cost?", True),
        ("Der Bau: 84 Mio. Euro.", "How much was paid?", True),
        ("Some 300 paid.", "How many people paid?", True),
        ("It took 300 hours.", "How much time was spent?", True),
        ("It is 14 years old.", "What percentage agreed?", False),
        ("Half of them agreed.", "What percentage agreed?", True),
        ("It is 14 years old.", "How old is it?", True),
    ],
)
def test_an_amount_of_money_or_a_share_is_more_than_a_number(sentence: str, question: str, is_offered: bool) -> None:
    assert asked_type(question) is AnswerType.NUMBER
    assert offers(sentence, AnswerType.NUMBER, question) is is_offered


def test_a_day_of_the_week_is_nobody() -> None:
    assert not offers("The commission met on Monday.", AnswerType.PERSON, "Who met?")
    assert not offers("The commission met in March.", AnswerType.PLACE, "Where did it meet?")

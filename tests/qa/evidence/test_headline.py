"""A headline answers where it alone has what is asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import make_candidate, make_features, make_found, make_question

from corpus.article import Article, Passage
from qa.evidence.choose import Candidate
from qa.evidence.cite import cite
from qa.evidence.fitted import FittedModels
from qa.evidence.headline import let_headline_answer
from qa.evidence.logistic import Logistic, log_odds
from qa.question.kind import AnswerType

TEXT = "The incumbent took 54 percent of the vote. Her rival conceded before midnight."
WEIGHTS = {"lumenia": 0.6, "elect": 0.4}
SENTENCE = Logistic({"coverage": 2.0, "offers_asked_type": 1.0, "lacks_asked_type": -1.0}, 0.0)
MODELS = FittedModels(sentence=SENTENCE, confidence=Logistic({}, 0.0), answer_from=0.5)


def candidate(title: str, *, lacks: bool = True, coverage: float = 0.0, text: str = TEXT) -> Candidate:
    article = Article("vote", title, text)
    found = make_found(Passage("vote", 0, len(text), text), article)
    features = make_features(lacks_asked_type=float(lacks), coverage=coverage)
    return make_candidate(found, 0, 42, features=features, probability=0.9)


def answered_by_headline(first: Candidate, question: str = "Who won the election in Lumenia?") -> bool:
    asked = make_question(question, kind=AnswerType.PERSON)
    return let_headline_answer(asked, WEIGHTS, first, MODELS).headline


def test_the_headline_alone_says_who() -> None:
    first = candidate("Lena Sorg wins third term as president of Lumenia")
    assert answered_by_headline(first)
    (citation,) = cite([let_headline_answer(make_question("Who?", kind=AnswerType.PERSON), WEIGHTS, first, MODELS)])
    assert citation.headline_answers
    assert citation.answer == "Lena Sorg wins third term as president of Lumenia"
    assert citation.quote == TEXT


def test_a_headline_that_answers_is_as_probable_as_a_sentence_that_offers_the_same() -> None:
    asked = make_question("Who won the election in Lumenia?", kind=AnswerType.PERSON)
    first = replace(candidate("Lena Sorg wins third term as president of Lumenia"), probability=0.05, read=-9.0)
    alone = let_headline_answer(asked, WEIGHTS, first, MODELS)
    # Of the question it has "Lumenia".
    assert log_odds(alone.probability) == pytest.approx(2.0 * 0.6 + 1.0)
    models = replace(MODELS, reading=Logistic({"sentence": 0.5, "read": 1.0}, 0.0))
    read = let_headline_answer(asked, WEIGHTS, first, models)
    assert (log_odds(read.probability), read.read) == (pytest.approx((2.0 * 0.6 + 1.0) / 2), 0.0)


def test_not_where_the_sentence_says_it_too_or_more_of_the_question() -> None:
    title = "Lena Sorg wins third term as president of Lumenia"
    assert not answered_by_headline(candidate(title, lacks=False))
    assert not answered_by_headline(candidate(title, coverage=0.7))
    assert not answered_by_headline(candidate(title), question="Did Lena Sorg win in Lumenia?")


def test_not_where_the_headline_has_nobody_or_nothing_of_the_question() -> None:
    assert not answered_by_headline(candidate("the president of Lumenia wins a third term"))
    assert not answered_by_headline(candidate("the mayor, Lena Sorg, wins a third term"))


def test_not_where_capitals_say_nothing_or_the_title_is_the_text() -> None:
    assert not answered_by_headline(candidate("Incumbent Wins Third Term As President Of Lumenia"))
    text = "In Lumenia the mayor, Lena Sorg, won. It was late."
    assert not answered_by_headline(candidate("In Lumenia the mayor, Lena Sorg, won.", text=text))

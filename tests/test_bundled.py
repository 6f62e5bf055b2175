"""The bundled articles through the real encoder: the right passage first, its sentence marked, or a refusal."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.readers import read_articles
from index.encoders.onnx import PackagedEncoder
from index.generations import IndexFolder
from index.update import build_index
from qa.answerer import Answerer
from qa.build import open_answerer
from qa.check.verify import citation_problem
from qa.question.followup import Turn
from qa.settings import Settings

pytestmark = pytest.mark.slow

ARTICLES = Path(__file__).parents[1] / "corpus" / "articles"
INTRODUCED = "Who introduced the Indo-Pacific Treaty Organization Act?"


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder = tmp_path_factory.mktemp("bundled")
    build_index(IndexFolder(folder), read_articles([str(ARTICLES)]), PackagedEncoder())
    return open_answerer(Settings(index=folder))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (
            "When did South Korea open a diplomatic mission to NATO?",
            (
                "established a Diplomatic Mission to NATO in Brussels in November 2022",
                "opened a diplomatic mission to NATO last November",
            ),
        ),
        ("How many people attended the Jeju Forum?", ("More than 3,000 participants",)),
        (INTRODUCED, ("US Congressman Mike Lawler introduced",)),
        ("Who is South Korea's president?", ("President Lee Jae Myung", "President Yoon Suk Yeol")),
        ("What did Wi Sung-lac give to Rutte?", ("Wi conveyed a personal letter",)),
        ("Where was Cyber Coalition 2023 held?", ("held in Estonia",)),
        ("How many member countries does NATO have?", ("31 member countries",)),
    ],
)
def test_the_first_citation_marks_the_sentence_that_answers(
    answerer: Answerer, question: str, sentence: tuple[str, ...]
) -> None:
    answer = answerer.ask(question)
    assert answer.is_answerable
    assert any(words in answer.citations[0].answer for words in sentence), answer.citations[0].answer
    for citation in answer.to_json()["citations"]:
        assert citation_problem(citation, answerer.store.article(citation["article_id"])) is None


def test_a_follow_up_takes_its_names_from_the_turn_before(answerer: Answerer) -> None:
    first = answerer.ask(INTRODUCED)
    answer = answerer.ask("When did he introduce it?", history=[Turn(first.question, first.text)])
    assert "Lawler" in answer.query
    assert "Indo-Pacific Treaty Organization Act" in answer.query
    assert answer.is_answerable
    assert "on December 5" in answer.citations[0].answer


def test_presidents_of_different_years_are_both_cited_with_their_dates(answerer: Answerer) -> None:
    citations = answerer.ask("Who is South Korea's president?").citations
    years = {
        citation.published.year
        for citation in citations
        if citation.published and ("Lee Jae Myung" in citation.answer or "President Yoon" in citation.answer)
    }
    assert years == {2023, 2025}


@pytest.mark.parametrize(
    "question",
    ["Who won the 2022 World Cup?", "What is the capital of France?", "What is South Korea's defence budget for 2025?"],
)
def test_refuses_what_the_articles_do_not_say(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(question)
    assert not answer.is_answerable
    assert answer.text is None
    assert answer.citations


def test_a_question_in_the_articles_is_never_the_answer(answerer: Answerer) -> None:
    answer = answerer.ask("What was the primary focus of the talks between South Korea and NATO?")
    assert all(not citation.answer.rstrip().endswith("?") for citation in answer.citations)
    assert "The main focus was on deepening the partnership" in answer.citations[0].answer

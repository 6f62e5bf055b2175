"""Is a question in another language than the articles answered, with the encoder that knows both?"""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.article import Article
from index.encoders.multilingual import MultilingualEncoder
from index.generations import IndexFolder
from index.retriever import Retriever
from index.update import build_index
from qa.answerer import Answerer
from qa.evidence.fitted import load_fitted
from qa.evidence.reader import Reader

pytestmark = pytest.mark.slow

ARTICLES = [
    Article(
        "bridge",
        "Harbour bridge opens in Brunsee",
        "The new harbour bridge of Brunsee was opened on Friday. Mayor Lena Sorg cut the ribbon before 2,000 guests.",
    ),
    Article(
        "ferry",
        "Electric ferry crosses the fjord",
        "The electric ferry Aurora made its first crossing on Monday. It carries 120 cars, its owners said.",
    ),
]


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    encoder, folder = MultilingualEncoder(), IndexFolder(Path(tmp_path_factory.mktemp("foreign")))
    build_index(folder, ARTICLES, encoder)
    return Answerer(Retriever(folder, encoder), load_fitted(), reader=Reader())


@pytest.mark.parametrize(
    ("question", "article_id", "words"),
    [
        ("전기 페리 오로라호는 자동차 몇 대를 싣나요?", "ferry", "120 cars"),
        ("Wann wurde die Brücke eröffnet?", "bridge", "opened on Friday"),
        ("Wie viele Autos trägt die Fähre?", "ferry", "120 cars"),
        ("フェリーは車を何台運びますか。", "ferry", "120 cars"),
    ],
)
def test_it_is_answered(answerer: Answerer, question: str, article_id: str, words: str) -> None:
    answer = answerer.ask(question)
    assert answer.is_answerable and answer.other_language is None
    assert answer.text is not None and words in answer.text
    assert answer.citations[0].article_id == article_id
    # The reader knows English alone.
    assert answer.citations[0].short is None


@pytest.mark.parametrize("question", ["백년의 고독은 누가 썼나요?", "Wie bekommt man Rotwein aus dem Teppich?"])
def test_what_no_article_says_is_refused(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(question)
    assert not answer.is_answerable and answer.other_language is not None


def test_an_english_question_of_english_articles_is_read_as_ever(answerer: Answerer) -> None:
    answer = answerer.ask("How many cars does the ferry carry?")
    assert answer.is_answerable and answer.citations[0].short is not None

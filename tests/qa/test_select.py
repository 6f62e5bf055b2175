"""Which sentences can answer, what is said of each, and which of them are shown."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from fakes import BRIDGE, CHESS

from corpus.article import Article, Passage
from corpus.split import split_article
from qa.answer_type import AnswerType
from qa.model import Logistic
from qa.select import FEATURES, Candidate, Found, Question, able_sentences, best_per_passage, score_sentences

EVEN = Logistic(FEATURES, (0.0,) * len(FEATURES), 0.0)
BY_SIMILARITY = Logistic(FEATURES, (4.0, *(0.0,) * (len(FEATURES) - 1)), 0.0)


def whole(text: str, title: str = "-") -> Found:
    """All of an article as one passage."""
    article = Article("a", title, text)
    return Found(Passage("a", 0, len(text), text), article, 1.0, 0.5, 0.25)


def able(text: str) -> list[str]:
    return [text[s.start : s.end] for s in able_sentences(Passage("a", 0, len(text), text))]


def scored(found: Found, question: Question, similarities: list[float], model: Logistic = EVEN) -> list[Candidate]:
    return score_sentences(question, found, able_sentences(found.passage), similarities, model)


def features(candidate: Candidate) -> dict[str, float]:
    return dict(zip(FEATURES, candidate.features, strict=True))


def candidate(found: Found, start: int, end: int, probability: float) -> Candidate:
    return Candidate(found, start, end, (0.0,) * len(FEATURES), probability)


def test_a_question_line_is_no_answer() -> None:
    assert able("Why did it take so long? Steel was scarce for two years.") == ["Steel was scarce for two years."]
    assert able("它为什么花了这么久？钢材短缺。") == ["钢材短缺。"]


def test_a_bare_heading_and_a_word_or_two_are_no_answer() -> None:
    text = "Key facts about the bridge\n\nIt cost 40 million crowns.\nNo.\nIt was!"
    assert able(text) == ["It cost 40 million crowns."]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Why now?\nWhat next?", ["Why now?", "What next?"]),
        ("Why now?\nA heading", ["A heading"]),
        ("Yes.", ["Yes."]),
        ("Bridge and steel", ["Bridge and steel"]),
        ("", []),
    ],
)
def test_a_passage_with_nothing_else_gives_what_it_has(text: str, wanted: list[str]) -> None:
    assert able(text) == wanted


def test_sentences_are_at_the_offsets_of_the_article() -> None:
    text = "🏔 first words here. " + BRIDGE.text
    start = text.index("Mayor")
    passage = Passage("a", start, len(text), text[start:])
    found = [text[s.start : s.end] for s in able_sentences(passage)]
    assert found == [
        "Mayor Anna Berg opened the harbour bridge in Oslo on Friday.",
        "The bridge cost 40 million crowns.",
        "Steel was scarce for two years, the builders said.",
    ]


def test_features_of_each_sentence() -> None:
    found = whole("The bridge is in Oslo. It opened in May 2024. Steel was scarce.", title="Harbour news")
    question = Question(
        "When was the harbour bridge opened?", AnswerType.TIME, {"harbour": 0.5, "bridg": 0.3, "open": 0.2}
    )
    first, second, third = (features(c) for c in scored(found, question, [0.6, 0.2, 0.1]))
    assert first == pytest.approx({
        "similarity": 0.6,
        "window_similarity": 0.6,
        "coverage": 0.3,
        # The title goes with every sentence, the sentence before with the next.
        "window_coverage": 0.8,
        "passage_coverage": 1.0,
        "passage_similarity": 0.5,
        "fused": 1.0,
        "lexical": 0.25,
        "offers_asked_type": 0.0,
        "lacks_asked_type": 1.0,
        "log_length": math.log(3),
    })
    assert (second["coverage"], second["window_coverage"], second["window_similarity"]) == pytest.approx((
        0.2,
        1.0,
        0.6,
    ))
    assert (second["offers_asked_type"], second["lacks_asked_type"]) == (1.0, 0.0)
    assert (third["coverage"], third["window_coverage"], third["window_similarity"]) == pytest.approx((0.0, 0.7, 0.2))


def test_a_question_of_no_kind_neither_offers_nor_lacks() -> None:
    (found,) = scored(whole("Steel was scarce."), Question.of("Why so late?", {"late": 1.0}), [0.0])
    assert (features(found)["offers_asked_type"], features(found)["lacks_asked_type"]) == (0.0, 0.0)


def test_the_probability_is_the_models() -> None:
    found = scored(
        whole("Steel was scarce. The bridge opened in May."), Question.of("Why?", {}), [0.5, -0.5], BY_SIMILARITY
    )
    assert [c.probability for c in found] == pytest.approx([1 / (1 + math.exp(-2)), 1 / (1 + math.exp(2))])


def test_question_of_finds_its_kind() -> None:
    assert Question.of("Who came?", {"came": 1.0}) == Question("Who came?", AnswerType.PERSON, {"came": 1.0})


def test_each_passage_gives_its_most_probable_sentence() -> None:
    first, second = whole("x" * 50), replace(whole("y" * 50), passage=Passage("a", 60, 99, "y" * 39))
    shown = best_per_passage([
        candidate(first, 0, 10, 0.3),
        candidate(first, 20, 30, 0.6),
        candidate(second, 60, 70, 0.9),
        candidate(second, 80, 90, 0.1),
    ])
    assert [(c.start, c.probability) for c in shown] == [(60, 0.9), (20, 0.6)]


def test_ties_go_to_the_smaller_id_and_the_earlier_offset() -> None:
    a, b = (Found(split_article(article)[0], article, 1.0, 1.0, 1.0) for article in (BRIDGE, CHESS))
    tied = [candidate(b, 0, 5, 0.5), candidate(a, 40, 50, 0.5), candidate(a, 10, 20, 0.5)]
    wanted = [("bridge", 10), ("chess", 0)]
    for given in (tied, tied[::-1]):
        assert [(c.found.article.article_id, c.start) for c in best_per_passage(given)] == wanted


def test_a_sentence_two_passages_share_is_shown_once() -> None:
    text = "One day. Two days. Three days."
    article = Article("a", "-", text)
    first = Found(Passage("a", 0, 18, text[:18]), article, 1.0, 1.0, 1.0)
    second = Found(Passage("a", 9, 30, text[9:]), article, 1.0, 1.0, 1.0)
    shown = best_per_passage([
        candidate(first, 9, 18, 0.9),
        candidate(second, 9, 18, 0.9),
        candidate(second, 19, 30, 0.2),
    ])
    assert [(c.found.passage.start, c.start, c.probability) for c in shown] == [(0, 9, 0.9), (9, 19, 0.2)]


def test_nothing_of_nothing() -> None:
    assert best_per_passage([]) == []
    assert scored(whole(""), Question.of("Why?", {}), []) == []

"""What speaks for a sentence."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from fakes import make_found, make_question

from corpus.article import Article, Passage
from qa.evidence.features import OF_TITLE, Nearness, SentenceFeatures, nearness, sentence_features
from qa.evidence.gather import Found
from qa.question.kind import AnswerType


def whole(text: str, title: str = "-", **values: object) -> Found:
    """All of an article as one passage."""
    article = Article("a", title, text)
    return make_found(Passage("a", 0, len(text), text), article, **values)


def kinds(features: SentenceFeatures) -> tuple[float, float, float, float]:
    return features.offers_number, features.lacks_number, features.offers_asked_type, features.lacks_asked_type


def test_features_of_each_sentence() -> None:
    text = "The bridge is in Oslo. The doors opened in May 2024. Steel was scarce."
    found = whole(text, fused=0.9, dense=0.5, article_fused=1.0, is_timely=True)
    question = make_question("When was the harbour bridge opened?")
    weights = {"harbour": 0.5, "bridg": 0.3, "open": 0.2}
    rows = sentence_features(question, weights, found, nearness([0.6, 0.3, -0.1], [0.2, 0.4, 0.1]))
    assert [row.similarity for row in rows] == [0.6, 0.3, -0.1]
    assert [row.similarity_share for row in rows] == [1.0, 0.5, 0.0]
    assert [row.bare_share for row in rows] == [0.5, 1.0, 0.25]
    assert [row.coverage for row in rows] == [0.3, 0.2, 0]
    assert [(row.passage_similarity, row.fused, row.article_fused) for row in rows] == [(0.5, 0.9, 1.0)] * 3
    assert [row.log_length for row in rows] == pytest.approx([math.log(3), math.log(5), math.log(3)])
    # Only the second says when.
    assert [kinds(row) for row in rows] == [(0, 0, 0, 1), (0, 0, 1, 0), (0, 0, 0, 1)]
    assert [(row.timely, row.fresh) for row in rows] == [(1.0, 0.0)] * 3


def test_what_only_the_title_has_of_the_question_counts_less() -> None:
    found = whole("It opened in May.")
    found = replace(found, title_terms=frozenset({"harbour", "bridg"}))
    weights = {"harbour": 0.5, "bridg": 0.3, "open": 0.2}
    (row,) = sentence_features(make_question("When?"), weights, found, nearness([0.5], [0.5]))
    assert row.coverage == pytest.approx(0.2 + OF_TITLE * 0.8)


def test_timely_and_fresh_are_not_the_same() -> None:
    (row,) = sentence_features(make_question("Why?"), {}, whole("Steel was scarce.", is_fresh=True), nearness([0], [0]))
    assert (row.timely, row.fresh) == (0.0, 1.0)


def test_a_question_for_a_number() -> None:
    question = make_question("How many crowns did it cost?", kind=AnswerType.NUMBER)
    rows = sentence_features(question, {}, whole("It cost 40 crowns. Steel was scarce."), nearness([0, 0], [0, 0]))
    assert [kinds(row) for row in rows] == [(1, 0, 0, 0), (0, 1, 0, 0)]


def test_a_question_of_no_kind_neither_offers_nor_lacks() -> None:
    (row,) = sentence_features(make_question("Why so late?"), {}, whole("Steel was scarce."), nearness([0], [0]))
    assert kinds(row) == (0, 0, 0, 0)


def test_a_sentence_that_leans_on_the_one_before_is_about_what_that_names() -> None:
    question = make_question("When was the bridge opened?")
    weights = {"bridg": 0.6, "open": 0.4}
    near = nearness([0.6, 0.3], [0.4, 0.2])
    leaning, standing = (
        sentence_features(question, weights, whole(f"The bridge is in Oslo. {text}"), near)[1]
        for text in ("It opened in March 2024.", "Schools opened in March 2024.")
    )
    assert (leaning.coverage, leaning.similarity, leaning.similarity_share, leaning.bare_share) == (1.0, 0.6, 1.0, 0.5)
    assert (standing.coverage, standing.similarity, standing.similarity_share) == (0.4, 0.3, 0.5)
    assert standing.bare_share == 0.5


def test_it_is_the_same_through_two_sentences() -> None:
    question, weights = make_question("When was the bridge opened?"), {"bridg": 0.6, "open": 0.4}
    near = nearness([0.6, 0.2, 0.3], [0.4, 0.1, 0.2])
    chained, broken = (
        sentence_features(question, weights, whole(f"The bridge is in Oslo. {text} It opened in March 2024."), near)[2]
        for text in ("It cost 2 million.", "The fair cost 2 million.")
    )
    assert (chained.coverage, chained.similarity) == (1.0, 0.6)
    assert (broken.coverage, broken.similarity) == (0.4, 0.3)


def test_nearness_is_a_share_of_the_nearest() -> None:
    assert nearness([0.2, 0.4], [0.5, -0.5]) == [Nearness(0.2, 0.5, 1.0), Nearness(0.4, 1.0, 0.0)]
    assert nearness([], []) == []


def test_where_nothing_is_near_nothing_has_a_whole_share() -> None:
    assert nearness([0.01, -0.3], [0.0, 0.0]) == [Nearness(0.01, pytest.approx(0.2), 0.0), Nearness(-0.3, 0.0, 0.0)]


def test_features_go_by_their_names() -> None:
    values = {name: float(n) for n, name in enumerate(SentenceFeatures.__dataclass_fields__)}
    assert SentenceFeatures(**values).by_name() == values


def test_nothing_of_nothing() -> None:
    assert sentence_features(make_question("Why?"), {}, whole(""), []) == []

"""Which sentences can answer, what is said of each, and which of them are shown."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from fakes import BRIDGE, CHESS, make_candidate, make_found

from corpus.article import Article, Passage
from corpus.passages import split_article
from qa.evidence.choose import (
    FEATURES,
    Candidate,
    Found,
    Nearness,
    Question,
    able_sentences,
    best_per_passage,
    nearness,
    score_sentences,
)
from qa.models.fitted import Logistic
from qa.question.kind import AnswerType

EVEN = Logistic(FEATURES, (0.0,) * len(FEATURES), 0.0)
BY_SHARE = Logistic(FEATURES, tuple(4.0 * (name == "similarity_share") for name in FEATURES), 0.0)


def whole(text: str, title: str = "-") -> Found:
    """All of an article as one passage."""
    article = Article("a", title, text)
    return make_found(Passage("a", 0, len(text), text), article, fused=1.0, dense=0.5)


def able(text: str) -> list[str]:
    return [text[s.start : s.end] for s in able_sentences(Passage("a", 0, len(text), text))]


def scored(found: Found, question: Question, near: list[Nearness], model: Logistic = EVEN) -> list[Candidate]:
    return score_sentences(question, found, able_sentences(found.passage), near, model)


def features(candidate: Candidate) -> dict[str, float]:
    return dict(zip(FEATURES, candidate.features, strict=True))


def candidate(found: Found, start: int, end: int, probability: float) -> Candidate:
    return make_candidate(found, start, end, probability=probability)


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
    found = whole("The bridge is in Oslo. The doors opened in May 2024. Steel was scarce.", title="Harbour news")
    weights = {"harbour": 0.5, "bridg": 0.3, "open": 0.2}
    question = Question("When was the harbour bridge opened?", AnswerType.TIME, weights)
    candidates = scored(found, question, nearness([0.6, 0.3, -0.1], [0.2, 0.4, 0.1]))
    rows = [features(c) for c in candidates]
    assert [row["similarity_share"] for row in rows] == [1.0, 0.5, 0.0]
    assert [row["bare_share"] for row in rows] == [0.5, 1.0, 0.25]
    assert [row["coverage"] for row in rows] == [0.3, 0.2, 0]
    assert [row["passage_similarity"] for row in rows] == [0.5] * 3
    assert [row["fused"] for row in rows] == [1.0] * 3
    assert [row["log_length"] for row in rows] == pytest.approx([math.log(3), math.log(4), math.log(3)])
    # Only the second says when; the title has the harbour.
    assert [kinds(row, "offers_") for row in rows] == [0.0, 1.0, 0.0]
    assert [kinds(row, "lacks_") for row in rows] == [1.0, 0.0, 1.0]
    assert [c.article_coverage for c in candidates] == pytest.approx([1.0] * 3)
    assert [c.heaviest_missing for c in candidates] == [0.0] * 3
    assert [c.similarity for c in candidates] == [0.6, 0.3, -0.1]


def kinds(row: dict[str, float], start: str) -> float:
    return sum(value for name, value in row.items() if name.startswith(start))


def test_a_sentence_that_leans_on_the_one_before_is_about_what_that_names() -> None:
    question = Question("When was the bridge opened?", AnswerType.TIME, {"bridg": 0.6, "open": 0.4})
    near = nearness([0.6, 0.3], [0.4, 0.2])
    leaning, standing = (
        features(scored(whole(f"The bridge is in Oslo. {text}"), question, near)[1])
        for text in ("It opened in March 2024.", "Schools opened in March 2024.")
    )
    assert [leaning[name] for name in ("coverage", "similarity_share", "bare_share")] == [1.0, 1.0, 0.5]
    assert [standing[name] for name in ("coverage", "similarity_share", "bare_share")] == [0.4, 0.5, 0.5]


def test_nearness_is_a_share_of_the_nearest() -> None:
    assert nearness([0.2, 0.4], [0.5, -0.5]) == [Nearness(0.2, 0.5, 1.0), Nearness(0.4, 1.0, 0.0)]
    assert nearness([], []) == []


def test_where_nothing_is_near_nothing_has_a_whole_share() -> None:
    assert nearness([0.01, -0.3], [0.0, 0.0]) == [Nearness(0.01, pytest.approx(0.2), 0.0), Nearness(-0.3, 0.0, 0.0)]


def test_a_question_of_no_kind_neither_offers_nor_lacks() -> None:
    (found,) = scored(whole("Steel was scarce."), Question.of("Why so late?", {"late": 1.0}), nearness([0.0], [0.0]))
    assert (kinds(features(found), "offers_"), kinds(features(found), "lacks_")) == (0.0, 0.0)


def test_the_probability_is_the_models() -> None:
    text = "Steel was scarce. The bridge opened in May."
    found = scored(whole(text), Question.of("Why?", {}), nearness([0.5, 0.1], [0.0, 0.0]), BY_SHARE)
    assert [c.probability for c in found] == pytest.approx([1 / (1 + math.exp(-4)), 1 / (1 + math.exp(-0.8))])


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
    a, b = (make_found(split_article(article)[0], article) for article in (BRIDGE, CHESS))
    tied = [candidate(b, 0, 5, 0.5), candidate(a, 40, 50, 0.5), candidate(a, 10, 20, 0.5)]
    wanted = [("bridge", 10), ("chess", 0)]
    for given in (tied, tied[::-1]):
        assert [(c.found.article.article_id, c.start) for c in best_per_passage(given)] == wanted


def test_a_sentence_two_passages_share_is_shown_once() -> None:
    text = "One day. Two days. Three days."
    article = Article("a", "-", text)
    first = make_found(Passage("a", 0, 18, text[:18]), article)
    second = make_found(Passage("a", 9, 30, text[9:]), article)
    shown = best_per_passage([
        candidate(first, 9, 18, 0.9),
        candidate(second, 9, 18, 0.9),
        candidate(second, 19, 30, 0.2),
    ])
    assert [(c.found.passage.start, c.start, c.probability) for c in shown] == [(0, 9, 0.9), (9, 19, 0.2)]


def test_nothing_of_nothing() -> None:
    assert best_per_passage([]) == []
    assert scored(whole(""), Question.of("Why?", {}), []) == []


@pytest.mark.parametrize(
    ("second", "is_widened"),
    [
        ("The bridge cost 40 million crowns.", True),
        ("It cost 40 million crowns.", True),
        ("“They paid 40 million crowns,” he said.", True),
        ("Oslo paid 40 million crowns.", False),
        ("Theodor paid 40 million crowns.", False),
    ],
)
def test_a_mark_begins_with_the_sentence_before_when_it_points_back(second: str, is_widened: bool) -> None:
    article = Article("a", "T", f"Anna Berg opened the harbour bridge. {second}")
    (passage,) = split_article(article)
    sentences = able_sentences(passage)
    found = make_found(passage, article)
    question = Question.of("How much did the bridge cost?", {})
    near = nearness([0.1, 0.9], [0.1, 0.9])
    first, last = score_sentences(question, found, sentences, near, EVEN)
    assert (first.marked_from, last.marked_from) == (0, 0 if is_widened else last.start)


def test_a_mark_never_reaches_over_a_gap() -> None:
    text = "Anna Berg opened the harbour bridge.\n\n\n\nThe bridge cost 40 million crowns."
    article = Article("a", "T", text)
    passage = Passage("a", 0, len(text), text)
    near = nearness([0.1, 0.9], [0.1, 0.9])
    question = Question.of("How much did the bridge cost?", {})
    *_, last = score_sentences(question, make_found(passage, article), able_sentences(passage), near, EVEN)
    assert last.marked_from == last.start


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Oslo, March 4, 2021 (The Daily)\nMayor Tom Alder opened the bridge.", ["Mayor Tom Alder opened the bridge."]),
        ("13-12-2023 (OSLO) The rate fell to two percent.", ["The rate fell to two percent."]),
        ("LONDON (Reuters) - Prices rose. Wages stayed low.", ["Prices rose.", "Wages stayed low."]),
        ("Published: 4 March 2021\nThe bridge is open now.", ["The bridge is open now."]),
        ("Oslo, March 4, 2021 (The Daily)", ["Oslo, March 4, 2021 (The Daily)"]),
        ("On March 4, 2021 the bridge opened.", ["On March 4, 2021 the bridge opened."]),
    ],
)
def test_a_dateline_answers_nothing(text: str, wanted: list[str]) -> None:
    # In the middle of an article, so that offsets count.
    article = f"Before.\n{text}"
    found = able_sentences(Passage("a", 8, len(article), text))
    assert [article[s.start : s.end] for s in found] == wanted

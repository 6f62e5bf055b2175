"""Which sentence of a passage is marked, from where, and which are shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from fakes import BRIDGE, CHESS, HashEncoder, able_sentences, make_candidate, make_found, make_question

from corpus.article import Article, Passage
from corpus.passages import split_article
from index.generations import IndexFolder
from index.retriever import Ranking, Retriever
from qa.evidence.choose import Candidate, best_per_passage, put_behind, weigh
from qa.evidence.gather import Found, gather
from qa.evidence.logistic import Logistic
from qa.question.preference import Preference
from qa.question.read import Question


@pytest.fixture
def retriever(built: IndexFolder, encoder: HashEncoder) -> Retriever:
    return Retriever(built, encoder)


def weighed(
    retriever: Retriever, question: Question, found: Sequence[Found], ranking: Ranking | None = None, **weights: float
) -> list[Candidate]:
    """Candidates by a model that weighs only `weights`."""
    ranking = ranking or retriever.search(question.text, forms=[question.bare])
    return weigh(question, {"bridg": 0.7, "cost": 0.3}, found, ranking, Logistic(weights, 0.0))


def whole(text: str, title: str = "-") -> Found:
    """All of an article as one passage, its sentences with their vectors."""
    passage = Passage("a", 0, len(text), text)
    vectors = HashEncoder().encode_passages([sentence.text for sentence in able_sentences(passage)])
    return make_found(passage, Article("a", title, text), fused=1.0, dense=0.5, sentence_vectors=vectors)


def candidate(found: Found, start: int, end: int, probability: float) -> Candidate:
    return make_candidate(found, start, end, probability=probability)


def test_every_sentence_is_weighed_by_its_vector(retriever: Retriever, encoder: HashEncoder) -> None:
    question = make_question("How much did the harbour bridge cost?", bare="What was the cost in crowns?")
    ranking = retriever.search(question.text, forms=[question.bare])
    found = gather(ranking, ranking.hits, Preference())
    candidates = weighed(retriever, question, found, ranking, similarity=2.0)
    assert [(c.start, c.end) for c in candidates] == [(s.start, s.end) for each in found for s in each.sentences]
    texts = [s.text for each in found for s in each.sentences]
    vectors = encoder.encode_passages(texts)
    (asked,), (bare,) = encoder.encode_queries([question.text]), encoder.encode_queries([question.bare])
    stored = np.concatenate([each.sentence_vectors for each in found])
    for c, near, known, text in zip(candidates, stored @ asked, vectors @ asked, texts, strict=True):
        # "The bridge" is no pronoun: such a sentence is as near as it is alone.
        if "They" not in text and "She" not in text:
            assert c.features.similarity == pytest.approx(float(near), abs=1e-6)
            assert c.probability == pytest.approx(1 / (1 + math.exp(-2 * near)), abs=1e-6)
            # Those of the store are packed.
            assert near == pytest.approx(float(known), abs=2e-3)
    nearest = max(range(len(texts)), key=lambda n: float(vectors[n] @ bare))
    assert texts[nearest] == "The bridge cost 40 million crowns."
    assert [c.features.bare_share == 1.0 for c in candidates] == [n == nearest for n in range(len(texts))]


def test_the_question_without_its_names_tells_what_is_asked_from_whom_it_is_about(retriever: Retriever) -> None:
    text = "Anna Berg of Oslo opened the Harbour Bridge. It has cost 40 million crowns."
    question = make_question("How much has the Harbour Bridge of Anna Berg cost?", bare="How much has it cost?")
    who, how_much = weighed(retriever, question, [whole(text)])
    assert who.features.bare_share < how_much.features.bare_share == 1.0
    assert who.features.similarity_share == 1.0


def test_each_passage_has_the_vectors_of_its_own_sentences(retriever: Retriever) -> None:
    question = make_question("What did the bridge cost?", bare="What did it cost?")
    one, two = whole("Oslo has a bridge. Steel was scarce."), whole("Nobody was hurt. The bridge cost much. Rain fell.")
    apart = [c.features.similarity for found in (one, two) for c in weighed(retriever, question, [found])]
    together = weighed(retriever, question, [one, two])
    assert [c.features.similarity for c in together] == pytest.approx(apart)
    assert [c.found for c in together] == [one] * 2 + [two] * 3
    assert max(together, key=lambda c: c.features.similarity).start == two.sentences[1].start


def test_without_sentences_there_is_nothing_to_weigh(retriever: Retriever) -> None:
    assert weighed(retriever, make_question("Why?"), []) == []
    assert weighed(retriever, make_question("Why?"), [whole("")]) == []


def test_a_script_the_encoder_does_not_know_is_weighed_by_its_words(retriever: Retriever) -> None:
    question = make_question("What did the bridge cost?")
    ranking = retriever.search(question.text, forms=[question.bare])
    ranking = replace(ranking, knows=False, query_vectors=np.full_like(ranking.query_vectors, np.nan))
    found = [whole("Oslo has a bridge. Steel was scarce. The bridge cost much.")]
    candidates = weighed(retriever, question, found, ranking)
    assert [c.features.similarity for c in candidates] == pytest.approx([0.7, 0.0, 1.0])
    assert [c.features.bare_share for c in candidates] == pytest.approx([0.7, 0.0, 1.0])
    # The passage is as near as its own words say.
    assert [c.features.passage_similarity for c in candidates] == [1.0] * 3


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
    assert put_behind([], []) == []


def test_a_passage_shows_no_sentence_that_is_shown_already() -> None:
    first = whole("x" * 50)
    second = replace(first, passage=Passage("a", 20, 50, "x" * 30))
    shown = [make_candidate(first, 20, 30, marked_from=10)]
    more = [candidate(second, 20, 30, 0.9), make_candidate(second, 30, 40, marked_from=20, probability=0.8)]
    assert best_per_passage([*more, candidate(second, 40, 50, 0.1)], shown) == [candidate(second, 40, 50, 0.1)]
    assert best_per_passage([candidate(second, 10, 19, 0.9)], shown) == []


def test_what_is_put_behind_is_never_more_probable() -> None:
    first, second = whole("x" * 50), replace(whole("y" * 50), passage=Passage("a", 60, 99, "y" * 39))
    head = [candidate(first, 0, 10, 0.6), candidate(first, 20, 30, 0.3)]
    more, less = candidate(second, 60, 70, 0.8), candidate(second, 80, 90, 0.1)
    assert put_behind(head, [more, less]) == [*head, replace(more, probability=0.3), less]


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
def test_a_mark_begins_with_the_sentence_before_when_it_points_back(
    retriever: Retriever, second: str, is_widened: bool
) -> None:
    found = whole(f"Anna Berg opened the harbour bridge. {second}")
    first, last = weighed(retriever, make_question("How much did the bridge cost?"), [found])
    assert (first.marked_from, last.marked_from) == (0, 0 if is_widened else last.start)


@pytest.mark.parametrize(("gap", "is_widened"), [(" ", True), ("\n\n", True), ("\n\n\n\n", False)])
def test_a_mark_never_reaches_over_a_gap(retriever: Retriever, gap: str, is_widened: bool) -> None:
    found = whole(f"Anna Berg opened the harbour bridge.{gap}The bridge cost 40 million crowns.")
    *_, last = weighed(retriever, make_question("How much did the bridge cost?"), [found])
    assert (last.marked_from == last.start) is not is_widened

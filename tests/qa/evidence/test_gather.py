"""The passages that are weighed, and what is known of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from fakes import ARTICLES, BRIDGE, CHESS, GLACIER, HashEncoder, long_article

from corpus.article import Article
from corpus.filters import Filters
from index.generations import IndexFolder
from index.hit import Hit
from index.retriever import Ranking, Retriever
from index.update import build_index, remove_articles
from index.words.analyze import analyze
from qa.evidence import gather as module
from qa.evidence.gather import WEIGHED, WEIGHED_OF_PREFERRED, first_hits, further_hits, gather
from qa.question.period import Period
from qa.question.preference import Preference

ANY = Preference()


@pytest.fixture
def retriever(built: IndexFolder, encoder: HashEncoder) -> Retriever:
    return Retriever(built, encoder)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """Over two articles of several passages each, which overlap."""
    folder = IndexFolder(tmp_path_factory.mktemp("many"))
    build_index(folder, [*ARTICLES, long_article("steel", "steel"), long_article("ice", "ice")], HashEncoder())
    return Retriever(folder, HashEncoder())


def numbered(count: int, preferred: frozenset[int], ranking: Ranking) -> Ranking:
    """A ranking of passages 1, 2, 3, ..."""
    return replace(ranking, hits=[Hit(n, 1 / n) for n in range(1, count + 1)], preferred=preferred)


def numbers(hits: list[Hit]) -> list[int]:
    return [hit.number for hit in hits]


def test_the_best_ten_decide_and_five_of_those_preferred(retriever: Retriever) -> None:
    assert (WEIGHED, WEIGHED_OF_PREFERRED) == (10, 5)
    ranking = numbered(40, frozenset({3, 12, 15, 20, 21, 22, 23}), retriever.search("bridge"))
    assert numbers(first_hits(ranking)) == [*range(1, 11), 12, 15, 20, 21, 22]
    assert numbers(first_hits(numbered(40, frozenset(), ranking))) == list(range(1, 11))
    assert numbers(first_hits(numbered(3, frozenset(), ranking))) == [1, 2, 3]


def test_further_hits_are_the_others_of_the_best_k(retriever: Retriever) -> None:
    ranking = numbered(40, frozenset({12, 30}), retriever.search("bridge"))
    assert further_hits(ranking, 10) == []
    assert numbers(further_hits(ranking, 14)) == [11, 13, 14]
    assert numbers(further_hits(ranking, 50)) == [n for n in range(11, 41) if n not in (12, 30)]


def test_what_is_known_of_a_passage(retriever: Retriever) -> None:
    ranking = retriever.search("Who opened the harbour bridge in Oslo?")
    first = gather(ranking, ranking.hits, ANY)[0]
    assert (first.article, first.passage.text) == (BRIDGE, BRIDGE.text)
    assert [sentence.text for sentence in first.sentences] == [
        "Mayor Anna Berg opened the harbour bridge in Oslo on Friday.",
        "The bridge cost 40 million crowns.",
        "Steel was scarce for two years, the builders said.",
    ]
    assert first.terms == tuple(analyze(BRIDGE.text))
    assert first.article_terms == frozenset(analyze(BRIDGE.title)) | frozenset(analyze(BRIDGE.text))
    assert (first.fused, first.article_fused) == (ranking.hits[0].score, ranking.hits[0].score)
    assert first.dense == ranking.dense[ranking.hits[0].number] > 0
    assert (first.is_timely, first.is_fresh) == (False, False)


def test_the_passages_of_an_article_share_its_best_score_and_its_terms(many: Retriever) -> None:
    ranking = many.search("Who has seen the steel of day 3?")
    found = [each for each in gather(ranking, ranking.hits, ANY) if each.article.article_id == "steel"]
    assert len(found) > 2
    assert len({each.fused for each in found}) == len(found)
    assert {each.article_fused for each in found} == {max(each.fused for each in found)}
    # Of the title and of every passage that was found.
    (known,) = {each.article_terms for each in found}
    assert known == frozenset(analyze("All about steel")).union(*(each.terms for each in found))


def test_articles_of_the_time_that_is_named_are_timely_and_those_of_the_asking_fresh(retriever: Retriever) -> None:
    ranking = retriever.search("bridge glacier chess vaccine")
    march = Period(date(2024, 3, 1), date(2024, 3, 31))
    timely = gather(ranking, ranking.hits, Preference(named=march))
    assert {each.article.article_id for each in timely if each.is_timely} == {"bridge"}
    assert not any(each.is_fresh for each in timely)
    fresh = gather(ranking, ranking.hits, Preference(around=Period(date(2023, 9, 1), date(2023, 10, 1))))
    assert {each.article.article_id for each in fresh if each.is_fresh} == {"glacier"} == {GLACIER.article_id}
    assert not any(each.is_timely for each in fresh)


def test_a_passage_removed_since_the_search_is_left_out(built: IndexFolder, encoder: HashEncoder) -> None:
    retriever = Retriever(built, encoder)
    ranking = retriever.search("Who won the chess title?")
    remove_articles(built, [CHESS.article_id], encoder)
    found = gather(ranking, ranking.hits, ANY)
    assert sorted(each.article.article_id for each in found) == ["bridge", "glacier", "vaccine"]


def test_what_was_analysed_for_the_store_is_not_analysed_again(
    many: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking = many.search("Who has seen the steel of day 3?", filters=Filters())
    analysed: Counter[str] = Counter()

    def counting(text: str) -> list[str]:
        analysed[text] += 1
        return analyze(text)

    monkeypatch.setattr(module, "analyze", counting)
    found = gather(ranking, ranking.hits, ANY)
    texts = [sentence.text for each in found for sentence in each.sentences]
    assert len(texts) > len(set(texts))
    # Each title once, though there are several passages of an article.
    assert analysed == Counter({article.title for article in (each.article for each in found)})
    assert all(sentence.terms == tuple(analyze(sentence.text)) for each in found for sentence in each.sentences)
    assert all(each.terms == tuple(analyze(each.passage.text)) for each in found)


def test_the_vectors_are_those_of_the_sentences(many: Retriever) -> None:
    ranking = many.search("Who has seen the steel of day 3?")
    found = gather(ranking, ranking.hits, ANY)
    for each in found:
        known = HashEncoder().encode_passages([sentence.text for sentence in each.sentences])
        assert each.sentence_vectors.shape == known.shape
        assert np.sum(each.sentence_vectors * known, axis=1) == pytest.approx(1.0, abs=2e-3)
        # At one byte a number they are of length 1 all the same.
        assert np.linalg.norm(each.sentence_vectors, axis=1) == pytest.approx(1.0, abs=1e-6)
        assert [each.article.text[s.start : s.end] for s in each.sentences] == [s.text for s in each.sentences]
    assert len(found) > 6


def test_a_sentence_stands_without_its_dateline(folder: IndexFolder, encoder: HashEncoder) -> None:
    text = "OSLO, March 1 (Reuters) - The mayor opened the bridge. It cost much."
    build_index(folder, [Article("a", "-", text)], encoder)
    ranking = Retriever(folder, encoder).search("Who opened the bridge?")
    (found,) = gather(ranking, ranking.hits, ANY)
    assert [sentence.text for sentence in found.sentences] == ["The mayor opened the bridge.", "It cost much."]
    assert found.sentences[0].terms == tuple(analyze("The mayor opened the bridge."))
    assert found.terms == tuple(analyze(text))

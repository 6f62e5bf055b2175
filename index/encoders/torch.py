"""Texts to vectors with a sentence-transformers model. The only file that imports torch."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import UserError
from index.encoders.encoder import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 32
# E5 models were trained with these in front and lose a third of their recall without.
E5_PROMPTS = {"query": "query: ", "document": "passage: "}
# Configurations, word pieces, merges; what else lies beside a model (a readme, a picture) changes no vector.
_DESCRIBING = frozenset({".json", ".txt", ".model"})


class SentenceEncoder:
    """Texts to unit vectors. The model is loaded at the first call that needs it, once, by whichever thread.

    `model` is a folder or a name on the model hub.
    """

    def __init__(self, model: str) -> None:
        self.model = model
        self._loaded: SentenceTransformer | None = None
        self._fingerprint: str | None = None
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Names the weights and what is done with them: two encoders with one fingerprint give the same vectors."""
        if self._fingerprint is None:
            digest = hashlib.sha256()
            for name, weights in sorted(self._ready().state_dict().items()):
                digest.update(name.encode() + weights.float().numpy().tobytes())
            for name, content in _described_by(self.model):
                digest.update(f"{name} {len(content)} ".encode() + content)
            digest.update(repr(_prompts(self.model)).encode())
            self._fingerprint = f"{self.model}@{digest.hexdigest()[:12]}"
        return self._fingerprint

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._ready().get_embedding_dimension() or 0)

    def knows(self, text: str) -> bool:
        """Always true: what the model was trained on, it does not say."""
        return True

    def load(self) -> None:
        """Load the model now rather than at the first question."""
        self._ready()

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows."""
        return _unit_rows(self._ready().encode_query(list(queries), batch_size=BATCH, show_progress_bar=False))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows. In bfloat16 where the processor has it: twice as fast, cosine within 1e-4."""
        model = self._ready()
        with _fast_precision():
            vectors = model.encode_document(list(texts), batch_size=BATCH, show_progress_bar=False)
        return _unit_rows(vectors)

    def _ready(self) -> SentenceTransformer:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self.model)
        return self._loaded


def _load(model: str) -> SentenceTransformer:
    prepare_to_load(model)
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(model, device="cpu", prompts=_prompts(model))
    # A folder can be broken in many ways, and each of the libraries below has its own exceptions for that.
    except Exception as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise UserError(
            f"could not load the encoder {model!r} ({reason}); "
            f"name a folder with a sentence-transformers model, a hub model, or 'all-MiniLM-L6-v2'"
        ) from error


def _prompts(model: str) -> dict[str, str] | None:
    return E5_PROMPTS if "e5" in Path(model).name.lower().split("-") else None


def _described_by(model: str) -> Iterator[tuple[str, bytes]]:
    """The files beside the weights, in order: how text is cut into pieces, how their vectors are pooled and scaled."""
    folder = _folder(model)
    if folder is None:
        return
    files = [file for file in (*folder.glob("*"), *folder.glob("*/*")) if file.suffix in _DESCRIBING]
    for file in sorted(files):
        # A file of many weights has a list of them, which says nothing of their values.
        if file.is_file() and not file.name.endswith(".index.json"):
            yield file.relative_to(folder).as_posix(), file.read_bytes()


def _folder(model: str) -> Path | None:
    """Where a model that was loaded lies; None when that is not known."""
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import try_to_load_from_cache

    for name in (model, f"sentence-transformers/{model}"):
        found = try_to_load_from_cache(name, "config.json")
        if isinstance(found, str):
            return Path(found).parent
    return None


def prepare_to_load(model: str) -> None:
    """Call before importing what loads `model`: the hub's library reads once, at import, whether it may go out."""
    # Whoever names a model that is not on this machine lets it be fetched; nothing else goes out.
    if Path(model).is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    elif model.startswith(("/", "./", "../", "~")):
        raise UserError(f"there is no folder {model!r}; name one with a model, or a model on the hub")
    from transformers.utils import logging as transformers_logging

    # A bar for reading 90 MB from disk tells nobody anything.
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def _fast_precision() -> AbstractContextManager[Any]:
    import torch

    capabilities = torch.cpu.get_capabilities()
    if capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"):
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return nullcontext()


def _unit_rows(vectors: Any) -> Vectors:  # noqa: ANN401  (numpy from a library without types)
    rows: Vectors = np.ascontiguousarray(vectors, dtype=np.float32).reshape(len(vectors), -1).copy()
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.maximum(norms, np.finfo(np.float32).tiny)
    return rows

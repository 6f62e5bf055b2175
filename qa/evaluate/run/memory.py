"""An encoder that remembers, over runs too: the questions of one set are asked again and again."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from index.encoders.encoder import Encoder, Vectors

_DIGEST_BYTES = 16


class RememberingEncoder:
    """`encoder`, each text encoded once. The same vectors but for the rounding of texts encoded in another company."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[bytes, Vectors] = {}

    @property
    def fingerprint(self) -> str:
        """Names the weights."""
        return self._encoder.fingerprint

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._encoder.dim

    def knows(self, text: str) -> bool:
        """The vectors of texts in the script of `text` mean something."""
        return self._encoder.knows(text)

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows."""
        return self._remember("query", queries, self._encoder.encode_queries)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows."""
        return self._remember("passage", texts, self._encoder.encode_passages)

    def load(self, file: Path) -> None:
        """Remember what an earlier run wrote to `file`; a file that is not there or not whole is passed over."""
        try:
            with file.open("rb") as stream, np.load(stream, allow_pickle=False) as table:
                keys, vectors = table["keys"], table["vectors"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return
        if vectors.shape == (len(keys), self.dim):
            self._known |= {key.tobytes(): vectors[row] for row, key in enumerate(keys)}

    def save(self, file: Path) -> None:
        """Write what is remembered to `file`, whole or not at all."""
        if not self._known:
            return
        keys = np.frombuffer(b"".join(self._known), np.uint8).reshape(-1, _DIGEST_BYTES)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as stream:
            np.savez(stream, keys=keys, vectors=np.stack(list(self._known.values())))
        part.replace(file)

    def _remember(self, kind: str, texts: Sequence[str], encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
        keys = {text: _key(kind, text) for text in dict.fromkeys(texts)}
        new = [text for text, key in keys.items() if key not in self._known]
        if new:
            self._known |= zip((keys[text] for text in new), encode(new), strict=True)
        return np.array([self._known[keys[text]] for text in texts], np.float32).reshape(-1, self.dim)


@contextmanager
def remembering(encoder: Encoder, file: Path) -> Iterator[RememberingEncoder]:
    """The encoder with the memory of `file`, written back at the end, also of a run that was interrupted."""
    memory = RememberingEncoder(encoder)
    memory.load(file)
    try:
        yield memory
    finally:
        memory.save(file)


def _key(kind: str, text: str) -> bytes:
    return hashlib.blake2b(f"{kind}\0{text}".encode(), digest_size=_DIGEST_BYTES).digest()

"""Encoder: what turns texts into vectors, whichever library does it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Protocol

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float32]]
Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]


class Encoder(Protocol):
    """Texts to unit vectors."""

    @property
    def fingerprint(self) -> str:
        """Names the weights and all else that the vectors depend on."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def knows(self, text: str) -> bool:
        """The vectors of texts in the script of `text` mean something."""

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows."""


def is_mostly_latin(text: str) -> bool:
    """At least half of the letters are Latin ones; true of a text without letters."""
    letters = [character for character in text if character.isalpha()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return 2 * latin >= len(letters)

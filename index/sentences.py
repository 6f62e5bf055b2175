"""The vectors of sentences. Questions bring up the same passages again and again, so the last ones are remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from index.encoders.encoder import Encoder, Vectors

# About 35 MB with vectors of 384 numbers. Ten passages have some fifty sentences; to encode these is nearly all that a
# question costs.
MAX_REMEMBERED = 20_000


class SentenceVectors:
    """Sentences to unit vectors, by `encoder`; of the last MAX_REMEMBERED each is encoded once.

    Safe to use from several threads; two that ask for a new sentence at once may both encode it.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows."""
        different = list(dict.fromkeys(sentences))
        with self._lock:
            found = {sentence: self._known[sentence] for sentence in different if sentence in self._known}
        new = [sentence for sentence in different if sentence not in found]
        if new:
            # Each its own array: a slice would keep the whole batch in memory for as long as one of it is remembered.
            found |= {
                sentence: row.copy() for sentence, row in zip(new, self._encoder.encode_passages(new), strict=True)
            }
        with self._lock:
            for sentence in different:
                self._known[sentence] = found[sentence]
                self._known.move_to_end(sentence)
            while len(self._known) > MAX_REMEMBERED:
                self._known.popitem(last=False)
        return np.array([found[sentence] for sentence in sentences], np.float32).reshape(-1, self._encoder.dim)

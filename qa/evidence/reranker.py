"""How well passages answer a question, by a cross-encoder that reads both at once. None is packaged."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UserError
from index.encoders.torch import prepare_to_load

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

BATCH = 16
# Beyond these log-odds all is certain; the models of MS MARCO stay between -12 and 12.
LIMIT = 12.0


class Reranker:
    """A sentence-transformers cross-encoder, loaded at the first question; `model` is a folder or a name on the hub."""

    def __init__(self, model: str) -> None:
        self.model = model
        self._loaded: CrossEncoder | None = None
        self._lock = threading.Lock()
        if not Path(model).is_dir():
            # Before an encoder that is on this machine forbids going out.
            prepare_to_load(model)

    def log_odds(self, question: str, passages: Sequence[str]) -> list[float]:
        """For each passage the log-odds that it answers, between -12 and 12."""
        if not passages:
            return []
        pairs = [(question, passage) for passage in passages]
        scores = self._ready().predict(pairs, batch_size=BATCH, show_progress_bar=False, activation_fn=lambda x: x)
        logits = scores.tolist()
        if any(math.isnan(logit) for logit in logits):
            raise UserError(
                f"the reranker {self.model!r} gave no number for {question[:80]!r}; its weights are damaged"
            )
        return [min(max(logit, -LIMIT), LIMIT) for logit in logits]

    def _ready(self) -> CrossEncoder:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self.model)
        return self._loaded


def _load(model: str) -> CrossEncoder:
    prepare_to_load(model)
    from sentence_transformers import CrossEncoder

    try:
        loaded: CrossEncoder = CrossEncoder(model, device="cpu")
    except (OSError, ValueError) as error:
        raise UserError(
            f"could not load the reranker {model!r} ({str(error).splitlines()[0]}); "
            "name a folder with a sentence-transformers cross-encoder, or a hub model"
        ) from error
    if loaded.num_labels != 1:
        raise UserError(
            f"the reranker {model!r} tells {loaded.num_labels} labels apart; one that scores passages has a single one"
        )
    return loaded

"""Opening an index: only with the encoder and by the version that made it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from corpus.errors import UserError
from corpus.split import MAX_WORDS, MIN_WORDS, OVERLAP_SENTENCES
from corpus.store import ArticleStore
from index.encoder import Vectors
from index.folder import IndexFolder

ENCODER_KEY = "encoder"
RECIPE_KEY = "recipe"
# How passages are made: those of another recipe would not match. Raise the first number with any change of
# `split_article`, `analyze` or `embedded_text` that the constants do not show.
RECIPE = f"1 words {MIN_WORDS}-{MAX_WORDS} overlap {OVERLAP_SENTENCES}"


class Encoder(Protocol):
    """Texts to unit vectors."""

    @property
    def fingerprint(self) -> str:
        """Names the weights."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def knows(self, text: str) -> bool:
        """The vectors of texts in the script of `text` mean something."""

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows."""


class IndexMismatch(UserError):
    """The index was made with another encoder or by another version."""


def open_store(folder: IndexFolder, encoder: Encoder) -> ArticleStore:
    """The current generation's store. Raises UserError when there is none, IndexMismatch when it is another's."""
    store = ArticleStore(folder.require_current() / folder.store_name)
    built_with, recipe = store.meta(ENCODER_KEY), store.meta(RECIPE_KEY)
    if built_with != encoder.fingerprint:
        store.close()
        raise IndexMismatch(
            f"{str(folder.path)!r} was built with the encoder {built_with!r} but the settings ask for "
            f"{encoder.fingerprint!r}; run `article-qa build` with the same sources, or change the setting `encoder`"
        )
    if recipe != RECIPE:
        store.close()
        raise IndexMismatch(
            f"{str(folder.path)!r} was built by another version (recipe {recipe!r}, wanted {RECIPE!r}); "
            "run `article-qa build` with the same sources"
        )
    return store

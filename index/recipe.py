"""How an index is made, and the check on opening one that it was made the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.article import Article, Passage
from corpus.errors import UserError
from corpus.months import MONTHS
from corpus.passages import MAX_WORDS, MIN_WORDS, OVERLAP_SENTENCES
from index.encoders.encoder import Encoder
from index.store.store import open_current

if TYPE_CHECKING:
    from index.place import Place
    from index.store.store import Store

ENCODER_KEY = "encoder"
RECIPE_KEY = "recipe"
# How passages are made; an index made in another way must be built anew. Raise the first number with any change of
# `split_with_sentences`, `read_article`, `analyze` or `embedded_text` that the constants do not show.
RECIPE = f"3 words {MIN_WORDS}-{MAX_WORDS} overlap {OVERLAP_SENTENCES}"
# Made in these ways, the vector of a passage is the same.
SAME_VECTORS = (RECIPE, "2 words 40-120 overlap 1", "1 words 40-120 overlap 1")


class IndexMismatch(UserError):
    """The index was made with another encoder or by another version."""


def embedded_text(article: Article, passage: Passage) -> str:
    """What the encoder reads for a passage: the article's title and date, then the passage's own text."""
    day = article.published
    published = f"{MONTHS['en'][day.month - 1]} {day.day}, {day.year}" if day else ""
    return "\n".join(part for part in (article.title, published, passage.text) if part)


def open_store(place: Place, encoder: Encoder) -> Store:
    """The current generation's store.

    Raises UserError when nothing was built yet, IndexMismatch when another encoder or version built it.
    """
    store = open_current(place)
    check_recipe(store, place.name, encoder)
    return store


def check_recipe(store: Store, name: str, encoder: Encoder) -> None:
    """Raise IndexMismatch, and close the store, when another encoder or version built it; `name` says where it is."""
    built_with, recipe = store.meta(ENCODER_KEY), store.meta(RECIPE_KEY)
    if built_with != encoder.fingerprint:
        store.close()
        raise IndexMismatch(
            f"{name!r} was built with the encoder {built_with!r} but the settings ask for "
            f"{encoder.fingerprint!r}; run `article-qa rebuild`, or change the setting `encoder`"
        )
    if recipe != RECIPE:
        store.close()
        raise IndexMismatch(
            f"{name!r} was built by another version (recipe {recipe!r}, wanted {RECIPE!r}); "
            "run `article-qa rebuild`, which makes it anew from its own articles"
        )

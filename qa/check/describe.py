"""Facts about an index, without the models that it is asked with."""

from __future__ import annotations

import contextlib
from pathlib import Path

from index.place import place_of
from index.postgres.address import Address
from index.recipe import ENCODER_KEY
from index.store.store import open_current


def describe_index(index: Path | Address) -> dict[str, str | int | None]:
    """Facts about the index in the folder or database `index`, by name. Raises UserError when there is none."""
    with contextlib.closing(open_current(place_of(index))) as store:
        articles, passages = store.counts()
        oldest, newest, undated = store.days()
        return {
            "index": str(index),
            "articles": articles,
            "passages": passages,
            "oldest": oldest.isoformat() if oldest else None,
            "newest": newest.isoformat() if newest else None,
            "undated": undated,
            "encoder": store.meta(ENCODER_KEY),
            "bytes": store.size(),
        }

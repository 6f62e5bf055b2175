"""The index of a set's own articles: made once, kept by what went into it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from corpus.readers import Read, count_articles, read_articles
from index.encoders.encoder import Encoder
from index.generations import IndexFolder
from index.recipe import RECIPE
from index.update import build_index
from qa.evaluate.gold.gold_set import GoldSet
from qa.progress import OnProgress, counting

# Written last: an index without it is of a build that was killed, and is built on.
COMPLETE = "complete"
_DIGITS = 16


def is_complete(folder: IndexFolder) -> bool:
    """All of a set's articles are in the index."""
    return (folder.path / COMPLETE).is_file()


def make_own_index(
    gold: GoldSet, folder: IndexFolder, encoder: Encoder, on_progress: OnProgress | None = None
) -> IndexFolder:
    """`folder` with the index of the set's own articles. Raises UserError."""
    articles: Iterable[Read] = gold.articles or read_articles(gold.sources)
    total = (len(gold.articles) or count_articles(gold.sources)) if on_progress else None
    report = build_index(folder, articles, encoder, counting(on_progress, total))
    lines = [f"{each.origin}: {each.reason}\n" for each in report.unreadable]
    (folder.path / COMPLETE).write_text("".join(lines), encoding="utf-8")
    return folder


def own_index_path(gold: GoldSet, cache: Path, encoder: Encoder) -> Path:
    """Where the index of the set's own articles is kept.

    The name follows the articles, the encoder and the way passages are made, so another of these is another index.
    """
    recipe = f"{gold.corpus_sha256}\n{encoder.fingerprint}\n{RECIPE}"
    return cache / f"{gold.name}-{hashlib.sha256(recipe.encode()).hexdigest()[:_DIGITS]}"


def unreadable(folder: IndexFolder) -> tuple[str, ...]:
    """A line for each of the set's articles that could not be indexed."""
    return tuple((folder.path / COMPLETE).read_text(encoding="utf-8").splitlines())

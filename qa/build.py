"""Builds the objects of the program from its settings, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.folder import IndexFolder
from qa.settings import Settings

if TYPE_CHECKING:
    from index.open import Encoder
    from index.reranker import Reranker
    from qa.answerer import Answerer


def open_folder(settings: Settings) -> IndexFolder:
    """The folder of the index, whether anything was built in it or not."""
    return IndexFolder(settings.index)


def load_encoder(settings: Settings) -> Encoder:
    """The encoder; its model is loaded when it is first needed."""
    from index.encoder import SentenceEncoder

    return SentenceEncoder(settings.encoder)


def load_reranker(settings: Settings) -> Reranker | None:
    """The cross-encoder, loaded when it is first needed; None where the settings name none. Call before any encoder."""
    from index.reranker import Reranker

    return Reranker(settings.reranker) if settings.reranker else None


def open_answerer(settings: Settings) -> Answerer:
    """An answerer over the index. Raises UserError when there is none or it was made with another encoder."""
    from index.retriever import Retriever
    from qa.answerer import Answerer
    from qa.model import load_fitted

    reranker = load_reranker(settings)
    retriever = Retriever(open_folder(settings), load_encoder(settings))
    return Answerer(retriever, load_fitted(), most_wrong=settings.most_wrong, reranker=reranker)

"""Builds the objects of the program from its settings, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.errors import UserError
from index.generations import IndexFolder
from qa.settings import Settings

if TYPE_CHECKING:
    from index.encoders.encoder import Encoder
    from qa.answerer import Answerer
    from qa.evidence.reranker import Reranker
    from qa.write.writer import Writer


def open_folder(settings: Settings) -> IndexFolder:
    """The folder of the index, whether anything was built in it or not."""
    return IndexFolder(settings.index)


def load_encoder(settings: Settings) -> Encoder:
    """The encoder; its model is loaded when it is first needed."""
    from index.encoders.torch import SentenceEncoder

    return SentenceEncoder(settings.encoder)


def load_reranker(settings: Settings) -> Reranker | None:
    """The cross-encoder, loaded when it is first needed; None where the settings name none. Call before any encoder."""
    from qa.evidence.reranker import Reranker

    return Reranker(settings.reranker) if settings.reranker else None


def load_writer(settings: Settings) -> Writer | None:
    """The language model; None where the settings name none. Raises UserError when they do not say which."""
    if not settings.writer:
        return None
    if not settings.writer_model:
        raise UserError(f"the setting 'writer' is {settings.writer!r} but 'writer_model' is not set; name the model")
    from qa.write.writer import Writer

    key = settings.writer_key.get_secret_value() if settings.writer_key else None
    return Writer(settings.writer, settings.writer_model, key)


def open_answerer(settings: Settings) -> Answerer:
    """An answerer over the index. Raises UserError when there is none or it was made with another encoder."""
    from index.retriever import Retriever
    from qa.answerer import Answerer
    from qa.models.fitted import load_fitted

    reranker, writer = load_reranker(settings), load_writer(settings)
    retriever = Retriever(open_folder(settings), load_encoder(settings))
    return Answerer(retriever, load_fitted(), most_wrong=settings.most_wrong, reranker=reranker, writer=writer)

"""Builds the objects of the program from its settings, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.errors import UserError
from index.place import place_of
from qa.feedback import beside
from qa.settings import Settings

if TYPE_CHECKING:
    from corpus.readers.web import Web
    from index.encoders.encoder import Encoder
    from qa.answerer import Answerer
    from qa.evidence.reader import Reader
    from qa.evidence.reranker import Reranker
    from qa.write.writer import Writer

# What was fetched of the web, in the folder of the index.
KEPT_PAGES = "fetched"


@dataclass(frozen=True, slots=True)
class Models:
    """What reads text; `reader` and `reranker` are None where the settings want none."""

    encoder: Encoder
    reader: Reader | None = None
    reranker: Reranker | None = None


def load_models(settings: Settings) -> Models:
    """The models that the settings name; the weights of each are loaded when they are first needed."""
    from index.encoders.multilingual import MULTILINGUAL, MultilingualEncoder
    from index.encoders.onnx import PACKAGED, PackagedEncoder
    from index.encoders.torch import SentenceEncoder
    from qa.evidence.reader import Reader
    from qa.evidence.reranker import Reranker

    # The reranker first: it may have to be fetched, and an encoder that is on this machine forbids going out.
    reranker = Reranker(settings.reranker) if settings.reranker else None
    known = {PACKAGED: PackagedEncoder, MULTILINGUAL: MultilingualEncoder}
    encoder: Encoder = known[settings.encoder]() if settings.encoder in known else SentenceEncoder(settings.encoder)
    return Models(encoder, Reader() if settings.reader else None, reranker)


def open_web(settings: Settings, sources: Sequence[str]) -> Web | None:
    """How the addresses among the sources are fetched; None where there are none. What is fetched is kept."""
    from corpus.readers.find import is_address

    if not any(map(is_address, sources)):
        return None
    from corpus.fetch.fetcher import Fetcher
    from corpus.fetch.kept import KeptPages
    from corpus.readers.web import Web

    kept = KeptPages(beside(settings.index) / KEPT_PAGES)
    return Web(Fetcher(allows_private=settings.private_addresses, kept=kept), settings.pages)


def load_writer(settings: Settings) -> Writer | None:
    """The language model; None where the settings name none. Raises UserError when they do not say which."""
    if not settings.writer:
        return None
    if not settings.writer_model:
        raise UserError(f"the setting 'writer' is {settings.writer!r} but 'writer_model' is not set; name the model")
    from qa.write.writer import Writer

    key = settings.writer_key.get_secret_value() if settings.writer_key else None
    return Writer(settings.writer, settings.writer_model, key)


def open_answerer(settings: Settings, models: Models | None = None) -> Answerer:
    """An answerer over the index. Raises UserError when there is none or it was made with another encoder."""
    from index.retriever import Retriever
    from qa.answerer import Answerer
    from qa.evidence.fitted import load_fitted

    models, writer = models or load_models(settings), load_writer(settings)
    return Answerer(
        Retriever(place_of(settings.index), models.encoder),
        load_fitted(),
        most_wrong=settings.most_wrong,
        reader=models.reader,
        reranker=models.reranker,
        writer=writer,
    )

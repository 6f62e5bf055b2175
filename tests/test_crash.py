"""Kill -9 at any moment of a build or an add: what is left is whole, and the next run completes it."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import numpy as np
import pytest
from fakes import HashEncoder

from corpus.article import Article
from corpus.passages import split_article
from index.generations import IndexFolder
from index.recipe import embedded_text, open_store
from index.retriever import Retriever
from index.update import add_articles, build_index
from index.vectors import from_bytes
from index.words.tantivy import LexicalIndex

# Seconds in all: these wait for `make test`.
pytestmark = pytest.mark.slow


# Kills of each kind, spread over the run; the first FAST_MOMENTS are in the fast tests.
MOMENTS = 30
FAST_MOMENTS = 2
SEED = 20_240_301
# What each kind of run takes of the time of a first build: some articles are there already.
LENGTHS = {"first build": 1.0, "build over an old one": 0.75, "add": 0.65}
WORDS = ["steel", "bridge", "glacier", "vaccine", "chess", "harbour", "mayor", "dose", "title", "volcano"]


def own_word(n: int) -> str:
    """The word that only article `n` has."""
    letters = "bcdfghjklm"
    return f"quz{letters[n // 10]}{letters[n % 10]}"


def make_articles() -> list[Article]:
    """Forty articles of one to four passages, each with a word of its own."""
    at = random.Random(SEED)
    return [
        Article(
            f"article-{n:02}",
            f"Story {n}",
            " ".join(
                f"{' '.join(at.choices(WORDS, k=9)).capitalize()} {own_word(n)}." for _ in range(at.randint(5, 45))
            ),
        )
        for n in range(40)
    ]


ARTICLES = make_articles()
OLD = ARTICLES[:10]
# Of the articles that an add brings, these are in the index already, with another text.
CHANGED = [
    Article(a.article_id, a.title, f"An older text about {own_word(n)}.") for n, a in enumerate(ARTICLES[10:15], 10)
]


def work(path: Path, verb: str) -> None:
    """What the killed process does: many small steps, a snapshot among them."""
    import index.update
    import index.vectors

    index.update.BATCH_PASSAGES = 4
    index.vectors.SNAPSHOT_EVERY = 20
    change = {"build": build_index, "add": add_articles}[verb]
    change(IndexFolder(path), ARTICLES, HashEncoder(seconds=0.005))


def start(target: Callable[..., object], *args: object) -> ForkServerProcess:
    # A server that has imported everything already forks each process in a few milliseconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["fakes", "index.retriever", "index.update", "test_crash"])
    process = context.Process(target=target, args=args)
    process.start()
    return process


def prepare(path: Path, kind: str) -> None:
    """What was there before: nothing for a first build, an older index otherwise."""
    if kind != "first build":
        build_index(IndexFolder(path), [*OLD, *CHANGED], HashEncoder())


@pytest.fixture(scope="module")
def seconds(tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long a run takes that nobody kills."""
    path = tmp_path_factory.mktemp("whole") / "index"
    start(int).join()
    started = time.monotonic()
    process = start(work, path, "build")
    process.join()
    length = time.monotonic() - started
    assert process.exitcode == 0
    check_whole(IndexFolder(path), ARTICLES)
    return length


def check_whole(folder: IndexFolder, allowed: list[Article]) -> list[str]:
    """Every article there is one of `allowed`, with all its passages and vectors; their ids come back."""
    encoder = HashEncoder()
    with closing(open_store(folder, encoder)) as store:
        assert store.problems() == []
        articles = store.articles(store.article_ids())
        for article in articles.values():
            assert article in allowed
            passages = split_article(article)
            assert list(store.passages(store.numbers_of(article.article_id)).values()) == passages
            wanted = encoder.encode_queries([embedded_text(article, passage) for passage in passages])
            assert np.array_equal(from_bytes(store.vectors_of(article.article_id)), wanted)
    retriever = Retriever(folder, encoder)
    with closing(open_store(folder, encoder)) as store:
        lexical = LexicalIndex(store)
        assert (lexical.seq, len(lexical)) == (store.seq(), store.counts()[1])
        for article in articles.values():
            found = retriever.search(own_word(int(article.article_id[-2:])))
            numbers = store.numbers_of(article.article_id)
            assert sorted(found.lexical) == numbers
            assert found.hits[0].number in numbers
            assert len(found.dense) == min(store.counts()[1], 100)
    return list(articles)


def moments(kinds: tuple[str, ...]) -> list[object]:
    numbered = [(kind, n) for kind in kinds for n in range(MOMENTS // len(kinds))]
    at = random.Random(SEED)
    # Spread over the run; shuffled, so that the fast tests have some of each.
    shares = [(kind, (n + at.random()) / (MOMENTS // len(kinds))) for kind, n in numbered]
    at.shuffle(shares)
    return [
        pytest.param(kind, share, id=f"{kind} at {share:.2f}", marks=[pytest.mark.slow] if n >= FAST_MOMENTS else [])
        for n, (kind, share) in enumerate(shares)
    ]


def kill_at(path: Path, verb: str, moment: float) -> None:
    process = start(work, path, verb)
    time.sleep(moment)
    process.kill()
    process.join()
    assert process.exitcode in (0, -9)


@pytest.mark.parametrize(("kind", "share"), moments(("first build", "build over an old one")))
def test_a_killed_build(tmp_path: Path, seconds: float, kind: str, share: float) -> None:
    folder = IndexFolder(tmp_path / "index")
    prepare(folder.path, kind)
    before = folder.current()
    kill_at(folder.path, "build", share * LENGTHS[kind] * seconds)
    if before is not None and folder.current() == before:
        assert check_whole(folder, [*OLD, *CHANGED]) == sorted(a.article_id for a in [*OLD, *CHANGED])
    elif before is not None:
        assert check_whole(folder, ARTICLES) == [a.article_id for a in ARTICLES]
    elif folder.current() is not None:
        ids = check_whole(folder, ARTICLES)
        assert ids == [a.article_id for a in ARTICLES[: len(ids)]]
        # Whoever would rather not start again adds the rest.
        report = add_articles(folder, ARTICLES, HashEncoder())
        assert (report.added, report.unchanged) == (len(ARTICLES) - len(ids), len(ids))
        assert check_whole(folder, ARTICLES) == [a.article_id for a in ARTICLES]
    encoder = HashEncoder()
    build_index(folder, ARTICLES, encoder)
    assert check_whole(folder, ARTICLES) == [a.article_id for a in ARTICLES]
    assert [path for path in folder.path.iterdir() if path.is_dir()] == [folder.current()]


@pytest.mark.parametrize(("kind", "share"), moments(("add",)))
def test_a_killed_add(tmp_path: Path, seconds: float, kind: str, share: float) -> None:
    folder = IndexFolder(tmp_path / "index")
    prepare(folder.path, kind)
    kill_at(folder.path, "add", share * LENGTHS[kind] * seconds)
    ids = check_whole(folder, [*ARTICLES, *CHANGED])
    assert ids == [a.article_id for a in ARTICLES[: max(len(ids), len(OLD) + len(CHANGED))]]
    with closing(open_store(folder, HashEncoder())) as store:
        done = [a.article_id for a in ARTICLES if store.articles([a.article_id]).get(a.article_id) == a]
    assert done == [a.article_id for a in ARTICLES[: len(done)]]
    encoder = HashEncoder()
    report = add_articles(folder, ARTICLES, encoder)
    assert report.unchanged == len(done)
    assert report.added + report.updated == len(ARTICLES) - len(done)
    assert encoder.encoded == [embedded_text(a, p) for a in ARTICLES[len(done) :] for p in split_article(a)]
    assert check_whole(folder, ARTICLES) == [a.article_id for a in ARTICLES]

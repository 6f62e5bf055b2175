"""Kill -9 at any moment of a build, a rebuild or an add: what is left is whole, and the next run completes it."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from fakes import HashEncoder, make_earlier

from corpus.article import Article
from index.generations import IndexFolder
from index.recipe import embedded_text, open_store
from index.retriever import Retriever
from index.sentences import ReadPassage, pack_places, pack_vectors, read_article
from index.store.record import PassageRecord
from index.store.sqlite import EARLIER_FORMAT, FORMAT, open_current
from index.update import Report, add_articles, build_index, rebuild_index, remove_articles
from index.vectors import to_bytes
from index.words.tantivy import LexicalIndex

# Seconds in all: these wait for `make test`.
pytestmark = pytest.mark.slow

# Kills of each kind, spread over the run; those of a first build come twice. 98 in all.
MOMENTS = 14
SEED = 20_240_301
# What is killed, and what it does.
KINDS = {
    "first build": "build",
    "build over an old one": "build",
    "add": "add",
    "remove": "remove",
    "rebuild of an earlier index": "rebuild",
    "rebuild for another encoder": "rebuild",
}
# What a remove takes away.
GONE = 25
REBUILDS = tuple(kind for kind, verb in KINDS.items() if verb == "rebuild")
OTHER = HashEncoder("other", dim=32)
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
ALL = [article.article_id for article in ARTICLES]
OLD = ARTICLES[:10]
# Of the articles that an add brings, these are in the index already, with another text.
CHANGED = [
    Article(a.article_id, a.title, f"An older text about {own_word(n)}.") for n, a in enumerate(ARTICLES[10:15], 10)
]


@cache
def read(article: Article) -> list[ReadPassage]:
    return read_article(article)


@cache
def records(article: Article) -> list[PassageRecord]:
    """What the store must keep of an article."""
    encoder = HashEncoder()
    kept = []
    for found in read(article):
        vectors = encoder.encode_passages([article.text[each.start : each.end] for each in found.sentences])
        (vector,) = encoder.encode_passages([embedded_text(article, found.passage)])
        kept.append(
            PassageRecord(
                article_id=article.article_id,
                start=found.passage.start,
                end=found.passage.end,
                vector=to_bytes(vector),
                terms=found.terms,
                places=pack_places(found.sentences),
                sentence_vectors=pack_vectors(vectors),
            )
        )
    return kept


def sentences(articles: Sequence[Article]) -> list[str]:
    """The texts of all sentences of these articles, each once, in order."""
    known = {a.text[each.start : each.end] for a in articles for found in read(a) for each in found.sentences}
    return sorted(known)


def texts(articles: Sequence[Article]) -> list[str]:
    """All that is encoded for these articles, each once, in order."""
    passages = {embedded_text(article, found.passage) for article in articles for found in read(article)}
    return sorted(passages.union(sentences(articles)))


def change(folder: IndexFolder, verb: str, encoder: HashEncoder) -> Report:
    if verb == "rebuild":
        return rebuild_index(folder, encoder)
    if verb == "remove":
        return remove_articles(folder, ALL[:GONE], encoder)
    return {"build": build_index, "add": add_articles}[verb](folder, ARTICLES, encoder)


def work(path: Path, verb: str) -> None:
    """What the killed process does: many small steps, a snapshot among them."""
    import index.draft
    import index.vectors

    index.draft.BATCH_PASSAGES = 4
    index.vectors.SNAPSHOT_EVERY = 20
    change(IndexFolder(path), verb, HashEncoder(seconds=0.005))


def start(target: Callable[..., object], *args: object) -> ForkServerProcess:
    # A server that has imported everything already forks each process in a few milliseconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["fakes", "index.retriever", "index.update", "test_crash"])
    process = context.Process(target=target, args=args)
    process.start()
    return process


def make_before(path: Path, kind: str) -> None:
    """What was there before: nothing for a first build, all articles for a rebuild, some of them otherwise."""
    folder = IndexFolder(path)
    path.mkdir()
    if kind in REBUILDS:
        build_index(folder, ARTICLES, OTHER if "encoder" in kind else HashEncoder())
        if "earlier" in kind:
            make_earlier(folder)
    elif kind == "remove":
        build_index(folder, ARTICLES, HashEncoder())
    elif kind != "first build":
        build_index(folder, [*OLD, *CHANGED], HashEncoder())


@dataclass(frozen=True, slots=True)
class Run:
    """A kind of run: what was there before, and how many seconds it takes when nobody kills it."""

    before: Path
    verb: str
    seconds: float


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """A run of each kind, which came to its end."""
    start(int).join()
    found = {}
    for kind, verb in KINDS.items():
        before, path = (tmp_path_factory.mktemp("run") / "index" for _ in range(2))
        make_before(before, kind)
        shutil.copytree(before, path)
        started = time.monotonic()
        process = start(work, path, verb)
        process.join()
        found[kind] = Run(before, verb, time.monotonic() - started)
        assert process.exitcode == 0
        assert check_whole(IndexFolder(path), ARTICLES) == (ALL[GONE:] if kind == "remove" else ALL)
    return found


def check_whole(folder: IndexFolder, allowed: Sequence[Article]) -> list[str]:
    """Every article there is one of `allowed`, its passages with their vectors and sentences; their ids come back."""
    encoder = HashEncoder()
    with closing(open_store(folder, encoder)) as store:
        assert store.problems() == []
        articles = store.articles(store.article_ids())
        for article in articles.values():
            assert article in allowed
            assert store.records_of(article.article_id) == records(article)
            assert len(store.passages(store.numbers_of(article.article_id))) == len(records(article))
        # None of an article that is gone.
        kept = sum(len(records(article)) for article in articles.values())
        for table in ("passage", "vector", "sentences"):
            assert store.connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (kept,)
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
    return sorted(articles)


def moments(kinds: Sequence[str]) -> list[object]:
    at = random.Random(SEED)
    shares = [(kind, (n + at.random()) / MOMENTS) for kind in kinds for n in range(MOMENTS)]
    return [pytest.param(kind, share, id=f"{kind} at {share:.2f}") for kind, share in shares]


def kill_at(path: Path, run: Run, share: float) -> Path | None:
    """Make in `path` what was there before, and kill the run; the generation there was before comes back."""
    shutil.copytree(run.before, path)
    before = IndexFolder(path).current()
    process = start(work, path, run.verb)
    time.sleep(share * run.seconds)
    process.kill()
    process.join()
    assert process.exitcode in (0, -9)
    return before


def complete(folder: IndexFolder, verb: str, wanted: Sequence[str]) -> Report:
    """The same run again, which encodes what is `wanted` and nothing that was stored already."""
    encoder = HashEncoder()
    report = change(folder, verb, encoder)
    assert sorted(encoder.encoded) == wanted
    assert check_whole(folder, ARTICLES) == ALL
    assert [path for path in folder.path.iterdir() if path.is_dir()] == [folder.current()]
    return report


@pytest.mark.parametrize(("kind", "share"), moments(("first build", "build over an old one")))
def test_a_killed_build(tmp_path: Path, runs: dict[str, Run], kind: str, share: float) -> None:
    folder = IndexFolder(tmp_path / "index")
    before = kill_at(folder.path, runs[kind], share)
    wanted: list[str] = []
    if before is not None and folder.current() == before:
        assert check_whole(folder, [*OLD, *CHANGED]) == sorted(a.article_id for a in [*OLD, *CHANGED])
        wanted = texts(ARTICLES[len(OLD) :])
    elif before is not None:
        assert check_whole(folder, ARTICLES) == ALL
    elif folder.current() is not None:
        ids = check_whole(folder, ARTICLES)
        assert ids == ALL[: len(ids)]
        # Whoever would rather not start again adds the rest.
        report = add_articles(folder, ARTICLES, HashEncoder())
        assert (report.added, report.unchanged) == (len(ARTICLES) - len(ids), len(ids))
        assert check_whole(folder, ARTICLES) == ALL
    else:
        wanted = texts(ARTICLES)
    complete(folder, "build", wanted)


@pytest.mark.parametrize(("kind", "share"), moments(("first build",)))
def test_a_killed_first_build_that_is_run_again(tmp_path: Path, runs: dict[str, Run], kind: str, share: float) -> None:
    folder = IndexFolder(tmp_path / "index")
    assert kill_at(folder.path, runs[kind], share) is None
    ids = check_whole(folder, ARTICLES) if folder.current() else []
    report = complete(folder, "build", texts(ARTICLES[len(ids) :]))
    assert (report.added, report.updated, report.unchanged) == (len(ARTICLES), 0, 0)


@pytest.mark.parametrize(("kind", "share"), moments(("add",)))
def test_a_killed_add(tmp_path: Path, runs: dict[str, Run], kind: str, share: float) -> None:
    folder = IndexFolder(tmp_path / "index")
    kill_at(folder.path, runs[kind], share)
    ids = check_whole(folder, [*ARTICLES, *CHANGED])
    assert ids == ALL[: max(len(ids), len(OLD) + len(CHANGED))]
    with closing(open_store(folder, HashEncoder())) as store:
        done = [a for a in ARTICLES if store.articles([a.article_id]).get(a.article_id) == a]
    assert done == ARTICLES[: len(done)]
    report = complete(folder, "add", texts(ARTICLES[len(done) :]))
    assert report.unchanged == len(done)
    assert report.added + report.updated == len(ARTICLES) - len(done)


@pytest.mark.parametrize(("kind", "share"), moments(("remove",)))
def test_a_killed_remove(tmp_path: Path, runs: dict[str, Run], kind: str, share: float) -> None:
    folder = IndexFolder(tmp_path / "index")
    kill_at(folder.path, runs[kind], share)
    ids = check_whole(folder, ARTICLES)
    # All of those that were named, or none.
    assert ids in (ALL, ALL[GONE:])
    if ids == ALL:
        assert change(folder, "remove", HashEncoder()).removed == GONE
    assert check_whole(folder, ARTICLES) == ALL[GONE:]


# In the order in which they come when a build has made its index: the pointer is written, made sure of and put in the
# place of the old one, and the old index goes.
STEPS = ("os.fsync", "pathlib.Path.replace", "shutil.rmtree")


def swap_until(path: Path, step: str, after: bool) -> None:
    """A build that is killed before or after `step` of the swap."""
    import importlib

    owner = importlib.import_module(step.split(".")[0])
    *names, last = step.split(".")[1:]
    for name in names:
        owner = getattr(owner, name)
    real = getattr(owner, last)

    def killed(*args: object, **options: object) -> object:
        if after:
            real(*args, **options)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    activate = IndexFolder.activate

    def swapping(self: IndexFolder, generation: Path) -> None:
        # Not before: the same is done for other files.
        setattr(owner, last, killed)
        activate(self, generation)

    IndexFolder.activate = swapping  # type: ignore[method-assign]
    build_index(IndexFolder(path), ARTICLES, HashEncoder())


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_a_build_killed_at_a_step_of_its_swap(tmp_path: Path, step: str, after: bool) -> None:
    folder = IndexFolder(tmp_path / "index")
    make_before(folder.path, "build over an old one")
    before = folder.current()
    process = start(swap_until, folder.path, step, after)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    is_new = STEPS.index(step) + after > 1
    assert (folder.current() != before) is is_new
    old = [*OLD, *CHANGED]
    assert check_whole(folder, ARTICLES if is_new else old) == (ALL if is_new else sorted(a.article_id for a in old))
    complete(folder, "build", [] if is_new else texts(ARTICLES[len(OLD) :]))


@pytest.mark.parametrize(("kind", "share"), moments(REBUILDS))
def test_a_killed_rebuild(tmp_path: Path, runs: dict[str, Run], kind: str, share: float) -> None:
    folder = IndexFolder(tmp_path / "index")
    before = kill_at(folder.path, runs[kind], share)
    wanted: list[str] = []
    if folder.current() == before:
        # Not touched: the articles, and the vectors of the passages.
        with closing(open_current(folder, formats=(EARLIER_FORMAT, FORMAT))) as store:
            assert list(store.each_article()) == ARTICLES
            assert [len(store.vectors_of(article_id)) for article_id in ALL] == [len(records(a)) for a in ARTICLES]
        # The same encoder's vectors of passages are kept.
        wanted = texts(ARTICLES) if "encoder" in kind else sentences(ARTICLES)
    else:
        assert check_whole(folder, ARTICLES) == ALL
    report = complete(folder, "rebuild", wanted)
    assert (report.added, report.unreadable) == (len(ARTICLES), [])

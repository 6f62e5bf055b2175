"""Retriever: both legs fused, filtered, and in step with what other processes change."""

from __future__ import annotations

import json
import multiprocessing
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes import ARTICLES, CHESS, HashEncoder, make_records

from corpus.article import Article
from corpus.errors import UserError
from corpus.filters import Filters
from corpus.passages import split_article
from index.encoders.encoder import Vectors, is_mostly_latin
from index.encoders.onnx import PackagedEncoder
from index.encoders.torch import SentenceEncoder
from index.fusion import fuse
from index.generations import IndexFolder
from index.recipe import embedded_text, open_store
from index.retriever import Retriever
from index.store.errors import StoreDamaged
from index.store.sqlite import ArticleStore
from index.update import add_articles, build_index, remove_articles
from index.vectors import StoredVectors, to_bytes
from index.words.tantivy import LexicalIndex

if TYPE_CHECKING:
    from index.place import Place

ROOT = Path(__file__).parents[2]
# By its words nearest to the bridge article, by its vector to the chess article.
APART = "harbour Toronto"
VOLCANO = Article("volcano", "Volcano erupts", "A volcano erupted near Naples on Monday.")
WRITER = """
import json, sys
from pathlib import Path
sys.path.insert(0, "tests")
from fakes import ARTICLES, HashEncoder
from corpus.article import Article
from index.generations import IndexFolder
from index.update import add_articles, build_index, remove_articles
folder = IndexFolder(Path(sys.argv[1]))
for line in sys.stdin:
    verb, *values = json.loads(line)
    if verb == "remove":
        remove_articles(folder, values, HashEncoder())
    else:
        change = {"add": add_articles, "build": build_index}[verb]
        change(folder, [Article(*values)], HashEncoder())
    print("done", flush=True)
"""


def ids(retriever: Retriever, query: str, filters: Filters | None = None) -> list[str]:
    """Ids of the articles found, best first."""
    numbers = [hit.number for hit in retriever.search(query, filters=filters).hits]
    passages = retriever.store.passages(numbers)
    return list(dict.fromkeys(passages[number].article_id for number in numbers))


@pytest.fixture
def in_folder(built: IndexFolder, encoder: HashEncoder) -> Retriever:
    return Retriever(built, encoder)


@pytest.fixture
def retriever(built_place: Place, encoder: HashEncoder) -> Retriever:
    return Retriever(built_place, encoder)


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.article_id)
def test_the_article_asked_for_comes_first(retriever: Retriever, article: Article) -> None:
    assert ids(retriever, article.title)[0] == article.article_id
    assert len(ids(retriever, article.title)) == 4


def test_a_ranking_says_what_each_leg_gave(retriever: Retriever, encoder: HashEncoder) -> None:
    ranking = retriever.search("Who won the chess title?")
    assert ranking.hits == fuse([ranking.lexical, ranking.dense], [0.5, 0.5])
    assert ranking.terms == ("won", "chess", "titl")
    assert ranking.store is retriever.store
    assert (ranking.preferred, ranking.knows) == (frozenset(), True)
    assert list(ranking.lexical) == retriever.store.numbers_of("chess")
    assert sorted(ranking.dense) == [1, 2, 3, 4]
    (query,) = encoder.encode_queries(["Who won the chess title?"])
    texts = [embedded_text(article, passage) for article in ARTICLES for passage in split_article(article)]
    wanted = encoder.encode_queries(texts) @ query
    assert [ranking.dense[number] for number in (1, 2, 3, 4)] == pytest.approx(wanted, abs=1e-6)
    assert ranking.query_vectors.tolist() == [query.tolist()]
    assert sorted(ranking.timing_ms) == ["encode", "search"]


def test_other_forms_are_encoded_with_the_query_each_text_once(built_place: Place) -> None:
    class Counting(HashEncoder):
        def encode_queries(self, queries: Sequence[str]) -> Vectors:
            batches.append(list(queries))
            return super().encode_queries(queries)

    batches: list[list[str]] = []
    ranking = Retriever(built_place, Counting()).search("Who won?", forms=["won", "Who won?"])
    assert batches == [["Who won?", "won"]]
    assert ranking.query_vectors.tolist() == HashEncoder().encode_queries(["Who won?", "won", "Who won?"]).tolist()


def test_k_cuts_the_hits_and_nothing_else(retriever: Retriever) -> None:
    whole = retriever.search("the first chess title in Oslo")
    for k in (1, 2, 3):
        assert retriever.search("the first chess title in Oslo", k=k).hits == whole.hits[:k]


def test_a_passage_only_the_words_found_has_its_place_among_the_vectors(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = retriever.search(APART)
    monkeypatch.setattr("index.retriever.DEPTH", 1)
    ranking = retriever.search(APART)
    # Each leg gives its best passage, and they are not the same one.
    assert list(ranking.lexical) == retriever.store.numbers_of("bridge")
    assert list(ranking.dense) == retriever.store.numbers_of("chess") + retriever.store.numbers_of("bridge")
    assert ranking.dense == {number: pytest.approx(whole.dense[number], abs=1e-6) for number in ranking.dense}


def test_a_word_said_twice_counts_once(retriever: Retriever) -> None:
    once, twice = retriever.search("chess ice"), retriever.search("Chess, ice, chess")
    assert once.terms == twice.terms == ("chess", "ice")
    assert once.lexical == twice.lexical


def test_each_leg_gives_its_best_hundred(place: Place, encoder: HashEncoder) -> None:
    build_index(place, [Article(f"a{n:03}", "Steel", f"Report {n}.") for n in range(130)], encoder)
    retriever = Retriever(place, encoder)
    assert len(retriever.search("steel").lexical) == 100
    assert len(retriever.search("zzzz").dense) == 100


def test_what_is_preferred_is_searched_on_its_own(retriever: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.retriever.DEPTH", 1)
    bridge, chess, vaccine = (retriever.store.numbers_of(one)[0] for one in ("bridge", "chess", "vaccine"))
    query, recent = "harbour bridge chess Toronto nurses", Filters(after=date(2024, 4, 1))
    plain, preferring = retriever.search(query, k=1), retriever.search(query, k=1, prefer=recent)
    # Each leg has one article that fits better than the one about the vaccine.
    assert (list(plain.lexical), list(plain.dense)) == ([bridge], [chess, bridge])
    assert (list(preferring.lexical), sorted(preferring.dense)) == ([bridge, vaccine], [bridge, vaccine, chess])
    assert preferring.preferred == {vaccine}
    # What is preferred stays beyond the best `k`, what is not does not.
    assert [hit.number for hit in fuse([preferring.lexical, preferring.dense], [0.5, 0.5])] == [bridge, chess, vaccine]
    assert [hit.number for hit in preferring.hits] == [bridge, vaccine]


def test_what_is_preferred_must_pass_the_filters_too(retriever: Retriever) -> None:
    ranking = retriever.search(
        "doses", filters=Filters(before=date(2024, 3, 31)), prefer=Filters(sources=("Coast Daily",))
    )
    assert sorted(ranking.preferred) == retriever.store.numbers_of("bridge")
    assert sorted(hit.number for hit in ranking.hits) == [1, 2]


def test_what_is_preferred_is_among_the_hits(
    place: Place, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All thirty pass the preference; only those that were found count as preferred."""
    articles = [Article(f"a{n:02}", "Steel", f"Report {n}.", published=date(2024, 1, 1)) for n in range(30)]
    build_index(place, articles, encoder)
    monkeypatch.setattr("index.retriever.DEPTH", 5)
    ranking = Retriever(place, encoder).search("steel report 7", k=1, prefer=Filters(after=date(2024, 1, 1)))
    assert ranking.preferred == {hit.number for hit in ranking.hits}
    assert 5 <= len(ranking.preferred) <= 10


def test_a_preference_that_nothing_meets_changes_nothing(retriever: Retriever) -> None:
    plain, preferring = (
        retriever.search("doses of steel", k=2, prefer=prefer) for prefer in (None, Filters(sources=("Nobody",)))
    )
    assert (preferring.hits, preferring.preferred) == (plain.hits, frozenset())
    assert (preferring.lexical, preferring.dense) == (plain.lexical, plain.dense)


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (Filters(after=date(2024, 3, 1)), ["bridge", "vaccine"]),
        (Filters(before=date(2024, 3, 1)), ["bridge", "glacier"]),
        (Filters(sources=("Alpine Post",)), ["glacier"]),
        (Filters(sources=("Coast Daily",), before=date(2024, 3, 31)), ["bridge"]),
        (Filters(sources=("Nobody",)), []),
        (Filters(articles=("glacier",)), ["glacier"]),
        (Filters(articles=("chess", "vaccine"), after=date(2024, 3, 1)), ["vaccine"]),
        (Filters(articles=("bridge",), sources=("Alpine Post",)), []),
        (Filters(), ["bridge", "chess", "glacier", "vaccine"]),
        (None, ["bridge", "chess", "glacier", "vaccine"]),
    ],
)
def test_filters_leave_only_articles_that_pass(
    retriever: Retriever, filters: Filters | None, wanted: list[str]
) -> None:
    # The query is about the chess article, which has neither day nor source.
    assert sorted(ids(retriever, "chess title in Toronto", filters)) == wanted


@pytest.mark.parametrize("query", ["?", "who was it", "zzzz qqqq", "🏔", "x" * 5_000])
def test_a_query_without_a_known_word_still_ranks(retriever: Retriever, query: str) -> None:
    ranking = retriever.search(query)
    assert ranking.lexical == {}
    assert sorted(hit.number for hit in ranking.hits) == [1, 2, 3, 4]


def test_passages_with_counts_passages(retriever: Retriever) -> None:
    assert retriever.passages_with(["dose", "chess", "none"]) == {"dose": 1, "chess": 1, "none": 0}


def test_there_is_no_index(place: Place, encoder: HashEncoder) -> None:
    with pytest.raises(UserError, match=r"^no index in .*; run `article-qa build`, or name another with --index$"):
        Retriever(place, encoder)


def test_a_damaged_store_is_said_at_once(built: IndexFolder, encoder: HashEncoder) -> None:
    (built.require_current() / "articles.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreDamaged, match=r"is damaged \(file is not a database\); run `article-qa build`$"):
        Retriever(built, encoder)


def test_a_lexical_index_that_is_gone_is_made_again(built: IndexFolder, encoder: HashEncoder) -> None:
    (built.require_current() / "lexical" / "meta.json").unlink()
    assert Retriever(built, encoder).passages_with(["chess"]) == {"chess": 1}


@pytest.fixture
def writer(built: IndexFolder) -> Iterator[subprocess.Popen[str]]:
    """Another process that changes the index as it is told."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(built.path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait() == 0


def tell(writer: subprocess.Popen[str], *words: str) -> None:
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write(json.dumps(words) + "\n")
    writer.stdin.flush()
    assert writer.stdout.readline() == "done\n"


@pytest.mark.slow
def test_what_another_process_changes_is_noticed(in_folder: Retriever, writer: subprocess.Popen[str]) -> None:
    versions = [in_folder.version]
    tell(writer, "add", "volcano", VOLCANO.title, VOLCANO.text)
    assert ids(in_folder, "volcano")[0] == "volcano"
    assert in_folder.passages_with(["volcano"]) == {"volcano": 1}
    versions.append(in_folder.version)
    tell(writer, "remove", "volcano", "chess")
    assert sorted(ids(in_folder, "volcano chess")) == ["bridge", "glacier", "vaccine"]
    assert in_folder.passages_with(["volcano", "chess"]) == {"volcano": 0, "chess": 0}
    versions.append(in_folder.version)
    tell(writer, "build", "volcano", VOLCANO.title, VOLCANO.text)
    in_folder.refresh()
    assert in_folder.store.article_ids() == ids(in_folder, "anything at all") == ["volcano"]
    versions.append(in_folder.version)
    tell(writer, "add", "chess", CHESS.title, CHESS.text)
    assert ids(in_folder, "chess")[0] == "chess"
    versions.append(in_folder.version)
    assert len(set(versions)) == len(versions)


def test_the_version_stays_while_nothing_changes(
    retriever: Retriever, built_place: Place, encoder: HashEncoder
) -> None:
    before = retriever.version
    add_articles(built_place, ARTICLES, encoder)
    retriever.search("chess")
    assert retriever.version == before == Retriever(built_place, encoder).version


def test_the_version_changes_with_every_change(retriever: Retriever, built_place: Place, encoder: HashEncoder) -> None:
    versions = [retriever.version]
    # The last build has as many changes as the index it replaces.
    for change in (
        lambda: add_articles(built_place, [VOLCANO], encoder),
        lambda: remove_articles(built_place, ["volcano"], encoder),
        lambda: build_index(built_place, ARTICLES, encoder),
        lambda: build_index(built_place, ARTICLES, encoder),
    ):
        change()
        retriever.refresh()
        versions.append(retriever.version)
    assert len(set(versions)) == 5


def test_a_store_ahead_of_its_words_is_caught_up_with(
    in_folder: Retriever, built: IndexFolder, encoder: HashEncoder
) -> None:
    """As after a kill between the store's commit and the lexical one."""
    put_without_words(built, encoder)
    assert ids(in_folder, "volcano")[0] == "volcano"
    assert in_folder.passages_with(["volcano"]) == {"volcano": 1}
    assert Retriever(built, encoder).passages_with(["volcano"]) == {"volcano": 1}


def test_who_looks_between_the_two_commits_of_a_writer_sees_the_words_later(
    in_folder: Retriever, built: IndexFolder, encoder: HashEncoder
) -> None:
    with built.writing():
        put_without_words(built, encoder)
        # The writer holds the lock and has not committed the words.
        assert list(in_folder.search("volcano").lexical) == []
    # Now it has been killed.
    in_folder.refresh()
    assert in_folder.passages_with(["volcano"]) == {"volcano": 1}
    assert list(in_folder.search("volcano").lexical) == in_folder.store.numbers_of("volcano")


def test_who_looks_while_a_writer_works_sees_its_words_at_once(
    in_folder: Retriever, built: IndexFolder, encoder: HashEncoder
) -> None:
    with built.writing():
        put_without_words(built, encoder)
        in_folder.refresh()
        with closing(open_store(built, encoder)) as store:
            LexicalIndex(store).catch_up()
        in_folder.refresh()
        assert in_folder.passages_with(["volcano"]) == {"volcano": 1}


def put_without_words(built: IndexFolder, encoder: HashEncoder) -> None:
    passages = split_article(VOLCANO)
    rows = encoder.encode_queries([embedded_text(VOLCANO, passage) for passage in passages])
    with closing(open_store(built, encoder)) as store, store.writing():
        store.put(VOLCANO, make_records(passages, [to_bytes(row) for row in rows]))


def test_a_build_in_the_same_process_is_noticed(retriever: Retriever, built_place: Place, encoder: HashEncoder) -> None:
    old = retriever.store
    build_index(built_place, [VOLCANO], encoder)
    assert ids(retriever, "chess") == ["volcano"]
    # Who still reads the old one reads on.
    assert old.article("chess") == CHESS
    remove_articles(built_place, ["volcano"], encoder)
    assert ids(retriever, "chess") == []


def test_a_folder_restored_from_a_copy_is_noticed(
    in_folder: Retriever, built: IndexFolder, encoder: HashEncoder, tmp_path: Path
) -> None:
    # Of the same generation, with an article less and then with another one under the same number of changes.
    shutil.copytree(built.path, tmp_path / "copy", ignore=shutil.ignore_patterns("*.db-shm", "*.db-wal"))
    add_articles(built, [VOLCANO], encoder)
    assert ids(in_folder, "volcano Naples")[0] == "volcano"
    version = in_folder.version
    built.path.rename(tmp_path / "lost")
    (tmp_path / "copy").rename(built.path)
    assert "volcano" not in ids(in_folder, "volcano Naples")
    assert in_folder.version != version
    add_articles(built, [Article("lava", "Lava", "Lava of a volcano reached Naples.")], encoder)
    assert (ids(in_folder, "volcano Naples")[0], in_folder.version) == ("lava", version)


def test_a_copy_written_over_the_open_files_is_noticed(
    in_folder: Retriever, built: IndexFolder, encoder: HashEncoder, tmp_path: Path
) -> None:
    shutil.copytree(built.path, tmp_path / "copy", ignore=shutil.ignore_patterns("*.db-shm", "*.db-wal"))
    add_articles(built, [VOLCANO], encoder)
    assert ids(in_folder, "volcano Naples")[0] == "volcano"
    for file in (tmp_path / "copy").rglob("*"):
        if file.is_file():
            shutil.copyfile(file, built.path / file.relative_to(tmp_path / "copy"))
    assert "volcano" not in ids(in_folder, "volcano Naples")
    assert in_folder.store.problems() == []


def test_articles_restored_without_their_words_get_them_again(
    built: IndexFolder, encoder: HashEncoder, tmp_path: Path
) -> None:
    shutil.copytree(built.path, tmp_path / "copy")
    add_articles(built, [VOLCANO], encoder)
    file = built.require_current() / built.store_name
    shutil.copyfile(tmp_path / "copy" / file.relative_to(built.path), tmp_path / "restored")
    (tmp_path / "restored").replace(file)
    retriever = Retriever(built, encoder)
    assert retriever.passages_with(["volcano", "oslo"]) == {"volcano": 0, "oslo": 1}
    # Under the number that the lost change had.
    add_articles(built, [Article("lava", "Lava", "Lava reached Naples.")], encoder)
    retriever.refresh()
    assert retriever.passages_with(["volcano", "lava"]) == {"volcano": 0, "lava": 1}


def no_file_may_grow(path: Path, results: SimpleQueue[list[str]]) -> None:
    """What a process that can write nothing finds, before and behind what was stored last."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    retriever = Retriever(IndexFolder(path), HashEncoder())
    results.put([ids(retriever, query)[0] for query in ("harbour bridge Oslo", "volcano Naples")])


def test_questions_are_answered_where_there_is_no_room_to_write(
    built: IndexFolder, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An add that stored its articles and could write nothing more.
    with monkeypatch.context() as change:
        change.setattr("index.update.derive", lambda *_: None)
        add_articles(built, [VOLCANO], encoder)
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    process = context.Process(target=no_file_may_grow, args=(built.path, results))
    # Somebody has the store open, so that SQLite needs nothing more beside it.
    with closing(open_store(built, encoder)):
        process.start()
        process.join()
    assert process.exitcode == 0
    # Its vector is found, its words wait for room.
    assert results.get() == ["bridge", "volcano"]


def test_a_generation_swept_away_while_it_is_opened(
    built: IndexFolder, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def built_anew_first(store: ArticleStore, dim: int) -> StoredVectors:
        monkeypatch.undo()
        build_index(built, [VOLCANO], encoder)
        return StoredVectors(store, dim)

    monkeypatch.setattr("index.folder_legs.StoredVectors", built_anew_first)
    assert Retriever(built, encoder).store.article_ids() == ["volcano"]


def test_a_script_the_encoder_does_not_know_is_searched_by_its_words(built_place: Place) -> None:
    class OnlyLatin(HashEncoder):
        def knows(self, text: str) -> bool:
            return is_mostly_latin(text)

    retriever = Retriever(built_place, OnlyLatin())
    known, unknown = retriever.search("Rhone glacier"), retriever.search("Rhone 빙하의 얼음은")
    assert (known.knows, unknown.knows) == (True, False)
    assert unknown.hits[0].score == pytest.approx(1.0)
    assert [hit.score for hit in unknown.hits if hit.number not in unknown.lexical] == [0.0] * (
        len(unknown.hits) - len(unknown.lexical)
    )


@pytest.mark.parametrize(
    ("text", "is_latin"),
    [
        ("Who is it?", True),
        ("Wer ist der Bürgermeister von Köln?", True),
        ("東京の市長は誰ですか", False),
        ("서울 시장은 누구입니까?", False),
        ("NATO와 대한민국의 관계", False),
        ("من هو الرئيس", False),
        ("2023?", True),
        ("", True),
    ],
)
def test_scripts_are_told_apart(text: str, is_latin: bool) -> None:
    assert is_mostly_latin(text) is is_latin
    assert PackagedEncoder().knows(text) is is_latin
    assert SentenceEncoder("another/model").knows(text)

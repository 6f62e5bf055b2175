"""The front door: a real index, the encoder of the tests, and what a Python program does with them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from fakes import ARTICLES, BRIDGE, CHESS, GLACIER, VACCINE, HashEncoder, able_sentences, make_earlier

import qa
from corpus.article import Passage
from corpus.errors import UserError
from corpus.filters import Filters
from index.generations import IndexFolder
from index.store.sqlite import ArticleStore
from index.update import build_index
from qa.answer import IndexInfo
from qa.archive import Archive
from qa.build import Models
from qa.check.verify import Verification
from qa.evaluate.measure.bootstrap import SEED
from qa.question.followup import Turn
from qa.settings import Settings

ROOT = Path(__file__).parents[2]
WON = "Who won the chess title in Toronto?"
# What the encoder of the tests must have to be taken for the one that built an index.
SAME = HashEncoder()


class Never:
    """An encoder that must not be asked for a vector."""

    fingerprint, dim = SAME.fingerprint, SAME.dim

    def knows(self, text: str) -> bool:
        raise AssertionError(text)

    encode_queries = encode_passages = knows


@pytest.fixture(autouse=True)
def _hash_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The encoder of the tests for whatever the settings name, and nothing set in this folder."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ARTICLE_QA_{name.upper()}", raising=False)
    monkeypatch.setattr("qa.build.load_models", lambda _: Models(HashEncoder()))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def archive(built: IndexFolder) -> Archive:
    return Archive(Settings(index=built.path))


def write(path: str, text: str) -> Path:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")
    return Path(path)


def ids(archive: Archive) -> list[str]:
    return sorted(article.article_id for article in archive.list())


def stories(n: int, word: str = "volcano") -> list[Path]:
    return [write(f"stories/{word}{i}.txt", f"The {word} number {i} erupted. Nobody was hurt.") for i in range(n)]


def test_importing_the_package_imports_nothing_else() -> None:
    code = (
        "import json, sys; before = set(sys.modules); import qa; print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    imported = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert imported - set(sys.stdlib_module_names) == {"qa"}


def test_every_name_of_the_package_is_there() -> None:
    assert [name for name in qa.__all__ if not hasattr(qa, name)] == []
    assert set(qa.__all__) <= set(dir(qa))
    assert (qa.Archive, qa.UserError) == (Archive, UserError)
    with pytest.raises(AttributeError, match="module 'qa' has no attribute 'Nothing'"):
        _ = qa.Nothing  # type: ignore[attr-defined]


def test_three_lines() -> None:
    write("clippings/chess.txt", f"{CHESS.title}\n\n{CHESS.text}")
    archive = qa.Archive.build(["clippings/"], index="my-index")
    answer = archive.ask(WON)
    assert (answer.citations[0].title, answer.citations[0].quote.splitlines()[-1]) == (CHESS.title, CHESS.text)
    assert Path("my-index/current").is_file()


def test_what_is_built_can_be_opened_again() -> None:
    first, second = stories(2)
    built = Archive.build([first, str(second)], index=Path("an index"))
    assert built.settings.index == Path("an index")
    assert ids(Archive.open("an index")) == ids(built) == ["volcano0", "volcano1"]
    assert Archive.open(settings=Settings(index=Path("an index"))).settings.index == Path("an index")


def test_one_source_and_one_id_need_no_brackets() -> None:
    archive = Archive.build("stories" if stories(3) else "")
    assert archive.remove("volcano0").removed == 1
    assert archive.remove(["volcano1"]).removed == 1
    assert archive.add(Path("stories/volcano1.txt")).added == 1
    assert ids(archive) == ["volcano1", "volcano2"]


def test_without_sources_the_articles_that_come_with_the_program() -> None:
    archive = Archive.build()
    assert ids(archive) == sorted(path.stem for path in (ROOT / "corpus" / "articles").glob("*.txt"))
    assert Path(".article-qa/current").is_file()


def test_settings_are_those_of_the_command_line() -> None:
    write("article-qa.toml", 'index = "from the file"\nk = 2')
    archive = Archive.build(stories(3))
    assert archive.settings == Settings(index=Path("from the file"), k=2)
    assert len(archive.ask("What erupted?").citations) == 2
    assert len(archive.ask("What erupted?", k=3).citations) == 3
    # An index that is named goes over that of the settings, and leaves the rest of them.
    assert Archive.build(stories(1), index="named").settings == Settings(index=Path("named"), k=2)
    write("article-qa.toml", "k = 99")
    with pytest.raises(UserError, match="bad value 99 for 'k' in article-qa.toml"):
        Archive()


def test_nothing_is_opened_before_it_is_needed(tmp_path: Path) -> None:
    archive = Archive(Settings(index=tmp_path / "none"))
    with pytest.raises(UserError, match=r"no index in .*none'; run `article-qa build`"):
        archive.list()
    with pytest.raises(UserError, match=r"no index in .*none'; run `article-qa build`"):
        Archive.open(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_what_could_not_be_read_stands_in_the_report(archive: Archive) -> None:
    assert archive.report is None
    write("news/good.txt", "A volcano erupted near Naples on Monday.")
    write("news/empty.txt", "")
    report = archive.add("news")
    assert (report.added, [each.origin for each in report.unreadable]) == (1, ["news/empty.txt"])
    assert archive.report is report
    assert archive.remove("good") is archive.report
    rebuilt = Archive.build("news", index="another")
    assert rebuilt.report is not None
    assert (rebuilt.report.added, len(rebuilt.report.unreadable)) == (1, 1)


@pytest.mark.parametrize(
    "change", [Archive.add, lambda archive, source: Archive.build(source, index=archive.settings.index)]
)
def test_a_bad_source_changes_nothing(archive: Archive, change: Callable[[Archive, str], object]) -> None:
    with pytest.raises(UserError, match="nowhere"):
        change(archive, "nowhere")
    assert (ids(archive), archive.report) == (["bridge", "chess", "glacier", "vaccine"], None)


def test_sources_that_turn_out_empty_are_not_the_articles_that_come_with_the_program(built: IndexFolder) -> None:
    with pytest.raises(UserError, match="^no articles were given; name files or folders with articles$"):
        Archive.build([], index=built.path)
    assert ids(Archive.open(built.path)) == ["bridge", "chess", "glacier", "vaccine"]
    with pytest.raises(UserError, match="^no articles were given"):
        Archive.build([], index="nothing is left here")
    assert not Path("nothing is left here").exists()


@pytest.mark.parametrize("text", ["half of a pair \ud800", "a\0b"])
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda archive, text: archive.article(text), "^no article '"),
        (lambda archive, text: archive.remove(["chess", text]), "^no article '"),
        (lambda archive, text: archive.ask(text), "the text holds characters that cannot be stored"),
        (lambda archive, text: archive.ask("Who?", history=[Turn(text)]), "characters that cannot be stored"),
        (lambda archive, text: archive.ask("Who?", filters=Filters(sources=(text,))), "that cannot be stored"),
    ],
)
def test_what_is_no_text_is_refused_in_words(
    archive: Archive, call: Callable[[Archive, str], object], words: str, text: str
) -> None:
    with pytest.raises(UserError, match=words):
        call(archive, text)
    assert "chess" in ids(archive)


def test_a_turn_can_be_its_question_alone(archive: Archive) -> None:
    told = archive.ask("Whom did she beat?", history=["Who is Lina Okafor?"])
    assert told.query == archive.ask("Whom did she beat?", history=[Turn("Who is Lina Okafor?")]).query
    assert "Lina Okafor" in told.query


def test_days_that_exclude_each_other_are_refused(archive: Archive) -> None:
    with pytest.raises(
        UserError, match="^no article can be from 2024-03-01 on and until 2023-01-01; change one of the"
    ):
        archive.ask(WON, filters=Filters(after=date(2024, 3, 1), before=date(2023, 1, 1)))


@pytest.mark.parametrize("limit", [0, -1])
def test_no_questions_cannot_be_evaluated(archive: Archive, limit: int) -> None:
    with pytest.raises(ValueError, match=f"^limit is {limit}; ask at least one question$"):
        archive.evaluate(limit=limit)


def test_an_unknown_article(archive: Archive) -> None:
    for call in (archive.article, archive.remove, lambda nope: archive.remove(["chess", nope])):
        with pytest.raises(UserError, match="no article 'nope'"):
            call("nope")
    assert ids(archive) == ["bridge", "chess", "glacier", "vaccine"]


def test_progress_is_told_from_nothing_to_all() -> None:
    calls: list[tuple[int, int | None]] = []
    archive = Archive.build(stories(3), on_progress=lambda done, total: calls.append((done, total)))
    assert calls == [(0, 3), (1, 3), (2, 3), (3, 3)]
    calls.clear()
    write("stories/empty.txt", "")
    archive.add("stories", on_progress=lambda done, total: calls.append((done, total)))
    assert calls == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


def told(archive: Archive) -> dict[str, object]:
    """An answer, without which index it was and how long it took."""
    answer = archive.ask("What did the glacier lose?", k=4).to_json()
    return {key: value for key, value in answer.items() if key not in ("index", "timing_ms")}


def test_a_rebuild_keeps_every_article_and_answer(built: IndexFolder, archive: Archive) -> None:
    before, version, listed = told(archive), archive.info().version, list(archive.list())
    calls: list[tuple[int, int | None]] = []
    report = archive.rebuild(on_progress=lambda *call: calls.append(call))
    assert (report.added, report.updated, report.unchanged, report.removed) == (4, 0, 0, 0)
    assert archive.report is report
    assert [done for done, _ in calls] == [0, 1, 2, 3, 4]
    # The archive that is open goes on with what was made.
    assert (told(archive), list(archive.list())) == (before, listed)
    assert archive.info().version != version
    assert archive.article("glacier") == GLACIER
    with closing(ArticleStore(built.require_current() / built.store_name)) as store:
        assert store.problems() == []


def test_a_rebuild_of_what_this_version_made_encodes_nothing(built: IndexFolder, archive: Archive) -> None:
    assert Archive(Settings(index=built.path), models=Models(Never())).rebuild().added == 4
    assert archive.ask(WON).citations[0].article_id == "chess"


def test_an_archive_of_an_earlier_version_is_refused_until_it_is_made_anew(
    built: IndexFolder, archive: Archive
) -> None:
    before = told(archive)
    make_earlier(built)
    encoder = HashEncoder()
    earlier = Archive(Settings(index=built.path), models=Models(encoder))
    for call in (Archive.list, Archive.info, Archive.sources, told, lambda each: each.remove("chess")):
        with pytest.raises(UserError, match="has index format '1', this version's is 2; run `article-qa rebuild`"):
            call(earlier)
    assert earlier.rebuild().added == 4
    # The vectors of its passages are kept; it had none of sentences.
    passages = [Passage(a.article_id, 0, len(a.text), a.text) for a in sorted(ARTICLES, key=lambda a: a.article_id)]
    assert encoder.encoded == [sentence.text for passage in passages for sentence in able_sentences(passage)]
    assert told(earlier) == before
    assert ids(earlier) == ["bridge", "chess", "glacier", "vaccine"]


def test_a_rebuild_for_another_encoder(built: IndexFolder) -> None:
    other = Archive(Settings(index=built.path), models=Models(HashEncoder("other", dim=32)))
    with pytest.raises(
        UserError, match=r"the encoder 'hash@64' but the settings ask for 'other@32'; run `article-qa reb"
    ):
        other.ask(WON)
    assert other.rebuild().added == 4
    assert other.ask(WON, k=1).citations[0].article_id == "chess"


def test_a_rebuild_without_an_index_says_so(tmp_path: Path) -> None:
    calls: list[tuple[int, int | None]] = []
    archive = Archive(Settings(index=tmp_path / "none"))
    with pytest.raises(UserError, match=r"no index in .*none'; run `article-qa build`, or name another with --index"):
        archive.rebuild(on_progress=lambda *call: calls.append(call))
    assert (calls, archive.report, (tmp_path / "none").exists()) == ([], None, False)


def test_articles_are_listed_read_removed_and_checked_without_the_models(built: IndexFolder, archive: Archive) -> None:
    answer = archive.ask("What did the glacier lose?")
    without = Archive(Settings(index=built.path), models=Models(Never()))
    assert [article.title for article in without.list()][:1] == ["Malaria vaccine reaches Ghana"]
    assert without.article("glacier") == GLACIER
    assert without.info() == answer.index
    assert without.sources() == ["Alpine Post", "Coast Daily"]
    assert without.verify(answer) == Verification(answers=1, citations=4)
    assert without.remove("glacier").removed == 1
    with pytest.raises(AssertionError):
        without.ask("What did the glacier lose?")


def test_listing_imports_no_model_library(built: IndexFolder) -> None:
    code = (
        "import json, sys; from qa import Archive; archive = Archive.open(sys.argv[1]); archive.list(); "
        "archive.article('chess'); print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, built.path], cwd=ROOT, capture_output=True, check=True)
    assert {"torch", "sentence_transformers", "faiss", "tantivy", "numpy", "click"} & set(
        json.loads(done.stdout)
    ) == set()


def test_a_question_with_all_that_goes_with_it(archive: Archive) -> None:
    first = archive.ask("Who opened the harbour bridge in Oslo?", k=1)
    assert [citation.article_id for citation in first.citations] == ["bridge"]
    follow_up = archive.ask("What did it cost?", history=[qa.Turn(first.question, first.text)])
    assert follow_up.query != follow_up.question == "What did it cost?"
    only = archive.ask("Who won?", filters=Filters(sources=("Alpine Post",)), asked_on=GLACIER.published)
    assert [citation.article_id for citation in only.citations] == ["glacier"]
    # On that day no article was of its week; where no day is given, the newest article's is taken.
    assert archive.ask("What happened this week?", asked_on=date(2026, 1, 1)).newest == VACCINE.published
    assert "20 April 2024" in (archive.ask("What happened this week?").understood or "")
    assert archive.ask("What happened this week?", asked_on=VACCINE.published).newest is None
    with pytest.raises(UserError, match="the question is empty"):
        archive.ask(" ")


def test_a_language_model_is_asked_only_on_request(built: IndexFolder) -> None:
    archive = Archive(Settings(index=built.path, writer="http://127.0.0.1:1/v1", writer_model="a model"))
    assert archive.ask(WON).written is None
    written = archive.ask(WON, write=True).written
    assert written is not None
    assert (written.model, written.problem) == ("a model", "the language model could not be asked")


def test_info_is_what_an_answer_was_asked_of(built: IndexFolder, archive: Archive) -> None:
    before = archive.info()
    assert before == archive.ask(WON).index
    assert before == IndexInfo(f"{built.require_current().name.rpartition('-')[2]}.4", 4, 4)
    archive.remove("chess")
    assert archive.info() == archive.ask(WON).index == IndexInfo(before.version.replace(".4", ".5"), 3, 3)


def test_a_build_by_somebody_else_is_followed(built: IndexFolder, archive: Archive) -> None:
    assert (ids(archive), archive.ask(WON).citations[0].article_id) == (
        ["bridge", "chess", "glacier", "vaccine"],
        "chess",
    )
    build_index(IndexFolder(built.path), [BRIDGE], HashEncoder())
    assert ids(archive) == ["bridge"]
    with pytest.raises(UserError, match="no article 'chess'"):
        archive.article("chess")
    assert archive.ask(WON).citations[0].article_id == "bridge"


def test_citations_of_a_changed_article_are_not_exact(archive: Archive, built: IndexFolder) -> None:
    answers = [archive.ask("What did the glacier lose?", k=1), archive.ask(WON, k=1)]
    write("answers.jsonl", "".join(json.dumps(answer.to_json()) + "\n" for answer in answers))
    assert archive.verify(answers) == archive.verify("answers.jsonl") == Verification(2, 2)
    write("glacier.txt", GLACIER.text + " So far.")
    archive.add("glacier.txt")
    day, address = archive.history("glacier")[0].changed, f"articles/glacier?text_sha256={GLACIER.text_sha256[:16]}"
    problem = f"citation 1: the text of 'glacier' has changed since, on {day}; exact in the text until then ({address})"
    assert archive.verify(answers[0]) == Verification(1, 1, [f"answer 1: {problem}"])
    assert archive.verify(answers[::-1]) == Verification(2, 2, [f"answer 2: {problem}"])
    assert archive.verify(Path("answers.jsonl")) == Verification(2, 2, [f"answers.jsonl:1: {problem}"])
    assert archive.verify([]) == Verification()


@pytest.mark.slow
def test_a_set_with_articles_of_its_own_needs_no_index(tmp_path: Path) -> None:
    write(
        "gold/corpus.jsonl",
        "".join(json.dumps({"_id": a.article_id, "title": a.title, "text": a.text}) + "\n" for a in ARTICLES),
    )
    questions = [
        {"_id": "who", "text": WON, "answers": ["Lina Okafor"]},
        {"_id": "ice", "text": "How much ice did the glacier lose?", "answers": ["nine metres"]},
        {"_id": "doses", "text": "How many doses?", "answers": ["300,000"]},
        {"_id": "mayor", "text": "Who is mayor?", "answers": ["Anna Berg"]},
        {"_id": "no", "text": "Who?", "answerable": False},
        {"_id": "moon", "text": "Who landed on the moon?", "answerable": False},
    ]
    write("gold/queries.jsonl", "".join(json.dumps(question) + "\n" for question in questions))
    calls: list[tuple[int, int | None]] = []
    archive = Archive(Settings(index=tmp_path / "none"))
    evaluation = archive.evaluate("gold", cache="cache", timed=1, on_progress=lambda *call: calls.append(call))
    assert calls == [*((n, 4) for n in range(5)), *((n, 6) for n in range(7))]
    assert evaluation.figures["answer-in-citation@1"].value == 1.0
    assert (evaluation.index.articles, evaluation.unanswerable, evaluation.unreadable) == (4, 2, ())
    assert evaluation.cost is not None
    assert evaluation.folder.parent == Path("cache")
    calls.clear()
    again = archive.evaluate(Path("gold"), limit=1, cache="cache", on_progress=lambda *call: calls.append(call))
    assert (calls, len(again.judgements), again.cost) == ([(0, 1), (1, 1)], 1, None)
    same, other = (archive.evaluate("gold", cache="cache", seed=seed).figures["ECE"] for seed in (SEED, SEED + 1))
    assert (same, other == same) == (evaluation.figures["ECE"], False)
    assert not (tmp_path / "none").exists()


CALLS: list[Callable[[Archive], object]] = [
    lambda archive: archive.add("story.txt"),
    lambda archive: archive.remove("chess"),
    Archive.rebuild,
    Archive.list,
    lambda archive: archive.article("chess"),
    Archive.sources,
    Archive.info,
    lambda archive: archive.ask(WON),
    lambda archive: archive.verify("answers.jsonl"),
    lambda archive: archive.verify([]),
    Archive.evaluate,
    Archive.warm_up,
    Archive.__enter__,
]


@pytest.mark.parametrize("call", CALLS)
def test_a_closed_archive_says_so(archive: Archive, call: Callable[[Archive], object]) -> None:
    write("story.txt", "A story.")
    with archive:
        archive.ask(WON)
    archive.close()
    with pytest.raises(ValueError, match="^the archive is closed$"):
        call(archive)
    assert ids(Archive.open(archive.settings.index)) == ["bridge", "chess", "glacier", "vaccine"]


def open_files(folder: Path) -> list[str]:
    links = [Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd")]
    return [str(target) for link in links if link.exists() and (target := link.resolve()).is_relative_to(folder)]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="asks the system which files are open")
def test_closing_lets_go_of_the_files(archive: Archive) -> None:
    folder = archive.settings.index.resolve()
    with archive:
        archive.list()
        archive.ask(WON)
        assert any(file.endswith("articles.db") for file in open_files(folder))
    assert [file for file in open_files(folder) if "articles.db" in file] == []


def test_questions_are_answered_while_articles_are_added_and_a_second_thread_that_adds_waits(archive: Archive) -> None:
    first, second = stories(2)
    begun, go_on = threading.Event(), threading.Event()

    def hold(done: int, total: int | None) -> None:
        if done == 1:
            begun.set()
            assert go_on.wait(60)

    with ThreadPoolExecutor(2) as threads:
        adding = threads.submit(archive.add, first, on_progress=hold)
        assert begun.wait(60)
        waiting = threads.submit(archive.add, second)
        time.sleep(0.1)
        assert archive.ask(WON, k=1).citations[0].article_id == "chess"
        assert ids(archive) == ["bridge", "chess", "glacier", "vaccine", "volcano0"]
        assert not waiting.done()
        go_on.set()
        assert (adding.result(60).added, waiting.result(60).added) == (1, 1)
    assert archive.info().articles == len(archive.list()) == 6


@pytest.mark.slow
def test_many_threads_at_once(built: IndexFolder, archive: Archive) -> None:
    sources = stories(12)
    is_over = threading.Event()

    def ask() -> int:
        answered = 0
        while not is_over.is_set():
            answer = archive.ask(WON, k=1)
            assert answer.citations[0].article_id == "chess"
            assert archive.verify(answer).problems == []
            answered += 1
        return answered

    with ThreadPoolExecutor(5) as threads:
        asking = [threads.submit(ask) for _ in range(2)]
        adding = [
            threads.submit(lambda some: [archive.add(each).added for each in some], sources[i::3]) for i in range(3)
        ]
        try:
            added = [each.result(60) for each in adding]
        finally:
            is_over.set()
        assert min(each.result(60) for each in asking) > 0
    assert added == [[1] * 4] * 3
    assert archive.info().articles == len(archive.list()) == 16
    with closing(ArticleStore(built.require_current() / built.store_name)) as store:
        assert store.problems() == []


def test_a_question_that_has_the_lock_for_a_moment_is_waited_for(built: IndexFolder, archive: Archive) -> None:
    archive.ask(WON)
    with ThreadPoolExecutor(1) as threads:
        with IndexFolder(built.path).writing():
            removing = threads.submit(archive.remove, "chess")
            time.sleep(0.1)
            assert not removing.done()
        assert removing.result(60).removed == 1


def test_another_that_writes_for_long_is_not_waited_for(
    built: IndexFolder, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.update.WAIT_SECONDS", 0.05)
    with IndexFolder(built.path).writing(), pytest.raises(UserError, match="another build, add or remove is writing"):
        archive.remove("chess")
    assert archive.remove("chess").removed == 1


@pytest.mark.slow
def test_a_build_in_another_thread_leaves_questions_their_answers(built: IndexFolder, archive: Archive) -> None:
    write(
        "all.jsonl",
        "".join(json.dumps({"_id": a.article_id, "title": a.title, "text": a.text}) + "\n" for a in ARTICLES),
    )
    with ThreadPoolExecutor(2) as threads:
        building = threads.submit(lambda: [Archive.build("all.jsonl", index=built.path) for _ in range(5)])
        while not building.done():
            assert archive.ask(WON, k=1).citations[0].article_id == "chess"
            assert archive.article("chess").text == CHESS.text
            assert len(archive.list()) == 4
        building.result()

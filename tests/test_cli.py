"""The command: every verb, what goes to stdout and what to stderr, exit codes, and the words of each error."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from fakes import ARTICLES, BRIDGE, CHESS, GLACIER, HashEncoder, address_of, make_earlier
from sites import page, running_site

from corpus.article import Article
from corpus.readers.formats import SUFFIXES
from index.encoders.onnx import PACKAGED
from index.generations import IndexFolder
from index.recipe import RECIPE
from index.store.sqlite import ArticleStore
from index.store.store import open_current
from index.update import build_index
from index.words.tantivy import WRITER_BYTES, LexicalIndex
from qa.build import Models
from qa.check.doctor import examine
from qa.cli import main
from qa.settings import Settings
from qa.watch import Round
from qa.watch import watch as watch_sources

if TYPE_CHECKING:
    from index.place import Place

ROOT = Path(__file__).parents[1]
STORY = "A volcano erupted near Naples on Monday. Nobody was hurt."
ANSWER_KEYS = ["question", "query", "answerable", "confidence", "answer", "short", "citations", "index", "timing_ms"]
CITATION_KEYS = [
    "rank",
    "article_id",
    "passage_id",
    "title",
    "source",
    "published",
    "url",
    "start",
    "end",
    "quote",
    "answer_start",
    "answer_end",
    "short_start",
    "short_end",
    "score",
    "text_sha256",
]
NOTHING_LEFT_OUT = {"left_out": [], "reasons": {}}
REPORT_KEYS = ["added", "updated", "unchanged", "removed", "unreadable", "remarks", "left_out", "reasons"]

Run = Callable[..., Result]


@pytest.fixture
def run(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command over the test's own index, with the HashEncoder, in an empty folder."""
    fixture = next((name for name in ("place", "built_place") if name in request.fixturenames), "folder")
    place = request.getfixturevalue(fixture)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ARTICLE_QA_{name.upper()}", raising=False)
    for module in ("qa.build", "qa.check.doctor"):
        # Both names of it: `qa.check.doctor` imports the function.
        monkeypatch.setattr(
            f"{module}.load_models", lambda settings: Models(HashEncoder(settings.encoder.rpartition("/")[2]))
        )
    monkeypatch.setenv("ARTICLE_QA_ENCODER", "hash")
    monkeypatch.setenv("ARTICLE_QA_INDEX", address_of(place))
    monkeypatch.chdir(tmp_path)

    def run(*args: object, stdin: bytes | None = None) -> Result:
        result = CliRunner().invoke(main, [str(arg) for arg in args], input=stdin, prog_name="article-qa")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def said(result: Result) -> tuple[int, str, str]:
    return result.exit_code, result.stdout, result.stderr


def error(result: Result) -> str:
    """The one line of an error the user can put right; nothing may stand on stdout."""
    assert (result.exit_code, result.stdout) == (1, "")
    *progress, line = result.stderr.splitlines()
    assert [other for other in progress if "articles" not in other and other.strip()] == []
    return line


def objects(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def write(path: str, text: str | bytes) -> str:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def jsonl(*articles: Article) -> str:
    keys = {"article_id": "_id", "published": "date"}
    rows = [{keys.get(key, key): value for key, value in asdict(article).items() if value} for article in articles]
    return "".join(json.dumps(row, default=str) + "\n" for row in rows)


def stored(place: Place) -> list[str]:
    with closing(open_current(place)) as store:
        assert store.problems() == []
        return store.article_ids()


def test_build_add_remove(run: Run, place: Place) -> None:
    write("first.jsonl", jsonl(*ARTICLES))
    built = run("build", "first.jsonl")
    assert (built.exit_code, built.stdout) == (0, "4 added\n")
    assert "4/4" in built.stderr
    write("more/volcano.txt", STORY)
    write("more/bridge.txt", "Another text about another bridge.")
    assert run("add", "more").stdout == "1 added, 1 updated\n"
    assert stored(place) == ["bridge", "chess", "glacier", "vaccine", "volcano"]
    assert said(run("remove", "chess", "volcano")) == (0, "2 removed\n", "")
    assert stored(place) == ["bridge", "glacier", "vaccine"]


def test_adding_again(run: Run, built_place: Place) -> None:
    write("all.jsonl", jsonl(*ARTICLES))
    again = run("add", "all.jsonl")
    assert (again.exit_code, again.stdout) == (0, "4 unchanged\n")
    write("volcano.txt", STORY)
    assert objects(run("add", "volcano.txt", "--json")) == [
        {"added": 1, "updated": 0, "unchanged": 0, "removed": 0, "unreadable": [], "remarks": []} | NOTHING_LEFT_OUT
    ]
    write("volcano.txt", STORY + " So far.")
    assert run("add", "volcano.txt").stdout == "1 updated\n"


def test_standard_input(run: Run, place: Place) -> None:
    assert run("build", "-", stdin=jsonl(*ARTICLES).encode()).stdout == "4 added\n"
    assert run("add", "-", stdin=STORY.encode()).stdout == "1 added\n"
    # printf '...' | sha256sum | head -c 12
    assert stored(place) == ["bridge", "chess", "glacier", "stdin-a3f90412b0c9", "vaccine"]


def test_an_address(run: Run, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_site() as site:
        site["/a.txt"] = page(f"Volcano erupts\n\n{STORY}", 'ETag: "1"', media_type="text/plain")
        address = f"{site.url}/a.txt"
        write("bridge.jsonl", jsonl(BRIDGE))
        refused = run("build", address, "bridge.jsonl")
        assert (refused.exit_code, refused.stdout) == (1, "1 added\n")
        assert (
            f"not read: {address}: '127.0.0.1' is 127.0.0.1, of this machine or a network of its own" in refused.stderr
        )
        monkeypatch.setenv("ARTICLE_QA_PRIVATE_ADDRESSES", "true")
        (shown,) = objects(run("add", address, "--dry-run", "--json"))
        assert (shown["article_id"], shown["title"]) == (address, "Volcano erupts")
        assert run("add", address).stdout == "1 added\n"
        assert stored(place) == ["bridge", address]
        site["/a.txt"] = page("", status="304 Not Modified")
        assert run("add", address).stdout == "1 unchanged\n"
        # Removed, it comes back though the site sends nothing.
        assert run("remove", address).stdout == "1 removed\n"
        assert run("add", address).stdout == "1 added\n"
    assert error(run("add", "https://me:secret@a.example/")) == (
        "article-qa: the address of 'a.example' holds a user's name or password; leave it out"
    )


def test_watch(run: Run, built_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def two_rounds(*args: object, **options: object) -> Iterator[Round]:
        rounds = watch_sources(*args, **options)  # type: ignore[arg-type]
        yield next(rounds)
        write("news/second.txt", f"Second.\n\n{STORY} Again.")
        yield next(rounds)
        raise KeyboardInterrupt

    assert error(run("watch", "nowhere")).endswith("there is no file or folder 'nowhere'; correct the path")
    monkeypatch.setattr("qa.watch.watch", two_rounds)
    write("news/volcano.txt", STORY)
    watched = run("watch", "news")
    assert (watched.exit_code, watched.stderr) == (0, "watching; stop with Ctrl-C\n")
    assert [line.partition("news: ")[2] for line in watched.stdout.splitlines()] == ["1 added", "1 added"]
    assert "volcano" in stored(built_place)


def test_build_without_sources_takes_the_bundled_articles(run: Run, place: Place) -> None:
    assert run("build").stdout == "5 added\n"
    assert stored(place) == sorted(path.stem for path in (ROOT / "corpus" / "articles").glob("*.txt"))


def test_a_bad_file_among_good_ones(run: Run, place: Place) -> None:
    write("news/good.txt", STORY)
    write("news/empty.txt", "")
    write("news/lines.jsonl", jsonl(CHESS) + "{oops\n" + jsonl(BRIDGE))
    result = run("build", "news", "--json")
    assert result.exit_code == 1
    (report,) = objects(result)
    assert list(report) == REPORT_KEYS
    assert (report["added"], [each["origin"] for each in report["unreadable"]]) == (
        3,
        ["news/empty.txt", "news/lines.jsonl:2"],
    )
    lines = [line for line in result.stderr.splitlines() if line.startswith(("not read", "article-qa"))]
    assert lines[0].startswith("not read: news/empty.txt: ")
    assert lines[1].startswith("not read: news/lines.jsonl:2: the line is not JSON: ")
    assert lines[2:] == ["article-qa: 2 could not be read; the rest is in the index"]
    assert stored(place) == ["bridge", "chess", "good"]


def test_other_files_of_a_folder_are_counted_and_no_failure(run: Run, place: Place) -> None:
    write("news/good.txt", STORY)
    for name in ("a.png", "b.png", "Makefile"):
        write(f"news/{name}", "x")
    result = run("build", "news")
    assert (result.exit_code, result.stdout) == (0, "1 added\n")
    named = "left out: 2 .png, 1 without an ending; name such a file itself to have it looked at"
    assert result.stderr.splitlines()[-1] == named
    (report,) = objects(run("add", "news", "--json"))
    assert [each["origin"] for each in report["left_out"]] == ["news/Makefile", "news/a.png", "news/b.png"]
    assert report["reasons"] == {
        "files with this ending hold no articles (.png)": 2,
        "files with this ending hold no articles (none)": 1,
    }


def test_a_dry_run_shows_what_would_come_in_and_changes_nothing(run: Run, place: Place) -> None:
    page = '<meta property="article:published_time" content="2024-07-15"><meta property="og:site_name" content="Post">'
    write(
        "news/page.html", f"<html><head>{page}</head><body><article><h1>Mill burns</h1><p>{STORY}</p></article></body>"
    )
    write("news/empty.txt", "")
    write("news/a.png", "")
    result = run("build", "news", "--dry-run")
    words = len(STORY.split())
    assert (result.exit_code, result.stdout) == (1, f"2024-07-15  {words:>7} words  Post  Mill burns\n")
    assert result.stderr.splitlines()[-1] == (
        f"1 articles of {words} words would come in, 1 could not be read; left out: 1 .png"
    )
    assert [next(iter(each)) for each in objects(run("add", "news", "--dry-run", "--json"))] == [
        "left_out",
        "unreadable",
        "article_id",
    ]
    assert place.current() is None


def test_many_bad_files_are_not_all_named(run: Run, place: Place) -> None:
    write("lines.jsonl", "{oops\n" * 30 + jsonl(CHESS))
    result = run("build", "lines.jsonl")
    assert (result.exit_code, result.stdout) == (1, "1 added\n")
    assert result.stderr.count("not read: ") == 20
    assert result.stderr.splitlines()[-1] == (
        "article-qa: 30 could not be read, the first 20 named above; the rest is in the index"
    )


def test_list(run: Run, built_place: Place) -> None:
    assert said(run("list")) == (
        0,
        "2024-04-20  vaccine  Malaria vaccine reaches Ghana\n"
        "2024-03-01  bridge  Harbour bridge opens\n"
        "2023-09-30  glacier  Glacier loses ice\n"
        "undated     chess  Teenager wins chess title\n",
        "",
    )
    listed = objects(run("list", "--json"))
    assert [each["article_id"] for each in listed] == ["vaccine", "bridge", "glacier", "chess"]
    assert listed[1] == {
        "article_id": "bridge",
        "title": "Harbour bridge opens",
        "source": "Coast Daily",
        "published": "2024-03-01",
        "url": "https://example.org/bridge",
        "passages": 1,
        "characters": len(BRIDGE.text),
        "origins": [],
    }


def test_show(run: Run, built_place: Place) -> None:
    assert said(run("show", "glacier")) == (
        0,
        f"Glacier loses ice\nAlpine Post · 2023-09-30\n\n{GLACIER.text}\n",
        "",
    )
    assert run("show", "chess").stdout == f"Teenager wins chess title\nundated\n\n{CHESS.text}\n"
    assert objects(run("show", "chess", "--json")) == [
        {
            "article_id": "chess",
            "title": CHESS.title,
            "text": CHESS.text,
            "source": None,
            "published": None,
            "url": None,
            "text_sha256": CHESS.text_sha256,
            "origins": [],
        }
    ]


def test_where_an_article_was_found_and_what_it_was(run: Run, built_place: Place) -> None:
    for name in ("a.txt", "b.txt"):
        write(f"news/{name}", STORY)
    run("add", "news")
    places = [str(Path("news", name).resolve()) for name in ("a.txt", "b.txt")]
    found = [f"found in {place}" for place in places]
    assert run("show", "a").stdout.splitlines()[2:4] == found
    assert objects(run("show", "a", "--json"))[0]["origins"] == places
    assert {each["article_id"]: each["origins"] for each in objects(run("list", "--json"))}["a"] == places
    assert run("history", "a").stdout.splitlines()[1:] == []
    (before,) = objects(run("history", "a", "--json"))
    write("news/a.txt", f"{STORY} It went on.")
    run("add", "news")
    now, then = objects(run("history", "a", "--json"))
    assert then == {**before, "changed": then["changed"]}
    assert (now["text"], now["changed"]) == (f"{STORY} It went on.", None)
    digits = then["text_sha256"]
    assert run("history", "a").stdout.splitlines() == [
        f"now         {now['text_sha256'][:12]}  {len(now['text']):>9,} characters  {now['title']}",
        f"{then['changed']}  {digits[:12]}  {len(STORY):>9,} characters  {then['title']}"
        f"  articles/a?text_sha256={digits[:16]}",
    ]
    # The other file still has it.
    assert objects(run("show", "b", "--json"))[0]["text"] == STORY
    assert run("history", "nobody").stderr == "article-qa: no article 'nobody'; `article-qa list` shows the ids\n"


def test_ask_as_json(run: Run, built_place: Place) -> None:
    result = run("ask", "Who won the chess title in Toronto?", "-k", "2", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    (answer,) = objects(result)
    assert list(answer) == ANSWER_KEYS
    assert [list(citation) for citation in answer["citations"]] == [CITATION_KEYS] * 2
    first = answer["citations"][0]
    assert (first["article_id"], first["quote"]) == ("chess", CHESS.text)
    assert "Zürich" in run("ask", "What did the glacier lose?", "--json").stdout


def test_ask_one_article_alone(run: Run, built_place: Place) -> None:
    result = run("ask", "Who won the chess title?", "--article", "glacier", "--article", "bridge", "--json")
    assert {citation["article_id"] for citation in json.loads(result.stdout)["citations"]} == {"glacier", "bridge"}
    refused = run("ask", "Who won?", "--article", "glazier")
    assert refused.exit_code == 1
    assert refused.stderr == "article-qa: no article has the id 'glazier'; the list of articles has the ids\n"


def test_ask_in_words(run: Run, built_place: Place) -> None:
    result = run("ask", "Who won the chess title in Toronto?", "--full")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    at = lines.index("[1] Teenager wins chess title")
    assert lines[at + 1 : at + 3] == ["Date unknown · chess 0-91", CHESS.text]
    assert "Coast Daily · 1 March 2024 · bridge 0-172" in lines


def test_ask_in_less_than_a_screen_and_without_quotation_marks(run: Run, built_place: Place) -> None:
    result = run("ask", "Who", "won", "the", "chess", "title", "in", "Toronto?")
    lines = result.stdout.splitlines()
    assert "[1] Teenager wins chess title" in lines
    assert "Date unknown · chess 0-91" in lines
    assert len(lines) < 25
    asked = objects(run("ask", "Who", "won", "the chess title?", "--json"))
    assert asked[0]["question"] == "Who won the chess title?"


def test_at_a_terminal_a_build_asks_before_it_lets_articles_go(
    run: Run, built_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("story.txt").write_text("The mayor resigned on Monday.", encoding="utf-8")
    Path("same.jsonl").write_bytes(jsonl(*ARTICLES).encode())
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    refused = run("build", "story.txt", stdin=b"n\n")
    assert refused.exit_code == 1
    assert (
        f"The index in {built_place.name!r} has 4 articles that are not in these sources. Replace it?" in refused.stderr
    )
    assert refused.stderr.endswith(
        "the index is as it was; use --replace to replace it, or `article-qa add` to keep what is there\n"
    )
    assert len(objects(run("list", "--json"))) == 4
    assert "Replace it?" not in run("build", "same.jsonl").stderr
    assert run("build", "story.txt", "--replace").stdout == "1 added\n"
    assert run("build", "same.jsonl", stdin=b"y\n").stdout.endswith("4 added\n")


def test_a_script_replaces_an_index_unasked(run: Run, built_place: Place) -> None:
    Path("story.txt").write_text("The mayor resigned on Monday.", encoding="utf-8")
    result = run("build", "story.txt")
    assert (result.exit_code, result.stdout) == (0, "1 added\n")
    assert "Replace" not in result.stderr


def test_days_in_the_wrong_order_are_explained(run: Run, built: IndexFolder) -> None:
    result = run("ask", "Who won?", "--after", "2024-01-01", "--before", "2023-01-01")
    assert result.exit_code == 1
    assert "no article can be from 2024-01-01 on and until 2023-01-01; change --after or --before" in result.stderr


def test_ask_for_what_the_articles_do_not_say(run: Run, built_place: Place) -> None:
    result = run("ask", "zzz qqq", "--before", "1990-01-01")
    assert said(result) == (0, "The articles do not say. There is no such article.\n", "")
    (answer,) = objects(run("ask", "zzz qqq", "--before", "1990-01-01", "--json"))
    assert (answer["answerable"], answer["answer"], answer["citations"]) == (False, None, [])


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (("--after", "2024-03-01"), ["bridge", "vaccine"]),
        (("--before", "2024-03-01"), ["bridge", "glacier"]),
        (("--source", "Alpine Post"), ["glacier"]),
        (("--source", "Alpine Post", "--source", "Coast Daily", "--after", "2024-04-01"), ["vaccine"]),
    ],
)
def test_ask_among_some(run: Run, built_place: Place, options: tuple[str, ...], wanted: list[str]) -> None:
    (answer,) = objects(run("ask", "Who won?", "--json", *options))
    assert sorted(citation["article_id"] for citation in answer["citations"]) == wanted


def test_verify(run: Run, built_place: Place) -> None:
    saved = run("ask", "Who won the chess title?", "--json").stdout + run("ask", "Who opened it?", "--json").stdout
    write("answers.jsonl", saved)
    assert said(run("verify", "answers.jsonl")) == (0, "8 of 8 citations in 2 answers are exact\n", "")
    write("bad.jsonl", saved.replace("forty moves", "fifty moves", 1))
    result = run("verify", "bad.jsonl")
    problem = "bad.jsonl:1: citation 1: the quote differs from 'chess' at 0:91"
    assert said(result) == (1, f"{problem}\n7 of 8 citations in 2 answers are exact\n", "")
    result = run("verify", "bad.jsonl", "--json")
    assert (result.exit_code, objects(result)) == (1, [{"answers": 2, "citations": 8, "problems": [problem]}])


def test_no_name_of_a_file_steers_the_terminal(run: Run, tmp_path: Path) -> None:
    steering = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e"
    folder = tmp_path / f"folder{steering}"
    folder.mkdir()
    for name, data in (("good.txt", STORY.encode()), ("bad.txt", b"\x89PNG\0"), ("a.png", b""), ("x.jsonl", b'{"a')):
        (folder / f"{steering}{name}").write_bytes(data)
    (folder / "lines.jsonl").write_text(json.dumps({"_id": "a", "text": STORY, steering: steering}), encoding="utf-8")
    saved = folder / "saved.jsonl"
    saved.write_text('{"citations": [{"article_id": "none"}]}', encoding="utf-8")
    calls = (
        ("build", "--dry-run", folder), ("build", folder), ("add", folder), ("list",), ("ask", "Who?"), ("info",),
        ("info", "--index", folder), ("build", folder, "--index", folder), ("info", "--index", folder),
        ("verify", saved), ("verify", folder), ("show", steering), ("remove", steering), ("add", f"{folder}/none"),
    )  # fmt: skip
    for call in calls:
        shown = run(*call).output
        assert not set(shown.replace("\n", "")) & {*map(chr, [*range(32), *range(127, 160)]), "\u202e"}, call
    assert "1 added, 1 unchanged" in run("build", folder).output


def test_info(run: Run, built: IndexFolder) -> None:
    (facts,) = objects(run("info", "--json"))
    assert facts.pop("bytes") > 0
    assert facts == {
        "index": str(built.path),
        "articles": 4,
        "passages": 4,
        "oldest": "2023-09-30",
        "newest": "2024-04-20",
        "undated": 1,
        "encoder": "hash@64",
    }
    assert "articles  4\npassages  4\noldest    2023-09-30\n" in run("info").stdout


def test_doctor_finds_nothing_wrong(run: Run, built: IndexFolder) -> None:
    result = run("doctor")
    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if not line.startswith("ok    ")] == []
    findings = objects(run("doctor", "--json"))
    assert {tuple(finding) for finding in findings} == {("what", "is_ok", "mend")}
    assert [finding["what"] for finding in findings][-5:] == [
        "encoder hash@64, 64 dimensions",
        "4 articles, 4 passages",
        "articles in English",
        "lexical index, 4 of 4 passages",
        "snapshot of the vectors",
    ]


def test_doctor_says_what_mends_it(run: Run, built: IndexFolder) -> None:
    with closing(ArticleStore(built.require_current() / "articles.db")) as store:
        store.connection.execute("DELETE FROM vector WHERE number = 2")
    result = run("doctor")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == (
        "BAD   articles: 1 passages without a vector: run `article-qa build` with the same sources"
    )
    with closing(ArticleStore(built.require_current() / "articles.db")) as store:
        store.connection.execute("INSERT INTO vector VALUES (2, zeroblob(256))")
        store.connection.execute("CREATE TEMP TABLE kept AS SELECT * FROM sentences WHERE number = 3")
        store.connection.execute("DELETE FROM sentences WHERE number = 3")
        assert run("doctor").stdout.splitlines()[-1].startswith("BAD   articles: 1 passages without sentences: run ")
        store.connection.execute("INSERT INTO sentences SELECT * FROM kept")
        store.connection.execute("UPDATE vector SET data = zeroblob(128)")
        assert "vectors that are not of the encoder's length: run " in run("doctor").stdout.splitlines()[-1]
        store.connection.execute("UPDATE vector SET data = zeroblob(256)")
    (built.require_current() / "lexical" / "meta.json").write_text("{", encoding="utf-8")
    last = run("doctor").stdout.splitlines()[-1]
    assert last.startswith("BAD   lexical index: ")
    assert last.endswith("; run `article-qa build`")


def test_doctor_finds_an_index_without_articles(run: Run, built: IndexFolder) -> None:
    run("remove", *(article.article_id for article in ARTICLES))
    result = run("doctor")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == (
        "BAD   the index has no articles: name some to `article-qa add` or `article-qa build`"
    )


def test_doctor_finds_words_that_are_lost(run: Run, built: IndexFolder) -> None:
    with closing(ArticleStore(built.require_current() / "articles.db")) as store:
        writer = LexicalIndex(store)._tantivy.writer(heap_size=WRITER_BYTES, num_threads=1)
        writer.delete_documents_by_term("number", 2)
        writer.commit()
        writer.wait_merging_threads()
    result = run("doctor")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == (
        "BAD   lexical index, 3 of 4 passages: run `article-qa build` with the same sources"
    )


def test_a_full_disk_is_one_line(run: Run, built: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_nothing(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    # What tells languages writes its model to a temporary file.
    monkeypatch.setattr("qa.check.doctor.languages_of", write_nothing)
    assert error(run("doctor")) == (
        "article-qa: a disk is full (that of temporary files, where TMPDIR says); free some space"
    )


def test_doctor_without_an_index(run: Run, folder: IndexFolder) -> None:
    result = run("doctor")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == (
        f"BAD   articles: no index in {str(folder.path)!r}; run `article-qa build`, or name another with --index"
    )


VERBS = [
    ("add", "story.txt"),
    ("remove", "chess"),
    ("list",),
    ("show", "chess"),
    ("ask", "Who won?"),
    ("verify", "story.txt"),
    ("info",),
    ("rebuild",),
]
# Those that need an index as this version makes it; `rebuild` mends one that is not.
READING = [args for args in VERBS if args[0] != "rebuild"]


@pytest.mark.parametrize("args", VERBS, ids=lambda args: args[0])
def test_there_is_no_index(run: Run, place: Place, args: tuple[str, ...]) -> None:
    write("story.txt", STORY)
    assert error(run(*args)) == (
        f"article-qa: no index in {place.name!r}; run `article-qa build`, or name another with --index"
    )


@pytest.mark.parametrize("args", VERBS, ids=lambda args: args[0])
def test_a_corrupt_store(run: Run, built: IndexFolder, args: tuple[str, ...]) -> None:
    write("story.txt", STORY)
    path = built.require_current() / "articles.db"
    path.write_bytes(b"It was a dark and stormy night. " * 200)
    assert error(run(*args)) == (
        f"article-qa: {str(path)!r} is damaged (file is not a database); run `article-qa build`"
    )
    assert run("build", "story.txt").stdout == "1 added\n"


@pytest.mark.parametrize("args", [args for args in VERBS if args[0] in ("add", "remove", "ask")], ids=lambda a: a[0])
def test_an_index_of_another_encoder(
    run: Run, built_place: Place, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]
) -> None:
    write("story.txt", STORY)
    monkeypatch.setenv("ARTICLE_QA_ENCODER", "models/other")
    assert error(run(*args)) == (
        f"article-qa: {built_place.name!r} was built with the encoder 'hash@64' but the settings ask for 'other@64'; "
        "run `article-qa rebuild`, or change the setting `encoder`"
    )


def set_meta(folder: IndexFolder, key: str, value: str) -> None:
    with closing(ArticleStore(folder.require_current() / folder.store_name)) as store:
        store.set_meta(key, value)


@pytest.mark.parametrize("args", READING, ids=lambda args: args[0])
@pytest.mark.parametrize(
    ("number", "words", "command"),
    [
        ("1", "has index format '1', this version's is 2; run ", "`article-qa rebuild`"),
        ("7", "was written by a later version (index format 7, this one knows 2); ", "update article-qa"),
    ],
)
def test_an_index_of_another_format(
    run: Run, built: IndexFolder, number: str, words: str, command: str, args: tuple[str, ...]
) -> None:
    write("story.txt", STORY)
    set_meta(built, "format", number)
    path = built.require_current() / built.store_name
    line = error(run(*args))
    assert line.startswith(f"article-qa: {str(path)!r} {words}")
    assert command in line
    last = run("doctor").stdout.splitlines()[-1]
    assert last.startswith("BAD   articles: ")
    assert command in last


@pytest.mark.parametrize("args", [args for args in VERBS if args[0] in ("add", "remove", "ask")], ids=lambda a: a[0])
def test_an_index_of_another_recipe(run: Run, built: IndexFolder, args: tuple[str, ...]) -> None:
    write("story.txt", STORY)
    set_meta(built, "recipe", "0 words 1-2")
    assert error(run(*args)) == (
        f"article-qa: {str(built.path)!r} was built by another version (recipe '0 words 1-2', wanted {RECIPE!r}); "
        "run `article-qa rebuild`, which makes it anew from its own articles"
    )
    assert run("rebuild").stdout == "4 added\n"
    assert run("remove", "chess").stdout == "1 removed\n"


QUESTIONS = ("Who won the chess title in Toronto?", "What did the bridge cost?", "zzz qqq", "Who opened it in 2024?")


def answers(run: Run) -> list[dict[str, Any]]:
    """What is answered to QUESTIONS, without which index it was and how long it took."""
    kept = []
    for question in QUESTIONS:
        (answer,) = objects(run("ask", question, "-k", "3", "--json"))
        kept.append({key: value for key, value in answer.items() if key not in ("index", "timing_ms")})
    return kept


def test_a_rebuild_changes_no_answer(run: Run, built_place: Place) -> None:
    write("volcano.txt", STORY)
    run("add", "volcano.txt")
    before, generation, listed = answers(run), built_place.current(), run("list", "--json").stdout
    rebuilt = run("rebuild")
    assert (rebuilt.exit_code, rebuilt.stdout) == (0, "5 added\n")
    assert "5/" in rebuilt.stderr
    assert built_place.current() != generation
    assert (answers(run), run("list", "--json").stdout) == (before, listed)
    assert stored(built_place) == ["bridge", "chess", "glacier", "vaccine", "volcano"]
    assert objects(run("rebuild", "--json")) == [
        {"added": 5, "updated": 0, "unchanged": 0, "removed": 0, "unreadable": [], "remarks": []} | NOTHING_LEFT_OUT
    ]
    assert run("doctor").exit_code == 0


def test_a_rebuild_of_an_earlier_index(run: Run, built: IndexFolder) -> None:
    before, listed = answers(run), run("list", "--json").stdout
    make_earlier(built)
    assert error(run("ask", QUESTIONS[0])).endswith(
        "has index format '1', this version's is 2; run `article-qa rebuild`, which makes it anew from its own articles"
    )
    assert run("rebuild").stdout == "4 added\n"
    assert (answers(run), run("list", "--json").stdout) == (before, listed)
    assert stored(built) == ["bridge", "chess", "glacier", "vaccine"]


def test_a_rebuild_for_another_encoder(run: Run, built_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("rebuild", "--encoder", "models/other").stdout == "4 added\n"
    assert error(run("ask", "Who won?")).startswith(
        f"article-qa: {built_place.name!r} was built with the encoder 'other"
    )
    monkeypatch.setenv("ARTICLE_QA_ENCODER", "models/other")
    assert run("ask", QUESTIONS[0]).exit_code == 0
    assert stored(built_place) == ["bridge", "chess", "glacier", "vaccine"]


def test_a_rebuild_of_a_later_index_leaves_it_as_it_is(run: Run, built: IndexFolder) -> None:
    set_meta(built, "format", "7")
    generation = built.current()
    assert " was written by a later version (index format 7, this one knows 2); update article-qa" in error(
        run("rebuild")
    )
    assert built.current() == generation
    assert [path for path in built.path.iterdir() if path.is_dir()] == [generation]


@pytest.mark.parametrize("verb", ["build", "add"])
@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("nope.txt", "there is no file or folder 'nope.txt'; correct the path"),
        ("bare", f"no articles in 'bare', only other files (1 .png); article files end in {', '.join(SUFFIXES)}"),
    ],
)
def test_a_source_without_articles(run: Run, built_place: Place, verb: str, source: str, words: str) -> None:
    write("bare/picture.png", b"\x89PNG")
    write("story.txt", STORY)
    assert error(run(verb, "story.txt", source)) == f"article-qa: {words}"
    assert stored(built_place) == ["bridge", "chess", "glacier", "vaccine"]


def test_a_build_of_nothing_readable(run: Run, built_place: Place) -> None:
    write("empty.txt", "")
    assert error(run("build", "empty.txt")).startswith(
        "article-qa: none of 1 articles could be read; the first: empty.txt: "
    )
    assert stored(built_place) == ["bridge", "chess", "glacier", "vaccine"]


def test_an_unknown_article(run: Run, built_place: Place) -> None:
    words = "article-qa: no article 'nope'; `article-qa list` shows the ids"
    assert error(run("show", "nope")) == words
    assert error(run("remove", "chess", "nope")) == words
    assert stored(built_place) == ["bridge", "chess", "glacier", "vaccine"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("-k", "0"), "bad value 0 for 'k' in -k: Input should be greater than or equal to 1"),
        (("-k", "10000"), "bad value 10000 for 'k' in -k: Input should be less than or equal to 50"),
        (("--config", "nope.toml"), "cannot read the settings file 'nope.toml': No such file or directory"),
    ],
)
def test_bad_settings(run: Run, built: IndexFolder, args: tuple[str, ...], words: str) -> None:
    assert error(run("ask", "Who won?", *args)) == f"article-qa: {words}"


def test_settings_from_a_file(run: Run, built: IndexFolder) -> None:
    write("article-qa.toml", "k = 1")
    (answer,) = objects(run("ask", "Who won?", "--json"))
    assert [citation["rank"] for citation in answer["citations"]] == [1]
    write("article-qa.toml", "colour = 1")
    assert error(run("list")).startswith("article-qa: unknown setting 'colour' in article-qa.toml; known ones are ")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("", "the question is empty; ask something in plain words"),
        ("x" * 2_001, "the question has 2,001 characters; the most is 2,000; ask in fewer"),
    ],
)
def test_a_bad_question(run: Run, built: IndexFolder, question: str, words: str) -> None:
    assert error(run("ask", question)) == f"article-qa: {words}"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("ask",), "Missing argument 'QUESTION'"),
        (("add",), "Missing argument 'SOURCES...'"),
        (("show", "a", "b"), "Got unexpected extra argument"),
        (("list", "--nope"), "No such option"),
        (("nope",), "No such command 'nope'"),
        (("ask", "Who?", "-k", "many"), "'many' is not a valid integer"),
        (("ask", "Who?", "--after", "yesterday"), "'yesterday' does not match the format '%Y-%m-%d'"),
        (("ask", "caf\udce9"), "'caf\\udce9' is not UTF-8 text"),
        (("show", "caf\udce9"), "'caf\\udce9' is not UTF-8 text"),
        (("remove", "chess", "caf\udce9"), "'caf\\udce9' is not UTF-8 text"),
        (("ask", "Who?", "--source", "caf\udce9"), "'caf\\udce9' is not UTF-8 text"),
    ],
)
def test_usage(run: Run, args: tuple[str, ...], words: str) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_a_second_build_while_one_is_at_work(run: Run, built: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.update.WAIT_SECONDS", 0.05)
    write("story.txt", STORY)
    with built.writing():
        for args in (("build", "story.txt"), ("add", "story.txt"), ("remove", "chess"), ("rebuild",)):
            assert error(run(*args)) == (
                f"article-qa: another build, add or remove is writing to {str(built.path)!r}; "
                "run this again when it has finished"
            )
    assert run("add", "story.txt").stdout == "1 added\n"


def test_help_names_every_verb(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    for verb in ("build", "add", "rebuild", "remove", "list", "show", "ask", "serve", "verify", "info", "doctor"):
        assert f"\n  {verb} " in result.stdout


@pytest.mark.slow
def test_nobody_reads_on(built: IndexFolder) -> None:
    """`article-qa list | head -c 0` ends without a word."""
    process = subprocess.Popen(
        [sys.executable, "-m", "qa", "list", "--index", str(built.path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == (b"", 0)
    process.stderr.close()


def command(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qa", *map(str, args)], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_real_encoder_from_build_to_verify(tmp_path: Path) -> None:
    place = ("--index", tmp_path / "index")
    built = command("build", *place)
    assert (built.returncode, built.stdout) == (0, "5 added\n")
    asked = command("ask", "How is South Korea strengthening its partnership with NATO?", "--json", *place)
    assert (asked.returncode, asked.stderr) == (0, "")
    answer = json.loads(asked.stdout)
    # The bundled articles are of 2023 and 2025, and both strengthen it.
    assert list(answer) == [*ANSWER_KEYS, "timeline"]
    days = [each["published"] for each in answer["timeline"]]
    assert days == sorted(days, reverse=True)
    assert {day[:4] for day in days} == {"2023", "2025"}
    assert (answer["answerable"], len(answer["citations"])) == (True, 5)
    (tmp_path / "answer.json").write_text(asked.stdout, encoding="utf-8")
    checked = command("verify", tmp_path / "answer.json", *place)
    assert (checked.returncode, checked.stdout) == (0, "5 of 5 citations in 1 answers are exact\n")
    doctor = command("doctor", *place)
    assert (doctor.returncode, "BAD" in doctor.stdout) == (0, False)


@pytest.mark.slow
def test_serve_without_an_index(tmp_path: Path) -> None:
    result = command("serve", "--port", "0", "--index", tmp_path / "index")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == (
        f"article-qa: no index in {str(tmp_path / 'index')!r}; run `article-qa build`, or name another with --index"
    )


@pytest.mark.slow
def test_an_encoder_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    result = command("build", "--index", tmp_path / "index", "--encoder", tmp_path / "model")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1].startswith(
        f"article-qa: could not load the encoder {str(tmp_path / 'model')!r} ("
    )


def test_doctor_names_the_encoder_that_other_languages_want(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = HashEncoder(PACKAGED)
    monkeypatch.setattr("qa.check.doctor.load_models", lambda _: Models(packaged))
    build_index(IndexFolder(tmp_path), [Article("tower", "東京タワー", "東京タワーは高い。"), *ARTICLES], packaged)
    found = [finding for finding in examine(Settings(index=tmp_path)) if "Japanese" in finding.what]
    assert [finding.is_ok for finding in found] == [True]
    assert "run `article-qa rebuild --encoder multilingual`" in found[0].what

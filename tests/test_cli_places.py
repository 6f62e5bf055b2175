"""Every verb over a folder and over a database says the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from fakes import CHESS, HashEncoder, address_of

from corpus.filters import Filters
from qa.archive import Archive
from qa.build import Models
from qa.check.describe import describe_index
from qa.cli import main
from qa.settings import Settings

if TYPE_CHECKING:
    from postgres_server import Server

    from index.place import Place
    from index.postgres.database import Database

pytestmark = pytest.mark.slow

Run = Callable[..., Result]
STORY = "Oslo, March 2, 2024 (Coast Daily) A volcano erupted near Naples on Monday. Nobody was hurt."


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command with the HashEncoder, in an empty folder; it must not fail otherwise than it says."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ARTICLE_QA_{name.upper()}", raising=False)
    for module in ("qa.build", "qa.check.doctor"):
        monkeypatch.setattr(f"{module}.load_models", lambda _: Models(HashEncoder()))
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> Result:
        result = CliRunner().invoke(main, args, prog_name="article-qa")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def test_every_verb(run: Run, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTICLE_QA_INDEX", address_of(place))
    assert (
        run("ask", "Who?").stderr
        == f"article-qa: no index in {place.name!r}; run `article-qa build`, or name another with --index\n"
    )
    assert run("build").stdout == "5 added\n"
    Path("volcano.txt").write_text(STORY, encoding="utf-8")
    assert run("add", "volcano.txt").stdout == "1 added\n"
    assert run("add", "volcano.txt").stdout == "1 unchanged\n"
    listed = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
    assert len(listed) == 6
    (volcano,) = [article["article_id"] for article in listed if article["passages"] == 1]
    assert STORY.rpartition(") ")[2] in run("show", volcano).stdout
    answer = run("ask", "What erupted near Naples?", "--json").stdout
    assert json.loads(answer)["citations"][0]["article_id"] == volcano
    Path("answer.json").write_text(answer, encoding="utf-8")
    assert run("verify", "answer.json").stdout == "5 of 5 citations in 1 answers are exact\n"
    facts = json.loads(run("info", "--json").stdout)
    assert (facts["index"], facts["articles"], facts["encoder"]) == (place.name, 6, "hash@64")
    assert facts["bytes"] > 100_000
    assert run("remove", volcano).stdout == "1 removed\n"
    assert run("verify", "answer.json").exit_code == 1
    assert run("rebuild").stdout == "5 added\n"
    doctor = run("doctor")
    assert (doctor.exit_code, "BAD" in doctor.stdout, "5 articles, " in doctor.stdout) == (0, False, True)
    measured = json.loads(run("evaluate", "--json", "--limit", "3", "--timed", "0").stdout)
    assert measured["questions"] == 3


def test_answers_are_the_same(run: Run, database: Database, tmp_path: Path) -> None:
    run("build", "--index", "folder")
    assert run("copy", "folder", database.address.secret).stdout == "5 added\n"
    assert run("copy", database.address.secret, "back").stdout == "5 added\n"
    for question in ("Who opened the congress?", "How many people died?", "When did it begin?"):
        answers = [
            json.loads(run("ask", question, "--index", index, "--json").stdout)
            for index in ("folder", database.address.secret, "back")
        ]
        numbers = []
        for answer in answers:
            del answer["timing_ms"], answer["index"]["version"]
            numbers.append([answer.pop("confidence"), *(citation.pop("score") for citation in answer["citations"])])
        assert answers[0] == answers[1] == answers[2]
        assert numbers[0] == pytest.approx(numbers[1], abs=1e-3)
        assert numbers[0] == pytest.approx(numbers[2], abs=1e-6)


def test_leafing_through_both(shared_place: Place) -> None:
    archive = Archive(Settings(index=shared_place.where), models=Models(HashEncoder()))
    found = archive.browse(words="harbour bridge")
    assert ([article.article_id for article in found.articles], found.total) == (["bridge"], 1)
    assert [article.article_id for article in archive.browse(words="in May").articles] == ["vaccine"]
    ordered = {order: [a.article_id for a in archive.browse(order=order).articles] for order in ("newest", "oldest")}
    assert ordered == {
        "newest": ["vaccine", "bridge", "glacier", "chess"],
        "oldest": ["glacier", "bridge", "vaccine", "chess"],
    }
    assert [a.article_id for a in archive.browse(source="coast", first=1, most=1).articles] == ["bridge"]
    days = Filters(after=date(2024, 1, 1), before=date(2024, 3, 1))
    assert [a.article_id for a in archive.browse(filters=days).articles] == ["bridge"]
    assert list(archive.by_source()) == [("Coast Daily", 2), ("Alpine Post", 1)]
    assert list(archive.by_month()) == [("2023-09", 1), ("2024-03", 1), ("2024-04", 1)]
    assert list(archive.titles(2)) == ["Malaria vaccine reaches Ghana", "Harbour bridge opens"]
    around = [each and each.article_id for each in archive.neighbours("bridge")]
    assert around == ["vaccine", "glacier"]
    assert archive.neighbours("missing") == (None, None)
    facts = describe_index(shared_place.where)
    assert [facts[name] for name in ("oldest", "newest", "undated")] == ["2023-09-30", "2024-04-20", 1]


def test_no_password_is_shown(run: Run, server: Server, database: Database) -> None:
    address = database.address.secret.replace("postgres@", "postgres:s3cr3tword@")
    shown = [run("build", "--index", address)]
    shown += [run(verb, "--index", address) for verb in ("list", "info", "doctor")]
    shown.append(run("evaluate", "--index", address, "--limit", "2", "--timed", "0", "--out", "run"))
    nowhere = "postgresql://u:s3cr3tword@/x?host=/nowhere"
    shown += [run(verb, "--index", nowhere) for verb in ("list", "info", "doctor", "build")]
    shown += [run("ask", "Who?", "--index", nowhere), run("copy", "folder", nowhere), run("copy", nowhere, "folder")]
    assert [result.exit_code for result in shown] == [0] * 5 + [1] * 7
    assert "s3cr3tword" not in "".join(result.output for result in shown)
    for file in Path("run").iterdir():
        assert b"s3cr3tword" not in file.read_bytes()
    assert run("show", CHESS.article_id, "--index", address).exit_code == 1

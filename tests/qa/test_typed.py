"""What a type checker knows of the front door: a program that uses all of it, checked as strictly as can be."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import qa
from qa.archive import Archive

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
Check = Callable[[str], str]
PROGRAM = """
from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import qa
from qa import Answer, Archive, Citation, Filters, Settings, Turn, UserError

number: int
text: str
share: float
day: date | None
maybe: str | None


def show(done: int, total: int | None) -> None:
    print(done, total)


def read(citation: Citation) -> None:
    global number, text, share, day, maybe
    number = citation.rank + citation.start + citation.end + citation.answer_start + citation.answer_end
    text = citation.article_id + citation.passage_id + citation.title + citation.quote + citation.text_sha256
    text = citation.answer + "".join(citation.article_ids)
    maybe, maybe, day, share = citation.source, citation.url, citation.published, citation.score
    for copy in citation.also_in:
        text, number, day = copy.article_id + copy.title, copy.start + copy.end, copy.published
        maybe, maybe = copy.source, copy.url


def hear(answer: Answer) -> None:
    global number, text, share, day, maybe
    text, maybe = answer.question + answer.query, answer.text
    if answer.is_answerable and not answer.names_time:
        share, day = answer.confidence, answer.newest
    for citation in answer.citations:
        read(citation)
    text, number = answer.index.version, answer.index.articles + answer.index.passages
    share = sum(answer.timing_ms.values())
    day, day = answer.filters.after, answer.filters.before
    text = "".join(answer.filters.sources + answer.filters.articles)
    if answer.written is not None:
        text, number = answer.written.model + answer.written.problem, answer.written.left_out
        for sentence in answer.written.sentences:
            text, number = sentence.text, sum(sentence.ranks)
    record = answer.to_json()
    keys: list[str] = sorted(record)
    text = json.dumps(record) + "".join(keys)


def change(archive: Archive) -> None:
    global number, text
    report = archive.add(["a folder", Path("a file")], on_progress=show)
    number = report.added + report.updated + report.unchanged + report.removed
    for unreadable in report.unreadable:
        text = unreadable.origin + unreadable.reason
    number = archive.add("a file").added + archive.remove("one").removed + archive.remove(["one", "two"]).removed
    number = archive.rebuild().added + archive.rebuild(on_progress=show).updated
    number = archive.add("a folder", only={Path("a file")}).added
    number = archive.remove_vanished(lambda origin: origin.place == "a file").removed
    number = archive.add_read(archive.read_addresses(["https://example.org/"]), on_progress=show).added
    if archive.report is not None:
        number = archive.report.added


def look(archive: Archive) -> None:
    global number, text, day, maybe
    for listed in archive.list():
        text, number = listed.article_id + listed.title, listed.passages + listed.characters
        maybe, maybe, day = listed.source, listed.url, listed.published
    listing = archive.browse("a word", source="a part", filters=Filters(), order="oldest", first=0, most=5)
    number = listing.total + sum(each.passages for each in listing.articles)
    for neighbour in archive.neighbours("one"):
        text = neighbour.title if neighbour is not None else text
    for places in archive.origins(["one"]).values():
        text = "".join(origin.place + origin.item for origin in places)
    for revision in archive.history("one"):
        text, day = revision.article.text, revision.changed
    cited, day = archive.article_as_cited("one", "0123456789ab")
    text = cited.text
    text = "".join(archive.common_sources(9)) + "".join(archive.titles(9))
    for name, count in (*archive.by_source(), *archive.by_month()):
        text, number = name, count
    article = archive.article("one")
    text = article.article_id + article.title + article.text + article.text_sha256
    maybe, maybe, day = article.source, article.url, article.published
    text = "".join(archive.sources()) + archive.info().version
    text, number = archive.settings.encoder, archive.settings.k
    maybe, path = archive.settings.reranker, archive.settings.index
    text = path.name


def ask(archive: Archive) -> None:
    archive.warm_up()
    filters = Filters(after=date(2023, 1, 1), before=None, sources=("Coast Daily",), articles=("one",))
    history = [Turn("Who?"), Turn(question="When?", answer=None)]
    hear(archive.ask("What?", history=history, k=3, filters=filters, asked_on=date(2024, 1, 1), write=True))


def check(archive: Archive, answer: Answer) -> None:
    global number, text
    for checked in (archive.verify("a file"), archive.verify(Path()), archive.verify(answer), archive.verify([answer])):
        number, text = checked.answers + checked.citations, "".join(checked.problems)


def measure(archive: Archive) -> None:
    global number, text, share
    evaluation = archive.evaluate()
    evaluation = archive.evaluate("gold", limit=5, cache=Path(), timed=1, seed=1, on_progress=show)
    for name, figure in evaluation.figures.items():
        text, number, share = name, figure.n, figure.value + figure.low + figure.high
    for outcome, count in evaluation.outcomes.items():
        text, number = outcome, count
    for group in evaluation.groups:
        text, number, share = group.field + group.value, group.n, sum(each.value for each in group.figures.values())
    for judgement in evaluation.judgements:
        text = judgement.question.text + judgement.asked.question_id + judgement.outcome
        hear(judgement.asked.answer)
    for each in evaluation.bins:
        number = each.n
    if evaluation.cost is not None:
        share = evaluation.cost.questions_per_second + sum(stage.p50 for stage in evaluation.cost.stages)
    number, text = evaluation.citations + evaluation.unanswerable, evaluation.index.version + evaluation.folder.name
    text = evaluation.gold.name + evaluation.method + "".join(evaluation.unreadable) + json.dumps(evaluation.to_json())


def main() -> None:
    global text
    text = qa.__version__
    try:
        with Archive.build(["a folder"], index="an index", settings=Settings(k=3), on_progress=show) as archive:
            change(archive)
            look(archive)
            ask(archive)
            check(archive, archive.ask("What?"))
            measure(archive)
        Archive.open(Path("an index"), settings=Settings()).close()
        Archive(Settings(index=Path("an index"))).close()
    except UserError as error:
        text = str(error)
"""


# None of them stands in what the front door shows, which is to say that they would be `Any` there; reading them takes
# minutes.
CONFIG = """
[mypy-torch.*,sentence_transformers.*,transformers.*,gradio.*,faiss.*,tantivy.*,numpy.*,matplotlib.*,fastapi.*]
follow_imports = skip
"""


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Run the type checker over a program; what it says comes back."""
    folder = tmp_path_factory.mktemp("program")
    (folder / "mypy.ini").write_text(f"[mypy]\nstrict = true\ndisallow_any_expr = true\n{CONFIG}", encoding="utf-8")

    def check(program: str) -> str:
        (folder / "program.py").write_text(program, encoding="utf-8")
        command = [sys.executable, "-m", "mypy", "--follow-imports=silent", "program.py"]
        environment = {**os.environ, "MYPYPATH": str(ROOT)}
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout

    return check


def test_a_type_checker_sees_no_any(check: Check) -> None:
    assert check(PROGRAM) == "Success: no issues found in 1 source file\n"


def test_a_type_checker_sees_what_is_wrong(check: Check) -> None:
    wrong = "from qa import Archive, Nothing\nArchive.open().ask(3)\nx = Archive.open().settings.model_dump()\n"
    found = check(wrong)
    assert 'Module "qa" has no attribute "Nothing"' in found
    assert 'Argument 1 to "ask" of "Archive" has incompatible type "int"; expected "str"' in found
    # What pydantic brings to the settings has it.
    assert 'program.py:3: error: Expression type contains "Any" (has type "dict[str, Any]")' in found


def test_the_program_uses_all_there_is() -> None:
    methods = [name for name, _ in inspect.getmembers(Archive, callable) if not name.startswith("_")]
    assert [name for name in methods if f"rchive.{name}(" not in PROGRAM.replace("close", "rchive.close")] == []
    assert [name for name in qa.__all__ if name not in PROGRAM] == []

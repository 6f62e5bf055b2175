"""Saved runs are listed, read and compared, and a damaged one says what is wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from runs import good_run, judged, questions, shuffled

from corpus.errors import UserError
from qa.evaluate.compare.compare import compare, pair_up
from qa.evaluate.gold.gold_set import GoldSet
from qa.evaluate.measure.evaluation import summarise
from qa.evaluate.measure.judge import Judgement
from qa.evaluate.measure.judgements_file import JUDGEMENTS, read_judgements
from qa.evaluate.report.save import save
from qa.evaluate.run.files import ANSWERS
from qa.evaluate.run.saved_runs import METRICS, find_run, has_saved_runs, saved_runs

# Seconds in all: these wait for `make test`.
pytestmark = pytest.mark.slow

GOLD = GoldSet("forty articles", tuple(questions()), "sha")


def save_run(judgements: Sequence[Judgement], folder: Path) -> Path:
    save(summarise(GOLD, judgements, Path("an index")), [], folder)
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    run = good_run(GOLD.questions)
    for age, (name, asked) in enumerate((("new run", shuffled(run)), ("old", run))):
        saved = save_run(judged(GOLD.questions, asked), folder / name)
        os.utime(saved / METRICS, (1_700_000_000 - age, 1_700_000_000 - age))
    return folder


def test_newest_first_and_only_what_is_a_run(runs: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("none")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / METRICS).write_text('{"set": 3}')
    assert has_saved_runs(runs)
    assert [run.name for run in saved_runs(runs)] == ["new run", "old"]
    assert saved_runs(tmp_path) == []
    assert saved_runs(tmp_path / "nowhere") == []
    found = find_run(saved_runs(runs), "old")
    assert (found.metrics.set_name, found.metrics.questions, found.report.is_file()) == ("forty articles", 100, True)
    assert found.metrics.figures["R@1"].value == pytest.approx(0.8)
    with pytest.raises(UserError, match="no run '../old' is saved"):
        find_run(saved_runs(runs), "../old")


def test_saved_runs_compare_as_the_runs_did(runs: Path) -> None:
    run = good_run(GOLD.questions)
    fresh = compare(judged(GOLD.questions, run), judged(GOLD.questions, shuffled(run)))
    read = compare(*pair_up(read_judgements(runs / "old"), read_judgements(runs / "new run")))
    assert (read.changes, read.won, read.lost) == (fresh.changes, fresh.won, fresh.lost)
    assert read.lost


def test_the_words_that_answer_are_saved_and_read(tmp_path: Path) -> None:
    gold = GOLD.questions[0]
    (right,) = good_run([gold], seed=1)
    first, *others = right.answer.citations
    first = replace(first, quote=f"Some say: {gold.answers[0]}.", short_start=10, short_end=10 + len(gold.answers[0]))
    run = [replace(right, answer=replace(right.answer, citations=(first, *others)))]
    saved = save_run(judged([gold], run), tmp_path)
    line = json.loads((saved / ANSWERS).read_text(encoding="utf-8"))
    assert line["short"] == gold.answers[0]
    assert [read.asked.answer.short for read in read_judgements(saved)] == [gold.answers[0]]
    assert json.loads((saved / METRICS).read_text(encoding="utf-8"))["figures"]["short-F1"]["value"] == 1


def test_a_run_saved_before_there_were_any_is_read(runs: Path, tmp_path: Path) -> None:
    for file in (runs / "old").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    records = [json.loads(line) for line in (tmp_path / ANSWERS).read_text(encoding="utf-8").splitlines()]
    for record in records:
        del record["short"]
        for cited in record["citations"]:
            del cited["short_start"], cited["short_end"]
    (tmp_path / ANSWERS).write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    before, now = ([read.asked for read in read_judgements(folder)] for folder in (tmp_path, runs / "old"))
    assert before == now


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": {"R@1": 7}}, "field 'values.R@1': Input should be less than or equal to 1"),
        ({"outcome": "lost"}, "field 'outcome'"),
        ({"extra": 1}, "field 'extra': Extra inputs are not permitted"),
        ({"_id": "q999"}, "question 'q999' has no answer in the run"),
        (None, "not a judgement"),
    ],
)
def test_a_damaged_file_is_told_by_line_and_field(
    runs: Path, tmp_path: Path, change: dict[str, object] | None, words: str
) -> None:
    for file in (runs / "old").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    lines = (tmp_path / JUDGEMENTS).read_text(encoding="utf-8").splitlines()
    lines[1] = "{" if change is None else json.dumps(json.loads(lines[1]) | change)
    (tmp_path / JUDGEMENTS).write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(UserError) as error:
        read_judgements(tmp_path)
    assert f"{JUDGEMENTS}:2: " in str(error.value)
    assert words in str(error.value)
    assert "evaluate it again" in str(error.value)

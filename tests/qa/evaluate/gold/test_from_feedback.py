from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpus.readers import read_articles
from index.encoders.onnx import PackagedEncoder
from index.generations import IndexFolder
from index.update import build_index
from qa.cli import main
from qa.evaluate.gold.from_feedback import gather_gold
from qa.evaluate.gold.read import read_gold_set
from qa.feedback import Feedback, feedback_path, store_feedback

ROOT = Path(__file__).parents[4]
MISSION = Feedback(
    "When did South Korea open a mission to NATO?", "up", None, "004_x:3:1-20", answerable=True, answer="last November"
)
CUP = Feedback("Who won the World Cup?", "up", None, "a:1-2", answerable=False)


def test_what_was_found_helpful_is_gold() -> None:
    again = Feedback("when did  South Korea open a mission to NATO?", "up", None, "b:1-2", True, "in November")
    gathered = gather_gold([MISSION, CUP, again])
    assert gathered.records == [
        {
            "_id": "feedback-1",
            "question": MISSION.question,
            "answers": ["last November", "in November"],
            "articles": ["004_x:3", "b"],
        },
        {"_id": "feedback-2", "question": CUP.question, "answerable": False},
    ]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([Feedback("Who?", "down", None, "a:1-2", True, "x")], "unhelpful"),
        ([MISSION, Feedback(MISSION.question, "down", None, "a:1-2", True, "x")], "contradicted"),
        ([CUP, Feedback(CUP.question, "up", None, "a:1-2", True, "x")], "contradicted"),
        ([Feedback("Who?", "up", None, "a:1-2")], "unknown"),
        ([Feedback("Who?", "up", None, None, True, "x")], "unknown"),
        ([Feedback("Who?", "up", None, "a:1-2", True, "")], "unknown"),
    ],
)
def test_the_rest_is_left_out_and_counted(given: list[Feedback], why: str) -> None:
    gathered = gather_gold(given)
    assert gathered.records == []
    assert {name: getattr(gathered, name) for name in ("unhelpful", "contradicted", "unknown")} == {
        "unhelpful": 0, "contradicted": 0, "unknown": 0, why: 1,
    }  # fmt: skip


@pytest.mark.slow
def test_the_exported_set_is_evaluated(tmp_path: Path) -> None:
    folder, gold = tmp_path / "index", tmp_path / "helpful.jsonl"
    build_index(IndexFolder(folder), read_articles([str(ROOT / "corpus" / "articles")]), PackagedEncoder())
    run = CliRunner()
    nothing = run.invoke(main, ["feedback", "--index", str(folder), "--export", str(gold)])
    assert nothing.exit_code == 1
    assert "no answer was found helpful yet" in nothing.stderr
    mission = Feedback(
        "When did South Korea open a diplomatic mission to NATO?", "up", None, "004_ba14481eac79cfe1:0-9",
        answerable=True, answer="last November",
    )  # fmt: skip
    for each in (mission, CUP, Feedback("Who is it?", "down", answerable=True, answer="me")):
        store_feedback(feedback_path(folder), each)

    listed = run.invoke(main, ["feedback", "--index", str(folder)]).stdout.splitlines()
    assert [line[12:] for line in listed] == [f"up    {mission.question}", f"up    {CUP.question}", "down  Who is it?"]
    lines = run.invoke(main, ["feedback", "--index", str(folder), "--json"]).stdout.splitlines()
    assert json.loads(lines[0])["answer"] == "last November"

    exported = run.invoke(main, ["feedback", "--index", str(folder), "--export", str(gold)])
    assert exported.exit_code == 0
    assert "2 questions in" in exported.stderr
    assert "left out, 1: nobody found the answer helpful" in exported.stderr
    assert [question.answers for question in read_gold_set(gold).questions] == [("last November",), ()]
    out = tmp_path / "run"
    evaluated = run.invoke(main, ["evaluate", str(gold), "--index", str(folder), "--out", str(out), "--timed", "0"])
    assert evaluated.exit_code == 0, evaluated.output
    figures = json.loads((out / "metrics.json").read_text())["figures"]
    assert figures["answer-in-sentence@1"]["value"] == 1.0

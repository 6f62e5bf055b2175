"""A set from its files to its figures, over a real index with the encoder of the tests."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import ARTICLES, HashEncoder

from corpus.errors import UserError
from index.generations import IndexFolder
from index.store.sqlite import ArticleStore
from qa.build import Models
from qa.check.verify import verify_file
from qa.evaluate.compare.compare import pair_up
from qa.evaluate.gold.gold_set import GoldSet
from qa.evaluate.gold.read import read_gold_set
from qa.evaluate.measure.evaluation import summarise
from qa.evaluate.pipeline import ask_set, check_exactness, explain, index_of, judge_run, time_answers
from qa.evaluate.report.save import save
from qa.evaluate.run.ask import find_inexact
from qa.evaluate.run.memory import RememberingEncoder

# Seconds in all: these wait for `make test`.
pytestmark = pytest.mark.slow


QUESTIONS = [
    {"_id": "mayor", "text": "Who opened the harbour bridge?", "answers": ["Anna Berg"], "articles": ["bridge"]},
    {"_id": "ice", "text": "How much ice did the Rhone glacier lose?", "answers": ["nine metres"], "type": "number"},
    {"_id": "doses", "text": "How many doses of the malaria vaccine?", "answers": ["300,000"], "type": "number"},
    {"_id": "moon", "text": "Who landed on the moon?", "answerable": False},
]


def write_set(folder: Path, *, with_articles: bool = True, **change: object) -> Path:
    folder.mkdir(exist_ok=True)
    records = [QUESTIONS[0] | change, *QUESTIONS[1:]]
    (folder / "queries.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    if with_articles:
        lines = [json.dumps({"_id": a.article_id, "title": a.title, "text": a.text}) + "\n" for a in ARTICLES]
        (folder / "corpus.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def read_and_index(path: Path, cache: Path, encoder: HashEncoder) -> tuple[GoldSet, IndexFolder]:
    gold = read_gold_set(path)
    return gold, index_of(gold, IndexFolder(cache / "current"), cache, encoder)


def test_a_second_run_encodes_nothing_and_answers_the_same(tmp_path: Path) -> None:
    path, cache, encoder = write_set(tmp_path / "set"), tmp_path / "cache", HashEncoder()
    gold, folder = read_and_index(path, cache, encoder)
    first = ask_set(gold, folder, cache, Models(encoder))
    again = HashEncoder()
    assert read_and_index(path, cache, again)[1].path == folder.path
    second = ask_set(gold, folder, cache, Models(again))
    assert again.encoded == []
    assert [(each.articles, each.answer.confidence) for each in second] == [
        (each.articles, each.answer.confidence) for each in first
    ]


def test_other_articles_or_another_encoder_are_another_index(tmp_path: Path) -> None:
    path, cache = write_set(tmp_path / "set"), tmp_path / "cache"
    first = read_and_index(path, cache, HashEncoder())[1].path
    other_encoder = read_and_index(path, cache, HashEncoder(dim=32))[1].path
    with (path / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"_id": "new", "title": "New", "text": "Something new."}) + "\n")
    other_articles = read_and_index(path, cache, HashEncoder())[1].path
    assert len({first, other_encoder, other_articles}) == 3


def test_an_index_whose_build_was_killed_is_built_on(tmp_path: Path) -> None:
    path, cache = write_set(tmp_path / "set"), tmp_path / "cache"
    folder = read_and_index(path, cache, HashEncoder())[1]
    (folder.path / "complete").unlink()
    again = HashEncoder()
    read_and_index(path, cache, again)
    assert again.encoded == []
    assert (folder.path / "complete").is_file()


def test_the_files_of_a_run_fit_together(tmp_path: Path) -> None:
    cache, encoder, out = tmp_path / "cache", HashEncoder(), tmp_path / "out"
    gold, folder = read_and_index(write_set(tmp_path / "set"), cache, encoder)
    run = ask_set(gold, folder, cache, Models(encoder))
    check_exactness(run, folder)
    judgements = judge_run(gold, run, folder)
    evaluation = summarise(gold, judgements, folder.path, time_answers(gold, folder, Models(encoder), 2))
    save(evaluation, explain(judgements, folder), out)

    assert sorted(path.name for path in out.iterdir()) == [
        "answers.jsonl", "judgements.jsonl", "metrics.json", "report.html", "report.md", "run.trec",
    ]  # fmt: skip
    metrics = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    assert (metrics["set"], metrics["questions"], metrics["unanswerable"]) == ("set", 4, 1)
    assert metrics["figures"]["answer-in-citation@1"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 3}
    assert metrics["figures"]["nDCG@10"]["n"] == 1
    assert metrics["cost"]["n"] == 2
    assert sum(metrics["outcomes"].values()) == 4
    assert {(group["field"], group["value"], group["n"]) for group in metrics["breakdown"]} >= {
        ("type", "number", 2),
        ("question word", "who", 2),
    }
    with_store = ArticleStore(folder.require_current() / folder.store_name)
    verified = verify_file(out / "answers.jsonl", with_store)
    with_store.close()
    assert (verified.answers, verified.problems) == (4, [])
    assert verified.citations == metrics["citations"]["checked"]


def test_a_set_without_articles_is_asked_of_the_current_index(tmp_path: Path, built: IndexFolder) -> None:
    gold = read_gold_set(write_set(tmp_path / "set", with_articles=False))
    assert index_of(gold, built, tmp_path / "cache", HashEncoder()) == built
    run = ask_set(gold, built, tmp_path / "cache", Models(HashEncoder()))
    assert run[0].answer.citations[0].article_id == "bridge"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"articles": ["nowhere"]}, "queries.jsonl:1: field 'articles': no article 'nowhere' in the index"),
        ({"articles": ["chess"]}, "queries.jsonl:1: field 'answers': none of them stands in the article 'chess'"),
        (
            {"spans": [{"article_id": "bridge", "start": 0, "end": 5}]},
            "queries.jsonl:1: field 'spans': 'bridge' has 'Mayor' at 0:5, which is none of the answers",
        ),
    ],
)
def test_what_a_set_says_of_the_articles_must_be_so(
    tmp_path: Path, built: IndexFolder, change: dict[str, object], words: str
) -> None:
    gold = read_gold_set(write_set(tmp_path / "set", with_articles=False, **change))
    with pytest.raises(UserError) as error:
        ask_set(gold, built, tmp_path / "cache", Models(HashEncoder()))
    assert words in str(error.value)


def test_an_inexact_citation_fails_the_run(tmp_path: Path, built: IndexFolder) -> None:
    gold = read_gold_set(write_set(tmp_path / "set", with_articles=False))
    run = ask_set(gold, built, tmp_path / "cache", Models(HashEncoder()))
    store = ArticleStore(built.require_current() / built.store_name)
    assert find_inexact(run, store) == []
    with store.writing() as db:
        db.execute("UPDATE article SET text = 'Other' || text WHERE article_id = 'bridge'")
    store.close()
    with pytest.raises(UserError, match=r"citations are not exact, so the run fails; the first: question 'mayor'"):
        check_exactness(run, built)


def test_a_run_of_another_set_cannot_be_compared(tmp_path: Path, built: IndexFolder) -> None:
    gold = read_gold_set(write_set(tmp_path / "set", with_articles=False))
    judgements = judge_run(gold, ask_set(gold, built, tmp_path / "cache", Models(HashEncoder())), built)
    assert pair_up(judgements, judgements) == (judgements, judgements)
    others = [replace(each, question=replace(each.question, text="Another?")) for each in judgements]
    assert pair_up([*others[:1], *judgements[1:]], judgements) == (judgements[1:], judgements[1:])
    with pytest.raises(UserError, match="no question in common; compare runs of the same set"):
        pair_up(others, judgements)


def test_the_memory_gives_what_the_encoder_gives_and_survives_a_damaged_file(tmp_path: Path) -> None:
    plain, file = HashEncoder(), tmp_path / "memory.npz"
    memory = RememberingEncoder(plain)
    texts = ["one text", "another", "one text"]
    assert (memory.encode_passages(texts) == HashEncoder().encode_passages(texts)).all()
    assert plain.encoded == ["one text", "another"]
    memory.save(file)
    file.write_bytes(file.read_bytes()[:-30])
    damaged = RememberingEncoder(HashEncoder())
    damaged.load(file)
    assert (damaged.encode_passages(texts) == HashEncoder().encode_passages(texts)).all()
    assert damaged.encode_passages([]).shape == (0, 64)

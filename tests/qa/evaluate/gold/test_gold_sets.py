"""Gold sets of every form, and what is said of malformed ones."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from corpus.errors import UserError
from qa.evaluate.gold.gold_set import GoldQuestion, Span, clusters
from qa.evaluate.gold.read import read_gold_set
from qa.question.followup import Turn

ARTICLES = [{"_id": "a", "title": "A", "text": "Oslo is cold."}, {"_id": "b", "title": "B", "text": "Rome is warm."}]
QUESTIONS = [
    {"_id": "1", "text": "Which city is cold?", "answers": ["Oslo"], "type": "plain"},
    {"_id": "2", "text": "Which city is wet?", "answers": [], "answerable": False, "date": "2024-02-29"},
]
QRELS = "query-id\tcorpus-id\tscore\n1\ta\t2\n"


def jsonl(records: list[dict[str, object]]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def beir(folder: Path, *, questions: str | None = None, articles: str | None = None, qrels: str = QRELS) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "queries.jsonl").write_text(jsonl(QUESTIONS) if questions is None else questions, encoding="utf-8")
    (folder / "corpus.jsonl").write_text(jsonl(ARTICLES) if articles is None else articles, encoding="utf-8")
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return folder


def squad(file: Path, **changes: object) -> Path:
    question = {"id": "s1", "question": "Which city?", "is_impossible": False}
    question |= {"answers": [{"text": "Oslo", "answer_start": 0}]} | changes
    paragraph = {"context": "Oslo is cold.", "qas": [question]}
    file.write_text(json.dumps({"data": [{"title": "Oslo_city", "paragraphs": [paragraph]}]}), encoding="utf-8")
    return file


def test_a_beir_folder(tmp_path: Path) -> None:
    gold = read_gold_set(beir(tmp_path / "my-set"))
    first, second = gold.questions
    assert gold.name == "my-set"
    assert gold.sources == (str(tmp_path / "my-set" / "corpus.jsonl"),)
    assert (first.question_id, first.text, first.answers) == ("1", "Which city is cold?", ("Oslo",))
    assert first.relevant == {"a": 2}
    assert first.fields == {"type": "plain"}
    assert (second.is_answerable, second.asked_on) == (False, date(2024, 2, 29))


def test_packed_files_and_the_split_that_is_judged(tmp_path: Path) -> None:
    folder = beir(tmp_path / "set")
    (folder / "qrels.tsv").unlink()
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text(QRELS, encoding="utf-8")
    (folder / "qrels" / "train.tsv").write_text("query-id\tcorpus-id\tscore\n3\tb\t1\n", encoding="utf-8")
    records = [{"_id": "1", "text": "Judged?"}, {"_id": "3", "text": "Of another split?"}]
    (folder / "queries.jsonl").unlink()
    (folder / "queries.jsonl.gz").write_bytes(gzip.compress(jsonl(records).encode()))
    assert [question.question_id for question in read_gold_set(folder).questions] == ["1"]


def test_history_spans_and_articles_without_qrels(tmp_path: Path) -> None:
    record = {
        "_id": "1",
        "text": "And there?",
        "answers": ["Oslo"],
        "history": ["Where?", {"question": "Why?", "answer": "Because."}],
        "spans": [{"article_id": "a", "start": 0, "end": 4}],
    }
    question = read_gold_set(beir(tmp_path / "set", questions=jsonl([record]), qrels="")).questions[0]
    assert question.history == (Turn("Where?"), Turn("Why?", "Because."))
    assert question.spans == (Span("a", 0, 4),)
    assert question.relevant == {"a": 1}
    assert question.article_id == "a"


def test_squad(tmp_path: Path) -> None:
    gold = read_gold_set(squad(tmp_path / "dev.json"))
    article, question = gold.articles[0], gold.questions[0]
    assert (article.title, article.text) == ("Oslo city", "Oslo is cold.")
    assert (question.answers, question.relevant) == (("Oslo",), {article.article_id: 1})
    impossible = read_gold_set(squad(tmp_path / "dev.json", is_impossible=True, answers=[])).questions[0]
    assert (impossible.is_answerable, impossible.relevant, impossible.near) == (False, {}, (article.article_id,))


SGML = "<top>\n<num> Number: 301\n<title> Organized crime\n<desc> Description:\nWho?\n</top>\n"
XML = '<topics><topic number="301"><query>Organized crime</query></topic></topics>'


@pytest.mark.parametrize("topics", [SGML, XML, "301\tOrganized crime\n"])
def test_trec_topics(tmp_path: Path, topics: str) -> None:
    (tmp_path / "topics.txt").write_text(topics, encoding="utf-8")
    (tmp_path / "qrels.txt").write_text("301 0 a 1\n301 0 b 0\n", encoding="utf-8")
    question = read_gold_set(tmp_path).questions[0]
    assert (question.question_id, question.text, question.relevant) == ("301", "Organized crime", {"a": 1})


def test_plain_jsonl_and_csv_read_alike(tmp_path: Path) -> None:
    lines, table = tmp_path / "plain.jsonl", tmp_path / "plain.csv"
    lines.write_text(jsonl([{"question": "A, or b?", "answers": ["x", "y"]}, {"question": "c", "answerable": False}]))
    table.write_text('question,answers,answerable\r\n"A, or b?",x|y,\r\nc,,false\r\n', encoding="utf-8-sig")
    for path in (lines, table):
        first, second = read_gold_set(path).questions
        assert (first.text, first.answers, first.is_answerable) == ("A, or b?", ("x", "y"), True)
        assert (second.text, second.answers, second.is_answerable) == ("c", (), False)


def test_a_sample_is_spread_over_the_set(tmp_path: Path) -> None:
    records = [{"_id": str(n), "text": f"{n}?", "answers": ["x"]} for n in range(10)]
    gold = read_gold_set(beir(tmp_path / "set", questions=jsonl(records), qrels=""))
    assert [question.question_id for question in gold.sample(3).questions] == ["0", "3", "6"]
    assert gold.sample(99) is gold


def test_a_question_is_about_its_best_article() -> None:
    assert GoldQuestion("1", "?", "f:1", relevant={"b": 1, "a": 1, "c": 2}).article_id == "c"
    assert GoldQuestion("1", "?", "f:1", near=("n",)).article_id == "n"
    assert GoldQuestion("1", "?", "f:1").article_id is None


def test_questions_about_one_article_are_a_cluster_where_there_are_enough_articles() -> None:
    many = [GoldQuestion(str(n), "?", "f:1", near=(f"a{n // 2}",)) for n in range(60)]
    assert clusters([*many, GoldQuestion("u", "?", "f:1")])[-3:] == ["article a29", "article a29", "question u"]
    assert clusters(many[:58])[-2:] == ["question 56", "question 57"]


def broken_line(number: int) -> str:
    lines = [json.dumps({"_id": str(n), "text": "Who?", "answers": ["Oslo"]}) for n in range(1, 9)]
    lines[number - 1] = '{"_id": "7", "text": '
    return "\n".join(lines)


def question(**changes: object) -> str:
    record = {"_id": "1", "text": "Who?", "answers": ["Oslo"]} | changes
    return jsonl([{key: value for key, value in record.items() if value is not ...}])


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"questions": question(text=...)}, "queries.jsonl:1: field 'text' is missing"),
        ({"questions": question(text=7)}, "queries.jsonl:1: field 'text' is 7"),
        ({"questions": question(_id=...)}, "queries.jsonl:1: field '_id' is missing"),
        ({"questions": question(answers=[[3]])}, "queries.jsonl:1: field 'answers' has [3]"),
        ({"questions": question(answers={})}, "queries.jsonl:1: field 'answers' is {}; write a list"),
        ({"questions": question(answerable="no")}, "queries.jsonl:1: field 'answerable' is 'no'"),
        ({"questions": question(answerable=False)}, "field 'answers' has 'Oslo' but 'answerable' is false"),
        ({"questions": question(date="soon")}, "queries.jsonl:1: field 'date' is 'soon'; write YYYY-MM-DD"),
        ({"questions": question(history=[1])}, "queries.jsonl:1: field 'history' has 1"),
        ({"questions": question(spans=[{"start": 1}])}, "queries.jsonl:1: field 'spans' has {'start': 1}"),
        ({"questions": question(answers=...), "qrels": ""}, "field 'answers' is missing or empty"),
        ({"questions": question() * 2}, "queries.jsonl:2: field '_id': '1' is taken by "),
        ({"questions": "\n"}, "queries.jsonl: the set is empty: no question in it"),
        ({"questions": broken_line(7), "qrels": ""}, "queries.jsonl:7: not JSON: "),
        ({"questions": "[1]\n"}, "queries.jsonl:1: not a JSON object"),
        ({"articles": jsonl(ARTICLES) + "{"}, "corpus.jsonl:3: not JSON: "),
        ({"articles": jsonl([ARTICLES[0]] * 2)}, "corpus.jsonl:2: field '_id': 'a' is taken by "),
        ({"articles": jsonl([{"_id": "a"}])}, "corpus.jsonl:1: field 'text' is None"),
        ({"articles": ""}, "corpus.jsonl: the set is empty: no article in it"),
        ({"qrels": QRELS + "2\tz\t1\n"}, "qrels.tsv:3: field 'corpus-id': no article 'z' in the set"),
        ({"qrels": QRELS + "9\ta\t1\n"}, "qrels.tsv:3: field 'query-id': no question '9' in the set"),
        ({"qrels": QRELS + "1\ta\n"}, "qrels.tsv:3: 2 columns; write question, article and grade"),
        ({"qrels": QRELS + "1\ta\thigh\n"}, "qrels.tsv:3: field 'score' is 'high'; write a whole number"),
    ],
)
def test_a_malformed_beir_folder_is_named_by_file_line_and_field(
    tmp_path: Path, files: dict[str, str], words: str
) -> None:
    with pytest.raises(UserError) as error:
        read_gold_set(beir(tmp_path / "set", **files))
    assert words in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"answers": [{"text": "Rome", "answer_start": 0}]}, "the answer 'Rome' does not stand at 0 of the text"),
        ({"answers": [{"text": "Oslo"}]}, "qas[0].answers[0]: field 'answer_start' is missing"),
        ({"answers": []}, "data[0].paragraphs[0].qas[0]: field 'answers' is empty"),
        ({"question": None}, "qas[0]: field 'question' is None"),
    ],
)
def test_a_malformed_squad_file(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    with pytest.raises(UserError) as error:
        read_gold_set(squad(tmp_path / "dev.json", **changes))
    assert words in str(error.value)


def test_squad_json_that_is_cut_off_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text('{\n"data": [\n', encoding="utf-8")
    with pytest.raises(UserError, match=r"dev\.json:3: not JSON"):
        read_gold_set(file)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("word,answers\nx,y\n", "plain.csv:1: no column 'question'; the columns are word, answers"),
        ("question,answers\nx\n", "plain.csv:2: the row has not the 2 columns of the heading"),
        ("question,answers\nx,\n", "plain.csv:2: field 'answers' is missing or empty"),
        ("question,answerable\nx,perhaps\n", "plain.csv:2: field 'answerable' is 'perhaps'"),
        ("question\n", "plain.csv: the set is empty"),
        ('question,answers\n"x,y\n', "not CSV: unexpected end of data"),
    ],
)
def test_a_malformed_table(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "plain.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as error:
        read_gold_set(file)
    assert words in str(error.value)


def test_what_is_no_gold_set(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "bad.jsonl").write_bytes(b"\xff\n")
    for path, words in (
        (tmp_path, "has neither queries.jsonl"),
        (tmp_path / "none", "there is no gold set"),
        (tmp_path / "notes.txt", "is no gold set; known are"),
        (tmp_path / "bad.jsonl", "bad.jsonl:1: not UTF-8 text"),
    ):
        with pytest.raises(UserError, match=words):
            read_gold_set(path)

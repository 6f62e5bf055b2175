"""Gold sets as RAGAS, Hugging Face, chat logs and spreadsheets write them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UserError
from qa.evaluate.gold.gold_set import GoldQuestion
from qa.evaluate.gold.packed import is_packed, unpack
from qa.evaluate.gold.read import read_gold_set
from qa.question.followup import Turn


def read(folder: Path, text: str, name: str = "set.jsonl") -> tuple[GoldQuestion, ...]:
    (folder / name).write_text(text, encoding="utf-8")
    return read_gold_set(folder / name).questions


def read_row(folder: Path, **record: object) -> GoldQuestion:
    return read(folder, json.dumps(record))[0]


@pytest.mark.parametrize(
    "record",
    [
        {"user_input": "Where?", "reference": "Bergen", "reference_contexts": ["The fair is in Bergen."]},
        {"question": "Where?", "ground_truth": "Bergen", "contexts": ["The fair is in Bergen."]},
        {"question": "Where?", "ground_truths": ["Bergen"], "contexts": [["The fair is in Bergen."]]},
        {"question": "Where?", "ground_truths": ["Bergen"], "ground_truth": "bergen "},
        {"input": "Where?", "expected_output": "Bergen", "actual_output": "Oslo"},
        {"input": "Where?", "expectedOutput": "Bergen"},
        {"query": "Where?", "reference_answer": "Bergen", "response": "Oslo"},
        {"prompt": "Where?", "ideal": ["Bergen"]},
        {"QUESTION": "Where?", " Answer(s) ": "Bergen"},
        {"question": "Where?", "answer": {"value": "Bergen", "type": "Entity"}},
        {"question": "Where?", "answers": [{"text": "Bergen", "answer_start": 15}]},
        {"question": "Where?", "answer": None, "answers": [], "reference": "Bergen"},
        {"question": "Where?", "answers": '["Bergen"]'},
    ],
)
def test_names_and_forms_of_other_tools(tmp_path: Path, record: dict[str, object]) -> None:
    question = read_row(tmp_path, **record)
    assert question.text == "Where?"
    assert [answer.strip().casefold() for answer in question.answers] == ["bergen"]
    assert question.is_answerable


@pytest.mark.parametrize("name", ["_id", "id", "query_id", "qid", "Question ID", "queryId"])
def test_ids_of_other_tools(tmp_path: Path, name: str) -> None:
    question = read_row(tmp_path, question="Where?", answer="Bergen", level="easy", **{name: 17})
    assert (question.question_id, question.fields) == ("17", {"level": "easy"})


def test_rows_of_hugging_faces_squad(tmp_path: Path) -> None:
    rows = [
        {"id": "q7", "question": "Where?", "answers": {"text": ["Bergen", "in Bergen"], "answer_start": [15, 12]}},
        {"id": "q8", "question": "When?", "answers": {"text": [], "answer_start": []}},
    ]
    for name, text in (("rows.jsonl", "\n".join(map(json.dumps, rows))), ("rows.json", json.dumps(rows, indent=1))):
        first, second = read(tmp_path, text, name)
        assert (first.question_id, first.answers, first.is_answerable) == ("q7", ("Bergen", "in Bergen"), True)
        assert (second.question_id, second.answers, second.is_answerable) == ("q8", (), False)


def test_json_lines_that_are_called_json(tmp_path: Path) -> None:
    text = '{"question": "Where?", "answer": "Bergen"}\n{"question": "When?", "answer": "June"}\n'
    assert [question.answers for question in read(tmp_path, text, "set.json")] == [("Bergen",), ("June",)]


def test_a_json_list_without_ids_counts_its_rows(tmp_path: Path) -> None:
    text = json.dumps([{"question": "Where?", "answer": "Bergen"}, {"question": "When?", "answer": "June"}])
    assert [question.question_id for question in read(tmp_path, text, "set.json")] == ["0", "1"]


@pytest.mark.parametrize(
    ("answer", "answers"),
    [(40, ("40",)), (40.0, ("40",)), (2.5, ("2.5",)), ([3, "three"], ("3", "three")), (["3", None], ("3",))],
)
def test_numbers_are_answers(tmp_path: Path, answer: object, answers: tuple[str, ...]) -> None:
    assert read_row(tmp_path, question="How many?", answer=answer).answers == answers


@pytest.mark.parametrize(
    ("cell", "answers"),
    [
        ('["Bergen", "Bryggen"]', ("Bergen", "Bryggen")),
        ("['Bergen', \"St. John's\"]", ("Bergen", "St. John's")),
        ("['Bergen' 'Bryggen']", ("Bergen", "Bryggen")),
        ("('Bergen', 'Bryggen')", ("Bergen", "Bryggen")),
        ("array(['Bergen', 'Bryggen'], dtype=object)", ("Bergen", "Bryggen")),
        ("{'text': array(['Bergen'], dtype=object), 'answer_start': array([3], dtype=int32)}", ("Bergen",)),
        ('{"text": ["Bergen"], "answer_start": [3]}', ("Bergen",)),
        ("[1, 2.5]", ("1", "2.5")),
        ("Bergen | Bryggen", ("Bergen", "Bryggen")),
        ("[sic] Bergen", ("[sic] Bergen",)),
        ("Bergen (Norway)", ("Bergen (Norway)",)),
    ],
)
def test_a_list_in_a_cell(tmp_path: Path, cell: str, answers: tuple[str, ...]) -> None:
    quoted = cell.replace('"', '""')
    assert read(tmp_path, f'question,answers\nWhere?,"{quoted}"\n', "set.csv")[0].answers == answers


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1, max_size=9))
def test_whatever_wrote_a_list_it_is_read_back(texts: list[str]) -> None:
    for written in (
        json.dumps(texts),
        json.dumps(texts, ensure_ascii=False),
        repr(texts),
        str(np.array(texts, object)),
    ):
        assert is_packed(written)
        assert unpack(written) == texts


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_signs_between_columns(tmp_path: Path, sign: str) -> None:
    # Without a name: the column in which pandas counts the rows.
    rows = [["", "Question", "Ground Truth", "Note"], ["0", '"Where, or; when?"', "Bergen", "x"], ["", "", "", ""]]
    for name in ("set.csv", "set.tsv"):
        (question,) = read(tmp_path, "\r\n".join(sign.join(row) for row in rows), name)
        assert (question.text, question.answers) == ("Where, or; when?", ("Bergen",))
        assert (question.question_id, question.fields) == ("2", {"Note": "x"})


def test_flags_of_squad_in_a_table(tmp_path: Path) -> None:
    text = "Question,Answer,Is Impossible\nWhere?,Bergen,\nWhen?,,TRUE\nWho?,Ida,False\n"
    assert [question.is_answerable for question in read(tmp_path, text, "set.csv")] == [True, False, True]


ASKED = (Turn("Who sings?", "Ida Holm"), Turn("Where?"))


@pytest.mark.parametrize(
    "history",
    [
        [{"role": "system", "content": "Be brief."}, {"role": "assistant", "content": "Hello!"}],
        [],
    ],
)
@pytest.mark.parametrize(
    "said",
    [
        [{"role": "user", "content": "Who sings?"}, {"role": "assistant", "content": "Ida Holm"}],
        [{"from": "human", "value": "Who sings?"}, {"from": "gpt", "value": "Ida Holm"}],
        [{"type": "human", "content": "Who sings?"}, {"type": "ai", "content": "Ida Holm"}],
        [
            {"role": "user", "content": [{"type": "text", "text": "Who sings?"}]},
            {"role": "model", "content": "Ida Holm"},
        ],
        [{"role": "User", "content": "Who sings?"}, *({"role": "ai", "content": part} for part in ("Ida", "Holm"))],
        [["human", "Who sings?"], ["ai", "Ida Holm"]],
        [["Who sings?", "Ida Holm"]],
        [{"Question": "Who sings?", "Answer": "Ida Holm"}],
        [{"query": "Who sings?", "response": "Ida Holm"}],
    ],
)
def test_chat_histories_become_turns(tmp_path: Path, history: list[object], said: list[object]) -> None:
    messages = [*history, *said, {"role": "user", "content": "Where?"}]
    for value in (messages, json.dumps(messages), repr(messages)):
        question = read_row(tmp_path, question="And when?", answer="June", chat_history=value)
        assert question.history == ASKED


def test_a_single_question_before_is_a_history(tmp_path: Path) -> None:
    assert read_row(tmp_path, question="When?", answer="June", history="Who?").history == (Turn("Who?"),)


def test_a_conversation_ends_with_the_question(tmp_path: Path) -> None:
    messages = [
        {"content": "Who sings?", "type": "human"},
        {"content": "Ida Holm", "type": "ai"},
        {"content": "Where?", "type": "human"},
        {"content": "And when?", "type": "human"},
    ]
    for value in (messages, repr(messages)):
        question = read_row(tmp_path, user_input=value, reference="June")
        assert (question.text, question.history) == ("And when?", ASKED)


def test_a_folder_with_the_names_of_other_tools(tmp_path: Path) -> None:
    queries = '{"qid": 5, "query": "Where?"}\n{"qid": "id", "query": "What is an id?"}\n'
    (tmp_path / "queries.jsonl").write_text(queries, encoding="utf-8")
    (tmp_path / "corpus.jsonl").write_text('{"_id": "a", "text": "In Bergen."}\n', encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("query_id\tdoc_id\trelevance\n5\ta\t1\nid\ta\t2\n", encoding="utf-8")
    first, second = read_gold_set(tmp_path).questions
    assert (first.question_id, first.text, first.relevant) == ("5", "Where?", {"a": 1})
    assert (second.question_id, second.relevant) == ("id", {"a": 2})


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (
            {"question": "Where?", "answer": "Oslo", "ground_truth": "Bergen"},
            "'answer' ('Oslo') and 'ground_truth' ('Be",
        ),
        (
            {"question": "Where?", "query": "When?", "answer": "x"},
            "'question' ('Where?') and 'query' ('When?') are both",
        ),
        (
            {"qid": 1, "id": 2, "question": "Where?", "answer": "x"},
            "'qid' (1) and 'id' (2) are both read as '_id' and di",
        ),
        (
            {"question": "?", "answerable": True, "is_impossible": True},
            "'answerable' (True) and 'is_impossible' (True)",
        ),
        (
            {"question": "?", "answers": {"text": []}, "reference": "x"},
            "field 'answers' has 'x' but 'answers' is {\"text",
        ),
        ({"question": "?", "Answer": True}, 'set.jsonl:1: field \'Answer\' is True; write "yes" or "no"'),
        (
            {"question": "?", "ideal": {"best": "x"}},
            "set.jsonl:1: field 'ideal' is {'best': 'x'}; write a list of texts",
        ),
        (
            {"question": "?", "reference": "[Oslo, Rome]"},
            "field 'reference' is '[Oslo, Rome]', which opens like a list",
        ),
        (
            {"question": "?", "reference": '["Oslo", "Ro'},
            "field 'reference' is '[\"Oslo\", \"Ro', which opens like a list",
        ),
        ({"frage": "Wo?", "antwort": "x"}, "rename the field that has it to 'question': the fields are frage, antwort"),
        ({"question": "?", "antwort": "x"}, "rename the one of antwort that has the answers to 'answers'"),
        ({"Query": ["a", "b"], "answer": "x"}, "set.jsonl:1: field 'Query' is ['a', 'b']; write the question there"),
        ({"input": [{"role": "assistant", "content": "x"}]}, "field 'input' has no question at its end"),
        (
            {"input": [{"role": "user", "content": "?"}, {"role": "ai", "content": "x"}]},
            "field 'input' has no question at",
        ),
        ({"input": [["a", "b"], ["user", "c"]], "history": ["d"]}, "'input' and 'history' both have a history"),
        ({"question": "?", "Chat History": [{"role": "x", "content": "y"}]}, "set.jsonl:1: field 'Chat History' has"),
        ({"question": "?", "history": [{"role": "user", "content": None}]}, "field 'history' has {'role': 'user'"),
        ({"question": "?", "answer": "x", "Date": "soon"}, "set.jsonl:1: field 'Date' is 'soon'; write YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_understood_is_named_by_its_own_name(
    tmp_path: Path, record: dict[str, object], words: str
) -> None:
    with pytest.raises(UserError) as error:
        read_row(tmp_path, **record)
    assert words in str(error.value)
    assert "set.jsonl:1: " in str(error.value)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "set.csv",
            "Frage;Antwort\nx;y\n",
            "set.csv:1: no column 'question'; the columns are Frage, Antwort; rename the",
        ),
        ("set.csv", "question,answer,answer\nx,y,z\n", "set.csv:1: two columns are called 'answer'; rename one"),
        (
            "set.csv",
            "Question;Answer\nx;y;z\n",
            "set.csv:2: the row has not the 2 columns of the heading but 3; put quot",
        ),
        (
            "set.csv",
            "question,answer,reference\nx,y,z\n",
            "set.csv:2: the fields 'answer' (['y']) and 'reference' (['z'])",
        ),
        ("set.csv", "question,Answerable\nx,maybe\n", "set.csv:2: field 'Answerable' is 'maybe'; write true or false"),
        ("set.json", '[{"question": "x", "answer": "y"},\n', "set.json:2: not JSON"),
        ("set.json", '[{"question": "x", "answer": "y"}, 7]', "set.json: [1]: not an object but 7; write one object"),
        (
            "set.json",
            '[{"question": "x", "answer": "y"}, {"question": "z"}]',
            "set.json: [1]: field 'answers' is missing",
        ),
    ],
)
def test_files_that_cannot_be_understood(tmp_path: Path, name: str, text: str, words: str) -> None:
    with pytest.raises(UserError) as error:
        read(tmp_path, text, name)
    assert words in str(error.value)

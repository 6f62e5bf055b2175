"""verify_file: every tampered citation is found, and a file that is none is said so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import ARTICLES, BRIDGE, HashEncoder

from corpus.errors import UserError
from index.generations import IndexFolder
from index.store.sqlite import ArticleStore
from index.update import add_articles
from qa.archive import Archive
from qa.build import Models
from qa.check.verify import Verification, verify_file
from qa.settings import Settings


@pytest.fixture
def store(shared: IndexFolder) -> Iterator[ArticleStore]:
    with closing(ArticleStore(shared.require_current() / shared.store_name)) as store:
        yield store


@pytest.fixture(scope="module")
def asked(shared: IndexFolder) -> list[dict[str, Any]]:
    archive = Archive(Settings(index=shared.path), models=Models(HashEncoder()))
    return [archive.ask(article.title, k=2).to_json() for article in ARTICLES[:2]]


@pytest.fixture
def answers(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two answers, the test's own to tamper with."""
    return deepcopy(asked)


@pytest.fixture
def save(tmp_path: Path) -> Callable[[str], Path]:
    def save(text: str) -> Path:
        path = tmp_path / "answers.jsonl"
        path.write_bytes(text.encode())
        return path

    return save


Save = Callable[[str], Path]


def lines(answers: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)


def test_saved_answers_are_exact(store: ArticleStore, answers: list[dict[str, Any]], save: Save) -> None:
    assert verify_file(save(lines(answers)), store) == Verification(answers=2, citations=4)
    assert verify_file(save(json.dumps(answers[0], indent=2)), store) == Verification(answers=1, citations=2)
    assert verify_file(save("\n" + lines(answers) + "\r\n\n"), store) == Verification(answers=2, citations=4)


@pytest.mark.parametrize("odd", ["\u2028", "\x85", "\u2029", "\x1c"])
def test_a_question_may_hold_any_line_end(
    store: ArticleStore, answers: list[dict[str, Any]], save: Save, odd: str
) -> None:
    for answer in answers:
        answer["question"] = f"one{odd}two"
    assert verify_file(save(lines(answers)), store) == Verification(answers=2, citations=4)


@pytest.mark.parametrize(
    ("key", "change", "words"),
    [
        ("quote", lambda quote: quote.replace("glacier", "volcano"), "the quote differs from 'glacier' at 0:99"),
        ("start", lambda start: start + 1, "the quote differs from 'glacier' at 1:99"),
        ("end", lambda end: end + 1, "the offsets 0:100 are not in the text of 'glacier'"),
        ("text_sha256", lambda sha: sha[::-1], "the text of 'glacier' has changed since"),
        ("article_id", lambda _: "nope", "no article 'nope' in the index"),
        ("article_id", lambda _: 7, "its article_id is 7, not a string"),
        ("article_id", lambda _: "chess", "the text of 'chess' has changed since"),
        ("answer_end", lambda end: end + 1, "the marked answer 0:100 is not inside 0:99"),
    ],
)
def test_a_changed_citation_is_found(
    store: ArticleStore,
    answers: list[dict[str, Any]],
    save: Save,
    key: str,
    change: Callable[[Any], object],
    words: str,
) -> None:
    citation = answers[1]["citations"][0]
    assert citation["article_id"] == "glacier"
    citation[key] = change(citation[key])
    path = save(lines(answers))
    assert verify_file(path, store) == Verification(2, 4, [f"{path}:2: citation 1: {words}"])


def test_a_citation_that_is_no_object(store: ArticleStore, save: Save) -> None:
    path = save('{"citations": [3, {}]}\n')
    assert verify_file(path, store).problems == [
        f"{path}:1: citation 1: it is 3, not an object",
        f"{path}:1: citation 2: its article_id is None, not a string",
    ]


def test_an_article_that_was_changed_since(built: IndexFolder, answers: list[dict[str, Any]], save: Save) -> None:
    path = save(lines(answers[:1]))
    with closing(ArticleStore(built.require_current() / built.store_name)) as store:
        store.connection.execute("UPDATE article SET text = text || '!' WHERE article_id = 'bridge'")
        assert verify_file(path, store).problems == [f"{path}:1: citation 1: the text of 'bridge' has changed since"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "'{path}' holds no answers; save some with `article-qa ask --json`"),
        ("\n\n", "'{path}' holds no answers; save some with `article-qa ask --json`"),
        ('{"citations": []}\n{"citations": [', "{path}:2: not JSON: Expecting value: line 1 column 16 (char 15)"),
        ("It was a dark night.", "{path}:1: not JSON: Expecting value: line 1 column 1 (char 0)"),
        ('{"citations": []}\n{"answers": []}', "{path}:2: not an answer: no list of citations"),
        ("[]", "{path}:1: not an answer: no list of citations"),
        ('{"citations": "none"}', "{path}:1: not an answer: no list of citations"),
    ],
)
def test_a_file_that_holds_no_answers(store: ArticleStore, save: Save, text: str, words: str) -> None:
    path = save(text)
    with pytest.raises(UserError) as error:
        verify_file(path, store)
    assert str(error.value) == words.format(path=path)


def test_a_file_that_cannot_be_read(store: ArticleStore, tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        verify_file(tmp_path / "nope", store)
    assert str(error.value) == f"cannot read {str(tmp_path / 'nope')!r}: No such file or directory"
    (tmp_path / "latin").write_bytes(b'{"citations": ["caf\xe9"]}')
    with pytest.raises(UserError) as error:
        verify_file(tmp_path / "latin", store)
    assert str(error.value) == (f"{str(tmp_path / 'latin')!r} is not UTF-8 text: invalid continuation byte at byte 19")


@pytest.mark.parametrize("line", ["[" * 100_000, '{"citations": ' + "[" * 100_000, '"\\ud800"'])
def test_lists_in_lists_are_no_answers(tmp_path: Path, built: IndexFolder, line: str) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text(line, encoding="utf-8")
    store = ArticleStore(built.require_current() / built.store_name)
    with closing(store), pytest.raises(UserError, match=r"answers.jsonl:1: not (JSON|an answer)"):
        verify_file(file, store)


def test_an_id_that_cannot_be_stored_is_of_no_article(tmp_path: Path, built: IndexFolder) -> None:
    citation = {"article_id": "\ud800", "start": 0, "end": 1, "quote": "a", "text_sha256": ""}
    file = tmp_path / "answers.jsonl"
    file.write_text(json.dumps({"citations": [citation]}), encoding="utf-8")
    with closing(ArticleStore(built.require_current() / built.store_name)) as store:
        assert verify_file(file, store).problems == [f"{file}:1: citation 1: no article '\\ud800' in the index"]


def test_a_list_of_answers_is_checked_whole(tmp_path: Path, store: ArticleStore) -> None:
    path = tmp_path / "conversation.json"
    path.write_text(json.dumps([{"citations": []}, {"citations": [3]}], indent=2), encoding="utf-8")
    result = verify_file(path, store)
    assert (result.answers, result.problems) == (2, [f"{path}:2: citation 1: it is 3, not an object"])


def test_a_text_that_has_changed_since_is_checked_against_what_it_was(
    built: IndexFolder, encoder: HashEncoder, save: Callable[[str], Path]
) -> None:
    archive = Archive(Settings(index=built.path), models=Models(encoder))
    answer = archive.ask(BRIDGE.title, k=1).to_json()
    (citation,) = answer["citations"]  # type: ignore[misc]
    assert citation["article_id"] == "bridge"
    add_articles(built, [replace(BRIDGE, text=f"Fog. {BRIDGE.text}")], encoder)
    wrong = deepcopy(answer)
    wrong["citations"][0]["quote"] += "x"  # type: ignore[index]
    found = archive.verify(save("\n".join(map(json.dumps, (answer, wrong)))))
    today = archive.history("bridge")[0].changed
    since = f"the text of 'bridge' has changed since, on {today};"
    where = f"(articles/bridge?text_sha256={BRIDGE.text_sha256[:16]})"
    assert [problem.partition("citation 1: ")[2] for problem in found.problems] == [
        f"{since} exact in the text until then {where}",
        f"{since} not exact in the text until then: the quote differs from 'bridge' at "
        f"{citation['start']}:{citation['end']} {where}",
    ]
    assert archive.article_as_cited("bridge", BRIDGE.text_sha256) == (BRIDGE, today)
    assert archive.article_as_cited("bridge", BRIDGE.text_sha256[:11])[1] is None
    assert archive.article_as_cited("bridge", "0" * 64)[0].text.startswith("Fog. ")

"""What a browser kept comes back as it was, and whatever else comes from a browser is no answer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.filters import Filters
from qa.answer import Answer, Written, WrittenSentence
from qa.archive import Archive
from qa.show.words import say
from qa.web.chat.answer_html import answer_html
from qa.web.chat.kept import kept_json, restore

pytestmark = pytest.mark.slow

MISSION = "When did South Korea open a diplomatic mission to NATO?"
QUESTIONS = (MISSION, "Who is South Korea's president?", "Who won the 2022 World Cup?", "Thanks!")


def back(archive: Archive, *answers: Answer) -> list[Answer]:
    return restore(f"[{','.join(map(kept_json, answers))}]", archive)


@pytest.fixture(scope="module")
def record(archive: Archive) -> dict[str, Any]:
    return record_of(archive)


def record_of(archive: Archive) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(kept_json(archive.ask(MISSION)))
    return record


def test_a_conversation_comes_back_as_it_was_shown(archive: Archive) -> None:
    filters = Filters(after=date(2023, 1, 1), sources=("European Interest",))
    alone = Filters(articles=("000_7936eb6cbf14d6de",))
    answers = [*map(archive.ask, QUESTIONS), archive.ask(MISSION, filters=filters), archive.ask(MISSION, filters=alone)]
    answers.append(archive.ask("Which articles do you have?", filters=alone))
    assert [answer_html(answer) for answer in back(archive, *answers)] == [answer_html(answer) for answer in answers]
    assert archive.verify(back(archive, *answers)).problems == []


def test_what_is_kept_of_fifty_answers_can_be_sent(archive: Archive) -> None:
    assert max(len(kept_json(archive.ask(question))) for question in QUESTIONS) < 1500


@pytest.mark.parametrize(
    "change",
    [
        {"text_hash": "0000000000000000"},
        {"text_hash": ""},
        {"article_id": "nowhere"},
        {"passage": [5, 3]},
        {"passage": [0, 10**9]},
        {"answer": [0, 1]},
        {"short": [0, 1]},
    ],
)
def test_what_no_longer_stands_in_its_article_is_not_shown(archive: Archive, change: dict[str, object]) -> None:
    record = record_of(archive)
    record["citations"][0] |= change
    (answer,) = restore(json.dumps([record]), archive)
    assert (answer.reply, answer.citations, answer.is_answerable) == (say("changed"), (), False)
    record["answerable"] = False
    (refusal,) = restore(json.dumps([record]), archive)
    assert [citation.rank for citation in refusal.citations] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "change",
    [
        {"question": ""},
        {"question": "x" * 5000},
        {"question": "\ud800"},
        {"confidence": 7},
        {"confidence": "high"},
        {"text": "The moon is made of cheese."},
        {"after": 5},
        {"citations": [{}]},
        {"citations": None},
        {"is_talk": True},
    ],
)
def test_what_is_no_record_of_an_answer_is_left_out(archive: Archive, change: dict[str, object]) -> None:
    good = record_of(archive)
    assert len(restore(json.dumps([{**good, **change}, good]), archive)) == 1


@pytest.mark.parametrize("kept", [None, "", "{}", "[", "[" * 50_000, "null", '[1, "a", null, []]'])
def test_what_is_no_conversation_is_none(archive: Archive, kept: str | None) -> None:
    assert restore(kept, archive) == []


def test_a_written_sentence_comes_back_only_where_its_passage_bears_it_out(archive: Archive) -> None:
    answer = archive.ask(MISSION)
    true = WrittenSentence("South Korea opened a diplomatic mission to NATO last November.", (1,))
    false = (WrittenSentence("South Korea left NATO in 1875.", (1,)), WrittenSentence(true.text, (99,)))
    (found,) = back(archive, replace(answer, written=Written("model", (true, *false), 1)))
    assert found.written == Written("model", (true,), 3)


@settings(deadline=None, max_examples=50)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_anything_in_a_record_gives_an_answer_or_nothing(
    archive: Archive, record: dict[str, Any], value: object
) -> None:
    for key in ("question", "index", "citations", "written", "newest", "sources"):
        for answer in restore(json.dumps([{**record, key: value}]), archive):
            answer_html(answer)

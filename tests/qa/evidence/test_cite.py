"""Citations, and the words for each way in which one can be wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fakes import BRIDGE, CHESS, GLACIER, make_candidate, make_found

from corpus.article import Article, Passage
from corpus.passages import split_article
from qa.answer import Answer, Citation, Copy
from qa.check.verify import citation_problem
from qa.evidence.choose import Candidate
from qa.evidence.cite import cite

QUOTE = GLACIER.text[19:49]


def candidate(article: Article, start: int, end: int) -> Candidate:
    found = make_found(split_article(article)[0], article)
    return make_candidate(found, start, end, probability=0.75)


def exact(**changes: object) -> dict[str, Any]:
    """A citation of the glacier article, as JSON, with `changes`; a change to ... takes the key out."""
    whole = {
        "article_id": "glacier",
        "start": 19,
        "end": 49,
        "quote": QUOTE,
        "answer_start": 24,
        "answer_end": 35,
        "text_sha256": GLACIER.text_sha256,
    }
    return {key: value for key, value in (whole | changes).items() if value is not ...}


def test_a_citation_says_where_everything_stands() -> None:
    first, second = cite([candidate(BRIDGE, 61, 95), candidate(CHESS, 0, 53)])
    assert first == Citation(
        rank=1,
        article_id="bridge",
        passage_id=f"bridge:0-{len(BRIDGE.text)}",
        title="Harbour bridge opens",
        source="Coast Daily",
        published=BRIDGE.published,
        url="https://example.org/bridge",
        start=0,
        end=len(BRIDGE.text),
        quote=BRIDGE.text,
        answer_start=61,
        answer_end=95,
        score=0.75,
        text_sha256=BRIDGE.text_sha256,
    )
    assert first.answer == "The bridge cost 40 million crowns."
    assert (second.rank, second.answer) == (2, "Lina Okafor, sixteen, won the chess title in Toronto.")


def test_no_candidates_no_citations() -> None:
    assert cite([]) == ()


def test_the_citation_of_an_answer_is_exact_as_json() -> None:
    (citation,) = cite([candidate(GLACIER, 0, len(GLACIER.text))])
    answer = Answer("q?", "q?", True, 0.123456, citation.answer, (citation,), {"version": "1"}, {"total": 1.26})
    written = answer.to_json()
    assert citation_problem(written["citations"][0], GLACIER) is None
    assert written == {
        "question": "q?",
        "query": "q?",
        "answerable": True,
        "confidence": 0.1235,
        "answer": GLACIER.text,
        "citations": [
            {
                "rank": 1,
                "article_id": "glacier",
                "passage_id": f"glacier:0-{len(GLACIER.text)}",
                "title": "Glacier loses ice",
                "source": "Alpine Post",
                "published": "2023-09-30",
                "url": None,
                "start": 0,
                "end": len(GLACIER.text),
                "quote": GLACIER.text,
                "answer_start": 0,
                "answer_end": len(GLACIER.text),
                "score": 0.75,
                "text_sha256": GLACIER.text_sha256,
            }
        ],
        "index": {"version": "1"},
        "timing_ms": {"total": 1.3},
    }


@pytest.mark.parametrize(
    "citation",
    [
        exact(),
        exact(answer_start=..., answer_end=...),
        exact(answer_start=19, answer_end=49),
        exact(start=len(GLACIER.text) - 7, end=len(GLACIER.text), quote="Zürich.", answer_start=..., answer_end=...),
        exact(title="of no interest"),
    ],
)
def test_an_exact_citation(citation: dict[str, Any]) -> None:
    assert citation_problem(citation, GLACIER) is None


@pytest.mark.parametrize(
    ("citation", "problem"),
    [
        (exact(quote=...), "the citation has no 'quote'"),
        (exact(start=..., text_sha256=...), "the citation has no 'start', 'text_sha256'"),
        (exact(text_sha256="0" * 64), "the text of 'glacier' has changed since"),
        (exact(text_sha256=None), "the text of 'glacier' has changed since"),
        (exact(start=-1), "the offsets -1:49 are not in the text of 'glacier'"),
        (exact(end=19), "the offsets 19:19 are not in the text of 'glacier'"),
        (exact(end=9_999), "the offsets 19:9999 are not in the text of 'glacier'"),
        (exact(start="19"), "the offsets '19':49 are not in the text of 'glacier'"),
        (exact(start=19.0), "the offsets 19.0:49 are not in the text of 'glacier'"),
        (exact(start=True), "the offsets True:49 are not in the text of 'glacier'"),
        (exact(end=None), "the offsets 19:None are not in the text of 'glacier'"),
        (exact(start=20, end=50), "the quote differs from 'glacier' at 20:50"),
        (exact(quote=QUOTE.upper()), "the quote differs from 'glacier' at 19:49"),
        (exact(quote=QUOTE + " "), "the quote differs from 'glacier' at 19:49"),
        (exact(quote=None), "the quote differs from 'glacier' at 19:49"),
        (exact(answer_start=18), "the marked answer 18:35 is not inside 19:49"),
        (exact(answer_end=50), "the marked answer 24:50 is not inside 19:49"),
        (exact(answer_end=24), "the marked answer 24:24 is not inside 19:49"),
        (exact(answer_start=None), "the marked answer None:35 is not inside 19:49"),
        (exact(answer_end="35"), "the marked answer 24:'35' is not inside 19:49"),
    ],
)
def test_what_is_wrong_is_said(citation: dict[str, Any], problem: str) -> None:
    assert citation_problem(citation, GLACIER) == problem


def test_an_article_that_is_not_there() -> None:
    assert citation_problem(exact(), None) == "no article 'glacier' in the index"


def test_copies_are_cited_with_their_places() -> None:
    copy = make_found(Passage("chess", 5, 30, CHESS.text[5:30]), CHESS)
    (citation,) = cite([replace(candidate(BRIDGE, 61, 95), copies=(copy,))])
    assert citation.also_in == (Copy("chess", CHESS.title, None, None, None, 5, 30),)
    written = Answer("Q?", "Q?", True, 0.5, citation.answer, (citation,)).to_json()["citations"][0]
    assert written["also_in"] == [
        {
            "article_id": "chess",
            "title": CHESS.title,
            "source": None,
            "published": None,
            "url": None,
            "start": 5,
            "end": 30,
        }
    ]
    without = Answer("Q?", "Q?", True, 0.5, citation.answer, (replace(citation, also_in=()),)).to_json()["citations"][0]
    assert "also_in" not in without

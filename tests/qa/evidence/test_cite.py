"""A candidate as a citation, and a citation as JSON."""

from __future__ import annotations

from dataclasses import replace

from fakes import BRIDGE, CHESS, GLACIER, make_candidate, make_found

from corpus.article import Article, Passage
from corpus.passages import split_article
from qa.answer import Answer, Citation, Copy, IndexInfo
from qa.check.verify import citation_problem
from qa.evidence.choose import Candidate
from qa.evidence.cite import cite


def candidate(article: Article, start: int, end: int) -> Candidate:
    found = make_found(split_article(article)[0], article)
    return make_candidate(found, start, end, probability=0.75)


def json_of(citation: Citation) -> object:
    """The one citation of an answer, as JSON."""
    answer = Answer(
        question="Q?", query="Q?", is_answerable=True, confidence=0.5, text=citation.answer, citations=(citation,)
    )
    return answer.to_json()["citations"][0]


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


def test_a_citation_of_an_article_with_pages_names_the_page() -> None:
    paged = replace(BRIDGE, pages=(0, 50, 61))
    (citation,) = cite([candidate(paged, 61, 95)])
    assert (citation.page, json_of(citation)["page"]) == (3, 3)  # type: ignore[index]
    assert cite([candidate(paged, 60, 95)])[0].page == 2
    assert "page" not in json_of(cite([candidate(BRIDGE, 61, 95)])[0])  # type: ignore[operator]


def test_no_candidates_no_citations() -> None:
    assert cite([]) == ()


def test_the_citation_of_an_answer_is_exact_as_json() -> None:
    (citation,) = cite([candidate(GLACIER, 0, len(GLACIER.text))])
    written = Answer(
        question="q?",
        query="q?",
        is_answerable=True,
        confidence=0.123456,
        text=citation.answer,
        citations=(citation,),
        index=IndexInfo("1", articles=4, passages=5),
        timing_ms={"total": 1.26},
    ).to_json()
    assert citation_problem(written["citations"][0], GLACIER) is None
    assert written == {
        "question": "q?",
        "query": "q?",
        "answerable": True,
        "confidence": 0.1235,
        "answer": GLACIER.text,
        "short": None,
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
                "short_start": None,
                "short_end": None,
                "score": 0.75,
                "text_sha256": GLACIER.text_sha256,
            }
        ],
        "index": {"version": "1", "articles": 4, "passages": 5},
        "timing_ms": {"total": 1.3},
    }


def test_the_words_that_answer_are_cited_with_their_places() -> None:
    (citation,) = cite([replace(candidate(BRIDGE, 61, 95), short=(77, 94))])
    assert (citation.short_start, citation.short_end, citation.short) == (77, 94, "40 million crowns")
    assert citation.answer_parts == citation.marked_parts == ("The bridge cost ", "40 million crowns", ".")
    written = json_of(citation)
    assert (written["short_start"], written["short_end"]) == (77, 94)
    assert list(written)[10:15] == ["answer_start", "answer_end", "short_start", "short_end", "score"]
    assert citation_problem(written, BRIDGE) is None


def test_a_sentence_without_such_words_is_its_own_first_part() -> None:
    (citation,) = cite([candidate(BRIDGE, 61, 95)])
    assert citation.short is None
    assert citation.answer_parts == ("The bridge cost 40 million crowns.", "", "")


def test_where_the_title_answers_no_words_of_the_sentence_do() -> None:
    (citation,) = cite([replace(candidate(BRIDGE, 61, 95), short=(77, 94), headline=True)])
    assert (citation.short_start, citation.short_end, citation.short) == (None, None, None)
    assert citation.answer_parts == ("Harbour bridge opens", "", "")
    assert citation.marked_parts == ("The bridge cost 40 million crowns.", "", "")


def test_an_answer_has_the_short_answer_of_its_first_citation() -> None:
    citations = cite([replace(candidate(BRIDGE, 61, 95), short=(77, 94)), candidate(CHESS, 0, 53)])
    given = Answer(
        question="Q?", query="Q?", is_answerable=True, confidence=0.5, text=citations[0].answer, citations=citations
    )
    assert given.short == given.to_json()["short"] == "40 million crowns"
    assert list(given.to_json())[4:6] == ["answer", "short"]
    assert replace(given, citations=citations[::-1]).to_json()["short"] is None
    assert replace(given, is_answerable=False, text=None).to_json()["short"] is None
    assert replace(given, is_answerable=False, text=None, citations=()).to_json()["short"] is None


def test_copies_are_cited_with_their_places() -> None:
    copy = make_found(Passage("chess", 5, 30, CHESS.text[5:30]), CHESS)
    (citation,) = cite([replace(candidate(BRIDGE, 61, 95), copies=(copy,))])
    assert citation.also_in == (
        Copy(article_id="chess", title=CHESS.title, source=None, published=None, url=None, start=5, end=30),
    )
    written = json_of(citation)
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
    assert "also_in" not in json_of(replace(citation, also_in=()))

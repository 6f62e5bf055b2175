"""The gold set of the bundled articles: every span true to its article, every count what the set promises."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import corpus
from corpus.readers import read_articles
from index.words.analyze import analyze

ROOT = Path(corpus.__file__).parent
ARTICLES = {article.article_id: article for article in read_articles([str(ROOT / "articles")])}
QUERIES = [json.loads(line) for line in (ROOT / "gold" / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
BY_ID = {query["_id"]: query for query in QUERIES}
PLAIN = [query for query in QUERIES if query["answerable"] and "history" not in query]
FOLLOW_UPS = [query for query in QUERIES if "history" in query]
UNANSWERABLE = [query for query in QUERIES if not query["answerable"]]
TYPES = {"who", "when", "where", "how many", "how long", "what", "why", "how", "yes/no"}
# Terms of every article, as "NATO" and "Korea": they bring a question no nearer to one text than to another.
EVERYWHERE = set.intersection(*(set(analyze(article.text)) for article in ARTICLES.values()))
FAR_SHARE = 0.3

every_query = pytest.mark.parametrize("query", QUERIES, ids=[query["_id"] for query in QUERIES])


def paragraphs_around(text: str, offset: int) -> str:
    """The paragraph that holds `offset`, with the one before and the one after."""
    paragraphs = list(re.finditer(r"[^\n]+", text))
    (at,) = (n for n, found in enumerate(paragraphs) if found.start() <= offset < found.end())
    return text[paragraphs[max(at - 1, 0)].start() : paragraphs[min(at + 1, len(paragraphs) - 1)].end()]


def overlap(query: dict) -> float:
    """The share of the question's own terms that stand around the answer, for the nearest of its spans."""
    terms = set(analyze(query["text"])) - EVERYWHERE
    if not terms:
        return 1.0
    around = (paragraphs_around(ARTICLES[span["article_id"]].text, span["start"]) for span in query["spans"])
    return max(len(terms & set(analyze(text))) / len(terms) for text in around)


def test_ids_are_unique():
    assert len(BY_ID) == len(QUERIES)


@every_query
def test_fields(query):
    assert query["text"] == query["text"].strip() != ""
    assert query["text"].endswith("?")
    assert query["type"] in TYPES
    assert ("wording" in query) == (query["answerable"] and "history" not in query)
    assert ("followup" in query) == ("history" in query)
    assert ("nearness" in query) == (not query["answerable"])
    if "date" in query:
        assert date.fromisoformat(query["date"]).isoformat() == query["date"]


@every_query
def test_the_spans_are_the_answers(query):
    spans = [(span["article_id"], span["start"], span["end"]) for span in query["spans"]]
    assert spans == sorted(set(spans))
    texts = {ARTICLES[article_id].text[start:end] for article_id, start, end in spans}
    assert texts == set(query["answers"])
    assert len(query["answers"]) == len(texts)
    assert all(text == text.strip() != "" and "\n" not in text for text in texts)
    assert query["articles"] == sorted({article_id for article_id, _, _ in spans})
    assert query["answerable"] == bool(spans)


@every_query
def test_a_span_begins_and_ends_with_a_word(query):
    for span in query["spans"]:
        text = ARTICLES[span["article_id"]].text
        for edge in (span["start"], span["end"]):
            assert not (text[edge - 1] + text[edge : edge + 1]).isalnum() or edge == len(text)


def test_qrels_are_the_articles_of_the_questions():
    header, *lines = (ROOT / "gold" / "qrels.tsv").read_text(encoding="utf-8").splitlines()
    assert header.split("\t") == ["query-id", "corpus-id", "score"]
    expected = [[query["_id"], article_id, "1"] for query in QUERIES for article_id in query["articles"]]
    assert [line.split("\t") for line in lines] == expected


def test_counts():
    assert len(PLAIN) >= 70
    assert len(UNANSWERABLE) >= 30
    assert len(FOLLOW_UPS) >= 12
    assert {article_id for query in PLAIN for article_id in query["articles"]} == set(ARTICLES)
    assert sum(len(query["articles"]) > 1 for query in PLAIN) >= 6
    assert sum("note" in query and "date" in query for query in PLAIN) >= 5
    assert 3 * sum(query["wording"] == "far" for query in PLAIN) >= len(PLAIN)
    nearness = Counter(query["nearness"] for query in UNANSWERABLE)
    assert set(nearness) == {"close", "same subjects", "unrelated"}
    assert 3 * nearness["close"] >= len(UNANSWERABLE)


@pytest.mark.parametrize("query", PLAIN, ids=[query["_id"] for query in PLAIN])
def test_wording_is_what_the_overlap_says(query):
    assert query["wording"] == ("far" if overlap(query) <= FAR_SHARE else "close")


def test_unanswerable_questions_have_no_answer():
    answered = {query["text"] for query in QUERIES if query["answerable"]}
    for query in UNANSWERABLE:
        assert (query["answers"], query["spans"], query["articles"]) == ([], [], [])
        assert query["text"] not in answered


def test_a_question_asked_twice_is_asked_on_another_day_and_answered_otherwise():
    first: dict[str, dict] = {}
    for query in [*PLAIN, *UNANSWERABLE]:
        other = first.setdefault(query["text"], query)
        if other is not query:
            assert "date" in other
            assert "date" in query
            assert other["date"] != query["date"]
            assert not set(other["answers"]) & set(query["answers"])


@pytest.mark.parametrize("query", FOLLOW_UPS, ids=[query["_id"] for query in FOLLOW_UPS])
def test_history_is_made_of_questions_and_sentences_of_the_articles(query):
    assert query["answerable"]
    assert query["history"] != []
    assert query["followup"] in {"pronoun", "ellipsis", "topic change"}
    for turn in query["history"]:
        assert set(turn) == {"question", "answer"}
        assert turn["question"].endswith("?")
        assert any(turn["answer"] in article.text for article in ARTICLES.values())


def test_no_question_is_a_line_of_an_article():
    lines = {line.strip() for article in ARTICLES.values() for line in article.text.splitlines()}
    assert not lines & {query["text"] for query in QUERIES}


def test_the_readme_has_the_counts():
    readme = (ROOT / "gold" / "README.md").read_text(encoding="utf-8")
    for group in (PLAIN, FOLLOW_UPS, UNANSWERABLE):
        assert f"| `{group[0]['_id']}`-`{group[-1]['_id']}` | {len(group)} |" in readme
    for article_id in ARTICLES:
        holds = [sum(article_id in query["articles"] for query in group) for group in (PLAIN, FOLLOW_UPS)]
        assert f"| `{article_id}` | {holds[0]} | {holds[1]} |" in readme
    far, several, years = (
        sum(query["wording"] == "far" for query in PLAIN),
        sum(len(query["articles"]) > 1 for query in PLAIN),
        sum("note" in query for query in PLAIN),
    )
    counts = f"Of the {len(PLAIN)}, {far} are worded far from the text, {several} are answered in more than one article"
    assert f"{counts}, and {years} " in " ".join(readme.split())

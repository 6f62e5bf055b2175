"""The reports: nothing hostile gets through, nothing is asked of another host, every failure is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from runs import answer, citation, good_run, judged, questions, shuffled

from corpus.article import Article
from index.store.sqlite import ArticleStore
from qa.evaluate.compare.compare import compare
from qa.evaluate.compare.gate import Gate, apply_gates
from qa.evaluate.gold.gold_set import GoldQuestion, GoldSet
from qa.evaluate.measure.evaluation import summarise
from qa.evaluate.measure.judge import Judgement
from qa.evaluate.report.comparison import comparison_page
from qa.evaluate.report.failures import explain_failures
from qa.evaluate.report.markdown import escape, report_markdown
from qa.evaluate.report.page import report_page
from qa.evaluate.report.text import evaluation_lines
from qa.evaluate.run.ask import Asked
from qa.question.followup import Turn

# Seconds in all: these wait for `make test`.
pytestmark = pytest.mark.slow


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{7*7}}]]>"


class Tags(HTMLParser):
    """The tags of a page, with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArticleStore]:
    with closing(ArticleStore(tmp_path_factory.mktemp("store") / "articles.db", create=True)) as opened:
        article = Article("right/one", HOSTILE, f"{'x ' * 300}The answer is Oslo. {HOSTILE}")
        with opened.writing():
            opened.put(article, [])
        yield opened


@pytest.fixture(scope="module")
def hostile_page(store: ArticleStore) -> str:
    """A page whose set, questions, answers and articles all try to be code."""
    gold = [
        GoldQuestion(
            HOSTILE,
            f"Where? {HOSTILE}",
            "f:1",
            answers=("Oslo", "<b>Bergen</b>"),
            relevant={"right/one": 1},
            history=(Turn(HOSTILE, HOSTILE),),
            fields={HOSTILE: HOSTILE},
        ),
        GoldQuestion("second", "Who?", "f:2", answers=("Oslo",), relevant={"right/one": 1}, fields={HOSTILE: "b"}),
        *(GoldQuestion(f"n{n}", "What?", "f:3", is_answerable=False, fields={HOSTILE: "b"}) for n in range(3)),
    ]
    wrong = citation("wrong", 1, f"Nothing. {HOSTILE}")
    run = [Asked(question.question_id, answer([wrong], question=HOSTILE), ("wrong",)) for question in gold]
    judgements = judged(gold, run)
    evaluation = summarise(GoldSet(HOSTILE, tuple(gold), "sha"), judgements, Path(HOSTILE))
    comparison = compare(judgements, judgements)
    results = apply_gates([Gate("nDCG@10", 0.01)], comparison)
    return report_page(evaluation, explain_failures(judgements, store), Path(HOSTILE), comparison, results)


def test_hostile_text_stays_text(hostile_page: str) -> None:
    page = Tags(hostile_page)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not [tag for tag, _ in page.tags if tag in {"img", "iframe", "link", "base", "object"}]
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert page.text.count(HOSTILE) >= 8
    assert "<b>Bergen</b>" in page.text
    assert "{{7*7}}" in page.text


def test_the_page_asks_no_other_host(hostile_page: str) -> None:
    addresses = [
        value
        for tag, attributes in Tags(hostile_page).tags
        for name, value in attributes.items()
        if name in {"src", "href", "action", "xlink:href"} and value
    ]
    assert addresses
    assert [address for address in addresses if not address.startswith(("#", "/articles/"))] == []
    assert "@import" not in hostile_page
    assert re.findall(r"url\((?!#)", hostile_page) == []
    assert "default-src 'none'" in hostile_page


def test_every_failure_is_there_with_what_was_expected(hostile_page: str) -> None:
    failures = [attributes for tag, attributes in Tags(hostile_page).tags if attributes.get("class") == "failure"]
    assert len(failures) == 5
    labels = json.loads(failures[0]["data-labels"] or "")
    assert set(labels) == {"outcome: not retrieved", f"{HOSTILE}: {HOSTILE}"}
    assert '<a href="/articles/right%2Fone?start=614&amp;end=618#quote">' in hostile_page
    assert "The answer is <mark>Oslo</mark>. " in hostile_page


def test_ids_of_pictures_do_not_clash(hostile_page: str) -> None:
    ids = [attributes["id"] for _, attributes in Tags(hostile_page).tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_a_comparison_is_told_in_both_reports(store: ArticleStore) -> None:
    gold = questions()
    before, after = judged(gold, good_run(gold)), judged(gold, shuffled(good_run(gold)))
    evaluation = summarise(GoldSet("set", tuple(gold), "sha"), after, Path("an index"))
    comparison = compare(before, after)
    results = apply_gates([Gate("nDCG@10", 0.01)], comparison)
    markdown = report_markdown(evaluation, comparison, results)
    page = report_page(evaluation, explain_failures(after, store), Path("an index"), comparison, results)
    assert "- gate **CLOSED**: nDCG@10" in markdown
    assert re.search(r"^\| nDCG@10 \|.*\| worse \|$", markdown, re.MULTILINE)
    assert f"{len(comparison.lost)} became wrong" in page
    assert "change: became wrong" in page
    assert 'class="closed"' in page


def lost(article_id: str, marked: tuple[int, int], short: tuple[int, int] | None = None) -> list[Judgement]:
    """A question answered by another article than it should, at `marked` of its passage, with these `short` words."""
    gold = GoldQuestion("q", "Who?", "f:1", answers=("Oslo",), relevant={"right/one": 1})
    came = citation(article_id, 1, "It <is> nobody & *nothing* in all that is here.", marked=marked)
    came = replace(came, short_start=short[0], short_end=short[1]) if short else came
    return judged([gold], [Asked("q", answer([came]), (article_id,))])


def test_the_words_that_answered_are_bold(store: ArticleStore) -> None:
    judgements = lost("wrong", (3, 26), (8, 26))
    evaluation = summarise(GoldSet("set", (judgements[0].question,), "sha"), judgements, Path("an index"))
    page = report_page(evaluation, explain_failures(judgements, store), Path("an index"))
    sentence = "&lt;is&gt; <strong>nobody &amp; *nothing*</strong>"
    assert f'<dd dir="auto">{sentence} <span class="quiet">' in page
    assert f'<blockquote dir="auto">It <mark>{sentence}</mark> in all that is here.</blockquote>' in page
    assert "&amp;answer_end=26&amp;short_start=8&amp;short_end=26&amp;text_sha256=" in page
    assert "<td>words that these share with a gold answer (SQuAD)</td>" in page
    markdown = report_markdown(evaluation)
    assert "came: **nobody &amp; \\*nothing\\*** in &lt;is> nobody &amp; \\*nothing\\*\n" in markdown
    assert "| short-F1 | 0.000 (0.000 to 0.000) | 1 |" in markdown
    assert "  0.000 (0.000 to 0.000)  1  words that these share" in "\n".join(evaluation_lines(evaluation))
    figures = evaluation.to_json()["figures"]
    assert figures["short-EM"] == figures["short-F1"] == {"value": 0.0, "low": 0.0, "high": 0.0, "n": 1}

    before = judged([judgements[0].question], [Asked("q", answer([citation("right/one", 1, "Oslo")]), ("right/one",))])
    compared = comparison_page(("old", "new"), compare(before, judgements), before, judgements)
    assert f'<dt>new</dt><dd dir="auto">{sentence} <span class="quiet">' in compared
    assert '<dt>old</dt><dd dir="auto">Oslo <span class="quiet">' in compared


def test_without_them_nothing_is(store: ArticleStore) -> None:
    judgements = lost("wrong", (3, 26))
    evaluation = summarise(GoldSet("set", (judgements[0].question,), "sha"), judgements, Path("an index"))
    page = report_page(evaluation, explain_failures(judgements, store), Path("an index"))
    assert '<dd dir="auto">&lt;is&gt; nobody &amp; *nothing* <span class="quiet">' in page
    assert "<strong>" not in page
    assert "short-F1" not in page
    assert "came: &lt;is> nobody &amp; \\*nothing\\*\n" in report_markdown(evaluation)
    assert "short-F1" not in json.dumps(evaluation.to_json())


def test_markdown_does_nothing_with_hostile_text() -> None:
    hostile = "a\n# *b* [c](http://d) <img> @everyone | `e`"
    assert escape(hostile) == "a \\# \\*b\\* \\[c\\](http:\u200b//d) &lt;img> @\u200beveryone \\| \\`e\\`"
    assert len(escape("x" * 1000)) == 200


def test_links_open_the_reader_at_the_passage(store: ArticleStore) -> None:
    (failure,) = explain_failures(lost("a b/c?", (4, 8)), store)
    assert failure.came
    place, text = "start=0&end=47&answer_start=4&answer_end=8", "text_sha256=d38976722727c3a3"
    assert failure.came.link == f"/articles/a%20b%2Fc%3F?{place}&{text}#quote"


def test_the_page_of_a_failure_is_named(tmp_path: Path) -> None:
    expected = Article("printed", "Ferry", "It is blue.\n\nIt cost twelve crowns.", pages=(0, 13))
    gold = GoldQuestion("q", "What did it cost?", "f:1", answers=("twelve crowns",), relevant={"printed": 1})
    wrong = replace(citation("wrong", 1, "Nothing."), page=7)
    judgements = judged([gold], [Asked("q", answer([wrong]), ("wrong",))])
    with closing(ArticleStore(tmp_path / "articles.db", create=True)) as store:
        with store.writing():
            store.put(expected, [])
        (failure,) = failures = explain_failures(judgements, store)
    assert failure.came
    assert (failure.came.page, [each.page for each in failure.expected]) == ("p. 7", ["p. 2"])
    page = report_page(summarise(GoldSet("set", (gold,), "sha"), judgements, Path("index")), failures, Path("index"))
    assert "Title of wrong</a> · p. 7</p>" in page
    assert "Ferry</a> · p. 2</p>" in page

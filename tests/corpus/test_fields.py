"""Records of crawlers, feeds and news data sets: the usual names are known, and nothing is lost over a bad one."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from corpus.article import Article
from corpus.readers import Remark, Unreadable, read_articles
from corpus.readers.fields import read_fields

TEXT = "The Velden bridge reopened on Monday after repairs that took 14 months."


def read(tmp_path: Path, *records: object) -> tuple[list[Article], list[Remark]]:
    file = tmp_path / "news.jsonl"
    file.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    found = list(read_articles([str(file)]))
    assert not [one for one in found if isinstance(one, Unreadable)]
    return [one for one in found if isinstance(one, Article)], [one for one in found if isinstance(one, Remark)]


@pytest.mark.parametrize(
    "record",
    [
        {"id": "1", "headline": "Bridge", "body": TEXT, "published_at": "2024-07-15", "publisher": "Post"},
        {
            "uuid": "1",
            "Title": "Bridge",
            "maintext": TEXT,
            "date_publish": "2024-07-15 10:00:00",
            "source_domain": "Post",
        },
        {
            "_id": "1",
            "title": "Bridge",
            "content": TEXT,
            "publishedAt": "2024-07-15T10:00:00Z",
            "source": {"id": None, "name": "Post"},
        },
        {
            "guid": "1",
            "heading": "Bridge",
            "articleBody": TEXT,
            "datePublished": "Mon, 15 Jul 2024 10:00:00 GMT",
            "outlet": "Post",
        },
        {"doc_id": "1", "title": "Bridge", "text": TEXT, "timestamp": 1721037600, "site_name": "Post"},
        {"id": 1, "title": "Bridge", "full_text": TEXT, "pub_date": "20240715", "newspaper": "Post", "body": None},
    ],
    ids=["api", "news-please", "NewsAPI", "schema.org", "crawler", "archive"],
)
def test_the_usual_names(tmp_path: Path, record: dict[str, object]) -> None:
    (article,), remarks = read(tmp_path, record)
    assert article == Article("1", "Bridge", TEXT, "Post", date(2024, 7, 15))
    assert remarks == []


def test_an_address_serves_as_the_id_and_without_one_the_text(tmp_path: Path) -> None:
    articles, _ = read(tmp_path, {"link": "https://example.org/3", "text": TEXT}, {"text": TEXT})
    assert [article.article_id for article in articles] == [
        "https://example.org/3",
        "text-" + articles[1].article_id[5:],
    ]
    assert articles[0].url == "https://example.org/3"
    assert len(articles[1].article_id) == len("text-") + 12


@pytest.mark.parametrize(
    "day", ["Spring 2024", "2023-02-31", "Tue, 31 Feb 2024 10:00:00 GMT", "20230231", "03/07/2025", 5, 1e300, ["2024"]]
)
def test_an_odd_date_costs_the_day_and_not_the_article(tmp_path: Path, day: object) -> None:
    (article,), (remark,) = read(tmp_path, {"id": "1", "text": TEXT, "date": day})
    assert (article.text, article.published) == (TEXT, None)
    assert remark.origin.endswith("news.jsonl:1")
    assert "date" in remark.text
    assert str(day) in remark.text
    assert "left out" in remark.text


@pytest.mark.parametrize(("field", "value"), [("url", "javascript:alert(1)"), ("title", ["A"]), ("source", 5)])
def test_so_does_another_field_that_cannot_be_right(tmp_path: Path, field: str, value: object) -> None:
    (article,), (remark,) = read(tmp_path, {"id": "1", "text": TEXT, field: value})
    assert (article.url, article.source) == (None, None)
    assert field in remark.text


def test_fields_nobody_knows_are_named_once(tmp_path: Path) -> None:
    records = [{"id": n, "text": TEXT, "author": "A", **({"tags": ["x"]} if n else {})} for n in range(3)]
    articles, remarks = read(tmp_path, *records)
    assert len(articles) == 3
    assert ["'author'" in remark.text for remark in remarks] == [True, False]
    assert "'tags'" in remarks[1].text


def test_a_later_line_replaces_the_earlier_one_and_says_so(tmp_path: Path) -> None:
    articles, remarks = read(
        tmp_path, {"id": "1", "text": TEXT}, {"id": "1", "text": TEXT}, {"id": "1", "text": "New."}
    )
    assert [article.text for article in articles] == [TEXT, "New."]
    assert [(remark.origin[-2:], remark.text) for remark in remarks] == [
        (":2", "it is the same as an earlier article of the id '1'"),
        (":3", "it replaces an earlier article of the id '1'"),
    ]


def test_markup_and_mojibake_leave_text_and_title(tmp_path: Path) -> None:
    broken = "Café owner’s prize".encode().decode("cp1252")
    (article,), _ = read(tmp_path, {"id": "1", "title": f"{broken} &amp; more", "text": f"<p>{broken}</p><p>Two.</p>"})
    assert (article.title, article.text) == ("Café owner’s prize & more", "Café owner’s prize\n\nTwo.")


def test_markdown_of_a_crawler_leaves_its_marks(tmp_path: Path) -> None:
    text = "# Ferry\n\nThe **ferry** to [Ellin](https://example.org) sails again."
    (article,), _ = read(tmp_path, {"id": "1", "title": "Ferry", "text": text})
    assert article.text == "Ferry\n\nThe ferry to Ellin sails again."


def test_the_first_filled_name_counts() -> None:
    fields = read_fields({"body": "b", "text": "", "content": "c", "article": {"text": "no"}})
    assert fields.text == "b"


def test_compressed_lines_are_read_as_well(tmp_path: Path) -> None:
    file = tmp_path / "news.jsonl.gz"
    file.write_bytes(gzip.compress(json.dumps({"id": "1", "body": TEXT}).encode()))
    (article,) = read_articles([str(file)])
    assert isinstance(article, Article)
    assert article.text == TEXT

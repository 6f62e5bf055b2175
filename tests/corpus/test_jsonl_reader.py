"""read_jsonl_line: a line in the form of BEIR to an article, or the field that is wrong."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article
from corpus.errors import UserError
from corpus.readers.jsonl import read_jsonl_line, read_lines
from corpus.readers.text import MAX_BYTES

DATED = "Seoul, July 3, 2025 (NationPress) The president spoke."


def read(**fields: object) -> Article:
    article, _ = read_jsonl_line(json.dumps(fields).encode())
    return article


def test_every_field() -> None:
    article = read(
        _id="a/1",
        title=" The\ttitle ",
        text="One.\r\n\r\n\r\nTwo.\u200b",
        date="2023-12-13T23:59:59+09:00",
        source="BBC",
        url="https://example.org/",
        author="ignored",
    )
    assert article == Article("a/1", "The title", "One.\n\nTwo.", "BBC", date(2023, 12, 13), "https://example.org/")


@pytest.mark.parametrize("name", ["_id", "id"])
def test_the_id_has_two_names_and_may_be_a_number(name: str) -> None:
    assert read(**{name: 17, "text": "One."}).article_id == "17"


def test_without_a_title_the_first_words_are_it_and_the_text_stays_whole() -> None:
    article = read(_id="a", title="", text=DATED, date=None, source=None, url="")
    assert (article.title, article.text, article.url) == ("The president spoke.", DATED, None)


def test_only_without_a_date_the_text_is_asked() -> None:
    sniffed = read(_id="a", text=DATED)
    assert (sniffed.published, sniffed.source) == (date(2025, 7, 3), "NationPress")
    dated = read(_id="a", text=DATED, date="2025-07-04")
    assert (dated.published, dated.source) == (date(2025, 7, 4), None)
    assert read(_id="a", text=DATED, source="Times").source == "Times"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2023-12-13", date(2023, 12, 13)),
        ("2023-12-13 10:00:00", date(2023, 12, 13)),
        ("2023-12-13T23:30:00-05:00", date(2023, 12, 13)),
        ("26-FEB-1987 15:02:20.00", date(1987, 2, 26)),
    ],
)
def test_dates(written: str, day: date) -> None:
    assert read(_id="a", text="One.", date=written).published == day


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"_id": "a", "text": "One."', "the line is not JSON"),
        (b"[1]", r"not a JSON object but b'\[1\]'"),
        (b'{"_id": "a", "text": "\xff"}', "the line is not UTF-8"),
        (b"[" * 100_000, "the line is not JSON"),
        (b'{"_id": ' + b"1" * 5000 + b"}", "the line is not JSON"),
        (b'{"_id": " ", "text": "One."}', "id must be a text"),
        (b'{"_id": true, "text": "One."}', "id must be a text.*True"),
        (b'{"_id": "a\\nb", "text": "One."}', "holds a control character"),
        (b'{"_id": "a\\ud800", "text": "One."}', "holds a control character"),
        (b'{"_id": "' + b"a" * 201 + b'", "text": "One."}', "has 201 characters; at most 200"),
        (b'{"_id": "a", "words": "One."}', "has no text: its fields are '_id', 'words'; name one of them 'text'"),
        (b'{"_id": "a", "text": 5}', "text must be a text, not 5"),
        (b'{"_id": "a", "text": " \\u200b"}', "text is empty"),
        (b" " * (MAX_BYTES + 1), "more than 20,000,000 bytes"),
    ],
)
def test_a_bad_line_names_what_is_wrong(line: bytes, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_jsonl_line(line)


# A text of characters has no halves of pairs, whatever it is asked for.
ODD = st.characters() | st.sampled_from(["\ud800", "\udfff", "\0", "\x1b", "\x85", "\u2028", "\n"])
ANYTHING = st.lists(ODD, max_size=12).map("".join)


@settings(deadline=None)
@given(st.lists(ODD, min_size=1).map("".join), ANYTHING)
def test_any_text_is_read_clean_or_refused(text: str, title: str) -> None:
    try:
        article = read(_id="a", text=text, title=title)
    except UserError:
        return
    article.text.encode()
    article.title.encode()
    assert article.title
    assert "\n" not in article.title


def test_a_line_too_long_is_cut_and_the_next_one_is_whole() -> None:
    stream = io.BytesIO(b"x" * (2 * MAX_BYTES + 10) + b"\nshort\n\nlast")
    lines = list(read_lines(stream))
    assert lines[0] == b"x" * (MAX_BYTES + 1)
    assert lines[1:] == [b"short\n", b"\n", b"last"]


@pytest.mark.parametrize("url", ["https://e.org/\ud800", "https://[::1", "https://", "https:///path", "http://?a"])
def test_an_address_that_is_none_costs_the_address_not_the_article(url: str) -> None:
    article, fields = read_jsonl_line(json.dumps({"_id": "a", "text": "Steel was scarce.", "url": url}).encode())
    assert article.url is None
    assert "is not a web address" in " ".join(fields.remarks)


@pytest.mark.parametrize("article_id", [".", ".."])
def test_an_id_that_a_browser_takes_for_a_folder_is_refused(article_id: str) -> None:
    with pytest.raises(UserError, match="cannot stand in an address"):
        read_jsonl_line(json.dumps({"_id": article_id, "text": "Steel was scarce."}).encode())


DATES = st.sampled_from(["Tue, 31 Feb 2024 10:00:00 GMT", "20241399", "9999-12-31", "1e999", "5000000000000"])
VALUES = st.one_of(
    ANYTHING, ANYTHING.map("https://{}".format), DATES, st.integers(), st.floats(), st.none(), st.lists(ANYTHING)
)


@given(st.dictionaries(st.sampled_from(["_id", "title", "text", "date", "source", "url"]) | ANYTHING, VALUES))
@settings(max_examples=60, deadline=None)
def test_whatever_a_line_holds_is_an_article_that_can_be_stored_or_refused_in_words(record: dict[str, object]) -> None:
    try:
        article, fields = read_jsonl_line(json.dumps({"text": "Steel was scarce.", **record}).encode())
    except UserError as error:
        str(error).encode()
        return
    assert "\0" not in article.text + article.title + (article.source or "")
    for value in (article.article_id, article.title, article.text, article.source, article.url, *fields.remarks):
        (value or "").encode()

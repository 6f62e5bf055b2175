"""read_text: bytes of any kind to one article or to a reason why not."""

from __future__ import annotations

import codecs
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus
from corpus.article import Article
from corpus.errors import UserError
from corpus.readers.text import MAX_BYTES, first_words, read_text

ARTICLES = Path(corpus.__file__).parent / "articles"
STORY = "The minister spoke of trade. He then spoke of defence."
MIXED = "He said “no” – it’s over. The minister’s naïve plan costs £5."


def read(text: str | bytes, **metadata: object) -> Article:
    data = text.encode() if isinstance(text, str) else text
    return read_text(data, article_id="story", metadata=metadata)


@pytest.mark.parametrize(
    ("name", "title", "source", "published", "opening"),
    [
        ("000_7936eb6cbf14d6de", "South Korea’s deeper partnership with NATO highlighted", None, None, "JEJU, SOUTH"),
        (
            "001_de1f21643fab2dcd",
            "How is South Korea Strengthening Its Partnership with NATO?",
            "NationPress",
            date(2025, 7, 3),
            "Synopsis\n\nIn a significant move",
        ),
        (
            "002_4fc778d844c30eeb",
            "South Korean Defense Minister Engages with NATO to Enhance Security and Defense Cooperation",
            None,
            None,
            "SEOUL: In a move",
        ),
        (
            "003_3029bffaf7cebc33",
            "In a rare collective move underscoring the alliance’s deepening interest in the…",
            None,
            date(2023, 12, 13),
            "13-12-2023 (SEOUL) In a rare",
        ),
        (
            "004_ba14481eac79cfe1",
            "South Korea: ‘Tailored partnership’ with NATO to boost security cooperation",
            "European Interest",
            date(2023, 7, 11),
            "NATO\n\nSecretary General",
        ),
    ],
)
def test_the_bundled_articles_without_metadata(
    name: str, title: str, source: str | None, published: date | None, opening: str
) -> None:
    article = read((ARTICLES / f"{name}.txt").read_bytes())
    assert (article.title, article.source, article.published) == (title, source, published)
    assert article.text.startswith(opening)


@pytest.mark.parametrize(
    ("raw", "title", "text"),
    [
        (f"Korea and NATO agree\n\n{STORY}", "Korea and NATO agree", STORY),
        (f"\n\n# Korea and NATO agree\n{STORY}", "Korea and NATO agree", STORY),
        (f"Will they agree?\n\nWill they agree?\nWILL THEY AGREE?\n{STORY}", "Will they agree?", STORY),
        (STORY, STORY, STORY),
        ("Korea and NATO agree", "Korea and NATO agree", "Korea and NATO agree"),
        ("Korea and NATO agree\n\nKorea and NATO agree", "Korea and NATO agree", "Korea and NATO agree\n\n" * 2),
        (f"{STORY}\nMore of it.", STORY, f"{STORY}\nMore of it."),
        ("LONDON (Reuters) - Talks began\nMore.", "Talks began", "LONDON (Reuters) - Talks began\nMore."),
    ],
)
def test_the_headline_is_the_title_and_leaves_the_text(raw: str, title: str, text: str) -> None:
    article = read(raw)
    assert (article.title, article.text) == (title, text.strip())


def test_a_short_first_line_above_a_headline_is_the_paper() -> None:
    article = read(f"The Daily Star\n\nKorea and NATO agree on cyber defence\n\n{STORY}")
    assert (article.source, article.title, article.text) == (
        "The Daily Star",
        "Korea and NATO agree on cyber defence",
        STORY,
    )


def test_the_section_of_a_paper_is_not_its_name() -> None:
    article = read(f"Opinion\n\nKorea and NATO agree on cyber defence\n\n{STORY}")
    assert (article.source, article.title) == (None, "Korea and NATO agree on cyber defence")


def test_metadata_goes_before_the_text() -> None:
    article = read(
        f"Seoul Times\nKorea and NATO agree\nNATO\nPublished: 2020-01-01\n{STORY}",
        title="KOREA and NATO agree",
        source=" The\nTimes ",
        published=date(2021, 2, 3),
        url="https://example.org/a?b=1",
    )
    assert article == Article(
        "story",
        "KOREA and NATO agree",
        f"NATO\nPublished: 2020-01-01\n{STORY}",
        "The Times",
        date(2021, 2, 3),
        "https://example.org/a?b=1",
    )


def test_a_title_that_is_no_line_of_the_text_leaves_it_whole() -> None:
    assert read(f"Korea agrees\n{STORY}", title="Korea").text == f"Korea agrees\n{STORY}"
    deep = f"One.\nTwo.\nThree.\nFour.\nFive.\nKorea\n{STORY}"
    assert read(deep, title="Korea").text == deep


@pytest.mark.parametrize("value", [date(2023, 12, 13), datetime(2023, 12, 13, 8, 30), "2023-12-13", "13 December 2023"])
def test_a_day_in_metadata(value: object) -> None:
    assert read(STORY, published=value).published == date(2023, 12, 13)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"published": "03/07/2025"}, "'story'.*published '03/07/2025' is not a date.*YYYY-MM-DD"),
        ({"published": 20231213}, "published 20231213 is not a date"),
        ({"url": "javascript:alert(1)"}, "url 'javascript:alert.*http"),
        ({"url": 'https://a.b/" onclick="'}, "is not a web address"),
        ({"title": 5}, "title must be a text, not 5"),
        ({"headline": "A"}, "unknown key 'headline'; known are title, source, published, url"),
    ],
)
def test_bad_metadata_is_refused(metadata: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(STORY, **metadata)


def test_a_title_and_a_source_are_one_clean_line_of_limited_length() -> None:
    article = read(STORY, title="A\x00B\u202eC\n" * 200, source="x" * 400)
    assert article.title == ("ABC " * 75).strip()
    assert article.source == "x" * 300


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings(encoding: str) -> None:
    assert read(MIXED.encode(encoding)).text == MIXED


@pytest.mark.parametrize(("encoding", "mark"), [("utf-16-be", codecs.BOM_UTF16_BE), ("utf-32-be", codecs.BOM_UTF32_BE)])
def test_big_endian_with_a_byte_order_mark(encoding: str, mark: bytes) -> None:
    assert read(mark + MIXED.encode(encoding)).text == MIXED


def test_russian_and_japanese_encodings() -> None:
    russian = "Привет мир, это новости из Сеула. Министр сказал сегодня, что соглашение подписано."
    japanese = "日本とNATOは木曜日に協力を深めることで合意した。首相は声明で述べた。"
    assert read(russian.encode("cp1251")).text == russian
    assert read(japanese.encode("shift_jis")).text == japanese


def test_a_damaged_utf8_file_loses_one_character() -> None:
    assert read(MIXED.encode() + "”".encode()[:2]).text == MIXED + "\ufffd"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "'story': it is empty; write its text"),
        (b" \n\t\r\n", "it is empty"),
        ("\ufeff\u200b\n".encode(), "it is empty"),
        (b"%PDF-1.7\n%stuff", "it is a PDF file, not text; save its text"),
        (b"PK\x03\x04stuff", "a ZIP file"),
        (b"\x89PNG\r\n\x1a\nstuff", "a PNG picture"),
        (b"\x1f\x8bstuff", "a gzip file"),
        (b"text\x00text", "it is binary"),
        (bytes(range(1, 32)) * 20, "it is binary"),
        (b"a" * (MAX_BYTES + 1), "more than 20,000,000 bytes; split it"),
    ],
)
def test_data_that_is_no_article(data: bytes, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(data)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_an_article_or_a_reason(data: bytes) -> None:
    try:
        article = read(data)
    except UserError:
        return
    assert article.text.strip() == article.text != ""
    assert article.title
    article.text.encode()


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Short.", "Short."),
        ("one two " * 20, "one two one two one two one two one two one two one two one two one two one two…"),
        ("x" * 100, "x" * 80 + "…"),
        ("日" * 100, "日" * 80 + "…"),
    ],
)
def test_first_words(line: str, title: str) -> None:
    assert first_words(line) == title

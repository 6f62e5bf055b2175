"""find_published and parse_date: the day that stands there plainly, and no other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.bundled import ARTICLES
from corpus.clean import clean_text
from corpus.dates import parse_date
from corpus.published import find_published

STORY = "The minister spoke of trade and defence."


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("000_7936eb6cbf14d6de.txt", None),
        ("001_de1f21643fab2dcd.txt", date(2025, 7, 3)),
        ("002_4fc778d844c30eeb.txt", None),
        ("003_3029bffaf7cebc33.txt", date(2023, 12, 13)),
        ("004_ba14481eac79cfe1.txt", date(2023, 7, 11)),
    ],
)
def test_the_bundled_articles(name: str, published: date | None) -> None:
    text = clean_text((ARTICLES / name).read_text(encoding="utf-8"))
    assert find_published(text) == published


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("13-12-2023 (SEOUL) In a rare collective move", date(2023, 12, 13)),
        ("Seoul, July 3 (NationPress) The president spoke.\n\nNationPress\n03/07/2025", date(2025, 7, 3)),
        # Printed the day after its dateline.
        ("Seoul, July 2 (NationPress) The president spoke.\n\n03/07/2025", date(2025, 7, 3)),
        ("He was welcomed in Vilnius on Tuesday, 11 July 2023.", date(2023, 7, 11)),
        ("He was welcomed in Vilnius (Tues., July 11, 2023).", date(2023, 7, 11)),
        # Letters that count as s and i where case is ignored.
        ("He was welcomed in Vilnius on Tueſday, 11 July 2023.", date(2023, 7, 11)),
        ("He was welcomed in Vilnius on FRİDAY, 14 July 2023.", date(2023, 7, 14)),
        (f"Headline\nPublished: 1 December 2023\n{STORY}", date(2023, 12, 1)),
        (f"Headline\nPublished on December 1, 2023\n{STORY}", date(2023, 12, 1)),
        (f"Headline\nPosted: Dec. 1, 2023 | Updated: Dec. 5, 2023\n{STORY}", date(2023, 12, 1)),
        (f"Headline\n2023-12-01T08:30:00Z\n{STORY}", date(2023, 12, 1)),
        (f"Headline\n2023-12-01 08:30\n{STORY}", date(2023, 12, 1)),
        (f"Headline\nFriday, 1st December 2023, 8:30 am\n{STORY}", date(2023, 12, 1)),
        (f"Headline\nBy Jane Doe | 1 December 2023\n{STORY}", date(2023, 12, 1)),
        ("WASHINGTON, July 3, 2025 — The talks began.", date(2025, 7, 3)),
        # A "Published" line is stronger than a date in the story.
        ("Published: 2023-07-12\nHe arrived on Tuesday, 11 July 2023.", date(2023, 7, 12)),
    ],
)
def test_a_plain_date(text: str, published: date | None) -> None:
    assert find_published(text) == published


@pytest.mark.parametrize(
    "text",
    [
        "",
        STORY,
        # Day and month could change places.
        "03/07/2025",
        f"Published: 03/07/2025\n{STORY}",
        # No day, or no year.
        "The programme of July 2023 was praised.",
        "Seoul, July 3 (NationPress) The president spoke.",
        # History, appointments, pictures, corrections.
        "NATO was founded on 4 April 1949 in Washington.",
        "Elections will be held on Sunday, 15 June 2025.",
        "Ministers met on Tuesday, 11 July 2023. (AP Photo/Susan Walsh)",
        f"{STORY}\nUpdated: Tuesday, 11 July 2023",
        "Correction, July 3, 2025: The minister's name was wrong.",
        # Two days of the same weight.
        "They met on Tuesday, 11 July 2023 and on Wednesday, 12 July 2023.",
        "3 March 2022\nRussia advances.\n4 March 2022\nTalks begin.",
        # The weekday is another one; no such day; before there were papers; far ahead.
        "He arrived on Friday, 11 July 2023.",
        "Published: 31 February 2023",
        "Published: 1 May 1066",
        "Published: 1 May 2999",
        # Another day in the text is too far from either reading to settle which it is.
        "03/07/2025 (SEOUL) In a rare move.\nThe talks began on July 20, 2025.",
        # The end of a sentence on the line before.
        "One\nTwo\nThree\nFour\nFive\nThe new notes have a first call date of\nMarch 30, 1990.",
        "One\nTwo\nThree\nFour\nFive\nThe board set the day of record as\nJune 20, 1986",
    ],
)
def test_no_date_is_guessed(text: str) -> None:
    assert find_published(text) is None


# The first date read loads the names of the months.
@settings(deadline=None)
@given(st.dates(min_value=date(1700, 1, 1), max_value=date(2024, 12, 31)))
def test_every_way_to_write_a_day_gives_that_day(day: date) -> None:
    month = day.strftime("%B")
    for written in (f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}", day.isoformat()):
        assert find_published(f"Headline\nPublished: {written}\n{STORY}") == day


@given(st.dates(min_value=date(1700, 1, 1), max_value=date(2024, 12, 31)))
def test_a_day_in_numbers_is_right_or_unknown(day: date) -> None:
    settled = day if day.day > 12 or day.day == day.month else None
    assert find_published(f"Published: {day:%d/%m/%Y}") == settled
    assert find_published(f"Published: {day:%m/%d/%Y}") == settled


@settings(deadline=None)
@given(st.dates(min_value=date(1750, 1, 1), max_value=date(2024, 12, 31)), st.integers(0, 2))
def test_the_dateline_settles_a_day_in_numbers(day: date, late: int) -> None:
    line = day - timedelta(days=late)
    text = f"Seoul, {line:%B} {line.day} (NationPress) He spoke.\n\n{day:%d/%m/%Y}"
    assert find_published(text) in {day, None}


def test_a_day_ahead_is_no_publication() -> None:
    today = date.today()
    assert find_published(f"Published: {today + timedelta(days=60)}") is None
    assert find_published(f"Published: {today}") == today


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("26-FEB-1987 15:02:20.00", date(1987, 2, 26)),
        ("Wed, 13 Dec 2023 10:00:00 GMT", date(2023, 12, 13)),
        ("2023-12-13T10:11:12Z", date(2023, 12, 13)),
        ("13/12/2023", date(2023, 12, 13)),
        ("03/07/2025", None),
        ("yesterday", None),
        ("2023", None),
        ("2023-12-13-5", None),
    ],
)
def test_parse_date(text: str, day: date | None) -> None:
    assert parse_date(text) == day


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["1", "1/", " ", "12/12/", "2023-12-", "A ", "A. ", "Aa, ", "(A", "Jan ", "Seoul, July 3 (", "By a, ", "2023 "],
)
def test_a_hostile_megabyte_says_nothing(piece: str) -> None:
    assert find_published(piece * (1_000_000 // len(piece))) is None


def test_a_chronicle_of_many_days_has_no_day_of_its_own() -> None:
    days = "\n".join(f"{n % 28 + 1} May {1700 + n % 300}" for n in range(50_000))
    assert find_published(days) is None


@settings(deadline=None)
@given(st.text(alphabet="0123456789/-. ,()JulyMa\nSEOUL:by", max_size=300))
def test_any_text_gives_a_day_or_none(text: str) -> None:
    found = find_published(text)
    assert found is None or date(1700, 1, 1) <= found <= date.today() + timedelta(days=7)

"""What a reader of the chat writes about which articles may answer."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.filters import Filters
from index.generations import IndexFolder
from qa.archive import Archive
from qa.settings import Settings
from qa.show.wording import chosen_in_words, filters_in_words
from qa.web.chat.which import MAX_CHOSEN, no_choice, read_filters, read_link, say_choice


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [
        ("", "", Filters()),
        (None, None, Filters()),
        ("2023", "", Filters(after=date(2023, 1, 1))),
        ("", "2023", Filters(before=date(2023, 12, 31))),
        (" 2023-07 ", "2024-2", Filters(date(2023, 7, 1), date(2024, 2, 29))),
        ("2023-07-03", "2023-07-03", Filters(date(2023, 7, 3), date(2023, 7, 3))),
    ],
)
def test_a_year_or_a_month_is_its_first_or_its_last_day(first: str | None, last: str | None, wanted: Filters) -> None:
    assert read_filters(first, last, None) == wanted


@pytest.mark.parametrize(
    "day", ["July", "2023-13", "2023-02-30", "0000", "23", "2023-07-01T00:00", "２０２３", "2023-0"]
)
@pytest.mark.parametrize("is_last", [False, True])
def test_what_is_no_day_is_said_to_be_none(day: str, is_last: bool) -> None:
    with pytest.raises(ValueError, match="is no day; write it as 2023, 2023-07 or 2023-07-01") as caught:
        read_filters(*(("", day) if is_last else (day, "")), [])
    assert repr(day) in str(caught.value)


def test_days_in_the_wrong_order_are_explained() -> None:
    with pytest.raises(ValueError, match="no article can be from 2024-01-01 on and until 2023-12-31"):
        read_filters("2024", "2023", [])


def test_what_is_chosen_is_said(shared: IndexFolder) -> None:
    archive = Archive(Settings(index=shared.path))
    words = say_choice(archive, "2023-07", "", ["<b>"], "")[1]
    assert words == '<p dir="auto">Only articles from 1 July 2023, of &lt;b&gt;.</p>'
    line, words = say_choice(archive, "July", "", [], "")
    assert line["visible"]
    assert "&#x27;July&#x27; is no day" in words
    line, words = say_choice(archive, "", None, [], None)
    assert (line["visible"], words) == (False, "")
    line, words = say_choice(archive, "2023", "", [], "bridge")
    assert line["visible"]
    assert words == '<p dir="auto">Only in “Harbour bridge opens”, from 1 January 2023.</p>'
    for gone in ("<nowhere>", "\x00"):
        line, words = say_choice(archive, "", "", [], gone)
        assert line["visible"]
    assert "No article has the id &#x27;&lt;nowhere&gt;&#x27;." in say_choice(archive, "", "", [], "<nowhere>")[1]
    assert no_choice()[:4] == ("", "", [], "")
    assert no_choice()[4]["visible"] is False


def test_an_address_names_what_is_chosen() -> None:
    assert read_link("?from=2023&until=2024&source=A&source=B&article=a%2Fb%20c") == (
        "2023", "2024", ["A", "B"], "a/b c",
    )  # fmt: skip
    assert read_link(None) == ("", "", [], "")


def test_who_is_asked_in_words() -> None:
    after = Filters(after=date(2023, 7, 1))
    assert chosen_in_words(after, {}) == "articles from 1 July 2023"
    assert chosen_in_words(Filters(), {}) == ""
    both = Filters(after=date(2023, 7, 1), articles=("one", "two"))
    assert chosen_in_words(both, {"one": "The first"}) == "“The first” or “two”, from 1 July 2023"


def test_sources_must_be_readable_and_not_without_end() -> None:
    assert read_filters("", "", ["Coast Daily"]) == Filters(sources=("Coast Daily",))
    assert len(read_filters("", "", ["x"] * 1000).sources) == MAX_CHOSEN
    with pytest.raises(ValueError, match="cannot be stored"):
        read_filters("", "", ["\ud800"])
    assert read_filters("", "", [], "bridge") == Filters(articles=("bridge",))
    with pytest.raises(ValueError, match="cannot be stored"):
        read_filters("", "", [], "\ud800")


@given(st.text(max_size=30), st.text(max_size=30))
def test_anything_written_gives_filters_or_a_message(first: str, last: str) -> None:
    try:
        filters = read_filters(first, last, [])
    except ValueError as error:
        assert str(error)
    else:
        assert not filters.before or not filters.after or filters.after <= filters.before


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        (Filters(), ""),
        (Filters(after=date(2023, 7, 1)), "from 1 July 2023"),
        (Filters(date(2023, 7, 1), date(2023, 7, 3), ("A", "B")), "from 1 July 2023 until 3 July 2023, of A or B"),
        (Filters(sources=("A",)), "of A"),
    ],
)
def test_filters_in_words(filters: Filters, words: str) -> None:
    assert filters_in_words(filters) == words

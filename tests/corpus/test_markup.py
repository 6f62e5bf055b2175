"""Markup leaves the text, and what only looks like it stays."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.markup import is_markdown, is_markup, split_front_matter, without_html, without_markdown


def test_html_as_a_browser_shows_it() -> None:
    page = (
        "<p>Die <b>Br&uuml;cke</b> kostete "
        "6,2&nbsp;Mio.&#8217;</p><ul><li>Auto</li><li>Rad</li></ul><script>x()</script>"
    )
    lines = [line.strip() for line in without_html(page).splitlines() if line.strip()]
    assert lines == ["Die Brücke kostete 6,2 Mio.’", "* Auto", "* Rad"]
    table = "<table><tr><th>Town</th><th>Votes</th></tr><tr><td>Oslo</td><td>12</td></tr></table>"
    assert [line.strip() for line in without_html(table).splitlines()] == ["Town | Votes", "Oslo | 12"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("R&amp;D &lt;3 &#8216;x&#8217;", "R&D <3 ‘x’"),
        ("a < b and c > d", "a < b and c > d"),
        ("AT&T; R&D", "AT&T; R&D"),
        ("Write to <name@example.org>.", "Write to <name@example.org>."),
    ],
)
def test_text_is_no_html(text: str, shown: str) -> None:
    assert without_html(text) == shown
    assert not is_markup(text)


def test_markdown_without_its_marks() -> None:
    text = (
        "# Ferry\n\nThe **ferry** to [Ellin](https://example.org) sails\nagain,[^1] see [[fares|the "
        "fares]] and `x`.\n\n"
        "- one *way*\n- back\n\n1. first\n2. second\n\n> It was ~~bad~~ good.\n\n"
        "| Town | Votes |\n|---|---|\n| Oslo | 12 |\n\n![A boat](boat.png)\n\n[^1]: A note."
    )
    assert [line for line in without_markdown(text).split("\n") if line] == [
        "Ferry",
        "The ferry to Ellin sails again, see the fares and x.",
        "• one way",
        "• back",
        "1. first",
        "2. second",
        "It was bad good.",
        "Town | Votes",
        "Oslo | 12",
        "A note.",
    ]


@pytest.mark.parametrize(
    "front",
    ['---\ntitle: "A: b"\ndate: 2024-03-12\n---\n', '+++\ntitle = "A: b"\ndate = 2024-03-12\n+++\n'],
    ids=["YAML", "TOML"],
)
def test_front_matter(front: str) -> None:
    assert split_front_matter(f"{front}The text.") == ({"title": "A: b", "date": date(2024, 3, 12)}, "The text.")
    assert split_front_matter(f"{front}The text.".replace("\n", "\r\n"))[0]["title"] == "A: b"


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nA rule above the text.\n\n---\n\nMore.",
        "---\ntitle: [\n---\nText",
        "---\na: 2024-02-31\n---\nText",
        "---\n- a\n---\nText",
        "Text\n---\ntitle: no\n---",
        "---\ntitle: never ends",
    ],
)
def test_what_are_no_fields_is_text(text: str) -> None:
    assert split_front_matter(text) == ({}, text)


@given(st.text())
def test_any_text_can_be_markdown_or_html(text: str) -> None:
    assert isinstance(without_markdown(text), str)
    assert isinstance(without_html(text), str)
    assert isinstance(without_html(f"<p>{text}</p>"), str)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("The **ferry** to [Ellin](https://example.org) sails.", True),
        ("# Ferry\n\nIt sails, see [[fares]].", True),
        ("The **ferry** sails, and 2 * 3 ** 4 is no mark.", False),
        ("See [1] and (https://example.org); #1 of 3.", False),
        ("# A heading of something else\nand a line.", False),
    ],
)
def test_marks_of_two_kinds_make_markdown(text: str, is_one: bool) -> None:
    assert is_markdown(text) is is_one

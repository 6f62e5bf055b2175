"""Where the pages of a document begin, in a text that was laid out anew."""

from __future__ import annotations

from corpus.pages import find_pages

ONE = "The harbour bridge opened on Friday.\nMayor Anna Berg cut the rib-\nbon."
TWO = "Steel was scarce for two years,\nthe builders said."
THREE = "The bridge cost 40 million crowns.\n• It has four lanes."
TEXT = (
    "Mayor Anna Berg cut the ribbon. Steel was scarce for two years, the builders said.\n\n"
    "The bridge cost 40 million crowns.\n• It has four lanes."
)


def begins(text: str, pages: list[str]) -> list[str]:
    return [text[start : start + 9] for start in find_pages(text, pages)]


def test_each_page_begins_where_its_first_words_are() -> None:
    # The title is not in the text, a word was in two parts, and a page goes on in the middle of a line.
    assert begins(TEXT, [ONE, TWO, THREE]) == ["Mayor Ann", "Steel was", "The bridg"]


def test_a_page_without_text_begins_with_the_next_one() -> None:
    assert find_pages(TEXT, [ONE, "", TWO, "3"]) == (0, 32, 32, len(TEXT))
    assert find_pages(TEXT, []) == ()
    assert find_pages("", ["", ""]) == (0, 0)


def test_the_same_words_on_every_page() -> None:
    page = "Here is some text without a meaning. Is there information? "
    text = page * 30
    assert find_pages(text, [page * 10, page * 10, page * 10]) == (0, len(page) * 10, len(page) * 20)


def test_letters_that_were_written_otherwise() -> None:
    text = "A first page about the oﬀice. “Straße” was the name of the first film that he made.".replace("ﬀ", "ff")
    assert begins(text, ["A first page about the oﬀice.", "“Straße” was the name of the first film"])[1] == "“Straße” "


def test_a_line_that_was_left_out() -> None:
    pages = [
        ONE,
        "A heading that nobody has kept in the text of it\nSteel was scarce for two years, the builders said.",
    ]
    assert begins(TEXT, pages) == ["Mayor Ann", "Steel was"]

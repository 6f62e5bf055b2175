"""A text fragment marks exactly the quote, by an implementation that is not ours."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from resolve_fragment import Directive, parse, resolve

from corpus.article import Article
from corpus.bundled import ARTICLES
from corpus.passages import split_article
from corpus.readers import read_articles
from qa.web.pages import fragment
from qa.web.pages.fragment import MAX_WHOLE_CHARACTERS, link_to_quote

URL = "https://example.org/story?a=1"
LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"


def marked(text: str, start: int, end: int) -> str | None:
    """What a browser marks by our link; None without one."""
    url = link_to_quote(URL, text, start, end)
    found = resolve(url, text) if ":~:" in url else None
    return text[slice(*found)] if found else None


def test_a_short_quote_stands_in_the_link_whole() -> None:
    text = "A first line.\nThe mayor, a well-known man & friend, said 100%."
    start = text.index("The")
    url = link_to_quote(URL, text, start, len(text))
    assert url == f"{URL}#:~:text=The%20mayor%2C%20a%20well%2Dknown%20man%20%26%20friend%2C%20said%20100%25."
    assert parse(url) == Directive(text[start:])


def test_of_a_long_one_or_of_several_lines_the_ends_stand_there() -> None:
    assert len(LONG) > MAX_WHOLE_CHARACTERS - 15
    text = f"Before. {LONG} more words here. After.\nAnother line."
    start, end = text.index("one"), text.index(" After")
    assert parse(link_to_quote(URL, text, start, end)) == Directive("one two three four", "seventeen more words here.")
    both = text.index("After.")
    url = link_to_quote(URL, text, both, len(text))
    assert parse(url) == Directive("After.", "Another line.")
    assert resolve(url, text) == (both, len(text))


def test_more_words_or_what_stands_before_tell_places_apart() -> None:
    text = "He said no. They left.\nShe said yes. He said no. It rained."
    second = text.rindex("He said no.")
    url = link_to_quote(URL, text, second, second + 11)
    assert parse(url) == Directive("He said no.", prefix="She said yes.")
    assert marked(text, second, second + 11) == "He said no."
    assert resolve(url, text) == (second, second + 11)
    first = text.index("He said no.")
    assert parse(link_to_quote(URL, text, first, first + 11)) == Directive("He said no.")


def test_what_stands_behind_tells_ends_apart() -> None:
    text = f"{LONG}. It is so. Or not. It is so. Indeed, yes.\nEnd."
    end = text.rindex("It is so.") + 9
    url = link_to_quote(URL, text, 0, end)
    assert resolve(url, text) == (0, end)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("The same line.\nThe same line.\nThe same line.", 30, 44),
        ("Half a word", 2, 6),
        ("Half a word", 0, 3),
        ("  ", 0, 2),
    ],
)
def test_without_a_sure_place_the_address_stays_plain(text: str, start: int, end: int) -> None:
    assert link_to_quote(URL, text, start, end) == URL


def test_an_anchor_stays_and_an_old_fragment_goes() -> None:
    assert link_to_quote("https://a.org/#top", "A text.", 0, 7) == "https://a.org/#top:~:text=A%20text."
    assert link_to_quote("https://a.org/#top:~:text=old", "A text.", 0, 7) == "https://a.org/#top:~:text=A%20text."


@pytest.mark.parametrize("article", list(read_articles([str(ARTICLES)])), ids=lambda article: article.article_id[:3])
def test_every_passage_of_the_bundled_articles_is_found(article: Article) -> None:
    for passage in split_article(article):
        assert resolve(link_to_quote(URL, article.text, passage.start, passage.end), article.text) == (
            passage.start,
            passage.end,
        )


WORDS = st.sampled_from([
    "so",
    "So",
    "it",
    "is",
    "not.",
    "a-b,",
    "“yes”",
    "ﬁn",
    "İz",
    "ẞ",
    "한국",
    "100%",
    "&",
    "e\u0301",
])
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), min_size=1, max_size=6)


@settings(deadline=None)
@given(LINES, st.data())
def test_a_fragment_marks_the_quote_or_there_is_none(lines: list[str], data: st.DataObject) -> None:
    text = "\n".join(lines)
    starts = [0] + [n + 1 for n, c in enumerate(text) if c in " \n"]
    start = data.draw(st.sampled_from(starts))
    ends = [n for n, c in enumerate(text) if c in " \n" and n > start] + [len(text)]
    end = data.draw(st.sampled_from(ends))
    url = link_to_quote(URL, text, start, end)
    if ":~:" in url:
        assert resolve(url, text) == (start, end)


def test_a_long_line_is_searched_in_proportion_to_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    monkeypatch.setattr(fragment, "_lower", lambda text: read.append(len(text)) or text.casefold())
    work = []
    for words in (4_000, 8_000):
        read.clear()
        # Nothing tells one place from another.
        text = "word " * words
        start = len(text) // 2
        assert link_to_quote(URL, text, start, len(text) - 1) == URL
        # As often as something is searched for, the whole may be read.
        work.append(sum(read) + len(read) * len(text))
    assert work[1] < 2.5 * work[0]

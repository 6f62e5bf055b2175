from __future__ import annotations

import html
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.clean import check_readable
from qa.answer import Citation
from qa.web.escape import as_entities, reader_path, web_url

# What HTML or Markdown could act on, or take for a line's end.
ACTIVE = set("<>\"'&`*_{}[]()#+-.!|~$:/\\=@\n\r\t")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")))
def test_entities_hold_the_text_and_nothing_active(text: str) -> None:
    escaped = as_entities(text)
    bare = "".join(part.partition(";")[2] if index else part for index, part in enumerate(escaped.split("&#")))
    assert not ACTIVE & set(bare)
    if not any("\x7f" <= character <= "\x9f" or character < " " for character in text):
        assert html.unescape(escaped) == "".join(character for character in text)


def test_entities_of_markup() -> None:
    assert as_entities("<b> *a* 1") == "&#60;b&#62; &#42;a&#42; 1"


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "ok \udfff"])
def test_unreadable_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be stored"):
        check_readable(text)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://example.org/a", True),
        ("http://example.org/a", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("http://[", False),
        (None, False),
    ],
)
def test_only_web_addresses_are_followed(url: str | None, allowed: bool) -> None:
    assert web_url(url) == (url if allowed else None)


def test_reader_path_escapes_the_id() -> None:
    citation = Citation(
        rank=1, article_id='a/../"<x>?#%', passage_id="", title="", source=None, published=None, url=None, start=3,
        end=9, quote="", answer_start=4, answer_end=8, score=1.0, text_sha256="",
    )  # fmt: skip
    assert reader_path(citation) == (
        "articles/a%2F..%2F%22%3Cx%3E%3F%23%25?start=3&end=9&answer_start=4&answer_end=8#quote"
    )
    assert reader_path(replace(citation, short_start=5, short_end=7)).endswith(
        "?start=3&end=9&answer_start=4&answer_end=8&short_start=5&short_end=7#quote"
    )

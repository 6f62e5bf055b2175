"""clean_text: what a reader cannot see or does not read goes, everything else stays, and once is enough."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import corpus
from corpus.clean import MAX_MARKS, clean_line, clean_text

BUNDLED = sorted((Path(corpus.__file__).parent / "articles").glob("*.txt"))
# Characters that take part in some rule, so that random text meets the rules together.
TRICKY = st.text(
    alphabet=st.one_of(
        st.sampled_from("\r\n\t\x0b\x85\u2028\xa0\u3000 \u200b\u200c\u200d\ufeff\u202e\xad•-ae\u0301\u0316\u0344"),
        st.sampled_from("بک\u064b\u0651कष\u094d\u093c👩\ufe0f\u1100\u1161\u11a8"),
        st.characters(),
    )
)


@given(TRICKY)
@example("e\u200d\u0301")
@example("a" + "\u0344" * 40)
@example("\u1100\u200d\u1161")
@example("x\u0301\u064b\u200cب")
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    assert clean_text(clean_text(raw)) == clean_text(raw)


@given(TRICKY)
def test_clean_text_holds_nothing_invisible(raw: str) -> None:
    text = clean_text(raw)
    assert unicodedata.is_normalized("NFC", text)
    assert text == text.strip()
    assert "\n\n\n" not in text
    assert "  " not in text
    assert text.splitlines() == (text.split("\n") if text else [])
    assert [c for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}] == []
    text.encode()


@given(st.text(alphabet=st.characters(categories=["L", "N", "P"]), min_size=1))
def test_words_survive(word: str) -> None:
    assert clean_text(f"before\r\n  {word} {word}  after") == unicodedata.normalize(
        "NFC", f"before\n{word} {word} after"
    )


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("one\r\ntwo\rthree\u2028four\u2029five\x0bsix\x85seven", "one\ntwo\nthree\nfour\nfive\nsix\nseven"),
        ("a\xa0b\u2009c\u3000d\te", "a b c d e"),
        ("  •  Deepening   ties  \n   -  second", "• Deepening ties\n- second"),
        ("one\n\n \n\t\n\ntwo\n", "one\n\ntwo"),
        ("\ufeffNA\xadTO \u202e2023\u202c\u200b!\x00\x07", "NATO 2023!"),
        ("cafe\u0301", "café"),
        ("half \ud83d smile", "half \ufffd smile"),
        ("", ""),
        (" \n\t\r\n\u200b", ""),
    ],
)
def test_clean_text(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@pytest.mark.parametrize("spelled", ["می\u200cخواهم", "क्\u200dष", "👩\u200d👧"])
def test_a_joiner_that_spells_something_stays(spelled: str) -> None:
    assert clean_text(spelled) == spelled


@pytest.mark.parametrize("hidden", ["NA\u200dTO", "\u200cNATO", "NATO\u200d\u200c", "NA\u200c\u200dTO"])
def test_a_joiner_in_a_latin_word_goes(hidden: str) -> None:
    assert clean_text(hidden) == "NATO"


def test_a_doubled_joiner_becomes_one() -> None:
    assert clean_text("می\u200c\u200dخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize(
    "line", ["Click to start listening", "  SCROLL TO TOP ", "Explore more", "Read more »", "- Advertisement -"]
)
def test_a_line_of_page_furniture_goes(line: str) -> None:
    assert clean_text(f"First.\n\n{line}\n\nSecond.") == "First.\n\nSecond."


def test_page_furniture_inside_a_sentence_stays() -> None:
    assert clean_text("Read more books, he said.\nExplore more of Seoul") == (
        "Read more books, he said.\nExplore more of Seoul"
    )


def test_a_long_run_of_marks_is_cut() -> None:
    assert clean_text("x" + "\u0316" * 500_000 + "y") == "x" + "\u0316" * MAX_MARKS + "y"


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem[:3])
def test_the_bundled_articles_lose_only_furniture_and_space(path: Path) -> None:
    raw = path.read_text(encoding="utf-8")
    furniture = {"Click to start listening", "scroll to top", "Explore more"}
    kept = [line.strip() for line in raw.splitlines() if line.strip() and line not in furniture]
    assert clean_text(raw).replace("\n\n", "\n").split("\n") == kept


def test_clean_line_is_one_line_of_limited_length() -> None:
    assert clean_line(" South\nKorea:\x00 \u2018partners\u2019\u2028today ", max_characters=300) == (
        "South Korea: ‘partners’ today"
    )
    assert clean_line("one two three", max_characters=8) == "one two"

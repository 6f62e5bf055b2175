"""find_source: the publisher that stands there plainly, and no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.bundled import ARTICLES
from corpus.clean import clean_text
from corpus.source import find_source

STORY = "The minister spoke of trade and defence."


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("000_7936eb6cbf14d6de.txt", None),
        ("001_de1f21643fab2dcd.txt", "NationPress"),
        ("002_4fc778d844c30eeb.txt", None),
        ("003_3029bffaf7cebc33.txt", None),
        ("004_ba14481eac79cfe1.txt", None),
    ],
)
def test_the_bundled_articles(name: str, source: str | None) -> None:
    text = clean_text((ARTICLES / name).read_text(encoding="utf-8"))
    assert find_source(text) == source


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Seoul, July 3 (NationPress) South Korean President", "NationPress"),
        ("LONDON, July 3 (Reuters) - The minister said", "Reuters"),
        ("LONDON (Reuters) - The minister said", "Reuters"),
        ("Paris (AFP) – The minister said", "AFP"),
        ("NEW YORK, July 3, 2025 /PRNewswire/ -- A company said", "PRNewswire"),
        ("(CNN) -- The minister said", "CNN"),
        (f"Headline\n{STORY}\nSource: Yonhap News Agency", "Yonhap News Agency"),
        (f"Headline\nBy Jane Doe, BBC News\n{STORY}", "BBC News"),
        ("13-12-2023 (SEOUL) In a rare collective move", None),
        ("The World Health Organization (WHO) - a part of the UN - said", None),
        ("World Bank (WB) - its president said", None),
        ("Proopiomelanocortin (POMC)-expressing cells", None),
        ("Lee Jae Myung (DP) said", None),
        ("By Jane Doe, Science Editor", None),
        # In the second line a story may begin, not in the third.
        ("Headline\n(CNN) -- The minister said", "CNN"),
        ("Headline\nKicker\n(CNN) -- The minister said", None),
        ("LONDON (A remark of six words here) - The minister", None),
        ("Source: https://example.org/story", None),
        ("LONDON (Reuters) - One.\nPARIS (AFP) - Two.", None),
        (STORY, None),
    ],
)
def test_find_source(text: str, source: str | None) -> None:
    assert find_source(text) == source


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["1", "1/", " ", "12/12/", "2023-12-", "A ", "A. ", "Aa, ", "(A", "Jan ", "Seoul, July 3 (", "By a, ", "2023 "],
)
def test_a_hostile_megabyte_says_nothing(piece: str) -> None:
    assert find_source(piece * (1_000_000 // len(piece))) is None


@given(st.text(alphabet="0123456789/-. ,()JulyMa\nSEOUL:by", max_size=300))
def test_any_text_gives_a_name_or_none(text: str) -> None:
    assert find_source(text) != ""

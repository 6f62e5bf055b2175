"""skip_dateline and is_dateline: what stands in front of a story, and a line that is nothing else."""

from __future__ import annotations

import pytest

from corpus.dateline import is_dateline, skip_dateline


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("13-12-2023 (SEOUL) In a rare collective move", "In a rare collective move"),
        ("Seoul, July 3 (NationPress) South Korea", "South Korea"),
        ("LONDON (Reuters) - The minister", "The minister"),
        ("South Korea and NATO", "South Korea and NATO"),
        ("13-12-2023 (SEOUL)", "13-12-2023 (SEOUL)"),
    ],
)
def test_skip_dateline(line: str, rest: str) -> None:
    assert skip_dateline(line) == rest


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("13-12-2023 (SEOUL)", True),
        ("Seoul, July 3 (NationPress)", True),
        ("WASHINGTON, Sept. 3, 2025 —", True),
        ("Friday, 1st December 2023, 8:30 am", True),
        ("By Jane Doe | 1 December 2023", True),
        ("Published: 1 December 2023", False),
        ("Updated Sept. 3 (NationPress)", False),
        ("Seoul, July 3 (NationPress) South Korea", False),
        ("He came on 1 December 2023", False),
        ("Seoul", False),
        ("", False),
    ],
)
def test_is_dateline(line: str, is_one: bool) -> None:
    assert is_dateline(line) is is_one

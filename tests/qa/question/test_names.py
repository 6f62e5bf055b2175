"""Names in a question, and the question without them."""

from __future__ import annotations

import pytest

from qa.question.names import names_in, without_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("When did Lee Jae Myung meet Mark Rutte?", ["Lee Jae Myung", "Mark Rutte"]),
        ("Who leads the North Atlantic Treaty Organization?", ["the North Atlantic Treaty Organization"]),
        ("What did the Bank of Korea say?", ["the Bank of Korea"]),
        ("Does NATO agree?", ["NATO"]),
        ("NATO agreed. Seoul did not.", ["NATO"]),
        ("HOW MUCH WILL THE TRAM COST?", []),
        ("NATO?", ["NATO"]),
        ("Did anyone come? Yesterday nobody did.", []),
        ("who was it", []),
        ("", []),
    ],
)
def test_names_in(text: str, names: list[str]) -> None:
    assert [name.group() for name in names_in(text)] == names


@pytest.mark.parametrize(
    ("question", "bare"),
    [
        ("How many people attended the Jeju Forum?", "How many people attended it?"),
        ("Who is Ghana's president?", "Who is its president?"),
        ("When did Lee Jae Myung meet Mark Rutte?", "When did it meet it?"),
        ("Why did it take so long?", "Why did it take so long?"),
        ("", ""),
    ],
)
def test_without_names(question: str, bare: str) -> None:
    assert without_names(question) == bare

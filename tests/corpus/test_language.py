"""Is a text English?"""

from __future__ import annotations

import pytest

from corpus.language import looks_english

ENGLISH = [
    "More than 3,000 people attended the forum, and it was opened by the mayor of the town.",
    "The bridge cost 40 million crowns.",
]
OTHERS = [
    "Die Brücke, die im Mai in Berlin eröffnet wurde, kostete so viel wie keine andere; das war am Ende zu teuer.",
    "Le pont a coûté quarante millions de couronnes, a dit le maire de la ville, et il est à tous.",
    "El puente costó cuarenta millones de coronas y no se abrió a tiempo, dijo el alcalde.",
    "Most w Gdańsku kosztował czterdzieści milionów koron, a to jest dużo.",
    "",
    "1998 2004",
]


@pytest.mark.parametrize("text", ENGLISH)
def test_english_looks_english(text: str) -> None:
    assert looks_english(text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_languages_do_not(text: str) -> None:
    assert not looks_english(text)

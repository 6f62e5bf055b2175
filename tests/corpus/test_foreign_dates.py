"""Days and agencies of articles that are not in English."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.dateline import is_dateline, skip_dateline
from corpus.foreign_dates import with_english_dates
from corpus.published import find_published
from corpus.source import find_source

DAY = date(2024, 3, 3)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("de", "3. März 2024, 18:42 Uhr"),
        ("de", "Stand: 03.03.2024 18:42 Uhr"),
        ("de", "Veröffentlicht am 3.3.2024"),
        ("de", "Sonntag, 3. März 2024"),
        ("fr", "Publié le 3 mars 2024 à 18h42"),
        ("fr", "dimanche 3 mars 2024"),
        ("es", "3 de marzo de 2024"),
        ("es", "Publicado el 03/03/2024"),
        ("pt", "3 de março de 2024"),
        ("it", "Pubblicato il 3 marzo 2024 alle 18:42"),
        ("nl", "3 maart 2024"),
        ("pl", "3 marca 2024"),
        ("cs", "3. března 2024"),
        ("sv", "3 mars 2024"),
        ("fi", "3. maaliskuuta 2024"),
        ("ru", "Опубликовано: 3 марта 2024"),
        ("uk", "3 березня 2024"),
        ("el", "3 Μαρτίου 2024"),
        ("tr", "3 Mart 2024"),
        ("ar", "3 مارس 2024"),
        ("ko", "입력 2024.03.03. 오전 9:42"),
        ("ko", "2024년 3월 3일"),
        ("ja", "2024年3月3日 9時42分"),
        ("zh", "2024年3月3日"),
        ("id", "3 Maret 2024"),
    ],
)
def test_a_line_that_is_only_a_day(language: str, line: str) -> None:
    text = f"Titel\n\n{line}\n\nDer Rat tagte."
    assert find_published(text, language) == DAY
    assert is_dateline(line, language)


@pytest.mark.parametrize(
    ("language", "line", "agency", "rest"),
    [
        ("de", "Kiel, 3. März 2024 (dpa) - Der Rat tagte.", "dpa", "Der Rat tagte."),
        ("fr", "PARIS, 3 mars 2024 (AFP) - Le conseil a siégé.", "AFP", "Le conseil a siégé."),
        ("it", "Roma, 3 marzo 2024 (ANSA) - Il consiglio.", "ANSA", "Il consiglio."),
        ("pl", "Gdańsk, 3 marca 2024 (PAP) - Rada obradowała.", "PAP", "Rada obradowała."),
    ],
)
def test_a_dateline(language: str, line: str, agency: str, rest: str) -> None:
    assert (find_published(line, language), find_source(line, language)) == (DAY, agency)
    assert skip_dateline(line, language) == rest


def test_a_dateline_without_a_year_gives_the_agency_alone() -> None:
    line = "Madrid, 3 mar (EFE).- El consejo se reunió."
    assert (find_published(line, "es"), find_source(line, "es")) == (None, "EFE")
    assert skip_dateline(line, "es") == "El consejo se reunió."


@pytest.mark.parametrize(
    ("language", "line"),
    [("de", "Aktualisiert am 4. März 2024"), ("de", "Geboren am 3. März 1972"), ("fr", "Mis à jour le 4 mars 2024")],
)
def test_another_day_is_none(language: str, line: str) -> None:
    assert find_published(f"Titel\n\n{line}\n\nDer Rat tagte.", language) is None


@pytest.mark.parametrize(
    "text",
    [
        "Town remembers\n\nOn Sunday, January 30, 1972, the pit closed. In 2022 the town came together.",
        "Town remembers\n\nFifty years ago, on Tuesday, January 11, 1972, the pit closed.",
        "An anniversary\n\nOn Tuesday, January 11, 1972, the pit closed.",
    ],
)
def test_a_day_that_a_story_looks_back_at_is_not_its_own(text: str) -> None:
    assert find_published(text) is None


def test_what_is_no_date_or_of_no_language_stays() -> None:
    assert with_english_dates("Der 3. Stock hat 12 Zimmer.", "de") == "Der 3. Stock hat 12 Zimmer."
    assert with_english_dates("3 Xyz 2024", "xx") == "3 Xyz 2024"
    assert with_english_dates("3 March 2024", "en") == "3 March 2024"

"""Does every language say everything?"""

from __future__ import annotations

import re
from datetime import date

import pytest
from babel import Locale

from corpus.filters import Filters
from qa.show.wording import confidence_in_words, date_in_words, filters_in_words, other_language
from qa.show.words import ENGLISH, LANGUAGES, count, direction, either, language_name, say, speaking, spoken, table

OTHERS = [language for language in LANGUAGES if language != ENGLISH]
# The same in both languages.
ALIKE = {"fr": {"sheet", "article", "articles", "chosen"}}


@pytest.mark.parametrize("language", OTHERS)
def test_no_word_is_missing(language: str) -> None:
    assert table(ENGLISH).keys() - table(language).keys() == set()


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(language: str) -> None:
    english, own = table(ENGLISH), table(language)
    same = {name for name in english if own[name] == english[name] and re.search(r"[a-z]{3}", str(english[name]))}
    assert {name for name in same if re.sub(r"\{\w+\}", "", str(english[name])).strip(" :,;.")} <= ALIKE.get(
        language, set()
    )


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_put_in_has_its_place(language: str) -> None:
    for name, words in table(ENGLISH).items():
        theirs = table(language)[name]
        if isinstance(words, str):
            assert isinstance(theirs, str), name
            wanted = set(re.findall(r"\{(\w+)\}", words)) - ({"asked"} if name == "other_language" else set())
            assert set(re.findall(r"\{(\w+)\}", theirs)) == wanted, name
        else:
            assert not isinstance(theirs, str), name
            kinds = {Locale(language).plural_form(n) for n in range(2_000)}
            assert kinds <= theirs.keys(), name
            assert "{n}" in theirs["other"], name


def test_numbers_and_days_are_the_languages() -> None:
    with speaking("de"):
        assert (count("n_articles", 1), count("n_articles", 1234)) == ("ein Artikel", "1.234 Artikel")
        assert date_in_words(date(2023, 12, 13)) == "13. Dezember 2023"
        assert confidence_in_words(0.7) == "Wahrscheinlich, 70\u00a0%"
    with speaking("ar"):
        assert [count("n_sources", n) for n in (1, 2, 3, 11)] == ["مصدر واحد", "مصدران", "3 مصادر", "11 مصدرًا"]
        assert direction() == "rtl"
    with speaking("ko"):
        assert date_in_words(date(2023, 12, 13)) == "2023년 12월 13일"
        assert language_name("en") == "영어"
    assert (spoken(), direction()) == (ENGLISH, "ltr")


def test_filters_in_other_words() -> None:
    filters = Filters(date(2023, 7, 1), None, ("Korea Herald", "Yonhap"))
    assert filters_in_words(filters) == "from 1 July 2023, of Korea Herald or Yonhap"
    with speaking("fr"):
        assert filters_in_words(filters) == "à partir du 1 juillet 2023, de Korea Herald ou Yonhap"
    with speaking("ja"):
        assert either(["A", "B"]) == "AまたはB"


def test_a_question_is_told_in_its_own_language_that_no_article_is() -> None:
    told = other_language("ko", ("en",))
    assert (told.asked, told.articles) == ("ko", ("en",))
    assert "영어" in told.told
    assert other_language("it", ("en", "de")).told.startswith("This question is in Italian; ")
    with speaking("fr"):
        assert other_language("en", ("ko",)).told.startswith("This question is in English; the articles are not: they ")


def test_an_unknown_name_is_a_fault() -> None:
    with pytest.raises(KeyError, match="nonsense"):
        say("nonsense")

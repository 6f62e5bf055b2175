"""Is a text English?"""

from __future__ import annotations

import pytest

from corpus.language import language_asked, language_of, looks_english, may_be_same

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


SURE = [
    ("나토 사무총장은 누구인가요?", "ko"),
    ("왜?", "ko"),
    ("韓国はいつNATOに代表部を開設しましたか？", "ja"),
    ("北约的秘书长是谁？", "zh"),
    ("من هو الأمين العام لحلف الناتو؟", "ar"),
    ("Кто генеральный секретарь НАТО?", "ru"),
    ("Wer ist der Generalsekretär der NATO?", "de"),
    ("Wie viele Menschen leben in Seoul?", "de"),
    ("Qui est le secrétaire général de l’OTAN ?", "fr"),
    ("¿Dónde fue la cumbre?", "es"),
    ("Who won?", "en"),
    ("Who is NATO's secretary general?", "en"),
]


@pytest.mark.parametrize(("question", "language"), SURE)
def test_the_language_of_a_question(question: str, language: str) -> None:
    assert language_asked(question) == language


@pytest.mark.parametrize(
    "question",
    [
        "NATO?",
        "Jens Stoltenberg",
        "Is Korean spoken in Manhattan?",
        "1998",
        "",
        "Angela Merkel, Berlin",
        "Was Die Zeit?",
    ],
)
def test_what_may_be_any_language_is_not_guessed(question: str) -> None:
    assert language_asked(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "Who said “Wir schaffen das”?",
        "What does the word Zeitgeist mean in Die Zeit?",
        "Which film is called La vita è bella?",
        "Who wrote El amor en los tiempos del cólera?",
        "What does 한국 mean?",
    ],
)
def test_an_english_question_with_foreign_words_is_english(question: str) -> None:
    assert language_asked(question) in ("en", None)


def test_languages_with_the_same_letters_may_be_meant() -> None:
    assert may_be_same("zh", "ja")
    assert may_be_same("de", "de")
    assert not may_be_same("ko", "ja")
    assert not may_be_same("de", "en")


def test_what_is_no_text_is_in_no_language_that_has_a_name() -> None:
    assert language_of("a3f9e0b1c2 deadbeef 0123456789abcdef " * 20) == "en"

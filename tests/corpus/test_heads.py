"""What stands above a story: the headline, a paper's name, a day; and bytes in an old encoding."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.language import language_of
from corpus.readers.text import read_text

STORY = "The harbour ferry will sail again from June, the council said on Tuesday."


def head(text: str) -> tuple[str, str | None, date | None]:
    article = read_text(text.encode(), article_id="a", metadata={})
    return article.title, article.source, article.published


@pytest.mark.parametrize(
    ("text", "title", "source"),
    [
        (f"Ferry returns\n\nHarbour link to reopen in June after five years\n\n{STORY}", "Ferry returns", None),
        (f"Ferry Returns\n\nHarbour link to reopen in June after five years\n\n{STORY}", "Ferry Returns", None),
        (f"ELLIN COURIER\n\nFerry returns\n\n{STORY}", "Ferry returns", "ELLIN COURIER"),
        (f"The Daily Star\n\nFerry returns\n\n{STORY}", "Ferry returns", "The Daily Star"),
        (f"Ferry returns\n\nBy Jane Doe and John Roe\n\n{STORY}", "Ferry returns", None),
        (f"---\n\nFerry returns after a long time\n\n{STORY}", "Ferry returns after a long time", None),
        (f"Opinion\n\nFerry returns\n\n{STORY}", "Ferry returns", None),
    ],
)
def test_a_short_headline_is_no_paper(text: str, title: str, source: str | None) -> None:
    assert head(text)[:2] == (title, source)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "Sturm Edda\n\nStand: 03.03.2024 18:42 Uhr\n\nDer Sturm Edda hat 31.000 Haushalte vom Strom getrennt.",
            "Sturm Edda",
        ),
        (
            "La tempête Edda\n\nPublié le 3 mars 2024\n\nLa tempête a coupé le courant dans 31 000 foyers.",
            "La tempête Edda",
        ),
        (
            "La tormenta\n\n3 de marzo de 2024\n\nLa tormenta cortó la luz en treinta mil hogares del norte.",
            "La tormenta",
        ),
        ("태풍 에다\n\n입력 2024.03.03. 오전 9:42\n\n태풍 에다로 삼만 가구가 정전됐다고 시가 밝혔다.", "태풍 에다"),
    ],
)
def test_a_line_that_is_only_a_day_is_no_headline(text: str, title: str) -> None:
    assert head(text) == (title, None, date(2024, 3, 3))


def test_front_matter_says_more_than_the_text_and_less_than_the_table() -> None:
    front = b"---\ntitle: Ferry sails\npublisher: Ellin Courier\npublished: 2024-03-12\n---\n\n"
    data = front + b"# Ferry sails\n\nThe **ferry** sails."
    article = read_text(data, article_id="a", metadata={"source": "Post"}, is_markdown=True)
    assert (article.title, article.text) == ("Ferry sails", "The ferry sails.")
    assert (article.source, article.published) == ("Post", date(2024, 3, 12))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Národní knihovna se zavírá na tři měsíce. Čtyřicet tisíc knih se přestěhuje, řekl ředitel.", "cp1250"),
        ("Η Εθνική Βιβλιοθήκη κλείνει για τρεις μήνες. Σαράντα χιλιάδες βιβλία μεταφέρονται.", "cp1253"),
        ("Национальная библиотека закрывается на три месяца. Директор сказал об этом.", "cp1251"),
        ("Национальная библиотека закрывается на три месяца. Директор сказал об этом.", "koi8-r"),
        ("Die Landesbibliothek schließt für drei Monate, sagte die Leiterin Anna Groß.", "cp1252"),
        ("La bibliothèque fermera ses portes pendant trois mois, a annoncé sa directrice Hélène.", "cp1252"),
        ("He said “no” – it’s over for the library, which costs £5 to enter.", "cp1252"),
        ("国立図書館は三か月閉館すると館長が月曜日に発表した。四万冊の本が移される。", "shift_jis"),
        ("국립도서관이 석 달 동안 문을 닫는다고 관장이 월요일에 발표했다.", "euc-kr"),
    ],
)
def test_old_encodings(text: str, encoding: str) -> None:
    assert read_text(text.encode(encoding), article_id="a", metadata={}).text == text


def test_what_was_read_in_the_wrong_encoding_and_saved_is_put_right() -> None:
    text = "The owner of the “Zoë” café in Besançon won the city’s prize."
    assert read_text(text.encode().decode("cp1252", "replace").encode(), article_id="a", metadata={}).text != ""
    broken = "The café’s owner won.".encode().decode("cp1252").encode()
    assert read_text(broken, article_id="a", metadata={}).text == "The café’s owner won."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Stadt hat am Mittwoch eine neue Straßenbahn eröffnet.", "de"),
        ("La tempête a coupé le courant dans le nord du pays.", "fr"),
        ("태풍으로 북부 지역의 전기가 끊겼다.", "ko"),
        ("台風で北部が停電した。", "ja"),
        ("کتابخانه ملی سه ماه بسته می‌شود.", "fa"),
        ("12", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert language_of(text) == language

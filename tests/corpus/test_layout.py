"""clean_article: pages, columns and wrapped lines undone; what is laid out on purpose stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.clean import clean_text
from corpus.layout import clean_article, join_lines

WRAPPED = {
    "en": "The harbour master said on Monday that the old crane would be\ntaken down before the "
    "winter, since nobody had\nused it for years.\n",
    "de": "Die Stadt hat am Montag beschlossen, die alte Brücke über den\nFluss abzureißen und bis "
    "zum nächsten Sommer eine neue\nzu bauen.\n",
    "fr": "La maire a annoncé lundi que la vieille halle serait rénovée\navant la fin de l'année et "
    "que les commerçants pourraient y\nrevenir au printemps.\n",
    "es": "El alcalde anunció el lunes que el mercado viejo se cerrará\npor obras durante tres "
    "meses y que los puestos se mudarán\na la plaza.\n",
}
UNSPACED = {
    "ja": (
        "市長は月曜日、古い橋を来年の夏までに取り壊して\n新しい橋を建てると発表した。費用は三億円と見込ま\nれている。",
        "見込まれている。",
    ),
    "zh": (
        "市长星期一宣布旧桥将在明年夏天之前拆除并重新\n建造。预计费用为三亿元，由省政府和市政府共同\n承担。",
        "共同承担。",
    ),
}


@pytest.mark.parametrize("language", WRAPPED)
def test_wrapped_lines_are_one_paragraph(language: str) -> None:
    text = WRAPPED[language]
    assert clean_article(f"{text}\n{text}") == "\n\n".join([" ".join(text.split())] * 2)


@pytest.mark.parametrize("language", UNSPACED)
def test_lines_without_spaces_are_joined_without_one(language: str) -> None:
    text, end = UNSPACED[language]
    joined = clean_article(text)
    assert "\n" not in joined
    assert joined.endswith(end)
    assert " " not in joined


def test_korean_and_arabic_lines_are_joined_with_a_space() -> None:
    korean = (
        "시장은 월요일 오래된 다리를 내년 여름까지 철거하고 새 다리를\n건설하겠다고 발표했다. 비용은 삼억 원으"
        "로 예상되며 도와 "
        "시가\n함께 부담한다."
    )
    assert clean_article(korean) == korean.replace("\n", " ")
    arabic = (
        "أعلن رئيس البلدية يوم الاثنين أن الجسر القديم سيهدم قبل الصيف\nالمقبل وأن جسرا جديدا "
        "سيبنى مكانه بتكلفة ثلاثة ملايين\nدينار."
    )
    assert clean_article(arabic) == arabic.replace("\n", " ")


def test_a_hyphen_at_the_end_of_a_line_goes_but_for_one_that_is_spelled() -> None:
    text = (
        "The committee said on Monday that the mu-\nseum would stay closed for twenty-\nfive "
        "days and reopen in a month\nor two."
    )
    assert clean_article(text) == (
        "The committee said on Monday that the museum would stay closed for twenty-five days and "
        "reopen in a month or two."
    )
    assert clean_article(text.replace("mu-", "mu\u00ad")) == clean_article(text)


@pytest.mark.parametrize(
    "text",
    [
        "A headline of some words\n\nThe story begins here. It goes on.",
        "Winners\n\nAnna Berg\nTom Okafor\nLena Sorg",
        "Roses are red,\nViolets are blue,\nSugar is sweet,\nAnd so are you.",
        "The winners are:\n• a baker from Oslo\n• a smith from Bergen",
        "1. go home\n2. sleep",
        "Town | Votes\nOslo | 12\nBergen | 9",
        "Q: How much does it cost?\nA: nothing at all.",
        "The first paragraph has one line and ends here.\nThe second one has one line too and ends here.",
        "NewsWire\n03/07/2025",
    ],
)
def test_what_stands_on_its_own_line_on_purpose_stays_there(text: str) -> None:
    assert clean_article(text) == text


def test_running_heads_and_page_numbers_go_and_the_sentence_is_whole() -> None:
    pages = [
        "The Daily Letter\n\nThe council spent the whole of its long evening on the ques-\n\n1",
        "The Daily Letter\n\ntion of the bridge, which nobody had expected to be asked, and\n\n2",
        "The Daily Letter\n\nwent home without an answer. The mayor was sorry about it.\n\n3",
    ]
    text = clean_article("\f".join(pages))
    assert "Daily Letter" not in text
    assert "question of the bridge, which nobody had expected to be asked, and went home" in " ".join(text.split())


def test_a_running_head_between_whole_sentences_goes_too() -> None:
    pages = [f"The Daily Letter\n\nThis is what page {n} says." for n in range(1, 5)]
    assert clean_article("\f".join(pages)) == "\n\n".join(f"This is what page {n} says." for n in range(1, 5))


def test_a_page_line_in_the_middle_of_a_sentence_goes_without_form_feeds_too() -> None:
    text = (
        "The board voted late on Friday for the plan that the\n\nPage 2 of 9\n\nengineers had "
        "drawn, and against the price."
    )
    assert "Page 2" not in clean_article(text)


@pytest.mark.parametrize("gap", ["\t", "    "])
def test_columns_become_cells(gap: str) -> None:
    rows = [["Town", "Turnout", "Winner"], ["Aldby", "61%", "Ilse Brandt"], ["Carrick", "48%", "Omar Haddad"]]
    text = clean_article("\n".join(gap.join(row) for row in rows))
    assert text == "\n".join(" | ".join(row) for row in rows)


def test_the_rules_of_a_table_go() -> None:
    assert clean_article("| Town | Votes |\n|---|:-:|\n| Oslo | 12 |") == "| Town | Votes |\n| Oslo | 12 |"


def test_a_label_that_stands_once_in_the_middle_of_a_sentence_stays() -> None:
    proofs = [f"Definition {n}\nA space of the kind {n} is one that has {n} doors.\n" for n in range(5)]
    text = clean_article("\n".join([*proofs, "It follows from the\nDefinition 3\nthat each of them has some doors."]))
    assert [f"Definition {n}" in text for n in range(5)] == [True] * 5


@given(st.text(alphabet=st.sampled_from("aB .\n-,|1\f\t•:é語ع"), max_size=120))
def test_what_is_joined_is_clean_and_loses_no_word(text: str) -> None:
    joined = join_lines(clean_text(text))
    assert joined == clean_text(joined)
    letters = [character for character in clean_text(text) if character.isalnum()]
    assert [character for character in joined if character.isalnum()] == letters


def test_a_megabyte_takes_no_longer_than_its_length() -> None:
    """A pattern that goes back and forth would take minutes."""
    for piece in ("a\n", "word word\n", "a  b  c\n", "x-\n", "| a | b |\n", "Page 3\n\n", "\f1\n"):
        assert clean_article(piece * (400_000 // len(piece))) is not None

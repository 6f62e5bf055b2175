"""split_sentences: rows, items and replies have what they need to be understood; each language has its own rules."""

from __future__ import annotations

import pytest

from corpus.sentences import split_sentences


def said(text: str, language: str = "en") -> list[str]:
    return [text[one.start : one.end] for one in split_sentences(text, language)]


def led(text: str) -> dict[str, str]:
    """What has a lead, and the lead."""
    return {text[one.start : one.end]: text[slice(*one.lead)] for one in split_sentences(text) if one.lead is not None}


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("de", ["Das Museum schließt am 3. Oktober für rd. 4 Wochen.", "Es liegt im 2. Stock."]),
        ("de", ["Dr. Groß sagte, z. B. am 1. Mai koste es insg. 9 Mio. Euro.", "Das ist viel."]),
        ("fr", ["M. Durand et Mme. Petit ont vu env. 12 personnes.", "Elles sont parties."]),
        ("es", ["La Sra. Díaz llegó a las 5 p.m. del martes.", "Trajo aprox. 30 libros."]),
        ("fi", ["Kokous alkoi 1. elokuuta Turussa.", "Se oli pitkä."]),
        ("cs", ["Jednání začalo 1. srpna v Praze.", "Bylo dlouhé."]),
        ("pl", ["To było 5. maja w Gdańsku, tj. w piątek.", "Padał deszcz."]),
        ("ko", ["다리는 6월에 다시 열렸다.", "비용은 3억 원이었다."]),
        ("ja", ["橋は六月に開通した。", "費用は三億円だった。"]),
        ("ar", ["أعيد فتح الجسر في يونيو.", "كلف ثلاثة ملايين."]),
        ("fa", ["پل در خرداد باز شد.", "هزینه آن زیاد بود."]),
        ("en", ["The dam is approx. 11 years old.", "It cost 9 million."]),
        ("en", ["They met at 5 p.m. Tuesday in Oslo.", "No. 7 was late."]),
    ],
)
def test_sentences_by_the_rules_of_their_language(language: str, sentences: list[str]) -> None:
    text = ("" if language in ("ja",) else " ").join(sentences)
    assert said(text, language) == sentences


def test_a_row_needs_its_heading_row() -> None:
    text = "Votes of the towns:\n\nTown | Winner\nAldby | Ilse Brandt\nCarrick | Omar Haddad\n\nThe end came."
    assert led(text) == {"Aldby | Ilse Brandt": "Town | Winner", "Carrick | Omar Haddad": "Town | Winner"}
    assert [text[one.start : one.end] for one in split_sentences(text) if one.is_heading] == ["Town | Winner"]


def test_rows_without_a_heading_row_need_what_stands_in_front() -> None:
    text = "Votes of the towns:\nAldby | 12\nCarrick | 9"
    assert led(text) == {"Aldby | 12": "Votes of the towns:", "Carrick | 9": "Votes of the towns:"}


@pytest.mark.parametrize("bullet", ["• ", "- ", "* ", "1. ", "2) "])
def test_an_item_of_a_list_needs_the_line_in_front_of_it(bullet: str) -> None:
    items = [f"{bullet}a baker from Oslo", f"{bullet}a smith. He sings"]
    text = "\n".join(["The jury met. These won:", *items])
    leads = led(text)
    assert set(leads.values()) == {"These won:"}
    assert " ".join(leads).replace(bullet, "") == "a baker from Oslo a smith. He sings"
    assert not any(one.is_heading for one in split_sentences(text))


def test_short_lines_are_a_list_behind_a_heading_or_a_colon() -> None:
    names = ["Anna Berg", "Tom Okafor", "Lena Sorg"]
    assert list(led("\n".join(["Board members\n", *names]))) == names
    assert list(led("\n".join(["The two winners:", *names[:2]]))) == names[:2]
    # A headline and what stands below it are none.
    assert led("A headline\n\nA kicker\n\nThe story begins here and ends.") == {}


INTERVIEWS = {
    "letters": "Q: How high is the dam?\n\nA: High. It is 112 metres.\n\nQ: Will it hold?\n\nA: Yes.",
    "names": "DAILY: How high is the dam?\n\nVARGA: High. It is 112 metres.\n\nDAILY: Will it hold?\n\nVARGA: Yes.",
    "bold": "**How high is the dam?**\n\nHigh. It is 112 metres.\n\n**Will it hold?**\n\nYes.",
    "bare": "How high is the dam?\n\nHigh. It is 112 metres.\n\nWill it hold?\n\nYes.",
    "german": "Frage: Wie hoch ist der Damm?\n\nAntwort: High. It is 112 metres.\n\nFrage: Hält er?\n\nAntwort: Yes.",
    "korean": "질문: 댐은 얼마나 높습니까?\n\n답변: High. It is 112 metres.\n\n질문: 버틸까요?\n\n답변: Yes.",
}


@pytest.mark.parametrize("kind", INTERVIEWS)
def test_what_is_said_to_a_question_is_one_answer_without_the_speaker(kind: str) -> None:
    text = INTERVIEWS[kind]
    assert list(led(text)) == ["High. It is 112 metres.", "Yes."]
    questions = [one for one in split_sentences(text) if one.is_question]
    assert [one.lead for one in split_sentences(text) if one.lead] == [(one.start, one.end) for one in questions]


def test_a_long_reply_stays_in_sentences_of_which_the_first_need_the_question() -> None:
    long = " ".join(f"This is sentence {n} of the reply and it has more than ten words." for n in range(8))
    text = f"What do you think?\n\n{long}\n\nAnother paragraph of it ends here."
    sentences = split_sentences(text)
    assert [one.lead is not None for one in sentences] == [False, *[True] * 8, False]


def test_a_question_within_a_paragraph_asks_nobody() -> None:
    assert led("Prices rose. Who will pay? Nobody said.\n\nThe mayor went home.") == {}

"""analyze: which terms of a text are matched."""

from __future__ import annotations

import pytest

from index.words.analyze import analyze


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The Bridges were OPENED", ["bridg", "open"]),
        ("U.S. US us", ["us.", "us.", "us"]),
        ("the UN and U.N.", ["un.", "un."]),
        ("3,000 or 3000 or 3.5", ["3000", "3000", "3.5"]),
        ("Zürich zurich", ["zurich", "zurich"]),
        ("北京大学", ["北京", "京大", "大学"]),
        ("서울에서 2024", ["서울", "울에", "에서", "2024"]),
        ("山", ["山"]),
        ("ภาษา", ["ภา", "าษ", "ษา"]),
        ("who was he", []),
        # A stop word in capitals, or with one inside a sentence, is a name.
        ("What did the WHO do?", ["who."]),
        ("IT staff know what it is", ["it.", "staff", "know"]),
        ("Where did The Who play?", ["who.", "play"]),
        ("Who is Theresa May?", ["theresa", "may."]),
        ("Will Smith will win.", ["will.", "smith", "win"]),
        ("Will he win? May I?", ["win"]),
        ("WHO IS THE PRESIDENT OF THE BOARD", ["presid", "board"]),
        # Letters as people type them.
        (
            "Łódź Tromsø Ødegård Straße Æsir Đorđe ıslak",
            ["lodz", "tromso", "odegard", "strass", "aesir", "dord", "islak"],
        ),
        (
            "Lodz Tromso Odegard Strasse Aesir Dorde islak",
            ["lodz", "tromso", "odegard", "strass", "aesir", "dord", "islak"],
        ),
        ("المكتبة أحمد إيران", ["المكتبه", "احمد", "ايران"]),
        ("المكتبه احمد ايران", ["المكتبه", "احمد", "ايران"]),
        ("کتاب ملی", ["كتاب", "ملي"]),
        ("كتاب ملي", ["كتاب", "ملي"]),
        ("Ｔｏｋｙｏ ２０２４ ٢٠٢٤ ۲۰۲۴", ["tokyo", "2024", "2024", "2024"]),
        ("Москва ёлка Ἀθῆναι", ["москва", "елка", "αθηναι"]),
        # The first and the last stop word of each part of the list.
        ("a with who some s m", []),
        ("most were asked", ["most", "ask"]),
        ("!? …", []),
    ],
)
def test_terms(text: str, terms: list[str]) -> None:
    assert analyze(text) == terms

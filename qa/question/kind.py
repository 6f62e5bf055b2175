"""What kind of thing a question asks for, and whether a sentence offers one the question did not name itself."""

from __future__ import annotations

import re
from enum import StrEnum


class AnswerType(StrEnum):
    """What an English question asks for; OTHER where its form does not tell."""

    PERSON = "person"
    TIME = "time"
    PLACE = "place"
    NUMBER = "number"
    OTHER = "other"


_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")


def _words(text: str) -> str:
    return r"\b(?:" + "|".join(text.split()) + r")\b"


_ASKS = (
    (
        AnswerType.NUMBER,
        r"\bhow (?:many|much|long|old|far|tall|big|high|fast|often)\b|\bwhat (?:percentage|number|share|age)\b",
    ),
    (
        AnswerType.TIME,
        r"\bwhen\b|\b(?:what|which) (?:year|month|day|date|time|century|decade)\b|\bhow long ago\b",
    ),
    (
        AnswerType.PERSON,
        r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|man|woman|actor|actress|singer|president|leader|player|author)\b",
    ),
    (
        AnswerType.PLACE,
        r"\bwhere\b|\b(?:what|which) (?:country|city|state|place|nation|town|island|region|continent|location)\b",
    ),
)
_TIME = re.compile(
    r"\b(?:1[0-9]|20)\d\d\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    + "|"
    + _words("January February March April May June July August September October November December")
    + r"|\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\."
    + r"|\b(?:last|next|this|earlier|late|early|mid) (?:year|month|week|night|spring|summer|autumn|fall|winter)\b"
    + r"|\b(?:years?|months?|weeks?|days?|hours?|centur(?:y|ies)|decades?) (?:ago|later|earlier|before|after)\b"
    + r"|\b(?:today|yesterday|tomorrow)\b"
)
_NUMBER = re.compile(
    r"\d+(?:[.,]\d+)*|\b(?:hundred|thousand|million|billion|trillion|dozen|score)s?\b|"
    + _words("one two three four five six seven eight nine ten eleven twelve half twice double triple none several"),
    re.IGNORECASE,
)
# Capitals that do not only open the sentence: "Lee Jae Myung", "Seoul".
_CAPITALS = r"[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*"
_NAME = re.compile(rf"(?<=[a-z,;:’'\"”)] ){_CAPITALS}|\b[A-Z][\w’'-]+ {_CAPITALS}")
_PLACED = re.compile(rf"\b(?:in|at|near|from|to|into|across|outside|of) (?:the )?({_CAPITALS})")


def asked_type(question: str) -> AnswerType:
    """The kind of thing `question` asks for, by the question words of its last sentence."""
    asked = _SENTENCE_END.split(question.strip())[-1]
    return next((kind for kind, pattern in _ASKS if re.search(pattern, asked, re.IGNORECASE)), AnswerType.OTHER)


def offers(sentence: str, kind: AnswerType, question: str) -> bool:
    """Whether `sentence` has a thing of this kind that `question` does not name; True for OTHER."""
    if kind is AnswerType.OTHER:
        return True
    pattern = {
        AnswerType.TIME: _TIME,
        AnswerType.NUMBER: _NUMBER,
        AnswerType.PERSON: _NAME,
        AnswerType.PLACE: _PLACED,
    }[kind]
    asked = question.lower()
    return any(match.group(match.lastindex or 0).lower() not in asked for match in pattern.finditer(sentence))

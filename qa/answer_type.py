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


_ASKS = (
    (AnswerType.NUMBER, re.compile(r"\bhow (?:many|much|long|old|far|tall|big|high|fast|often)\b|\bwhat (?:percentage|number|share|proportion|age)\b", re.I)),
    (AnswerType.TIME, re.compile(r"\bwhen\b|\b(?:what|which) (?:year|month|day|date|time|century|decade)\b|\bhow long ago\b", re.I)),
    (AnswerType.PERSON, re.compile(r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|man|woman|actor|actress|singer|president|leader|player|author)\b", re.I)),
    (AnswerType.PLACE, re.compile(r"\bwhere\b|\b(?:what|which) (?:country|city|state|place|nation|town|island|region|continent|location|county)\b", re.I)),
)
_MONTHS = "january february march april may june july august september october november december".split()
_NUMBER_WORDS = "one two three four five six seven eight nine ten eleven twelve dozen hundred thousand million billion trillion half twice first second third".split()
_TIME = re.compile(
    r"\b(?:1[0-9]|20)\d\d\b|\b(?:" + "|".join(m.capitalize() for m in _MONTHS) + r")\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    r"|\b(?:last|next|this|earlier|late|early|mid) (?:year|month|week|night|spring|summer|autumn|fall|winter|century)\b"
    r"|\b(?:years?|months?|weeks?|days?|hours?|centur(?:y|ies)|decades?) (?:ago|later|earlier|before|after)\b|\b(?:today|yesterday|tomorrow)\b",
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|\b(?:" + "|".join(_NUMBER_WORDS) + r")\b", re.I)
# Capitals that do not only open the sentence: "Lee Jae Myung", "Seoul".
_NAME = re.compile(r"(?:(?<=[a-z,;:’'\"”)] )|(?<=\w\w))\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*|\b[A-Z][\w’'-]+ [A-Z][\w’'-]+")
_PLACED = re.compile(r"\b(?:in|at|near|from|to|into|across|outside|of) (?:the )?([A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*)")


def asked_type(question: str) -> AnswerType:
    """The kind of thing `question` asks for, by its question words."""
    return next((kind for kind, pattern in _ASKS if pattern.search(question)), AnswerType.OTHER)


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

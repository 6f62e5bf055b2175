"""What kind of thing a question asks for, and whether a sentence offers one the question did not name itself."""

from __future__ import annotations

import re
from enum import StrEnum

from corpus.months import MONTHS, SHORT_MONTHS, WEEKDAYS
from qa.question.names import CAPITAL


class AnswerType(StrEnum):
    """What an English question asks for; OTHER where its form does not tell."""

    PERSON = "person"
    TIME = "time"
    PLACE = "place"
    NUMBER = "number"
    OTHER = "other"


# A full stop behind fewer letters may be that of "Mr." or "Gen."; before a question word three do ("this. Who?").
_SENTENCE_END = re.compile(
    r"(?<=[!?])\s+(?=\S)|(?<=[a-z]{5}\.)\s+(?=\S)"
    r"|(?<=[a-z]{3}\.)\s+(?=(?:[Ww]ho|[Ww]hat|[Ww]hen|[Ww]here|[Ww]hy|[Hh]ow|[Ww]hich|[Ww]hose|[Ww]hom)\b)"
)

# By language; of patterns that match in the same place the first counts: "how many years" asks for a number.
_ASKED_BY = {
    "en": {
        AnswerType.NUMBER: (
            r"\bhow (?:many|much|long|old|far|tall|big|high|fast|often)\b|\bwhat (?:percentage|number|share|age)\b"
            r"|\bwhat (?:did|does|do|will|would)\b.*\bcost\b"
            r"|\bwhat(?: is| was| are| were|['’]s) the (?:\w+ )?"
            r"(?:price|cost|number|amount|turnout|population|age|height|length)\b"
        ),
        AnswerType.TIME: r"\bwhen\b|\b(?:what|which) (?:year|month|day|date|time|century|decade)\b|\bhow long ago\b",
        AnswerType.PERSON: (
            r"\bwho(?:m|se)?\b"
            r"|\b(?:what|which) (?:person|man|woman|actor|actress|singer|president|leader|player|author)\b"
        ),
        AnswerType.PLACE: (
            r"\bwhere\b|\b(?:what|which) (?:country|city|state|place|nation|town|island|region|continent|location)\b"
        ),
    },
}
_NUMBER_WORDS = {
    "en": """
        one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety half twice double triple none several
    """,
}
# Asks for a sum of money. "How many people paid?" and "how much time was spent?" do not.
COSTS = re.compile(
    r"^(?!.*\bhow (?:many|much (?!money|more|less|did|do|does|is|was|are|were|will|would|has|have|had|can|could)\w+)\b)"
    r".*\b(?:cost|costs|price|paid|pay|spend|spent|worth|fee|fined|salary)\b",
    re.IGNORECASE | re.DOTALL,
)
MONEY = re.compile(
    r"[$€£¥₩₹₽]|\b(?:hundred|thousand|million|billion|trillion)\b|\b(?:USD|EUR|GBP|JPY|KRW|CHF)\b"
    r"|\b(?:dollar|euro|pound|cent|penny|pence|crown|franc|yen|won|yuan|rupee|rouble|ruble|peso|real|lira|"
    r"dinar|dirham|riyal|rand|zloty|forint|krona|krone|kroner|kronor)s?\b|\bfree\b",
    re.IGNORECASE,
)
SHARE = re.compile(r"%|\bper ?cent\b|\bhalf\b|\bthirds?\b|\bquarters?\b", re.IGNORECASE)
# A number is not enough where these are asked for.
_AMOUNTS = {"en": ((COSTS, MONEY), (re.compile(r"\bwhat percentage\b", re.IGNORECASE), SHARE))}
# A run of words with capitals: "Lee Jae Myung", "Seoul".
_CAPITALS = rf"[{CAPITAL}][\w’'-]+(?: [{CAPITAL}][\w’'-]+)*"
# What a thing of each kind looks like; where a pattern has a group, the thing is the group.
_OFFERED_BY = {
    "en": {
        AnswerType.TIME: re.compile(
            rf"\b(?:1[0-9]|20)\d\d\b|\b(?:{'|'.join(WEEKDAYS['en'] + MONTHS['en'])})\b"
            rf"|\b(?:{'|'.join(SHORT_MONTHS['en'])})\."
            r"|\b(?:last|next|this|earlier|late|early|mid) (?:year|month|week|night|spring|summer|autumn|fall|winter)\b"
            r"|\b(?:years?|months?|weeks?|days?|hours?|centur(?:y|ies)|decades?) (?:ago|later|earlier|before|after)\b"
            r"|\b(?:today|yesterday|tomorrow)\b"
        ),
        AnswerType.NUMBER: re.compile(
            r"\d+(?:[.,]\d+)*|\b(?:hundred|thousand|million|billion|trillion|dozen|score)s?\b"
            rf"|\b(?:{'|'.join(_NUMBER_WORDS['en'].split())})\b",
            re.IGNORECASE,
        ),
        # The first word of a sentence has a capital whatever it is, so alone it is no name.
        AnswerType.PERSON: re.compile(rf"(?<=[a-z,;:’'\"”)] ){_CAPITALS}|\b[{CAPITAL}][\w’'-]+ {_CAPITALS}"),
        AnswerType.PLACE: re.compile(rf"\b(?:in|at|near|from|to|into|across|outside|of) (?:the )?({_CAPITALS})"),
    },
}

_TIME_NAMES = frozenset(WEEKDAYS["en"] + MONTHS["en"]) - {"May"}


def last_sentence(question: str) -> str:
    """What is asked; the sentences before it say of what."""
    return _SENTENCE_END.split(question.strip())[-1]


def asked_type(question: str) -> AnswerType:
    """The kind of thing `question` asks for, by the first question words of its last sentence.

    "Who was mayor when the bridge opened?" asks for a person.
    """
    asked = last_sentence(question)
    found = {kind: re.search(pattern, asked, re.IGNORECASE) for kind, pattern in _ASKED_BY["en"].items()}
    places = {kind: match.start() for kind, match in found.items() if match}
    return min(places, key=lambda kind: places[kind], default=AnswerType.OTHER)


def offers(sentence: str, kind: AnswerType, question: str) -> bool:
    """Whether `sentence` has a thing of this kind that `question` does not name; True for OTHER."""
    if kind is AnswerType.OTHER:
        return True
    if kind is AnswerType.NUMBER and any(a.search(question) and not b.search(sentence) for a, b in _AMOUNTS["en"]):
        return False
    asked = question.lower()
    things = (match.group(match.lastindex or 0) for match in _OFFERED_BY["en"][kind].finditer(sentence))
    # "On Monday" has a capital and is neither somebody nor a place.
    none = _TIME_NAMES if kind in (AnswerType.PERSON, AnswerType.PLACE) else ()
    return any(thing.lower() not in asked and thing not in none for thing in things)

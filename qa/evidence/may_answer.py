"""Which words of a passage may answer, by what the question asks for: of the others the reader finds none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from corpus.months import MONTHS, SHORT_MONTHS, WEEKDAYS
from index.words.analyze import analyze
from qa.question.kind import last_sentence

# The first of these in a question says what it asks for: "Who was mayor when the bridge opened?" asks who.
_ASKS = re.compile(
    r"\b(?:(?P<amount>how (?:many|much|old|tall))|(?P<time>when|(?:what|which) (?:year|month|day|date|century|decade))"
    r"|who|whom|whose|what|which|where|why|how)\b",
    re.IGNORECASE,
)
_TIME_WORDS = """
    second seconds minute minutes hour hours day days week weeks weekend month months year years decade decades century
    centuries era age period time times night midnight morning noon afternoon evening dawn dusk sunrise sunset spring
    summer autumn fall winter season today yesterday tomorrow tonight now eve christmas easter ramadan
    ago later earlier before after during since until till when whenever while once as if upon following prior early
    late mid first last next then between by third fourth fifth sixth seventh eighth ninth tenth
    eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth immediately
    recently never always
"""
_TIMES = frozenset(_TIME_WORDS.split()) | {
    name.lower() for name in (*MONTHS["en"], *SHORT_MONTHS["en"], *WEEKDAYS["en"])
}
_AMOUNT_WORDS = """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion dozen
    hundreds thousands millions billions dozens score scores half third thirds quarter quarters double twice triple
    no none nobody nothing zero free single pair couple several few many most all both every each some little lot
    more less fewer enough
"""
_AMOUNTS = frozenset(_AMOUNT_WORDS.split())
# What is chosen from stands in the question; so does what a question for yes or no is about.
_MAY_REPEAT = re.compile(
    r"\bor\b|^\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)\b",
    re.IGNORECASE,
)


def which_may_answer(question: str, asked: Sequence[str], text: Sequence[str]) -> list[bool]:
    """For each word piece of `text` whether it may be what answers; `asked` are the word pieces of the question.

    "How many?" is answered by a number, "when?" by a time. Who, what or where is not answered by words of the question
    alone, however near they stand: "Who was the captain of the Kong Olav?" not by "Kong Olav". Of English only.
    """
    last = last_sentence(question)
    asks = _ASKS.search(last)
    if asks is None or _MAY_REPEAT.search(last):
        return [True] * len(text)
    if asks.lastgroup == "amount":
        return [_is_amount(token) for token in text]
    if asks.lastgroup == "time":
        return [_is_amount(token) or token in _TIMES for token in text]
    return [token not in asked and _says(token) for token in text]


def _is_amount(token: str) -> bool:
    return token in _AMOUNTS or any(map(str.isdigit, token))


@cache
def _says(token: str) -> bool:
    """Whether a word piece is more than a sign or a stop word."""
    return bool(analyze(token.removeprefix("##")))

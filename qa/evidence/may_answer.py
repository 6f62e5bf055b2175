"""Which words of a passage may answer, by what the question asks for: of the others the reader finds none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from corpus.months import MONTHS, SHORT_MONTHS, WEEKDAYS
from index.words.analyze import analyze
from qa.question.kind import COSTS, MONEY, SHARE, last_sentence
from qa.question.names import CAPITAL

# The first of these in a question says what it asks for: "Who was mayor when the bridge opened?" asks who.
_ASKS = re.compile(
    r"\b(?:(?P<age>how old)|(?P<amount>how (?:many|much|tall))"
    r"|(?P<time>when|(?:what|which) (?:year|month|day|date|century|decade))"
    r"|(?P<reason>why)|(?P<person>who|whom)|whose|what|which|where|how)\b",
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
_NUMBER_WORDS = """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety
"""
_AMOUNT_WORDS = """
    hundred thousand million billion trillion dozen
    hundreds thousands millions billions dozens score scores half third thirds quarter quarters double twice triple
    no none nobody nothing zero free single pair couple several few many most all both every each some little lot
    more less fewer enough
"""
_AMOUNTS = frozenset((_NUMBER_WORDS + _AMOUNT_WORDS).split())
# What is chosen from stands in the question; so does what a question for yes or no is about.
_MAY_REPEAT = re.compile(
    r"\bor\b|^\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|\w+")
_CAPITALISED = re.compile(rf"\b[{CAPITAL}][\w’'-]*")
# "In Lindby", "mayor of Lindby": that is where somebody is, or what of.
_PLACED = re.compile(
    r"\b(?i:in|at|near|(?:mayor|governor|president|minister|secretary|bishop|king|queen|prince|princess|university"
    r"|city|town|state|county|province|republic|council) of)(?: the)? "
    rf"(?P<name>[{CAPITAL}][\w’'-]{{0,40}}(?: [{CAPITAL}][\w’'-]{{0,40}}){{0,4}})"
)
# A sum stands no further from what makes it one of money.
_NEAR = 40
_MONTH = rf"(?:{'|'.join(MONTHS['en'])}|(?:{'|'.join(SHORT_MONTHS['en'])})\.?)"
_YEAR = r"(?:1\d|20)\d\d"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
# Each part of a pattern has an end: a text may be one word of a million letters.
_NUMBER = rf"(?:\d{{1,9}}(?:[.,]\d{{1,9}}){{0,3}}|(?:(?:{'|'.join(_NUMBER_WORDS.split())})[ -]?){{1,3}})"
# "44-year-old", "aged 27", "Joel Berg, 19, scored", "a man of 61.", "born in 1931".
_AGE = re.compile(
    rf"\b{_NUMBER}(?: (?:hundred|thousand|million|billion))?[ -]?(?:year|month|week|day|hour|decade|centur)"
    rf"|\b(?:age|aged|ages|turn|turns|turned|turning)(?: of)? {_NUMBER}"
    rf"|\b[{CAPITAL}][\w.'’-]{{0,40}}, {_NUMBER}(?=[,.;:)])|\({_NUMBER}\)"
    rf"|\b(?:of|at|is|was|were|are|now|just|only) {_NUMBER}(?=[,.;:)]|$| ?(?:and|when|but|in|or)\b)"
    rf"|\b(?:born|founded|established|built|made|painted|written|opened|created|dates?|dating|since)\b[^.!?]{{0,60}}?{_YEAR}"
)
# "19 October", "October 19, 2023", "in 1968", "8:30", "aged 27", "Okafor, 27, saw".
_COUNTS_NOTHING = re.compile(
    rf"\b{_DAY} (?:of )?{_MONTH}(?: {_YEAR}\b)?|\b{_MONTH} {_DAY}\b(?:, {_YEAR}\b)?|\b{_MONTH} {_YEAR}\b"
    rf"|\b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Dd]uring) {_YEAR}\b|\b\d{{1,2}}:\d\d\b"
    rf"|\b\d{{1,3}}-year-olds?\b|\baged \d{{1,3}}\b|\b[{CAPITAL}]\w{{1,40}}, \d{{1,3}}(?=,)"
)


def which_may_answer(question: str, text: str, places: Sequence[tuple[int, int]]) -> list[bool]:
    """For each word piece of `text`, at `places` in it, whether it may be of what answers.

    "How many?" is answered by a number that counts, "how much does it cost?" by a sum of money, "how old?" by an age,
    "when?" by a time. Who, what or where is not answered by words of the question alone, however near they stand: "Who
    was the captain of the Kong Olav?" not by "Kong Olav"; nor is who by a place, or why by names alone. Of
    English only.
    """
    last = last_sentence(question)
    asks = _ASKS.search(last)
    if asks is None or _MAY_REPEAT.search(last):
        return [True] * len(places)
    may = bytearray(len(text))
    for first, end in _answering(question, last, asks.lastgroup, text):
        may[first:end] = b"\1" * (end - first)
    if asks.lastgroup == "person":
        for match in _PLACED.finditer(text):
            may[match.start("name") : match.end("name")] = bytes(match.end("name") - match.start("name"))
    return [bool(may[first]) for first, _ in places]


def _answering(question: str, asked: str, what: str | None, text: str) -> Iterator[tuple[int, int]]:
    """Where the words of `text` stand that may answer what is `asked` last in `question`."""
    words = _WORD.finditer(text)
    if what == "age":
        yield from (match.span() for match in _AGE.finditer(text))
    elif what == "amount":
        yield from _sums(text) if COSTS.search(asked) else _counts(text)
    elif what == "time":
        yield from (word.span() for word in words if _is_amount(word.group()) or _is_time(word.group().lower()))
    elif what == "reason":
        # What it is the reason of stands there in another form: "resigned" where "resign" is asked.
        known, names = frozenset(analyze(question)), {match.start() for match in _CAPITALISED.finditer(text)}
        for word in words:
            if word.start() not in names and not known.issuperset(_terms(word.group())):
                yield word.span()
    else:
        # "Randomized" may be what one with random bits is called.
        same = frozenset(match.group().lower() for match in _WORD.finditer(question))
        yield from (word.span() for word in words if word.group().lower() not in same and _terms(word.group()))


def _sums(text: str) -> Iterator[tuple[int, int]]:
    """Where amounts stand near to what makes them sums of money, or shares."""
    near = bytearray(len(text))
    for found in (MONEY, SHARE):
        for match in found.finditer(text):
            first, end = max(0, match.start() - _NEAR), min(len(text), match.end() + _NEAR)
            near[first:end] = b"\1" * (end - first)
    yield from (word.span() for word in _WORD.finditer(text) if _is_amount(word.group()) and near[word.start()])


def _counts(text: str) -> Iterator[tuple[int, int]]:
    """Where amounts stand that count something."""
    nothing = bytearray(len(text))
    for match in _COUNTS_NOTHING.finditer(text):
        nothing[match.start() : match.end()] = b"\1" * len(match.group())
    yield from (word.span() for word in _WORD.finditer(text) if _is_amount(word.group()) and not nothing[word.start()])


def _is_time(word: str) -> bool:
    return word in _TIMES or word.removesuffix("s") in _TIMES


def _is_amount(word: str) -> bool:
    return word.lower() in _AMOUNTS or any(map(str.isdigit, word))


@cache
def _terms(word: str) -> tuple[str, ...]:
    return tuple(analyze(word))

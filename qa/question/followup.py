"""A question and what was said before it, to a question that stands alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.words.analyze import analyze
from qa.limits import MAX_QUESTION_CHARACTERS, MAX_TURNS
from qa.question.names import names_in
from qa.question.period import TIME
from qa.question.talk import read_talk, without_greeting

_PERSONAL = re.compile(r"\b(?:he|she|they|him|her|them|his|hers|their|theirs)\b", re.IGNORECASE)
# Not "IT", which is a trade.
_THING = re.compile(r"\b[Ii]ts?\b")
# Behind these a pronoun can stand for what is in front of them: "What did Warsaw lack when it had a market economy?"
_CLAUSE = re.compile(
    r", (?:how|what|when|where|which|who|whom|whose|why)\b"
    r"|\b(?:although|assuming|because|but|if|once|so|that|when|where|which|while|who)\b"
    r"|\b(?:after|as|before|by|since|until)\b(?! \w+\W*$)",
    re.IGNORECASE,
)
# Of so many words, at least, what is in front of them says what it is about.
LEAST_IN_FRONT = 2
_POSSESSIVE = frozenset({"his", "her", "hers", "its", "their", "theirs"})
# "Is it true that", "How long does it take to": nothing stands behind this "it".
_EMPTY_IT = re.compile(r"\b(?:is|was) it (?:true|possible|likely|that)\b|\bit take", re.IGNORECASE)
# Not "cells that are located": there "that" points to the cells.
_POINTING = re.compile(
    r"\b(?:this|these|those) (?:is|was|were|are)\b|\b(?:this|that|these|those) (?:happen|mean|one)\b"
    r"|\b(?:this|that|these|those|there|then)\W*$"
    r"|^(?:this|that|these|those)\b",
    re.IGNORECASE,
)
_FOR_PERSON = re.compile(r"\W*(?:who|whom|whose|which|what)\b", re.IGNORECASE)
# In front of the name: "Who is Helen Marsh?".
_WHO_IS = re.compile(r"\W*who (?:is|was|are|were) $", re.IGNORECASE)
_PREPOSITIONS = "in|of|for|at|on|by|from|with|to|since|during|between|until"
_ELLIPSIS = re.compile(
    r"^(?:(?:and|but|or) (?:what about |how about )?|what about |how about )"
    rf"(?:(?P<preposition>{_PREPOSITIONS}) )?(?P<rest>[^?]+)\?*$",
    re.IGNORECASE,
)
# In front of a name that only says of whom or where something is.
_PLACING = re.compile(r"\b(?:of|in|at|from|near)(?: the)? $", re.IGNORECASE)
_ASKS_WHAT = re.compile(r"\W*(?:what|which)\b", re.IGNORECASE)
# A part of a question, which says nothing without another: "from how many countries?", "what was the theme?".
_PART = re.compile(
    r"^(?:and )?(?:(?:from|in|at|by|with|for|to|of|about|on) (?:how|what|which|who|whom)\b(?: \w+){0,3}"
    r"|(?:what|who|when|where|how \w+) (?:is|was|are|were) the \w+)\W*$",
    re.IGNORECASE,
)
_WHEN = re.compile(rf"\b(?P<preposition>(?:{_PREPOSITIONS}) )?(?P<time>{TIME.pattern})", re.IGNORECASE)
_CONTINUING = re.compile(r"^(?:and|but|so|or|also|what about|how about|what else|who else|where else)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question asked before; `answer` is the text given, None when the articles did not say."""

    question: str
    answer: str | None = None


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """The question as somebody would put it who had not heard what was said before.

    "When did he introduce it?" after "Who introduced the Indo-Pacific Treaty Organization Act?" becomes "When did Mike
    Lawler introduce the Indo-Pacific Treaty Organization Act?". Pronouns take the names of the turn before; where there
    is none, or words are left out ("And in 2022?"), the question before goes in front. One that stands alone is
    unchanged, but for a greeting in front of it. Talk that is no question is passed over.
    """
    topic = ""
    answer: str | None = None
    for turn in history[-MAX_TURNS:]:
        if read_talk(turn.question, opens=not topic):
            continue
        resolved = _resolve(without_greeting(turn.question.strip()), topic, answer)
        # What had the topic put in front of it says no more of it, and would only pile up.
        is_led = bool(topic) and resolved.startswith(f"{topic} ")
        topic, answer = topic if is_led else resolved, turn.answer
    return _resolve(without_greeting(question), topic, answer)


def has_question(history: Sequence[Turn]) -> bool:
    """Whether a question was asked before, not only talked."""
    return not all(read_talk(turn.question) for turn in history[-MAX_TURNS:])


def _resolve(question: str, before: str, answer: str | None) -> str:
    if not before:
        return question
    exchanged = _exchange(question, before)
    if exchanged and len(exchanged) <= MAX_QUESTION_CHARACTERS:
        return exchanged
    resolved = question
    if _needs_person(question):
        person = _person(before, answer)
        # One name cannot be both: "When did he introduce it?" after a question that names only the thing.
        is_thing = bool(_THING.search(question)) and person == _thing(before, answer)
        resolved = _replace(_PERSONAL, resolved, None if is_thing else person)
    if _needs_thing(question):
        resolved = _replace(_THING, resolved, _thing(before, answer))
    if _is_incomplete(resolved):
        resolved = f"{before} {resolved}"
    return resolved if len(resolved) <= MAX_QUESTION_CHARACTERS else question


def _exchange(question: str, before: str) -> str | None:
    """The question before with one thing of its kind exchanged: "And in 2023?", "What about Poland?".

    A time takes the place of the time, or comes behind a question without one; a name takes that of the name behind the
    same preposition, without one of the first. None when `question` is more than that, or there is no such name.
    """
    found = _ELLIPSIS.match(question)
    if not found:
        return None
    rest, preposition = found["rest"].strip(), (found["preposition"] or "").lower()
    if TIME.fullmatch(rest):
        return _at_time(rest, preposition, before)
    if not _is_name(rest):
        return None
    names = names_in(before)
    if preposition:
        names = [name for name in names if before[: name.start()].lower().endswith(f" {preposition} ")]
    return _put(rest, names[0], before) if names else None


def _at_time(time: str, preposition: str, before: str) -> str | None:
    """The question before, asked of another time; None when it has no time and nothing says where one would go."""
    times = list(_WHEN.finditer(before))
    if not times:
        return f"{before.rstrip(' ?.!')} {preposition} {time}?" if preposition else None
    is_whole = bool(preposition and times[-1]["preposition"])
    words = f"{preposition} {time}" if is_whole else time
    return before[: times[-1].start("preposition" if is_whole else "time")] + words + before[times[-1].end() :]


def _put(words: str, place: re.Match[str], question: str) -> str:
    return question[: place.start()] + words + question[place.end() :]


def _is_name(words: str) -> bool:
    # Of a word that opens a sentence nothing can be told; here another stands before it.
    return any(name.group() == f"of {words}"[3:] for name in names_in(f"of {words}"))


def _needs_person(question: str) -> bool:
    return bool(_PERSONAL.search(question)) and not (
        _names_before(_PERSONAL, question) or _is_explained(_PERSONAL, question)
    )


def _needs_thing(question: str) -> bool:
    return bool(_THING.search(question)) and not (
        _EMPTY_IT.search(question) or _names_before(_THING, question) or _is_explained(_THING, question)
    )


def _is_explained(pronoun: re.Pattern[str], question: str) -> bool:
    """Whether the pronoun stands in a later clause of a question that has said before what it is about."""
    found = pronoun.search(question)
    clauses = [c.start() for c in _CLAUSE.finditer(question) if found and c.end() <= found.start()]
    return bool(clauses) and len(analyze(question[: clauses[-1]])) >= LEAST_IN_FRONT


def _names_before(pronoun: re.Pattern[str], question: str) -> bool:
    """Whether the question itself names somebody, or for "its" something, in front of the pronoun."""
    found = pronoun.search(question)
    if found is None or found.group().lower() == "it":
        return False
    return any(name.end() <= found.start() for name in names_in(question))


def _is_incomplete(question: str) -> bool:
    has_pronoun = _needs_person(question) or _needs_thing(question)
    is_nameless = not list(names_in(question))
    says_little = is_nameless and (len(analyze(question)) <= 1 or bool(_PART.match(question)))
    return has_pronoun or says_little or bool(_POINTING.search(question) or _CONTINUING.search(question))


def _person(before: str, answer: str | None) -> str | None:
    """Who "he" is: whom a question "Who is ..." names, or the answer to a question for a person, else its last name."""
    asked = [name for name, is_place in _placed_names(before) if not is_place]
    known = " ".join(_names(before)).lower()
    if answer and _FOR_PERSON.match(before) and not (asked and _WHO_IS.match(before, 0, before.find(asked[0]))):
        told = [name for name in _names(answer) if name.lower() not in known]
        if told:
            return told[0]
    return asked[-1] if asked else None


def _thing(before: str, answer: str | None) -> str | None:
    """What "it" is: the last name of the question before, else the first of its answer.

    None where the name only says whose or where that was which was asked for ("What did the mayor of Dunmore open?"):
    "it" is what the answer tells of then, and that has no name.
    """
    names = _placed_names(before)
    if names and names[-1][1] and _ASKS_WHAT.match(before):
        return None
    told = _names(answer or "")
    return names[-1][0] if names else told[0] if told else None


def _placed_names(text: str) -> list[tuple[str, bool]]:
    """The names of `_names`, and whether each only says of whom or where: "of Dunmore", "in Vilnius"."""
    found = []
    for match in names_in(text):
        name = TIME.sub("", match.group()).strip(" ,")
        if name.lower() not in ("", "the"):
            found.append((name, bool(_PLACING.search(text[: match.start()]))))
    return found


def _names(text: str) -> list[str]:
    """Names that a pronoun can stand for: of "December 2023 Anna Berg" only Anna Berg."""
    names = (TIME.sub("", name.group()).strip(" ,") for name in names_in(text))
    return [name for name in names if name.lower() not in ("", "the")]


def _replace(pronoun: re.Pattern[str], question: str, name: str | None) -> str:
    if name is None:
        return question

    def put(match: re.Match[str]) -> str:
        word = match.group().lower()
        # "her" owns something when a word follows that is not a preposition.
        is_owner = word in _POSSESSIVE and re.match(r" (?!in|on|at|to|by|for|with)\w", question[match.end() :])
        return f"{name}'s" if is_owner and not name.endswith(("'s", "’s")) else name

    return pronoun.sub(put, question)

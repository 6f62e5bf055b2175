"""A question and what was said before it, to a question that stands alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.words.analyze import analyze
from qa.limits import MAX_QUESTION_CHARACTERS, MAX_TURNS
from qa.question.kind import AnswerType, asked_type
from qa.question.mentions import Mentions, mentions, names_of
from qa.question.names import names_in
from qa.question.period import TIME
from qa.question.talk import read_talk, without_courtesies

_PERSONAL = re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?:they|them|their|theirs)\b", re.IGNORECASE)
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
# "Which city bans cars from its old town?": the city's.
_OWN = re.compile(
    r"^\W*(?:which|what) (?:\w+[^\Ws]\b(?= .*\bits\b)|\w+s\b(?= .*\btheir\b)) (?!(?:did|does|do|is|was|are|were|has"
    r"|have|had|can|could|will|would|should|may|might)\b)",
    re.IGNORECASE,
)
# "Is it true that", "How long does it take to": nothing stands behind this "it".
_EMPTY_IT = re.compile(r"\b(?:is|was) it (?:true|possible|likely|that)\b|\bit take", re.IGNORECASE)
# Not "cells that are located": there "that" points to the cells.
_POINTING = re.compile(
    r"\b(?:this|these|those) (?:is|was|were|are)\b|\b(?:this|that|these|those) (?:happen|mean|one)\b"
    r"|\b(?:this|that|these|those|there|then)\W*$"
    r"|^(?:this|that|these|those)\b",
    re.IGNORECASE,
)
_PREPOSITIONS = "in|of|for|at|on|by|from|with|to|since|during|between|until"
_ELLIPSIS = re.compile(
    r"^(?:(?:and|but|or) (?:what about |how about )?|what about |how about )"
    rf"(?:(?P<preposition>{_PREPOSITIONS}) )?(?P<rest>[^?]+)\?*$",
    re.IGNORECASE,
)
# A part of a question, which says nothing without another: "from how many countries?", "what was the theme?".
_PART = re.compile(
    r"^(?:and )?(?:(?:from|in|at|by|with|for|to|of|about|on) (?:how|what|which|who|whom)\b(?: \w+){0,3}"
    r"|(?:what|who|when|where|how \w+) (?:is|was|are|were) the \w+"
    r"|(?:who|what|which|when|where) \w+ (?:over|next|first|instead|afterwards|later|now|again))\W*$",
    re.IGNORECASE,
)
# "What was the theme?" is asked of a thing that has a name.
_PART_OF_THING = re.compile(r"^(?:and )?what (?:is|was|are|were) the \w+(?=\W*$)", re.IGNORECASE)
# "Is there a bridge?" points nowhere; "What happened then?" asks what came next.
_BEING = "is|are|was|were|be|been|will|has|have|had"
_THERE = re.compile(
    r"\bthere\b(?=\W*$| (?:in|on|at|during|last|when|after|before|with|by)\b)"
    rf"|(?<=\w )(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bwill )\bthere\b(?! (?:{_BEING})\b)",
    re.IGNORECASE,
)
_THEN = re.compile(r"\b(?:back then|at that time|(?:in )?that year|on that day|that day|then)\b(?=\W*$)", re.IGNORECASE)
_NEXT = re.compile(r"\bhappen(?:s|ed)? (?:then|there)\b|^then\b", re.IGNORECASE)
_WHEN = re.compile(rf"\b(?P<preposition>(?:{_PREPOSITIONS}) )?(?P<time>{TIME.pattern})", re.IGNORECASE)
_CONTINUING = re.compile(r"^(?:and|but|so|or|also|what about|how about)\b|^\w+ else\b", re.IGNORECASE)


# "And who is Helen Marsh?" says all it needs where it says of what.
_WHOLE = re.compile(
    r"^(?:(?:and|but|so|or|also) )?"
    r"(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question asked before; `answer` is the text given, None when the articles did not say.

    `short` are the words of it that answer, where they are known: who "he" is, of several that the text names.
    """

    question: str
    answer: str | None = None
    short: str | None = None


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """The question as somebody would put it who had not heard what was said before.

    "When did he introduce it?" after "Who introduced the Indo-Pacific Treaty Organization Act?" becomes "When did Mike
    Lawler introduce the Indo-Pacific Treaty Organization Act?". A pronoun takes what was last spoken of that is of its
    kind: "he" a person, "it" a thing, "they" several, "there" a place, "then" a time. Where there is none, or words are
    left out ("And in 2022?"), the question before goes in front. One that stands alone is unchanged, but for
    courtesies around it. Talk that is no question is passed over.
    """
    context = _Context()
    for turn in history[-MAX_TURNS:]:
        if not read_talk(turn.question, opens=not context.topic):
            context = context.after(replace(turn, question=without_courtesies(turn.question.strip())))
    return context.resolve(without_courtesies(question))


def has_question(history: Sequence[Turn]) -> bool:
    """Whether a question was asked before, not only talked."""
    return not all(read_talk(turn.question) for turn in history[-MAX_TURNS:])


@dataclass(frozen=True, slots=True)
class _Context:
    """What was said so far: the last question that says what it is about, the last one, and what they speak of.

    `introduced` is the question that first spoke of the thing.
    """

    topic: str = ""
    last: str = ""
    introduced: str = ""
    known: Mentions = Mentions()

    def after(self, turn: Turn) -> _Context:
        """The context when `turn` came in this one."""
        question = turn.question
        resolved = self.resolve(question)
        # What had the topic put in front of it says no more of it, and would only pile up.
        leads = [lead for lead in (self.topic, self.introduced) if lead and resolved.startswith(f"{lead} ")]
        is_led = bool(self.topic) and (bool(leads) or _asks_part(question))
        topic = self.topic if is_led else resolved
        last = f"{topic} {question}" if is_led and _asks_who(question) else topic
        known = self._known_after(turn, resolved)
        is_new = known.thing != self.known.thing
        bare = resolved.removeprefix(leads[0]).lstrip() if leads else resolved
        return _Context(topic, last, bare if is_new else self.introduced, known)

    def _known_after(self, turn: Turn, resolved: str) -> Mentions:
        """What this turn speaks of; of a kind that it takes up or says nothing of, what was known before."""
        question = turn.question
        # What is put in is known already, but for what was exchanged.
        is_whole = _is_pronominal(question) or resolved.endswith(question)
        known, new = self.known, mentions(question if is_whole else resolved, turn.answer, turn.short)
        if _needs_thing(question) and known.thing and not mentions(question, None).thing:
            new = replace(new, thing=None)
        if _needs(_PERSONAL, question) and known.person and not _asks_who(question):
            new = replace(new, person=None)
        return Mentions(
            person=new.person or known.person,
            thing=new.thing or known.thing,
            is_described=new.is_described if new.thing else known.is_described,
            group=new.group or known.group,
            place=new.place or known.place,
            time=new.time or known.time,
        )

    def resolve(self, question: str) -> str:
        """`question` as it stands alone; unchanged where that would be too long."""
        if not self.topic:
            return question
        exchanged = _exchange(question, self.topic)
        if exchanged and len(exchanged) <= MAX_QUESTION_CHARACTERS:
            return exchanged
        resolved, is_described = self._with_names(question)
        if _needs_any(resolved):
            # It may stand for what the last question asked for, whatever came before that.
            resolved = f"{self.last} {resolved}"
        elif is_described:
            resolved = f"{self.introduced} {resolved}"
        elif _is_incomplete(resolved):
            resolved = f"{self.topic} {resolved}"
        return resolved if len(resolved) <= MAX_QUESTION_CHARACTERS else question

    def _with_names(self, question: str) -> tuple[str, bool]:
        """The question with what its pronouns stand for, and whether that was a description of what was asked for."""
        known, resolved = self.known, question
        if _needs(_PERSONAL, question):
            resolved = _put_names(_PERSONAL, resolved, known.person)
        if _needs(_PLURAL, question):
            # Somebody of whom nobody said more than "who" is also "they".
            resolved = _put_names(_PLURAL, resolved, known.group)
        is_thing = _needs_thing(question) and known.thing is not None
        if is_thing:
            resolved = _put_names(_THING, resolved, known.thing)
        elif _asks_part(question) and known.thing and not known.is_described:
            resolved = _PART_OF_THING.sub(lambda match: f"{match.group()} of {known.thing}", question)
        if not _NEXT.search(question):
            for word, meaning in ((_THERE, known.place), (_THEN, known.time)):
                if meaning:
                    resolved = word.sub(meaning.replace("\\", ""), resolved)
        return resolved, is_thing and known.is_described


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


def _needs(pronoun: re.Pattern[str], question: str) -> bool:
    is_said = _OWN.match(question) or _names_before(pronoun, question) or _is_explained(pronoun, question)
    return bool(pronoun.search(question)) and not is_said


def _needs_thing(question: str) -> bool:
    return _needs(_THING, question) and not _EMPTY_IT.search(question)


def _asks_part(question: str) -> bool:
    return bool(_PART_OF_THING.match(question)) and not names_in(question)


def _needs_any(question: str) -> bool:
    return _needs(_PERSONAL, question) or _needs(_PLURAL, question) or _needs_thing(question)


def _is_pronominal(question: str) -> bool:
    return any(pronoun.search(question) for pronoun in (_PERSONAL, _PLURAL, _THING))


def _asks_who(question: str) -> bool:
    return asked_type(question) is AnswerType.PERSON


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
    is_nameless = not list(names_in(question))
    says_little = is_nameless and (len(analyze(question)) <= 1 or bool(_PART.match(question)))
    says_of_what = bool(_WHOLE.match(question)) and not all(name.is_placing for name in names_of(question))
    continues = bool(_CONTINUING.search(question)) and not says_of_what
    points = bool(_THERE.search(question) or _POINTING.search(question))
    return _needs_any(question) or says_little or points or continues


def _put_names(pronoun: re.Pattern[str], question: str, name: str | None) -> str:
    if name is None:
        return question

    def put(match: re.Match[str]) -> str:
        word = match.group().lower()
        # "her" owns something when a word follows that is not a preposition.
        is_owner = word in _POSSESSIVE and re.match(r" (?!(?:in|on|at|to|by|for|with)\b)\w", question[match.end() :])
        return f"{name}'s" if is_owner and not name.endswith(("'s", "’s")) else name

    return pronoun.sub(put, question)

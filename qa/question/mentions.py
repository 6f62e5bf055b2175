"""Whom and what a question and its answer speak of, by kind: who "he" can be, what "it", where "there", when "then".

What is told of a name: its own words ("Act", "President"), and what stands in front of it ("the", "in", "mayor").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from corpus.months import WEEKDAYS
from index.words.analyze import analyze
from qa.question.kind import AnswerType, asked_type
from qa.question.names import CAPITAL, names_in
from qa.question.period import TIME


class Kind(IntEnum):
    """What a name is of; two words with capitals and nothing else to go by are LIKELY_PERSON, one is ANY."""

    THING = 0
    ANY = 1
    LIKELY_PERSON = 2
    PERSON = 3


@dataclass(frozen=True, slots=True)
class Name:
    """A name at `start` in its text. `before` is the preposition in front of it, "" without one."""

    text: str
    start: int
    kind: Kind
    before: str

    @property
    def is_placing(self) -> bool:
        """It only says of whom or where something is: "of Dunmore", "in Vilnius"; not "of President Yoon"."""
        return self.before in _PLACING and self.kind is not Kind.PERSON


@dataclass(frozen=True, slots=True)
class Mentions:
    """What each pronoun would stand for; None where nothing of its kind was spoken of.

    `thing` may be what was asked for and has no name, "the new swimming pool": then `is_described`. `place` and `time`
    have their preposition: "in Vilnius", "on 11 July 2023".
    """

    person: str | None = None
    thing: str | None = None
    is_described: bool = False
    group: str | None = None
    place: str | None = None
    time: str | None = None


_PLACING = frozenset({"of", "in", "at", "from", "near"})
_PREPOSITION = re.compile(
    r"\b(?P<word>of|in|at|from|near|to|with|by|for|on|about|against|between)(?: the)? $", re.IGNORECASE
)
_TITLES = """
    president minister secretary general congressman congresswoman senator mr mrs ms miss dr sir lord lady prince
    princess king queen pope professor prof judge chancellor premier mayor governor captain colonel lieutenant admiral
    sergeant ambassador commissioner adviser advisor chairman chairwoman director spokesman spokeswoman spokesperson
    coach bishop archbishop emperor empress sheikh
"""
_ROLES = f"""
    {_TITLES} deputy leader chief head singer actor actress author writer player founder owner architect
    brother sister mother father son daughter wife husband successor predecessor manager scientist lawyer
"""
_THINGS = """
    act treaty organization organisation programme program forum summit ministry museum bridge tunnel university
    college company council party union agency bank court committee commission association institute centre center
    department office fund league cup prize award war battle festival church cathedral tower palace castle street
    square road river lake sea ocean mount mountain island islands park theatre stadium school hospital airport
    station railway dynasty empire kingdom republic government army navy force forces team club city town county state
    states province district airlines group corporation inc ltd herald times post news daily press wire agreement
    accord law bill pact convention protocol project plan mission partnership alliance coalition championship title
    open games olympics bowl series storm hurricane typhoon peninsula concept report strategy north south east west
    korea zealand
"""
_GROUPS = """
    ministry company council party union agency bank court committee commission association government army navy team
    club group corporation alliance coalition organization organisation police
"""
# Where one can be, or something can happen.
_VENUES = """
    forum summit museum university college festival church cathedral tower palace castle park theatre stadium school
    hospital airport station conference congress games olympics championship
"""
_COUNTRIES = """
    Afghanistan Albania Algeria Argentina Armenia Australia Austria Bangladesh Belarus Belgium Bolivia Brazil Britain
    Bulgaria Cambodia Canada Chile China Colombia Croatia Cuba Cyprus Denmark Ecuador Egypt England Estonia Ethiopia
    Europe Finland France Germany Ghana Greece Hungary Iceland India Indonesia Iran Iraq Ireland Israel Italy Japan
    Jordan Kazakhstan Kenya Kuwait Latvia Lebanon Libya Lithuania Malaysia Mexico Mongolia Morocco Myanmar Nepal
    Netherlands Nigeria Norway Pakistan Peru Philippines Poland Portugal Qatar Romania Russia Scotland Serbia
    Singapore Slovakia Slovenia Somalia Spain Sudan Sweden Switzerland Syria Taiwan Thailand Tunisia Turkey Uganda
    Ukraine Venezuela Vietnam Wales Yemen Zimbabwe Africa America Asia
"""
# Things and happenings that are spoken of without a name.
_UNNAMED_HEADS = """
    mission summit forum treaty agreement accord bill law pact plan project programme program meeting exercise visit
    conference election festival museum bridge tunnel university film book song album strike fire storm deal ceremony
    exhibition championship tournament award prize airport station stadium school hospital church
    ferry ship boat train tram bus car plane aircraft rocket satellite submarine vaccine drug medicine trial study
    report comet planet telescope painting sculpture statue final semi-final match game race vote referendum budget
    factory plant dam reactor road railway hotel earthquake flood hurricane crash explosion attack disease virus
"""
_PEOPLE = """
    representatives ambassadors delegates members ministers leaders countries nations states workers students players
    partners allies teams companies soldiers protesters candidates winners founders authors scientists
"""
_TITLE_WORDS, _THING_WORDS, _GROUP_WORDS, _VENUE_WORDS = (
    frozenset(words.split()) for words in (_TITLES, _THINGS, _GROUPS, _VENUES)
)
_COUNTRY_NAMES = frozenset(_COUNTRIES.split())
_AFTER_ROLE = re.compile(rf"\b(?:{'|'.join(_ROLES.split())}),? $", re.IGNORECASE)
# What only somebody does.
_DOES = re.compile(
    r"(?:['’]s)?,? (?:said|says|told|tells|added|stated|emphasi[sz]ed|wrote|married|resigned|died|was born|explained)\b"
)
# The first word of a sentence, which has a capital anyway.
_OPENS_SENTENCE = re.compile(r"(?:^|(?<=[.!?”\"] ))[A-Z][\w’'-]*\w(?= )")
_PRONOUNS = frozenset({"He", "She", "It", "They", "We", "You", "I", "This", "That", "These", "Those", "There"})
_ASKS_WHAT = re.compile(r"\W*(?:what|which)\b", re.IGNORECASE)
_WHAT_DID = re.compile(r"\W*what (?:did|does|will|would|has|have|had) ", re.IGNORECASE)
# In front of the name: "Who is Helen Marsh?".
_WHO_IS = re.compile(r"\W*who (?:is|was|are|were) $", re.IGNORECASE)
# A thing without a name, up to what says more of it.
_DESCRIBED = (
    r"(?:[\w’'-]+ ){0,4}?[\w’'-]+(?= (?:in|on|at|for|to|of|with|from|by|that|which|who|and|after|before|during|as|last"
    r"|this|when|where|under|over|about)\b|[,.;:?!]|$)"
)
_NEW_THING = re.compile(rf" ?(?P<article>a|an|the|its|his|her|their) (?P<thing>{_DESCRIBED})")
# "Did South Korea open a mission?" makes a thing; "did France lose a war?" does not.
_MAKE = "open|build|found|create|launch|sign|introduce|publish|establish|develop|design|write|adopt|propose|set up"
_DID_NEW = re.compile(rf"\b(?:did|does|will) .*\b(?:{_MAKE}) an? (?P<thing>{_DESCRIBED})")
# A thing that the question speaks of without a name: "its mission to NATO", "the summit".
_UNNAMED = re.compile(
    rf"\b(?:the|its|his|her|their|an?) (?P<thing>(?:[a-z-]+ ){{0,2}}?(?:{'|'.join(_UNNAMED_HEADS.split())})"
    rf"(?: (?:to|of|for|between|with) (?:the )?[{CAPITAL}][\w’'-]*\w(?: [{CAPITAL}][\w’'-]*\w)*)?)\b"
)
# "What exercise did South Korea join?": "it" is the exercise. Of a year or a kind nobody asks on.
_OF_WHAT = re.compile(
    r"\W*(?:what|which) "
    r"(?!(?:\w+ )?(?:year|day|date|month|time|century|decade|age|number|percent|percentage|amount|share|kinds?|types?"
    r"|sort|name|part|role|way|reason|word|term)\b)(?P<thing>(?:[a-z-]+ )?[a-z-]+[a-rt-z]) "
    r"(?:did|does|do|has|have|had|will) (?:the )?$",
    re.IGNORECASE,
)
# Several people without a name: "the eight NATO representatives".
_UNNAMED_PEOPLE = re.compile(
    rf"\b(?P<group>the (?:[\w’'-]+ ){{0,3}}?(?:{'|'.join(_PEOPLE.split())}))(?= (?!of )|[?.,!]|$)", re.IGNORECASE
)
# "Norrvik 2-1": the score is no part of the name.
_SCORE = re.compile(r" \d+[-–:]\d+$")
_PLACE = re.compile(r"\b(?P<preposition>in|at|near) (?P<the>the )?$", re.IGNORECASE)
_DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)?(?: of)? [A-Z][a-z]+|[A-Z][a-z]+ \d{1,2}\b(?!\d)")


def mentions(question: str, answer: str | None, short: str | None = None) -> Mentions:
    """What `question` and the text that was given as its `answer` speak of, the question first.

    `short` are the words of the answer that say what was asked for, where they are known.
    """
    asked, told = names_of(question), names_of(answer or "", is_told=True)
    thing, is_described = _thing(question, answer, asked, told)
    return Mentions(
        person=_person(question, answer or "", short or "", asked, told),
        thing=thing,
        is_described=is_described,
        group=_unnamed_group(question) or _group(asked),
        place=_place(question, asked) or _venue(asked) or _place(answer or "", told),
        time=_time(question) or _time(answer or ""),
    )


def names_of(text: str, *, is_told: bool = False) -> list[Name]:
    """The names in `text`, times left out of them: of "December 2023 Anna Berg" only Anna Berg.

    What is told can begin with somebody's name ("Lawler said"); in a question such a word is none.
    """
    found = [(match.start(), match.group()) for match in names_in(text)]
    if is_told:
        starts = {start for start, _ in found}
        found += [
            (match.start(), match.group())
            for match in _OPENS_SENTENCE.finditer(text)
            if match.start() not in starts and match.group() not in _PRONOUNS and _DOES.match(text, match.end())
        ]
    names = []
    for start, words in sorted(found):
        name = _SCORE.sub("", TIME.sub("", words)).strip(" ,").removesuffix("'s").removesuffix("’s")
        # Of "The 44-year-old" only the article has a capital.
        has_capital = re.search(rf"\b[{CAPITAL}]", re.sub(r"^[Tt]he\b", "", name))
        if has_capital and name not in WEEKDAYS["en"]:
            start += max(words.find(name), 0)
            preposition = _PREPOSITION.search(text[:start])
            names.append(
                Name(name, start, _kind(name, start, text), preposition["word"].lower() if preposition else "")
            )
    return names


def _kind(name: str, start: int, text: str) -> Kind:
    words = [word.strip(".,’'").lower() for word in name.split()]
    in_front = text[:start]
    if _TITLE_WORDS & set(words) and not _THING_WORDS & {words[-1]}:
        return Kind.PERSON
    is_thing = bool(_THING_WORDS & set(words)) or words[0] == "the" or in_front.lower().endswith("the ")
    if is_thing or name in _COUNTRY_NAMES or (name.isupper() and len(name) > 1) or any(map(str.isdigit, name)):
        return Kind.THING
    if _AFTER_ROLE.search(in_front) or _DOES.match(text, start + len(name)):
        return Kind.PERSON
    return Kind.LIKELY_PERSON if len(words) > 1 else Kind.ANY


def _person(question: str, answer: str, short: str, asked: Sequence[Name], told: Sequence[Name]) -> str | None:
    """Whom a question "Who is ..." names, or the answer to a question for a person, else the last that it names."""
    here = [name for name in asked if name.kind is not Kind.THING and not name.is_placing]
    is_named = bool(here) and bool(_WHO_IS.match(question, 0, here[0].start))
    known = " ".join(name.text for name in asked).lower()
    others = [
        name for name in told if name.kind is not Kind.THING and not name.is_placing and name.text.lower() not in known
    ]
    if asked_type(question) is AnswerType.PERSON and not is_named and others:
        meant = [name for name in others if short and (name.text in short or short in name.text)]
        return _nearest(meant or others, question, answer).text
    # "What did Anna Berg give to Karl Frei?": of the two, "she" is the one that did it.
    doing = [name for name in here if not name.before] or here
    if doing:
        return doing[-1].text.rpartition(" and ")[2]
    certain = [name for name in others if name.kind is Kind.PERSON] or [
        name for name in others if name.kind is Kind.LIKELY_PERSON
    ]
    return certain[0].text if certain else None


def _nearest(names: Sequence[Name], question: str, answer: str) -> Name:
    """The one that stands nearest to what the question says of whom it asks for: "takes over" of "Who takes over?"."""
    known = {term for name in names_of(question) for term in analyze(name.text)}
    asked = set(analyze(question)) - known or known
    places = [m for m in re.finditer(r"\w+", answer) if asked & set(analyze(m.group()))]

    def distance(name: Name) -> int:
        end = name.start + len(name.text)
        return min((max(name.start - place.end(), place.start() - end) for place in places), default=0)

    return min(names, key=distance)


def _thing(question: str, answer: str | None, asked: Sequence[Name], told: Sequence[Name]) -> tuple[str | None, bool]:
    """What "it" is, and whether that is a description: what was asked for, or the last thing that has a name."""
    new = _DID_NEW.search(question)
    if new:
        return f"the {new['thing']}", True
    of_what = next((found for name in asked if (found := _OF_WHAT.fullmatch(question[: name.start]))), None)
    if of_what:
        return f"the {of_what['thing'].lower()}", True
    unnamed = _UNNAMED.search(question)
    if unnamed and all(_only_has_to_do(name) for name in asked):
        # With a name in it, it says enough by itself.
        return f"the {unnamed['thing']}", unnamed["thing"].islower()
    asks_what = bool(_ASKS_WHAT.match(question))
    things = [name for name in asked if name.kind is Kind.THING] or [name for name in asked if name.kind is Kind.ANY]
    last = things[-1] if things else None
    # They only say whose or where it is, or who had to do with it: "What did the mayor of Dunmore open?".
    is_asked_for = last is None or last.is_placing or (last.kind is Kind.ANY and _only_acts(last, question))
    if asks_what and asked and is_asked_for:
        described = _described(question, answer or "", asked)
        return described, described is not None and described.islower()
    if last is None:
        last = next(iter([n for n in asked if n.kind is Kind.LIKELY_PERSON][-1:]), None)
    if last is None and not asked:
        last = next((name for name in told if name.kind is Kind.THING), None)
    return (last.text, False) if last else (None, False)


def _only_has_to_do(name: Name) -> bool:
    """It may have had to do with something, but "it" is hardly a country, nor what stands behind a preposition."""
    last = name.text.split()[-1]
    return bool(name.before) or name.kind is Kind.PERSON or last in _COUNTRY_NAMES or last == "Korea"


def _only_acts(name: Name, question: str) -> bool:
    """Nobody knows what is named, but what it does is asked: "What did Yoon propose?", "… give to Rutte?"."""
    return bool(name.before or _WHAT_DID.fullmatch(question[: name.start]))


def _described(question: str, answer: str, asked: Sequence[Name]) -> str | None:
    """What the answer says behind the verb of a question "What did the mayor open?": "the new swimming pool"."""
    named = {term for name in asked for term in analyze(name.text)}
    verb = [term for term in analyze(question) if term not in named][-1:]
    for word in re.finditer(r"\w+", answer):
        if verb and analyze(word.group()) == verb:
            found = _NEW_THING.match(answer, word.end())
            if found:
                article = "the" if found["article"] in ("a", "an") else found["article"]
                return f"{article} {found['thing']}"
    return None


def _unnamed_group(question: str) -> str | None:
    found = _UNNAMED_PEOPLE.search(question)
    return found["group"] if found else None


def _group(asked: Sequence[Name]) -> str | None:
    """Who "they" are: two that are named together, or the last name of several."""
    groups = [name for name in asked if _is_group(name)]
    return groups[-1].text if groups else None


def _is_group(name: Name) -> bool:
    if " and " in name.text:
        return True
    if name.kind >= Kind.LIKELY_PERSON or name.is_placing:
        return False
    words = name.text.lower().split()
    is_plural = words[-1].endswith(("s", "men")) and not words[-1].endswith(("ss", "us", "is"))
    return is_plural or name.text.isupper() or bool(_GROUP_WORDS & set(words))


def _place(text: str, names: Sequence[Name]) -> str | None:
    """The last place that something is said to be in, at or near."""
    for name in reversed(names):
        found = _PLACE.search(text[: name.start])
        if found and name.kind < Kind.PERSON:
            return f"{found['preposition'].lower()} {found['the'] or ''}{name.text}"
    return None


def _venue(names: Sequence[Name]) -> str | None:
    """The last that is one by its own words: "at the Jeju Forum"."""
    for name in reversed(names):
        if name.text.lower().split()[-1] in _VENUE_WORDS:
            return f"at the {name.text.removeprefix('the ').removeprefix('The ')}"
    return None


def _time(text: str) -> str | None:
    """The last time that `text` names; "last month" is none, it would mean another one now."""
    times = [match.group() for match in TIME.finditer(text) if not re.match(r"(?:this|last) ", match.group(), re.I)]
    if not times:
        return None
    return f"{'on' if _DAY.match(times[-1]) else 'in'} {times[-1]}"

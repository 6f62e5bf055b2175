"""What the reader learns from: a question, a passage, and where in it the answer stands, or that it is not there.

A question that a passage answers comes once as it is and, more than every third time, once more with a passage that
does not answer it:

- the passage without the sentence that answers,
- a passage near to it that holds none of the answers,
- the passage, but with a name, year or number of the question exchanged for another one of the same kind,
- the passage, but with the question turned into its negation.

Questions are varied as people type them, and some passages have a headline in front, as those of articles do.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from corpus.sentences import split_sentences

FILE = "training/train.jsonl.gz"
# QAMR asks this many questions of one sentence; more of them say the same.
MOST_PER_PASSAGE = 24
# Single sentences are put together until they are as long as a passage of an article.
SINGLE_SENTENCE = 79
PASSAGE_WORDS = (70, 130)
# What is shown beside the passage that answers: kind, and how often.
UNANSWERABLE = {"removed": 0.25, "near": 0.65, "negated": 0.1}
SHARE_UNANSWERABLE = 0.5
# Of the questions with something to exchange, so many are.
SHARE_EXCHANGED = 0.8
# One passage in so many is kept out of the training, with its questions.
HELD_OUT = 40

YEAR = re.compile(r"\b1[5-9]\d\d\b|\b20\d\d\b")
NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")
NAME = re.compile(r"\b[A-Z][\w.'-]*[\w](?: (?:of|the|de|and|van|al) [A-Z][\w'-]+| [A-Z][\w.'-]*[\w])*")
_NOT_NAMES = """
    a an and are as at be but by did do does for from had has have he her his how i if in is it its my no not of
    on or our she so that the their there these they this to was we were what when where which who whom whose why
    with you your also after although because before both during each even however many most other since some
    such then through under until while would yes
"""
NOT_NAMES = frozenset(_NOT_NAMES.split())
DO_SUPPORT = re.compile(r"\b(did|does|do|is|are|was|were|has|have|had|can|could|will|would|should)\b", re.IGNORECASE)
NEGATED = re.compile(r"\b(not|never|no|nor|without)\b|n't\b", re.IGNORECASE)


@dataclass(frozen=True)
class Pair:
    """`spans` are where answers stand in `passage`, each first and last + 1; none: the passage does not answer.

    `around`: what of the passage to read at least, where it is long.
    """

    question: str
    passage: str
    spans: tuple[tuple[int, int], ...]
    # "answered" or the kind of unanswerable.
    kind: str
    # In a span that is a whole sentence the answer stands somewhere.
    is_sentence: bool = False
    headline: str = ""
    around: tuple[tuple[int, int], ...] = ()


@dataclass
class Source:
    """A passage with the questions that it answers."""

    text: str
    asked: list[tuple[str, list[tuple[int, int]]]] = field(default_factory=list)
    is_sentence: bool = False
    held_out: bool = False
    near: Sequence[int] = ()


def read_sources(data_dir: Path, seed: int) -> list[Source]:
    """The passages of the training data; single sentences that follow each other in the file put together."""
    at = random.Random(seed)
    by_text: dict[str, Source] = {}
    with gzip.open(data_dir / FILE, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            source = by_text.setdefault(row["passage"], Source(row["passage"], is_sentence=row["source"] == "selqa"))
            spans = [(each["start"], each["start"] + len(each["text"].rstrip())) for each in row["answers"]]
            spans = [(first, end) for first, end in spans if first < end <= len(source.text)]
            if spans:
                source.asked.append((row["question"], spans))
    sources: list[Source] = []
    singles: list[Source] = []
    for source in by_text.values():
        at.shuffle(source.asked)
        source.asked = source.asked[:MOST_PER_PASSAGE]
        if len(source.text.split()) < SINGLE_SENTENCE and not source.is_sentence and "\n" not in source.text:
            singles.append(source)
        elif source.asked:
            sources.append(source)
    sources.extend(_together(singles, at))
    for place, source in enumerate(sources):
        source.held_out = place % HELD_OUT == 0
    return sources


def _together(singles: list[Source], at: random.Random) -> Iterator[Source]:
    at.shuffle(singles)
    group: list[Source] = []
    words, wanted = 0, at.randint(*PASSAGE_WORDS)
    for single in singles:
        group.append(single)
        words += len(single.text.split())
        if words >= wanted:
            yield _joined(group)
            group, words, wanted = [], 0, at.randint(*PASSAGE_WORDS)
    if group:
        yield _joined(group)


def _joined(group: list[Source]) -> Source:
    whole = Source("")
    for each in group:
        begins = len(whole.text) + (1 if whole.text else 0)
        whole.text = f"{whole.text} {each.text.strip()}" if whole.text else each.text.strip()
        skipped = len(each.text) - len(each.text.lstrip())
        for question, spans in each.asked:
            moved = [(first - skipped + begins, end - skipped + begins) for first, end in spans]
            whole.asked.append((question, [(first, min(end, len(whole.text))) for first, end in moved]))
    return whole


def pairs_of(sources: Sequence[Source], seed: int, *, held_out: bool) -> list[Pair]:
    """One pass over the training data, or over what is held out of it; another `seed` varies it otherwise."""
    at = random.Random(seed)
    pairs: list[Pair] = []
    for source in sources:
        if source.held_out != held_out:
            continue
        for question, spans in source.asked:
            pairs.append(_varied(Pair(question, source.text, tuple(spans), "answered", source.is_sentence), at))
            exchanged = None
            if at.random() < SHARE_EXCHANGED:
                neighbours = " ".join(sources[place].text for place in source.near[:3])
                exchanged = exchange(question, source.text, neighbours, spans, at)
            if exchanged:
                pairs.append(_varied(Pair(exchanged, source.text, (), "exchanged", around=tuple(spans)), at))
            elif at.random() < SHARE_UNANSWERABLE:
                (kind,) = at.choices(list(UNANSWERABLE), list(UNANSWERABLE.values()))
                pair = _unanswerable(kind, question, spans, source, sources, at)
                if pair is not None:
                    pairs.append(_varied(pair, at))
    return pairs


def _unanswerable(
    kind: str, question: str, spans: list[tuple[int, int]], source: Source, sources: Sequence[Source], at: random.Random
) -> Pair | None:
    if kind == "removed":
        passage = _without(source.text, spans)
        return Pair(question, passage, (), kind) if passage else None
    if kind == "near":
        answers = [source.text[first:end].casefold() for first, end in spans]
        near = [sources[place].text for place in source.near[:10] if sources[place].held_out == source.held_out]
        near = [text for text in near if not any(answer in text.casefold() for answer in answers)]
        return Pair(question, at.choice(near), (), kind) if near else None
    turned = negate(question)
    return Pair(turned, source.text, (), kind, around=tuple(spans)) if turned else None


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    kept = [
        text[sentence.start : sentence.end]
        for sentence in split_sentences(text)
        if not any(sentence.start < end and first < sentence.end for first, end in spans)
    ]
    rest = " ".join(kept)
    answers = [text[first:end].casefold() for first, end in spans]
    if len(rest.split()) < 25 or any(answer in rest.casefold() for answer in answers):
        return ""
    return rest


def exchange(
    question: str, passage: str, neighbours: str, spans: Sequence[tuple[int, int]], at: random.Random
) -> str | None:
    """`question` with one name, year or number of the passage exchanged for another one of the same kind."""
    answers = " ".join(passage[first:end] for first, end in spans).casefold()
    found: list[tuple[str, int, int, list[str]]] = []
    for pattern in (YEAR, NUMBER, NAME):
        for match in pattern.finditer(question):
            first, end = _of_a_name(match) if pattern is NAME else match.span()
            text = question[first:end]
            if first == end or (first == 0 and pattern is NAME) or text.casefold() not in passage.casefold():
                continue
            others = _others(pattern, passage, question, answers) or _others(pattern, neighbours, question, answers)
            if others:
                found.append((text, first, end, others))
    if not found:
        return None
    _, first, end, others = at.choice(found)
    return question[:first] + at.choice(others) + question[end:]


def _of_a_name(match: re.Match[str]) -> tuple[int, int]:
    first, end = match.span()
    word = match.group().split(" ")[0]
    if word.casefold() in NOT_NAMES:
        first = min(end, first + len(word) + 1)
    return first, end


def _others(pattern: re.Pattern[str], text: str, question: str, answers: str) -> list[str]:
    known = frozenset(re.findall(r"\w+", f"{question} {answers}".casefold()))
    others = []
    for match in pattern.finditer(text):
        first, end = _of_a_name(match) if pattern is NAME else match.span()
        name = text[first:end].rstrip(".")
        if pattern is NAME and (len(name) < 3 or (first == 0 or text[first - 2 : first - 1] in '.!?\n"')):
            continue
        # A part of what is asked for, or of the answer, exchanges nothing.
        if known & frozenset(re.findall(r"\w+", name.casefold())):
            continue
        others.append(name)
    return sorted(set(others))


def negate(question: str) -> str | None:
    """`question` with its verb negated, where a rule can tell which."""
    match = DO_SUPPORT.search(question)
    if match is None or NEGATED.search(question) or match.end() >= len(question) - 5:
        return None
    rest = question[match.end() :].split()
    if match.start() == 0 or len(rest) < 3:
        return None
    before = question[: match.end()]
    subject = next((place for place, word in enumerate(rest) if place and word[:1].islower() and len(word) > 3), None)
    if match.group().casefold() in ("did", "does", "do"):
        if subject is None:
            return None
        return " ".join([before, *rest[:subject], "not", *rest[subject:]])
    return " ".join([before, "not", *rest])


def _varied(pair: Pair, at: random.Random) -> Pair:
    question = pair.question.strip()
    if at.random() < 0.3:
        question = question.rstrip("?. ")
    if at.random() < 0.05 and pair.kind != "negated":
        words = [word for word in question.split() if word.strip("?.,").casefold() not in NOT_NAMES]
        question = " ".join(words) if len(words) >= 3 else question
    if at.random() < 0.05 and len(question) > 20:
        place = at.randrange(5, len(question) - 3)
        if question[place].isalpha() and question[place + 1].isalpha():
            question = question[:place] + question[place + 1] + question[place] + question[place + 2 :]
    headline = _headline(pair.passage, at) if at.random() < 0.3 else ""
    return replace(pair, question=question, headline=headline)


def _headline(passage: str, at: random.Random) -> str:
    """Something like one: the names of the passage that come most, and a few of its words."""
    counted: dict[str, int] = defaultdict(int)
    for match in NAME.finditer(passage):
        first, end = _of_a_name(match)
        if end - first > 2:
            counted[passage[first:end]] += 1
    names = sorted(counted, key=lambda name: -counted[name])[:2]
    words = [word for word in re.findall(r"[a-z]{5,}", passage)]
    some = at.sample(words, min(3, len(words)))
    return " ".join([*names, *some])

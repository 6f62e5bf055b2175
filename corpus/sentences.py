"""Text to sentences, headings, list items and rows of tables, with exact offsets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import sentencex

from corpus.months import WEEKDAYS
from corpus.scripts import UNSPACED

# Longer than this, a "sentence" is a table or text without punctuation and is cut between words.
MAX_SENTENCE_WORDS = 200
# A longer line is read in parts: `sentencex` takes n² steps for a line of quotes or marks (2 MB: more than a minute).
MAX_READ_AT_ONCE = 10_000
# What an abbreviation or a number at the end of a sentence is looked for in.
_TAIL = 40
# A line of at most this many words without an end mark is a heading; the longest in the bundled articles has 13.
MAX_HEADING_WORDS = 14
# What is said to a question is one answer as long as it has at most so many words.
MAX_REPLY_WORDS = 60
# So many short lines in a row are a list; behind a colon, one less.
LEAST_ITEMS = 3
# A label that comes so often is a speaker's.
LEAST_TURNS = 2

_WORD = re.compile(rf"[{UNSPACED}]{{1,2}}|[^\s{UNSPACED}]{{1,24}}")
_END_MARKS = tuple(".!?…。！？；;,:”\"'’)")
_QUESTION_MARKS = ("?", "？", "؟", '?"', "?”", "?**")
_COLON = (":", "：")
BULLET = re.compile(r"\s*(?:[•‣◦▪●*–—-]|\d{1,2}[.)])\s+\S")
_SPEAKER = re.compile(
    r"(?:\*\*)?(?P<name>(?:[QAFPRD](?=\.\s))|[^\W\d_][^:|?!.\n]{0,38}?(?=(?:\*\*)?[:：]))"
    r"(?:\*\*)?[:：.](?:\*\*)?\s+(?=\S)"
)
_ASKS = frozenset({"q", "question", "f", "frage", "p", "pregunta", "d", "domanda", "問", "문", "질문", "س"})
_REPLIES = frozenset({
    "a",
    "answer",
    "antwort",
    "r",
    "respuesta",
    "réponse",
    "reponse",
    "risposta",
    "答",
    "답",
    "답변",
    "ج",
})

# Words with a full stop that ends no sentence before a number or a name. `sentencex` knows more of each language.
_ABBREVIATIONS = """
    approx ca c circa env insg rd nr no núm num art abs bd bzw ggf max min mind mio mrd tel vgl vol pp p s st str
    fig ch sec aprox pág cap sr sra dr dra prof mr mrs ms mme mlle mm m me pr jr gen col lt sgt capt rev hon sen
    rep gov hr fr frl hl ing dipl prim mgr inż hab dott sig geb ul al pl tj tzv np r ok ул г д им т
"""
_SHORTENED = frozenset(_ABBREVIATIONS.split())
# In these, a number with a full stop is a day of the month, a floor or a king.
_ORDINAL_LANGUAGES = """
    de lb da nb no nn is fi et lv cs sk sl hr sr bs hu pl tr eu
"""
_ORDINALS = frozenset(_ORDINAL_LANGUAGES.split())
_ORDINAL = re.compile(r"(?:^|[\s(])\d{1,2}\.$")
_LAST_WORD = re.compile(r"([^\W\d_]+)\.$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, heading, list item or row: `text[start:end]`, no white space at either end.

    `lead` is where that stands without which it says little: the heading row of a table, the line in front of a list,
    the question of an interview.
    """

    start: int
    end: int
    is_question: bool = False
    is_heading: bool = False
    lead: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str
    # Blank lines in front of it.
    is_apart: bool


def count_words(text: str) -> int:
    """Words of `text`; two characters of Chinese, Japanese or Thai count as one, a 24-character run too."""
    return sum(1 for _ in _WORD.finditer(text))


def split_sentences(text: str, language: str = "en") -> list[Sentence]:
    """Sentences of `text` in order, with offsets into it; only what is said to a question goes over a line break.

    `language` is an ISO 639-1 code; an unknown one is split by the common rules.
    """
    lines = list(_lines(text))
    tables, items = _tables(lines), _items(lines)
    speakers = _speakers(lines)
    sentences: list[Sentence] = []
    # The question that is being answered, and where what is said to it begins among the sentences.
    asked: Sentence | None = None
    reply = 0
    for number, line in enumerate(lines):
        found = _read_line(line, language, number, tables, items)
        said = _SPEAKER.match(line.text)
        label = said["name"].strip(" *").casefold() if said else ""
        is_turn = bool(said) and (label in _ASKS | _REPLIES or label in speakers)
        asks = found[-1].is_question and (is_turn or len(found) == 1) and label not in _REPLIES
        ends = asks or (is_turn and label in _ASKS) or found[0].is_heading
        if ends:
            if asked is not None:
                sentences[reply:] = _as_reply(text, sentences[reply:], asked)
            asked = None
        if asks:
            asked = replace(found[0], end=found[-1].end, is_question=True)
            found = [asked]
        elif is_turn and said and asked is not None:
            # The speaker's name is no part of what he says.
            begin = line.start + said.end()
            found = [replace(each, start=max(each.start, begin)) for each in found if each.end > begin] or found
        if asks:
            reply = len(sentences) + 1
        sentences += found
    if asked is not None:
        sentences[reply:] = _as_reply(text, sentences[reply:], asked)
    return sentences


def _lines(text: str) -> Iterator[_Line]:
    end = 0
    for match in re.finditer(r"[^\n]+", text):
        if match.group().strip():
            yield _Line(match.start(), match.end(), match.group(), match.start() - end > 1)
            end = match.end()


def _read_line(
    line: _Line, language: str, number: int, tables: Sequence[_Line | None], items: Sequence[tuple[int, int] | bool]
) -> list[Sentence]:
    heading_row = tables[number]
    if heading_row is not None:
        start, end = _trimmed(line)
        if heading_row is line:
            return [Sentence(start, end, is_heading=True)]
        return [Sentence(start, end, lead=_trimmed(heading_row))]
    found = list(_split_line(line.text, line.start, language))
    item = items[number]
    if item:
        lead = item if isinstance(item, tuple) else None
        found = [replace(each, is_heading=False, lead=lead) for each in found]
    return found


def _as_reply(text: str, said: list[Sentence], asked: Sentence) -> list[Sentence]:
    """The sentences `said` as the reply to the question `asked`: in one, where it is short."""
    if not said:
        return []
    lead = (asked.start, asked.end)
    if count_words(text[said[0].start : said[-1].end]) <= MAX_REPLY_WORDS:
        return [Sentence(said[0].start, said[-1].end, lead=lead)]
    # In a long one, what stands in the same paragraph as its beginning.
    line_end = text.find("\n", said[0].start)
    within = [each.lead is None and (line_end < 0 or each.start < line_end) for each in said]
    return [replace(each, lead=lead) if near else each for each, near in zip(said, within, strict=True)]


def _trimmed(line: _Line) -> tuple[int, int]:
    start = line.start + len(line.text) - len(line.text.lstrip())
    return start, line.start + len(line.text.rstrip())


def _tables(lines: Sequence[_Line]) -> list[_Line | None]:
    """For each line that is a row of a table its heading row, which is the first; None for another line."""
    headings: list[_Line | None] = []
    for number, line in enumerate(lines):
        cells = _cells(line)
        goes_on = number > 0 and not line.is_apart and cells == _cells(lines[number - 1])
        follows = number + 1 < len(lines) and not lines[number + 1].is_apart and _cells(lines[number + 1]) == cells
        # Headings are words.
        begins = cells and not goes_on and follows and not any(map(str.isdigit, line.text))
        headings.append((headings[-1] if goes_on else line if begins else None) if cells else None)
    return headings


def _cells(line: _Line) -> int:
    """Cells of a row, 0 of a line that is none."""
    text = line.text.strip()
    bars = text.strip("|").count("|")
    return bars + 1 if bars else 0


def _items(lines: Sequence[_Line]) -> list[tuple[int, int] | bool]:
    """For each line that is an item of a list what stands in front of the list, True where nothing does."""
    found: list[tuple[int, int] | bool] = [False] * len(lines)
    number = 0
    while number < len(lines):
        is_bullet = bool(BULLET.match(lines[number].text))
        is_row = bool(_cells(lines[number]))
        end = number
        while end < len(lines) and _is_like(lines, end, number, is_bullet=is_bullet, is_row=is_row):
            end += 1
        before = lines[number - 1] if number else None
        is_colon = before is not None and before.text.rstrip().endswith(_COLON)
        leads = is_colon or (before is not None and _is_heading(before.text))
        if is_bullet or is_row or (leads and end - number >= (LEAST_ITEMS - is_colon)):
            lead = _lead(before) if before is not None and leads else True
            found[number:end] = [lead] * (end - number)
        number = max(end, number + 1)
    return found


def _is_like(lines: Sequence[_Line], number: int, first: int, *, is_bullet: bool, is_row: bool) -> bool:
    """Whether the line goes on with the list of bullets, rows or short lines that began with `first`."""
    line = lines[number]
    if is_bullet:
        return bool(BULLET.match(line.text))
    if number != first and line.is_apart:
        return False
    return bool(_cells(line)) if is_row else _is_heading(line.text) and not _cells(line)


def _lead(line: _Line) -> tuple[int, int]:
    """The last sentence of a line: what the list behind it is of."""
    sentences = list(_split_line(line.text, line.start, "en"))
    return sentences[-1].start, sentences[-1].end


def _is_heading(line: str) -> bool:
    return count_words(line) <= MAX_HEADING_WORDS and not line.rstrip().endswith(_END_MARKS)


def _speakers(lines: Sequence[_Line]) -> frozenset[str]:
    """The names in front of turns of an interview."""
    named = (_SPEAKER.match(line.text) for line in lines)
    counted = Counter(match["name"].strip(" *").casefold() for match in named if match)
    asked = any(line.text.rstrip().endswith(_QUESTION_MARKS) and _SPEAKER.match(line.text) for line in lines)
    often = {name for name, times in counted.items() if times >= LEAST_TURNS or len(counted) > 1}
    return frozenset(often) if asked else frozenset()


def _split_line(line: str, offset: int, language: str) -> Iterator[Sentence]:
    is_heading = _is_heading(line)
    for start, end in _whole(line, _pieces(line, language), language):
        is_question = line[start:end].endswith(_QUESTION_MARKS)
        for begin, stop in _cut_long(line[start:end]):
            yield Sentence(offset + start + begin, offset + start + stop, is_question, is_heading)


def _pieces(line: str, language: str) -> Iterator[tuple[int, int]]:
    first = 0
    while first < len(line):
        part = line[first : first + MAX_READ_AT_ONCE]
        is_last = first + len(part) == len(line)
        if not is_last:
            part = part[: part.rfind(" ") + 1] or part
        found = list(_segment(part, language))
        # The last one may go on behind this part: it is read again, with what follows.
        whole = found if is_last or len(found) < 2 else found[:-1]
        yield from ((first + start, first + end) for start, end in whole)
        first += len(part) if whole == found else whole[-1][1]


def _segment(line: str, language: str) -> Iterator[tuple[int, int]]:
    cursor = 0
    for piece in sentencex.segment(language, line):
        text = piece.strip()
        start = line.find(text, cursor)
        # The library gives back what it read; should it ever not, the rest of the line stays one sentence.
        if start < 0:
            text, start = line[cursor:].strip(), len(line) - len(line[cursor:].lstrip())
        cursor = start + len(text)
        if text:
            yield start, cursor


def _whole(line: str, pieces: Iterator[tuple[int, int]], language: str) -> Iterator[tuple[int, int]]:
    """`pieces` with those put together again that are parts of one sentence."""
    held: tuple[int, int] | None = None
    for start, end in pieces:
        if held is None:
            held = (start, end)
        elif _is_cut(line[max(held[0], held[1] - _TAIL) : held[1]], line[start:end], language):
            held = (held[0], end)
        else:
            yield held
            held = (start, end)
    if held is not None:
        yield held


def _is_cut(before: str, after: str, language: str) -> bool:
    """Whether a sentence was cut between `before`, of which the end is enough, and `after`."""
    if not any(map(str.isalnum, after)):
        return True
    if not before.endswith("."):
        return False
    if after[0].islower() or (language in _ORDINALS and _ORDINAL.search(before)):
        return True
    if before.endswith((" p.m.", " a.m.")) and after.startswith(WEEKDAYS["en"]):
        return True
    word = _LAST_WORD.search(before)
    if word is None:
        return False
    name = word.group(1)
    # "M. Dupont"; in English the library knows them.
    is_initial = len(name) == 1 and name.isupper() and language != "en" and after[0].isupper()
    is_shortened = name.casefold() in _SHORTENED and (after[0].isdigit() or (len(name) > 1 and name[0].isupper()))
    return is_initial or is_shortened


def _cut_long(text: str) -> Iterator[tuple[int, int]]:
    """Spans of `text` of at most MAX_SENTENCE_WORDS words, cut between words, trimmed."""
    words = list(_WORD.finditer(text))
    for first in range(0, len(words), MAX_SENTENCE_WORDS):
        group = words[first : first + MAX_SENTENCE_WORDS]
        yield group[0].start(), group[-1].end()

"""By whom an article was published, where its own text says so plainly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from corpus.dateline import AGENCY_ALONE, DATED_PLACE, PLACE_AND_AGENCY, filled_lines, matches
from corpus.foreign_dates import with_english_dates

# A name of more words is a remark in brackets.
MAX_AGENCY_WORDS = 5
# After so many mentions it is settled whether there is one agency or several.
MAX_NAMED = 20
# An agency alone in brackets is one only where the story begins: in this first line or, under a headline, the second.
FIRST_LINES = 2

# Wires that sign with an abbreviation. Any other one after a name in small letters belongs to it: World Bank (WB).
_WIRES = """
    AAP AFP ANI ANSA AP BBC CNA CNN CTK DPA EFE IANS KCNA KUNA MENA NHK NPR PA PAP PTI SANA SPA TASS UPI VOA WAM
"""
_WIRE_NAMES = frozenset(_WIRES.split())
# The last word of what stands behind a reporter's name, where that is a publisher: "By Jane Doe, BBC News".
_PUBLISHERS = {
    "en": """
        News Times Post Press Agency Herald Journal Tribune Telegraph Guardian TODAY Today Reuters AP AFP BBC CNN UPI
    """,
}
PUBLISHERS = frozenset(_PUBLISHERS["en"].split())
# A line that begins like this names a writer.
BYLINE = re.compile(r"(?:by|von|par|por|di|da|door|av|af|текст:?) [A-Z]", re.I)
_SOURCE_LINE = re.compile(r"source ?[:–-] ?(?P<agency>[^\s:/,][^:/,]{1,79})$", re.I)
_BYLINE = re.compile(
    rf"By [^,|\d]{{3,60}}(?:,| \|) (?P<agency>(?:[\w&.'’-]{{1,24}} ){{0,4}}(?:{'|'.join(_PUBLISHERS['en'].split())}))$"
)


def find_source(text: str, language: str = "en") -> str | None:
    """Return the agency of the dateline, else of a "Source:" line, else of a byline; None for none and for several.

    `language` is that of the text.
    """
    lines = [with_english_dates(line, language) for line in filled_lines(text)]
    for kind in (_agencies, _source_lines, _bylines):
        found = set(islice(kind(lines), MAX_NAMED))
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _agencies(lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        match = DATED_PLACE.match(line) or PLACE_AND_AGENCY.match(line)
        if match is None and number < FIRST_LINES:
            match = AGENCY_ALONE.match(line)
        if match and match["agency"] and _is_agency(match):
            yield match["agency"].strip()


def _is_agency(match: re.Match[str]) -> bool:
    """Whether the bracket names a publisher, not an abbreviation of the words before it."""
    agency = match["agency"].strip()
    place = match.groupdict().get("place") or ""
    is_dated = "when" in match.re.groupindex
    is_abbreviation = agency.isupper() and agency not in _WIRE_NAMES and not place.isupper() and not is_dated
    is_name = agency[:1].isupper() or agency.upper() in _WIRE_NAMES
    return is_name and not is_abbreviation and len(agency.split()) <= MAX_AGENCY_WORDS


def _source_lines(lines: list[str]) -> Iterator[str]:
    return (match["agency"].strip(" .") for match in matches(_SOURCE_LINE, lines))


def _bylines(lines: list[str]) -> Iterator[str]:
    return (match["agency"] for match in matches(_BYLINE, lines))

"""The dateline of an article: the place, the day and the agency that stand in front of a story, as they are printed.

"Seoul, July 3 (NationPress) South Korea ..." is one, and so is a line that is only a date. How a date is written is in
`corpus/dates.py`; which of them is the article's day, in `corpus/published.py`; the agency, in `corpus/source.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.dates import DATE, MONTH_AND_DAY, YEAR
from corpus.foreign_dates import with_english_dates

_ZONE = r"(?:Z|[+-]\d\d:?\d\d| [A-Z]{2,5})?"
_CLOCK = rf"(?:(?:T|[ ,|@–-]{{1,3}}(?:at )?)\d{{1,2}}[:.]\d\d(?::\d\d)?(?: ?[ap]\.?m\.?)?{_ZONE})?"

# What pages print in front of the day of an article.
LABEL = r"(?:(?:first )?(?:published|posted)(?: on| at)?|publication date|date published|date)"
ONLY_DATE = re.compile(rf"(?:By [^.!?\n]{{3,60}}?[ ,|–—-]{{1,3}}|{LABEL} )?{DATE}{_CLOCK}$", re.I)

# Words that open a sentence, a byline or a note of the editor: no place begins with one.
_NO_PLACE = {
    "en": """
        In On At By From The As For Since Until After Before
        Published Posted Update Updated Correction Clarification Editor Note
    """,
}
# One to four words with capitals, up to three times: "Seoul", "New York, N.Y.".
_PLACE = r"[^\W\d_a-z][\w.'’-]{1,24}(?:[ /][^\W\d_a-z][\w.'’-]{0,24}){0,3}"
_PLACES = rf"(?!(?:{'|'.join(_NO_PLACE['en'].split())})\b)(?P<place>{_PLACE}(?:, ?{_PLACE}){{0,2}})"
_AGENCY = r"(?P<open>[(/])(?P<agency>[^()/\d\n]{2,60})[)/]"
_DASH = r"(?:--?|–|—)"
# "Seoul, July 3 (NationPress) South Korean ..." and "WASHINGTON, July 3, 2025 — The ...".
DATED_PLACE = re.compile(
    rf"{_PLACES},? (?i:(?P<when>(?:{MONTH_AND_DAY})(?:,? {YEAR})?))(?: ?{_AGENCY}| ?:| ?(?={_DASH}))"
    rf"(?:\.? ?{_DASH})?\s*"
)
# "LONDON (Reuters) - ..."; without a dash it would be any name with its abbreviation.
PLACE_AND_AGENCY = re.compile(rf"{_PLACES} ?{_AGENCY} ?{_DASH}\s+")
# "13-12-2023 (SEOUL) In a rare ...": the bracket after a bare date is the place.
DATE_AND_PLACE = re.compile(rf"(?i:{DATE}) ?\((?P<place>{_PLACE}(?:, ?{_PLACE})?)\)(?: ?{_DASH})?\s*")
# "(CNN) -- ...".
AGENCY_ALONE = re.compile(rf"{_AGENCY} ?{_DASH}\s+")


def skip_dateline(line: str, language: str = "en") -> str:
    """`line` without the place, date and agency it opens with."""
    english = with_english_dates(line, language)
    for pattern in (DATED_PLACE, PLACE_AND_AGENCY, DATE_AND_PLACE, AGENCY_ALONE):
        match = pattern.match(english)
        rest = english[match.end() :] if match else ""
        if rest and line.endswith(rest):
            return rest
    return line


def is_dateline(line: str, language: str = "en") -> bool:
    """Whether `line` is a place, date or agency and nothing more."""
    line = with_english_dates(line, language)
    return any(pattern.fullmatch(line) for pattern in (DATED_PLACE, DATE_AND_PLACE, ONLY_DATE))


def filled_lines(text: str) -> list[str]:
    """Lines of `text` that are not blank, without white space at their ends."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def matches(pattern: re.Pattern[str], lines: list[str]) -> Iterator[re.Match[str]]:
    """Matches of `pattern` at the beginnings of `lines`, in their order."""
    return filter(None, map(pattern.match, lines))

"""Normalisation and boilerplate, done once, before any offset exists."""

from __future__ import annotations

import re
import unicodedata

# Every character Python or Unicode calls a line end: str.splitlines must agree with split("\n") ever after.
_LINE_ENDS = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_ODD_SPACES = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Control characters, soft hyphen, zero-width space, marks and overrides of direction, invisible operators, BOM,
# interlinear marks and tags: a reader never sees them, so they hide words from search or text from the reader.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# A zero-width joiner or non-joiner is spelling in Persian, the scripts of India and their kin, and glue in emoji.
_JOINERS = re.compile("[\u200c\u200d]+")
_JOINED = re.compile(
    "[\u0600-\u109f\u1780-\u18af\ua840-\uabff\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff"
    "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]"
)
# Letters never carry more than a few marks. Normalising a run of n marks takes n² steps in CPython
# (64,000 marks: 3.4 s), so a run is cut at the 30 that Unicode's Stream-Safe Text Format (UAX #15) allows.
MAX_MARKS = 30
_NON_LETTERS = re.compile(rf"[^\w\s\x00-\x7f]{{{MAX_MARKS + 1},}}")
_SPACES = re.compile(" {2,}")
_BLANK_LINES = re.compile("\n{3,}")

# Lines that belong to the page, not to the article, one a line. Whole lines only, and none that a reporter could write
# as a heading of its own: a line wrongly dropped is lost to every answer, a line wrongly kept costs a few words.
_PAGE_FURNITURE = {
    "en": """\
ad
advertisement
advertisement - scroll to continue
article continues below
article continues after advertisement
back to top
click here to subscribe
click to start listening
continue reading
continue reading below
copy link
explore more
listen to this article
print this article
read more
read more here
recommended stories
related articles
related stories
scroll to continue
scroll to top
share on facebook
share on twitter
share this article
share this story
show comments
sign up for our newsletter
skip advertisement
skip to content
skip to main content
story continues below advertisement
subscribe to our newsletter
view comments
""",
}
_FURNITURE = frozenset(phrase for phrases in _PAGE_FURNITURE.values() for phrase in phrases.splitlines())
# What pages hang on such a line: "Read more »", "- Advertisement -", "Explore more…".
_FURNITURE_TRIM = " .:!…»›→>|*-–—[]"


def clean_text(raw: str) -> str:
    """`raw` as the project stores it: NFC, lines ended by a line feed, nothing invisible, no page furniture.

    Spaces run single and never stand at the end or start of a line; at most one blank line stands between
    paragraphs. A second call changes nothing, and takes time in proportion to the length like the first.
    """
    lines = [_SPACES.sub(" ", line).strip(" ") for line in _clean_characters(raw).split("\n")]
    text = "\n".join(line for line in lines if not _is_furniture(line))
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def clean_line(raw: str, *, max_characters: int) -> str:
    """`raw` on one line, clean as in `clean_text`, cut after `max_characters`."""
    line = _SPACES.sub(" ", _clean_characters(raw).replace("\n", " ")).strip(" ")
    return line[:max_characters].rstrip(" ")


def check_readable(text: str) -> str:
    """`text` itself. Raises ValueError for NUL and lone surrogates, which no encoding can carry."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("the text holds characters that cannot be stored (NUL or half of a surrogate pair)")
    return text


def _clean_characters(raw: str) -> str:
    text = _SURROGATES.sub("\ufffd", raw)
    text = _LINE_ENDS.sub("\n", text.replace("\r\n", "\n"))
    text = _ODD_SPACES.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFC", _NON_LETTERS.sub(_cut_marks, text))
    # NFC spells some single marks as two, so a run can have grown past the limit again.
    text = _NON_LETTERS.sub(_cut_marks, text)
    # Dropping a joiner can bring two halves of a Korean syllable together: normalise again.
    return unicodedata.normalize("NFC", _JOINERS.sub(_keep_spelled_joiner, text))


def _cut_marks(run: re.Match[str]) -> str:
    kept = []
    marks = 0
    for character in run.group():
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def _keep_spelled_joiner(run: re.Match[str]) -> str:
    """Return the first joiner of a run between two characters that join, else nothing.

    One before a combining mark stays too: without it the mark would move to another letter.
    """
    before, after = run.string[run.start() - 1 : run.start()], run.string[run.end() : run.end() + 1]
    is_spelled = _JOINED.match(before) and _JOINED.match(after)
    return run.group()[0] if is_spelled or (after and unicodedata.combining(after)) else ""


def _is_furniture(line: str) -> bool:
    return line.strip(_FURNITURE_TRIM).casefold() in _FURNITURE

"""How a text was laid out, undone: pages, columns and wrapped lines, before any offset exists.

A line of the result is a paragraph, a heading, an item of a list or a row of a table, its cells between bars.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import compress, pairwise

from corpus.clean import clean_text
from corpus.page_edges import EDGE_LINES, EdgeLine, running_lines
from corpus.scripts import UNSPACED

LONGEST_HEAD = 80
# A line that comes on so many pages, but for its numbers, belongs to them.
LEAST_PAGES = 3
# A text wrapped by a program has at most so many characters a line.
MAX_WIDTH = 130
# So much of the longest line is full.
FULL_LINE = 0.75
# A text is wrapped when so many of its breaks, at least, and such a share of them, stand in the middle of a sentence.
LEAST_BREAKS = 2
LEAST_SHARE = 0.3
LEAST_COLUMNS = 3
# Of two columns, so many rows make a table.
LEAST_ROWS = 3
# Where a text is not wrapped throughout, a shorter line is a name or a label.
SHORT_LINE = 25

_NAMED_PAGE = re.compile(
    r"\W*(?:page|seite|página|pagina|strona|стр\.?) ?\d{1,4}(?: ?(?:of|/|von|de|sur) ?\d{1,4})?\W*", re.I
)
_RULE = re.compile(r"[\s|:+=_-]*[|+][\s|:+=_-]*")
_END_MARKS = (
    ".",
    "!",
    "?",
    "…",
    "。",
    "！",
    "？",
    "؟",
    "।",
    ":",
    "：",
    ";",
    '."',
    '?"',
    '!"',
    ".”",
    "?”",
    "!”",
    "」",
    "»",
    ".)",
)
_BULLET = re.compile(r"(?:[•‣◦▪●*–—·+-]|\(?(?:\d{1,2}|[a-z])[.)])\s+\S")
_LABEL = re.compile(r"[^\s:|][^:|]{0,38}:(?:\s|$)|\*\*|#|>")
# "Twenty-" at the end of a line keeps its hyphen.
_KEEPS_HYPHEN = re.compile(
    r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|well|self|non|co|ex|anti|post|pre|mid|long|short|high|low|"
    r"half|vice|full|part|so|two|three|four|five|six|seven|eight|nine|ten|[A-Z]\w*|\d+)-$"
)
_SPACED_COLUMNS = re.compile(r" {3,}|\t+")
_UNSPACED = re.compile(rf"[{UNSPACED}、。，]")


def clean_article(raw: str) -> str:
    """`raw` clean as in `clean_text`, its paragraphs and tables whole: what the project stores."""
    return _laid_out(_without_page_lines(_without_page_edges(_with_hyphens(raw))))


def clean_pages(pages: Sequence[str]) -> str:
    """The text of `pages`, which have neither heads nor numbers of their own, clean as in `clean_article`."""
    return _laid_out(_join_pages([_with_hyphens(page) for page in pages]))


def _with_hyphens(raw: str) -> str:
    # A soft hyphen at the end of a line is one that is printed.
    return raw.replace("\r\n", "\n").replace("\u00ad\n", "-\n")


def _laid_out(raw: str) -> str:
    return join_lines(clean_text(_rows(raw)))


def join_lines(text: str) -> str:
    """`text` with the lines of a paragraph on one line, where a program has wrapped them; a clean text stays clean."""
    lines = text.split("\n")
    pairs = [(a, b) for a, b in zip(lines, lines[1:], strict=False) if a and b and _may_go_on(a, b)]
    open_ends = [(a, b) for a, b in pairs if not a.endswith(_END_MARKS)]
    running = [1 for a, b in open_ends if _runs_on(a, b)]
    is_wrapped = len(running) >= LEAST_BREAKS and len(running) >= LEAST_SHARE * len(open_ends)
    width = max((len(line) for pair in pairs for line in pair if len(line) <= MAX_WIDTH), default=0)
    # The lines of each paragraph, with what stands between them.
    paragraphs: list[list[str]] = []
    # Of the last line, as it came.
    last = ""
    blank = 0
    for line in lines:
        if not line:
            blank += 1
            continue
        if paragraphs and _goes_on(last, line, blank=blank, is_wrapped=is_wrapped, width=width):
            paragraphs[-1][-1] = _before(paragraphs[-1][-1], line)
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line if not (blank and paragraphs) else f"\n{line}"])
        last, blank = line, 0
    return clean_text("\n".join("".join(paragraph) for paragraph in paragraphs))


def _goes_on(last: str, line: str, *, blank: int, is_wrapped: bool, width: int) -> bool:
    """Whether `line` goes on with the sentence or the paragraph that `last` is the last line of."""
    if not _may_go_on(last, line) or len(last) > MAX_WIDTH:
        return False
    if blank:
        # A page ended here, or each line stands alone.
        return (
            is_wrapped
            and blank == 1
            and not last.endswith(_END_MARKS)
            and _runs_on(last, line)
            # A headline stands above a dateline.
            and not line[0].isdigit()
            and len(last) > width / 2
        )
    if not last.endswith(_END_MARKS):
        is_plain = _runs_on(last, line) and len(last) >= SHORT_LINE and not line[0].isdigit()
        return is_plain or (is_wrapped and (_runs_on(last, line) or len(last) >= FULL_LINE * width))
    # The sentence ends with the line; the paragraph goes on if its next word had no room.
    return is_wrapped and len(last) >= FULL_LINE * width and len(last) + 1 + len(line.split(" ", 1)[0]) > width


def _may_go_on(last: str, line: str) -> bool:
    """Whether neither line is a row, an item, a heading or a speaker's turn, which begin and end with themselves."""
    return not any((_BULLET.match(line), _LABEL.match(line), "|" in line, "|" in last, last.startswith("#")))


def _runs_on(last: str, line: str) -> bool:
    """Whether a sentence stands across the break."""
    first = line.lstrip("\"'“‘«(„")[:1]
    if _UNSPACED.match(last[-1]) and _UNSPACED.match(first or " "):
        return True
    is_cased = first.islower() or (first.isdigit() and last[-1:].isalpha() and not last.istitle())
    # Hebrew, Arabic and the scripts of India have no capitals: a line of some length without an end mark goes on.
    is_caseless = first.isalpha() and first.lower() == first.upper() and len(last) > MAX_WIDTH // 4
    return is_cased or is_caseless or (last.endswith((",", "-")) and first.isalnum() and len(last) >= SHORT_LINE)


def _before(last: str, line: str) -> str:
    """`last` as it stands in front of the line that goes on with it: with a space, or without its hyphen."""
    if _UNSPACED.match(last[-1]) and _UNSPACED.match(line[0]):
        return last
    if last.endswith(("-", "‐")) and len(last) > 1 and last[-2].isalpha() and line[0].islower():
        word = last.rsplit(" ", 1)[-1]
        return last if _KEEPS_HYPHEN.search(word) else last[:-1]
    return f"{last} "


def _without_page_edges(raw: str) -> str:
    """`raw` without the running heads, feet and numbers of its pages, which form feeds part."""
    pages = [page.split("\n") for page in raw.split("\f")]
    if len(pages) == 1:
        return raw
    places = [_edges(lines) for lines in pages]
    edges = [[EdgeLine(lines[place]) for place in each] for lines, each in zip(pages, places, strict=True)]
    kept = []
    for lines, each, running in zip(pages, places, running_lines(edges, least=LEAST_PAGES), strict=True):
        dropped = set(compress(each, running))
        kept.append("\n".join(line for place, line in enumerate(lines) if place not in dropped))
    return _join_pages(kept)


def _join_pages(pages: Sequence[str]) -> str:
    """The text of `pages`, a sentence that stands across the end of one in one piece."""
    filled = [page for page in (page.strip("\n") for page in pages) if page.strip()]
    whole = "".join(
        page + ("\n" if _is_cut(page, following) else "\n\n") for page, following in pairwise([*filled, ""])
    )
    return whole.strip("\n")


def _is_cut(page: str, following: str) -> bool:
    """Whether a sentence stands across the end of a page."""
    return not page.rstrip().endswith(_END_MARKS) and following.lstrip()[:1].islower()


def _without_page_lines(raw: str) -> str:
    """`raw` without the lines of pages that stand in the middle of its sentences: "Page 3", a running head."""
    lines = raw.split("\n")
    filled = [place for place, line in enumerate(lines) if line.strip()]
    often = Counter(_like(lines[place].strip()) for place in filled if len(lines[place].strip()) <= LONGEST_HEAD)
    between = Counter[str]()
    for before, place, after in zip(filled, filled[1:], filled[2:], strict=False):
        last, line, following = (lines[other].strip() for other in (before, place, after))
        is_known = (often[_like(line)] >= LEAST_PAGES - 1 and "0" in _like(line)) or often[_like(line)] >= LEAST_PAGES
        if (is_known or _NAMED_PAGE.fullmatch(line)) and not last.endswith(_END_MARKS) and following[0].islower():
            between[_like(line)] += 1
    # Most pages end in the middle of a sentence; what mostly stands elsewhere is a heading, a label or a refrain.
    heads = {like for like, times in between.items() if 2 * times >= often[like]}
    dropped = {place for place in filled if _like(lines[place].strip()) in heads}
    if not dropped:
        return raw
    # What stood around such a line was one paragraph.
    beside = (other for place in dropped for other in (place - 1, place + 1) if 0 <= other < len(lines))
    gone = dropped | {other for other in beside if not lines[other].strip()}
    return "\n".join(line for place, line in enumerate(lines) if place not in gone)


def _edges(lines: Sequence[str]) -> list[int]:
    """The first and last lines of a page that are not blank."""
    filled = [place for place, line in enumerate(lines) if line.strip()]
    return sorted({*filled[:EDGE_LINES], *filled[-EDGE_LINES:]})


def _like(line: str) -> str:
    return re.sub(r"\d+", "0", line.strip().casefold())


def _rows(raw: str) -> str:
    """`raw` with bars between the cells of its tables, and without the rules between their rows."""
    lines = [line.replace("│", "|") for line in raw.split("\n")]
    lines = [line for line in lines if not (_RULE.fullmatch(line) and len(line.strip()) > 2)]
    cells = [_cells(line) for line in lines]
    for place, row in enumerate(cells):
        alike = _alike(cells, place)
        is_sure = "\t" in lines[place].strip() or len(row) >= LEAST_COLUMNS
        if len(row) > 1 and alike >= (2 if is_sure else LEAST_ROWS):
            lines[place] = " | ".join(row)
    return "\n".join(lines)


def _alike(cells: Sequence[Sequence[str]], place: int) -> int:
    """Rows in a row, this one among them, that have as many cells."""
    first = last = place
    while first > 0 and len(cells[first - 1]) == len(cells[place]) and place - first < LEAST_ROWS:
        first -= 1
    while last + 1 < len(cells) and len(cells[last + 1]) == len(cells[place]) and last - first < LEAST_ROWS:
        last += 1
    return last - first + 1


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _SPACED_COLUMNS.split(line.strip())] if "|" not in line else []

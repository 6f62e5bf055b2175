"""What stands at the ends of pages and is none of the article: running heads and feet, and the number of the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# At the top and bottom of a page so many lines can be its running head and foot.
EDGE_LINES = 2
LONGEST_HEAD = 300
# A number goes on with the pages when it does so on so many of them.
LEAST_PAGES = 2
# So many words with an end mark are a sentence of the article, unless they stand as they are on most pages.
SENTENCE_WORDS = 6
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*\s*$")
# The number of a page, alone or as in "Page 3 of 9"; "Table 3" and "Kiel 12" are none.
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:p|pg|pp|page|pag|pagina|pág|página|s|seite|side|sida|str|strona|oldal|sayfa|с|стр)\.? ?)?(\d{1,4})"
    r"(?: ?(?:/|of|von|de|di|van|sur|av|z|из) ?\d{1,4})?\W*",
    re.I,
)
# More digits are those of no page.
_NUMBER = re.compile(r"(?<!\d)\d{1,6}(?!\d)")


@dataclass(frozen=True, slots=True)
class EdgeLine:
    """A line at the top or bottom of a page; `height` says where, in any unit, 0 where that is not known."""

    text: str
    height: int = 0


def running_lines(pages: Sequence[Sequence[EdgeLine]], *, least: int) -> Iterator[list[bool]]:
    """For each page, which of the lines at its ends are running heads, feet and numbers.

    Such a line says the same at the same height on `least` pages or more, or the same but for a number that goes on
    from page to page as the pages do. Rows of a table and items of a list differ in their numbers otherwise, and stay.
    """
    said = Counter(
        each for page, lines in enumerate(pages) for each in {each for x in lines for each in _said(x, page)}
    )
    steps = Counter(step for page, lines in enumerate(pages) for step in {_step(line, page) for line in lines})
    del steps[None]
    # Of a single page, or of each the first of a section, no number is seen to go on.
    are_numbered = max(steps.values(), default=0) >= LEAST_PAGES
    for page, lines in enumerate(pages):
        running = []
        for line in lines:
            step = _step(line, page)
            is_number = step is not None and (not are_numbered or steps[step] >= LEAST_PAGES)
            same, *counting = (said[each] for each in _said(line, page))
            most = max(least, len(pages) / 2) if _is_sentence(line.text) else least
            running.append(is_number or same >= most or max(counting, default=0) >= LEAST_PAGES)
        yield running


def _said(line: EdgeLine, page: int) -> list[tuple[str, int]]:
    """What it says and where: as it is, then with each number in it given by its distance from that of the page."""
    if len(line.text) > LONGEST_HEAD:
        return [(line.text, -1 - page)]
    text = line.text.strip().casefold()
    numbers = () if _is_sentence(text) else sorted(set(_NUMBER.findall(text)))
    counting = (re.sub(rf"(?<!\d){number}(?!\d)", f"#{int(number) - page}", text) for number in numbers)
    return [(each, line.height) for each in (text, *counting)]


def _step(line: EdgeLine, page: int) -> int | None:
    """How far the number that a line is stands from that of the page; None for a line that is none."""
    match = _PAGE_NUMBER.fullmatch(line.text) if len(line.text) <= LONGEST_HEAD else None
    return int(match[1]) - page if match else None


def _is_sentence(text: str) -> bool:
    return len(text.split()) >= SENTENCE_WORDS and bool(_SENTENCE_END.search(text))

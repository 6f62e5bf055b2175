"""Where the pages of a document begin in its article, whose text was cleaned and laid out anew."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

# So many letters and digits in a row are looked for: enough to be the only such place, few enough to be untouched.
TRIED = 40
# A heading or a line at the top may have been left out; the next letters are tried then.
STEP = 40
MOST_TRIES = 25
# Of so many letters more or less than was expected can have been left out of a page, or of those before it.
REACH = 20_000
# A page with fewer letters cannot be told from any other.
LEAST = 8
_PIECE = re.compile(r"[^\n]{1,200}\n?|\n")


def find_pages(text: str, pages: Sequence[str]) -> tuple[int, ...]:
    """The offsets in `text` at which each of `pages`, its raw text, begins; ascending, the first is 0.

    A page of which nothing is found begins where the one behind it does: it has no text.
    """
    plain = _Plain(text)
    begins: list[int | None] = []
    expected = 0
    for page in pages:
        letters = _letters(page)
        found = _find(plain.letters, letters, expected)
        begins.append(found)
        expected = (expected if found is None else found) + len(letters)
    starts = [len(text)]
    for begin in reversed(begins[1:]):
        starts.append(starts[-1] if begin is None else min(plain.word_at(begin), starts[-1]))
    return (0, *starts[:0:-1]) if pages else ()


def _find(plain: str, page: str, expected: int) -> int | None:
    """Where the first words of `page` stand that are still there, next to where they are expected.

    The same words can be on many pages, as those of forms and of drafts are.
    """
    for n in range(MOST_TRIES):
        words = page[n * STEP : n * STEP + TRIED]
        if len(words) < LEAST:
            return None
        near = expected + n * STEP
        found = (plain.rfind(words, max(0, near - REACH), near + TRIED), plain.find(words, near, near + REACH))
        if max(found) >= 0:
            return min((place for place in found if place >= 0), key=lambda place: abs(place - near))
    return None


def _letters(text: str) -> str:
    """Only letters and digits, as they are compared."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


class _Plain:
    """A text as it is compared, and the way back; a piece at a time, for a book has millions of letters."""

    def __init__(self, text: str) -> None:
        pieces = _PIECE.findall(text)
        plain = [_letters(piece) for piece in pieces]
        self.letters = "".join(plain)
        self._text = text
        self._starts = [0, *accumulate(map(len, pieces))]
        self._letters_before = [0, *accumulate(map(len, plain))]

    def word_at(self, place: int) -> int:
        """Where the word begins in the text, with the marks in front of it, whose letter is at `place`."""
        number = bisect_right(self._letters_before, place) - 1
        start, left = self._starts[number], place - self._letters_before[number]
        while len(_letters(self._text[self._starts[number] : start + 1])) <= left:
            start += 1
        while start > 0 and not self._text[start - 1].isspace():
            start -= 1
        return start

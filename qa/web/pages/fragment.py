"""Links that open the original at the quote: `#:~:text=`, built from the quote's own words; of a PDF, at its page.

https://wicg.github.io/scroll-to-text-fragment/. A browser marks the first place that fits, so a fragment is made only
when the first such place in the article's text is the quote. White space counts as one space; case does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote as percent_encode
from urllib.parse import urlsplit

from corpus.article import Article

# A quote in one line and not longer than this stands in the link whole; of others, the beginning and the end.
MAX_WHOLE_CHARACTERS = 120
# Words to begin with; more are taken until the place is the only one, up to so many: each try reads the article.
WORDS = 4
# Some archives name the folder and not the file: /pdf/2301.01234.
_PDF = re.compile(r"\.pdf$|/pdf/", re.IGNORECASE)
MAX_WORDS = 24


def link_to_passage(url: str, article: Article, start: int, end: int) -> str:
    """`url`, the article's, at its `start:end`: with the page where it is a PDF, else with the fragment."""
    page = article.page_at(start)
    if page is not None and _PDF.search(urlsplit(url).path):
        return f"{url.partition('#')[0]}#page={page}"
    return link_to_quote(url, article.text, start, end)


def link_to_quote(url: str, text: str, start: int, end: int) -> str:
    """`url` with the fragment that finds `text[start:end]`; without one where no fragment finds it first."""
    directive = _Quote(text, start, end).directive()
    if directive is None:
        return url
    address, _, anchor = url.partition("#")
    return f"{address}#{anchor.partition(':~:')[0]}:~:text={directive}"


class _Quote:
    """A quote in its article as a browser searches it; `first` to `last` are its places in that form of the text."""

    def __init__(self, text: str, start: int, end: int) -> None:
        breaks, dropped = [-1], 0
        for run in re.finditer(r"\s+", text):
            breaks += [run.start() - dropped] if "\n" in run[0] else []
            dropped += len(run[0]) - 1
        self.text = _spaced(text)
        self.lower = _lower(self.text)
        self.lines = list(zip([place + 1 for place in breaks], [*breaks[1:], len(self.text)], strict=True))
        self.first, self.last = len(_spaced(text[:start])), len(_spaced(text[:end]))
        while self.first < self.last and self.text[self.first] == " ":
            self.first += 1
        while self.first < self.last and self.text[self.last - 1] == " ":
            self.last -= 1

    def directive(self) -> str | None:
        """What stands behind `text=`; None when nothing finds the quote first."""
        lines = self.pieces(self.first, self.last)
        # A browser does not stop inside a word.
        if not lines or self.cuts_word(self.first) or self.cuts_word(self.last):
            return None
        if len(lines) == 1 and len(lines[0]) <= MAX_WHOLE_CHARACTERS:
            found = self.opening([lines[0]])
            return _written(*found) if found else None
        found = self.opening(list(_growing(lines[0])))
        closed = self.closing(list(_growing(lines[-1], from_end=True)), self.first + len(found[1])) if found else None
        return _written(*found, *closed) if found and closed else None

    def opening(self, terms: list[str]) -> tuple[str, str] | None:
        """(prefix, beginning): the first of `terms` that is found at the quote, the last with a prefix if none is."""
        for term in terms:
            if self.lower.find(_lower(term)) == self.first:
                return "", term
        before, gap = self.pieces(0, self.first), " " * (self.text[self.first - 1 : self.first] == " ")
        for prefix in _growing(before[-1], from_end=True) if before else ():
            if self.lower.find(_lower(f"{prefix}{gap}{terms[0]}")) == self.first - len(prefix + gap):
                return prefix, terms[0]
        return None

    def closing(self, terms: list[str], behind: int) -> tuple[str, str] | None:
        """(end, suffix): the first of `terms` that is found, behind the beginning, at the quote's end."""
        for term in terms:
            if len(term) <= self.last - behind and self.lower.find(_lower(term), behind) + len(term) == self.last:
                return term, ""
        after, gap = self.pieces(self.last, len(self.text)), " " * (self.text[self.last : self.last + 1] == " ")
        for suffix in _growing(after[0]) if after else ():
            if self.lower.find(_lower(f"{terms[0]}{gap}{suffix}"), behind) + len(terms[0]) == self.last:
                return terms[0], suffix
        return None

    def pieces(self, first: int, last: int) -> list[str]:
        """What of each line stands from `first` to `last`."""
        pieces = [self.text[max(start, first) : min(end, last)].strip() for start, end in self.lines]
        return [piece for piece in pieces if piece]

    def cuts_word(self, place: int) -> bool:
        """A word goes on across `place`."""
        return 0 < place < len(self.text) and bool(re.fullmatch(r"\w\w", self.text[place - 1 : place + 1]))


def _growing(line: str, *, from_end: bool = False) -> Iterator[str]:
    """The first WORDS words of `line`, then more and more of them, to MAX_WORDS or all; or the last."""
    words = line.rsplit(" ", MAX_WORDS)[-MAX_WORDS:] if from_end else line.split(" ", MAX_WORDS)[:MAX_WORDS]
    for n in range(min(WORDS, len(words)), len(words) + 1):
        yield " ".join(words[-n:] if from_end else words[:n])


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _lower(text: str) -> str:
    # A letter whose lower case is two letters stays, so that places stay the same.
    return text.translate({ord(c): c.lower() for c in set(text) if len(c.lower()) == 1})


def _written(prefix: str, opening: str, closing: str = "", suffix: str = "") -> str:
    terms = [f"{_encoded(prefix)}-"] if prefix else []
    terms += [_encoded(term) for term in (opening, closing) if term]
    return ",".join([*terms, f"-{_encoded(suffix)}"] if suffix else terms)


def _encoded(words: str) -> str:
    # "-", "," and "&" have a meaning here; percent-encoding leaves the first as it is.
    return percent_encode(words, safe="").replace("-", "%2D")

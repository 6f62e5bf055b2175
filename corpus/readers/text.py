"""A text file, bytes in whatever encoding, to one article."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

import chardet
import ftfy

from corpus.article import Article
from corpus.clean import clean_line, clean_text
from corpus.dateline import is_dateline, skip_dateline
from corpus.errors import UserError
from corpus.language import language_of
from corpus.layout import clean_article
from corpus.markup import is_markdown as has_markdown
from corpus.markup import is_markup, split_front_matter, without_html, without_markdown
from corpus.published import find_published
from corpus.readers.fields import read_fields
from corpus.readers.formats import binary_kind
from corpus.readers.metadata import MAX_LINE, Metadata, parse_metadata
from corpus.sentences import split_sentences
from corpus.source import BYLINE, PUBLISHERS, find_source

# A book has 1 MB; a larger "article" is a dump of many, and would be one hit for every question.
MAX_BYTES = 20_000_000
# Where titles made of running text are cut, at the next space before it.
TITLE_CHARACTERS = 80
# The longest headline in the bundled articles has 94 characters; a paragraph has more than twice that.
MAX_HEADLINE = 200
# A paper's name has up to three words, a headline more.
MAX_MASTHEAD_WORDS = 3
# Masthead, headline, its repetition and the kicker stand in the first lines that are not blank.
HEAD_LINES = 5
# Of random bytes 1 in 10 is a control character; text has hardly any, and a short one may hold a stray one.
MAX_CONTROL_SHARE = 0.05

# Letters beyond ASCII, at most, in a text of one of these languages.
MOST_ACCENTS = 0.15
_WESTERN_LANGUAGES = """
    en de fr es it pt nl da sv no nb nn fi is ga ca eu gl af lb id ms sq
"""
_WESTERN = frozenset(_WESTERN_LANGUAGES.split())

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\x0b\x0c\r\x1a\x1b")) + b"\x7f"
# Sections of a paper, one a line, printed where others print their name.
_SECTIONS = {
    "en": """\
analysis
breaking
breaking news
business
comment
culture
economy
editorial
exclusive
explained
explainer
feature
fact check
health
home
interview
latest news
live
nation
national
news
obituary
opinion
politics
press release
science
sport
sports
technology
top stories
update
video
world
world news
""",
}
_SECTION_NAMES = frozenset(name for names in _SECTIONS.values() for name in names.splitlines())


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands above the story, and the story."""

    title: str
    text: str
    source: str | None = None


def read_text(data: bytes, *, article_id: str, metadata: Mapping[str, object], is_markdown: bool = False) -> Article:
    """Return the article in `data`; what `metadata` (a table of articles.toml, may be empty) says goes before the text.

    Fields in front of the text, between lines of ---, come second, and are no part of it.

    The headline leaves the text, so that no passage is only a headline, unless nothing else would be left.
    Raises UserError for data that is empty, too large or no text, and for bad metadata.
    """
    try:
        known = parse_metadata(metadata)
        front, raw = split_front_matter(decode(data))
        raw = without_markdown(raw) if is_markdown or has_markdown(raw) else raw
        text = clean_article(without_html(raw) if is_markup(raw) else raw)
    except UserError as error:
        raise UserError(f"article {article_id!r}: {error}") from error
    if not text:
        raise UserError(f"article {article_id!r}: it is empty; write its text into it or remove it")
    said = read_fields(front)
    return make_article(
        text, article_id=article_id, known=known, said=Metadata(said.title, said.source, said.published, said.url)
    )


def make_article(text: str, *, article_id: str, known: Metadata, said: Metadata) -> Article:
    """Return the article whose clean text is `text`, which is not empty; without what stands above its story.

    What is `known` goes before what its file has `said`, and that before what the text tells.
    """
    title = known.title or said.title
    language = language_of(text)
    head = _cut_at_title(text, title) if title else _cut_headline(text, language)
    return Article(
        article_id=article_id,
        title=head.title,
        text=head.text,
        source=known.source or said.source or head.source or find_source(text, language),
        published=known.published or said.published or find_published(text, language),
        url=known.url or said.url,
    )


def decode(data: bytes) -> str:
    """Return `data` as text: by its byte order mark, else as UTF-8, else in the encoding it looks most like.

    Raises UserError where it is binary, too large, or like no encoding at all.
    """
    if len(data) > MAX_BYTES:
        raise UserError(f"it has more than {MAX_BYTES:,} bytes; split it into one file for each article")
    return decode_text(data)


def decode_text(data: bytes) -> str:
    """`data`, of any size, as `decode` has it."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    _refuse_binary(data)
    text = data.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    # A cut or patched UTF-8 file still has more good characters beyond ASCII than bad ones; another encoding has none.
    beyond_ascii = len(text) - len(text.encode("ascii", errors="ignore"))
    # What was UTF-8, was read as another encoding and saved again ("cafÃ©") is put right.
    return ftfy.fix_encoding(text if not lost or beyond_ascii > 2 * lost else _decode_by_look(data))


def first_words(line: str, language: str = "en") -> str:
    """Return a title made of running text: its first words after the dateline, cut near 80 characters."""
    text = skip_dateline(line.split("\n", 1)[0], language)
    if len(text) <= TITLE_CHARACTERS:
        return text
    cut = text[: TITLE_CHARACTERS + 1]
    # Japanese has no spaces to cut at, and a first word can be longer than the title.
    words = cut.rsplit(" ", 1)[0] if " " in cut else cut[:TITLE_CHARACTERS]
    return words.rstrip(" ,;:–—-") + "…"


def cut_at_title(text: str, title: str) -> str:
    """Return the text below the line that is `title`, if it is one of the first and something is below; else all."""
    return _cut_at_title(text, title).text


def _refuse_binary(data: bytes) -> None:
    name = binary_kind(data)
    if name:
        raise UserError(f"it is {name}, not text; save its text as UTF-8 first")
    controls = len(data) - len(data.translate(None, _CONTROLS))
    if b"\x00" in data or controls > MAX_CONTROL_SHARE * len(data):
        raise UserError(f"it is binary ({controls} control bytes of {len(data)}), not text; save its text as UTF-8")


def _decode_by_look(data: bytes) -> str:
    western = data.decode("cp1252", errors="replace")
    beyond = sum(not character.isascii() for character in western if character.isalpha())
    # A few quotation marks or accents fit many encodings.
    if beyond < MOST_ACCENTS * len(western) and "\ufffd" not in western and language_of(western) in _WESTERN:
        return western
    encoding = chardet.detect(data)["encoding"]
    try:
        return data.decode(encoding or "")
    except (LookupError, UnicodeDecodeError) as error:
        raise UserError("its encoding cannot be told; save it as UTF-8") from error


def _cut_at_title(text: str, title: str) -> _Head:
    """Return the text below the line that is `title`, if it is one of the first: masthead and all above it go too."""
    lines = text.split("\n")
    for number in _filled(lines)[:HEAD_LINES]:
        if _is_same(lines[number], title):
            return _Head(title, _story(lines[number + 1 :], title) or text)
    return _Head(title, text)


def _cut_headline(text: str, language: str) -> _Head:
    lines = text.split("\n")
    filled = [number for number in _filled(lines) if any(map(str.isalpha, lines[number]))] or _filled(lines)
    first = lines[filled[0]]
    if not _is_headline(first, language):
        return _Head(first_words(first, language), text)
    second = lines[filled[1]] if len(filled) > 1 else ""
    if _is_masthead(first, second, text, language):
        source = None if first.casefold() in _SECTION_NAMES else clean_line(first, max_characters=MAX_LINE)
        return _Head(second, _story(lines[filled[1] + 1 :], second) or text, source)
    return _Head(first.lstrip("# ") or first, _story(lines[filled[0] + 1 :], first) or text)


def _story(lines: list[str], title: str) -> str:
    """`lines` without a repetition of the title near their beginning."""
    repeated = {number for number in _filled(lines)[:HEAD_LINES] if _is_same(lines[number], title)}
    return clean_text("\n".join(line for number, line in enumerate(lines) if number not in repeated))


def _filled(lines: list[str]) -> list[int]:
    return [number for number, line in enumerate(lines) if line]


def _is_same(line: str, title: str) -> bool:
    return line.lstrip("# ").casefold() == title.lstrip("# ").casefold()


def _is_headline(line: str, language: str) -> bool:
    """Whether `line` is not running text: short, one sentence, no full stop, no dateline, not only a day."""
    is_short = len(line) <= MAX_HEADLINE and not line.endswith((".", "。", ":"))
    is_plain = skip_dateline(line, language) == line and not is_dateline(line, language)
    return is_short and is_plain and len(split_sentences(line, language)) == 1


def _is_masthead(first: str, second: str, text: str, language: str) -> bool:
    """Whether `first` is the paper's name or its section and `second`, below it, the headline.

    A short headline with a longer line below it looks the same: a name is one in capitals that the line below does not
    have, one that ends as those of papers do, or one that the text gives as its source.
    """
    if (
        len(first.split()) > MAX_MASTHEAD_WORDS
        or len(first) > TITLE_CHARACTERS
        or first.endswith(("?", "!", "？", "！"))
    ):
        return False
    if not _is_headline(second, language) or BYLINE.match(second):
        return False
    if first.casefold() in _SECTION_NAMES:
        return True
    if first.split()[-1] in PUBLISHERS or (find_source(text, language) or "").casefold() == first.casefold():
        return True
    words = [word for word in first.split() if len(word) > 3]
    is_name = all(word[0].isupper() for word in words) and not second.isupper()
    # What a headline names, the story names too; a paper in capitals may have its town's name.
    rest = text[len(first) :].casefold()
    named = [bool(re.search(rf"\b{re.escape(word.casefold())}", rest)) for word in words]
    return bool(words) and is_name and not (all(named) if first.isupper() else any(named))

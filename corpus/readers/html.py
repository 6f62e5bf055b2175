"""A web page to one article: its main text without menus, notices and comments, and what it says of itself."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator

import ftfy
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction

from corpus.article import Article
from corpus.clean import clean_text
from corpus.errors import UserError
from corpus.language import language_of
from corpus.published import find_published
from corpus.readers.blocks import lines_of
from corpus.readers.find import ID_DIGITS
from corpus.readers.metadata import MAX_ID, NOTHING_KNOWN, Metadata, parse_article_id
from corpus.readers.page import PageFacts, read_facts
from corpus.readers.text import MAX_BYTES, cut_at_title, decode, first_words

# The declaration of the encoding stands at the beginning.
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
_DECLARED_WITHIN = 4_096
# As browsers read these names.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
# Elements without a word of the article. A page of today has thousands of them, and each way to find its text goes
# through all that is there: without them it is read in four fifths of the time.
_WORDLESS = ("style", "svg", "link", "meta")
# The one kind of script that is looked at: whether the page is a forum's.
_RECORDS = "application/ld+json"
# Seven bits a byte, so that their text is valid UTF-8 as well, and nonsense.
_SEVEN_BITS = ("iso2022", "hz")

# Lines that belong to the page: what else to read, where to follow or subscribe, what cookies are for. Each begins with
# words that no sentence of an article begins with, or nearly none.
_NOTICE = re.compile(
    r"(?:read more|see more|see also|also read|read also|related|recommended|watch|don[’']t miss|more on this)\s*:\s|"
    r"don[’']t miss$|related (?:articles|stories|topics|content)$|"
    r"follow .{0,60} on (?:twitter|facebook|instagram|x\b)|like this story\? share|"
    r"(?:sign up|subscribe)\b.{0,100}\b(?:newsletter|inbox)|get .{0,60} (?:to|in) your inbox|"
    r"(?:we|we and our .{0,40}|this (?:web)?site|our (?:web)?site) uses? cookies|"
    r"(?:already a|become a) (?:subscriber|member)\b|to (?:continue|keep) reading\b|"
    r"(?:subscribe|log in|sign in|register)\b.{0,40} to (?:continue|keep|read)|"
    r"(?:this|the full) (?:article|story) is (?:only )?(?:for|available to) .{0,30}subscribers|"
    r"(?:lesen sie auch|mehr zum thema|lire aussi|leer también|lea también|leggi anche|lees ook)\s*:",
    re.I,
)
LONGEST_NOTICE = 250
# A text of fewer characters is doubted, where another way finds so many times as much.
SHORT_TEXT = 700
LARGER = 3


def read_html(
    data: bytes,
    *,
    article_id: str | None = None,
    address: str | None = None,
    encoding: str | None = None,
    known: Metadata = NOTHING_KNOWN,
) -> Article:
    """Return the article of the page `data`, which came from `address`, if it is on the web.

    `encoding` is what the server said of it, `known` what somebody wrote down, which goes first. Headings and
    paragraphs are lines of their own, items begin with "• " or a number, the cells of a row stand between bars.

    The canonical address names the article, else `address`, else `article_id`, else its text. Raises UserError for data
    that is too large, or binary, or has no text of an article.
    """
    markup = decode_html(data, encoding)
    tree = parse_html(markup)
    facts = read_facts(tree, markup, address)
    title = known.title or facts.title
    # Text that was read in a wrong encoding and saved again is put right; of the whole page that would take longer than
    # all the rest.
    text = clean_text(ftfy.fix_encoding("\n".join(main_text(tree))))
    if not text:
        raise UserError("the page has no text of an article; save the article's own page, or its text")
    language = facts.language or language_of(text)
    return Article(
        article_id=_article_id(facts, address, article_id, text),
        title=title or first_words(text, language),
        text=cut_at_title(text, title) if title else text,
        source=known.source or facts.source,
        published=known.published or facts.published or find_published(text, language),
        url=known.url or facts.url,
    )


def decode_html(data: bytes, encoding: str | None = None) -> str:
    """Return the page as text: UTF-8 where it is that, else as the server or the page itself says, else as it looks."""
    if len(data) > MAX_BYTES:
        raise UserError(f"the page has more than {MAX_BYTES:,} bytes; save its text alone")
    declared = _DECLARED.search(data, 0, _DECLARED_WITHIN)
    named = [_codec(name) for name in (encoding, declared[1].decode() if declared else None) if name]
    if named and named[0].startswith(_SEVEN_BITS):
        return data.decode(named[0], errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        for codec in filter(None, named):
            text = data.decode(codec, errors="replace")
            # A name that does not fit is no better than none.
            if text.count("\ufffd") * 100 <= len(text):
                return text
    return decode(data)


def _codec(name: str) -> str:
    """Python's name of an encoding; "" for one that is none of text."""
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    is_text = getattr(codec, "_is_text_encoding", True) and not codec.name.startswith(("utf-7", "idna", "punycode"))
    return _MEANT.get(codec.name, codec.name) if is_text else ""


def parse_html(markup: str) -> HtmlElement:
    """Return the tree of a page; nothing that it names is loaded. Raises UserError where there is none."""
    # The parser ends at a NUL.
    data = markup.replace("\0", "").encode("utf-8", "replace")
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return document_fromstring(data, parser=parser)
    # For a page of nothing but blanks or comments.
    except (etree.LxmlError, ValueError) as error:
        raise UserError("the page is empty") from error


def main_text(tree: HtmlElement) -> Iterator[str]:
    """The lines of the article in the page, a blank one between its blocks; of the tree goes what has no words."""
    for script in tree.iter("script"):
        if script.get("type") != _RECORDS:
            script.tag = "style"
    etree.strip_elements(tree, *_WORDLESS, with_tail=False)
    # Its way for precision drops lists of links and notices that the other keeps, but of some pages nearly all.
    precise = _extracted(tree, is_precise=True)
    size = sum(map(len, precise))
    if size < SHORT_TEXT:
        other = _extracted(tree, is_precise=False)
        if sum(map(len, other)) > LARGER * size:
            return iter(other)
    return iter(precise)


def _extracted(tree: HtmlElement, *, is_precise: bool) -> list[str]:
    found = bare_extraction(tree, include_comments=False, favor_precision=is_precise, with_metadata=False)
    lines = list(lines_of(found.body)) if found is not None and not isinstance(found, dict) else []
    return [line for line in lines if not _is_notice(line)]


def _is_notice(line: str) -> bool:
    return len(line) <= LONGEST_NOTICE and bool(_NOTICE.match(line.removeprefix("• ")))


def _article_id(facts: PageFacts, address: str | None, given: str | None, text: str) -> str:
    for name in (facts.url, address, given):
        if name and len(name) <= MAX_ID:
            return parse_article_id(name)
    return f"text-{hashlib.sha256((facts.url or address or text).encode()).hexdigest()[:ID_DIGITS]}"

"""What a file is, by its name and by its first bytes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum

from corpus.errors import UserError

# So many bytes from the beginning tell what a file is.
HEAD_BYTES = 8_192
# In front of a PDF's mark there may be other bytes, as its specification has it.
_PDF_WITHIN = 1_024
_LEAST_HEADERS = 2


class Format(StrEnum):
    """What a file can be; the value is how it is called."""

    TEXT = "text"
    MARKDOWN = "Markdown"
    JSONL = "JSON Lines"
    JSON = "JSON"
    TABLE = "a table"
    HTML = "a web page"
    MHTML = "a saved page (MHTML)"
    FEED = "a feed"
    WORDPRESS = "a WordPress export"
    PDF = "PDF"
    DOCX = "a Word document"
    ODT = "an OpenDocument text"
    RTF = "RTF"
    EPUB = "an EPUB book"
    MAIL = "a mail"
    MBOX = "a mailbox"
    GZIP = "a gzip file"
    ZIP = "a ZIP archive"


SUFFIXES = {
    ".txt": Format.TEXT,
    ".text": Format.TEXT,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".json": Format.JSON,
    ".csv": Format.TABLE,
    ".tsv": Format.TABLE,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".mhtml": Format.MHTML,
    ".mht": Format.MHTML,
    ".rss": Format.FEED,
    ".atom": Format.FEED,
    ".xml": Format.FEED,
    ".pdf": Format.PDF,
    ".docx": Format.DOCX,
    ".docm": Format.DOCX,
    ".odt": Format.ODT,
    ".rtf": Format.RTF,
    ".epub": Format.EPUB,
    ".eml": Format.MAIL,
    ".mbox": Format.MBOX,
    ".gz": Format.GZIP,
    ".zip": Format.ZIP,
}
# All of these are ZIP files.
ZIPPED = (Format.DOCX, Format.ODT, Format.EPUB, Format.ZIP)
# Text that only its name tells from any other text.
_BY_NAME = (Format.TEXT, Format.MARKDOWN, Format.TABLE, Format.JSONL, Format.JSON)

_BINARY = {
    b"%PDF-": "a PDF file",
    b"PK\x03\x04": "a ZIP file (or a Word, OpenDocument or EPUB file)",
    b"\x1f\x8b": "a gzip file",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"II*\x00": "a TIFF picture",
    b"MM\x00*": "a TIFF picture",
    b"8BPS": "a Photoshop picture",
    b"\x00\x00\x01\x00": "an icon",
    b"RIFF": "a WebP picture, a sound or a film",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel file",
    b"{\\rtf": "an RTF file",
    b"7z\xbc\xaf": "a 7-Zip file",
    b"Rar!": "a RAR file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"ID3": "an MP3 sound",
    b"OggS": "an Ogg sound or film",
    b"fLaC": "a FLAC sound",
    b"\x1aE\xdf\xa3": "a Matroska film",
    b"MZ": "a Windows program",
    b"\x7fELF": "a program",
    b"\xcf\xfa\xed\xfe": "a program",
    b"\xca\xfe\xba\xbe": "a program",
    b"SQLite format 3": "an SQLite database",
    b"PAR1": "a Parquet file",
    b"wOFF": "a font",
    b"wOF2": "a font",
    b"ITOLITLS": "a Reader e-book",
    b"ZIM\x04": "a ZIM file",
}
# What begins a text as well is sure only with a byte that no text has.
_ALSO_WORDS = (b"MZ", b"BZh", b"ID3", b"RIFF", b"PAR1", b"GIF8")
# A comment that was read to its end is not read again to a later one: that would double the time with each.
_HTML = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?><!--.{0,2000}?-->\s*)*+<(?:!doctype\s+html|html|head|body)[\s>]", re.I | re.S
)
_TAG = re.compile(r"<(?:!doctype|!--|/?[a-z][a-z0-9]*)[\s>/]", re.I)
_FEED = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?><\?[^>]*>\s*|<!--.{0,2000}?-->\s*|<!doctype[^>\[]*>\s*)*+<(?:rss|feed|rdf:rdf|urlset|sitemapindex)[\s>]",
    re.I | re.S,
)
_WORDPRESS = re.compile(r"wordpress\.org/export/", re.I)
_JSON_FEED = re.compile(r'\s*\{.{0,500}?"https://jsonfeed\.org/version/', re.S)
_HEADER = re.compile(
    r"^(?:from|to|cc|subject|date|received|return-path|message-id|mime-version|content-type|delivered-to|reply-to|"
    r"x-[\w-]+|snapshot-content-location):",
    re.I | re.M,
)
_MHTML = re.compile(r"^content-type:\s*multipart/related", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is; `named` is what its name says, where that is something else."""

    format: Format
    named: Format | None = None


def binary_kind(data: bytes) -> str | None:
    """What a file is that is no text, by its first bytes; None where they say nothing."""
    for magic, name in _BINARY.items():
        if data.startswith(magic) and (magic not in _ALSO_WORDS or b"\x00" in data[:HEAD_BYTES]):
            return name
    if data[4:8] == b"ftyp":
        return "a film, or a picture of a telephone"
    return "a tar archive" if data[257:262] == b"ustar" else None


def suffix_of(name: str) -> str:
    """The ending of a file's name, in small letters: ".txt", ".jsonl.gz"; "" for a name without one."""
    match = re.search(r"(?:\.\w{1,8})?\.gz$|(?<=.)\.\w{1,12}$", name.lower())
    return match.group() if match else ""


def named_format(name: str) -> Format | None:
    """What the name of a file says that it is; None where no such file holds articles."""
    suffix = suffix_of(name)
    if suffix.endswith(".gz"):
        inner = SUFFIXES.get(suffix.removesuffix(".gz"))
        return None if inner is None else Format.GZIP
    return SUFFIXES.get(suffix)


def recognise(name: str, head: bytes) -> Recognised:
    """What the file `name` is, of which `head` are the first bytes. A ZIP file is told by what is in it, not here.

    Raises UserError, which names it, for a file that no reader is for.
    """
    named = named_format(name)
    found = _by_content(head, named)
    if found is None:
        kind = binary_kind(head)
        if kind or (b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff"))):
            hint = ""
            if head.startswith(b"\xd0\xcf\x11\xe0"):
                hint = ", or a newer one that is locked with a password; save it as .docx, without a password"
            raise UserError(f"it is {kind or 'binary, of a kind not known here'}{hint}; no article is read from it")
        if _as_text(head).startswith("<?xml"):
            raise UserError("it is XML, but no feed and no page; save its articles as pages, text or JSON Lines")
        found = named if named in _BY_NAME else Format.TEXT
    if found is Format.ZIP and named in ZIPPED:
        return Recognised(named)
    is_wrong = named is not None and found is not named and not (found is Format.JSONL and named is Format.JSON)
    return Recognised(found, named if is_wrong else None)


def _by_content(head: bytes, named: Format | None) -> Format | None:
    """What the first bytes say beyond doubt, or with the name together; None for a text that may be anything."""
    for magic, found in ((b"{\\rtf", Format.RTF), (b"\x1f\x8b", Format.GZIP), (b"PK\x03\x04", Format.ZIP)):
        if head.startswith(magic):
            return found
    # Behind these: a ZIP file may have a PDF in it as it is.
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return Format.PDF
    if binary_kind(head):
        return None
    text = _as_text(head)
    if _FEED.match(text) or _JSON_FEED.match(text):
        return Format.WORDPRESS if _WORDPRESS.search(text) else Format.FEED
    if _HTML.match(text) or (named is Format.HTML and _TAG.search(text)):
        return Format.HTML
    if named not in (Format.TEXT, Format.MARKDOWN, Format.TABLE):
        return _mail(text) or _json(text, named)
    return None


def _as_text(head: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(mark):
            return head[: len(head) // 2 * 2].decode(encoding, "replace").lstrip()
    return head.decode("utf-8-sig", "replace").lstrip()


def _mail(text: str) -> Format | None:
    headers = re.split(r"\r?\n\r?\n", text, maxsplit=1)[0]
    if text.startswith("From ") and _HEADER.search(headers):
        return Format.MBOX
    if not re.match(r"[\w-]+:", text) or len(_HEADER.findall(headers)) < _LEAST_HEADERS:
        return None
    return Format.MHTML if _MHTML.search(headers) else Format.MAIL


def _json(text: str, named: Format | None) -> Format | None:
    if re.match(r"\[\s*\{", text):
        return Format.JSON
    if not re.match(r"\{\s*\"", text):
        return None
    first, _, rest = text.partition("\n")
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        # A line can be longer than what was looked at.
        is_lines = named is Format.JSONL or (not rest and len(text) >= HEAD_BYTES // 2 and named is not Format.JSON)
        return Format.JSONL if is_lines else Format.JSON
    return Format.JSON if named is Format.JSON and not rest.strip() else Format.JSONL

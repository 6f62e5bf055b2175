"""Mails and newsletters (.eml), mailboxes (.mbox), and pages that a browser has saved as one (MHTML)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from typing import BinaryIO

from corpus.article import Article
from corpus.clean import clean_line, clean_text
from corpus.errors import UserError
from corpus.layout import clean_article
from corpus.readers.blocks import lines_of
from corpus.readers.find import ID_DIGITS
from corpus.readers.html import decode_html, parse_html, read_html
from corpus.readers.metadata import MAX_ID, MAX_LINE, Metadata
from corpus.readers.text import MAX_BYTES, decode, make_article

# In front of a line that begins a mail in a mailbox.
_BEGINS = b"From "
_ESCAPED = re.compile(rb"^>(>*From )", re.M)
# So many parts are looked at; a hostile mail could have millions.
MAX_PARTS = 1_000


def read_mail(data: bytes, *, article_id: str, known: Metadata) -> Iterator[Article | str]:
    """The article of a mail, and a remark on the files that come with it. Raises UserError for one without text.

    Its number names it (Message-ID), so that it is the same in a file of its own and in a mailbox.
    """
    mail = _parsed(data)
    parts = _parts(mail)
    text = _text(parts)
    if not text:
        raise UserError("the mail has no text")
    number = clean_line(_header(mail, "Message-ID"), max_characters=MAX_ID).strip("<> ")
    said = Metadata(
        title=clean_line(_header(mail, "Subject"), max_characters=MAX_LINE) or None,
        source=_sender(mail),
        published=_day(mail),
    )
    yield make_article(text, article_id=number or article_id, known=known, said=said)
    named = [clean_line(part.get_filename() or "", max_characters=80) for part in parts if part.get_filename()]
    if named:
        yield f"files that come with it are not read: {', '.join(map(repr, named[:5]))}"


def read_mhtml(data: bytes, *, article_id: str, known: Metadata) -> Article:
    """Return the article of a saved page; its address is the one it was saved from. Raises UserError without a page."""
    mail = _parsed(data)
    for part in _parts(mail):
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            address = _header(mail, "Snapshot-Content-Location") or _header(part, "Content-Location")
            is_web = address.startswith(("http://", "https://"))
            return read_html(
                _payload(part),
                article_id=article_id,
                address=address if is_web else None,
                encoding=part.get_content_charset(),
                known=known,
            )
    raise UserError("the saved page has no page in it")


def split_mailbox(stream: BinaryIO) -> Iterator[bytes]:
    """The mails of a mailbox, one after another; of one that is too large only as much as shows that it is."""
    lines: list[bytes] = []
    size = 0
    is_after_blank = True
    while line := stream.readline(MAX_BYTES + 1):
        if is_after_blank and line.startswith(_BEGINS):
            if lines:
                yield _ESCAPED.sub(rb"\1", b"".join(lines))
            lines, size = [], 0
        elif size <= MAX_BYTES:
            lines.append(line)
            size += len(line)
        is_after_blank = not line.strip()
    if lines:
        yield _ESCAPED.sub(rb"\1", b"".join(lines))


def _parsed(data: bytes) -> EmailMessage:
    if len(data) > MAX_BYTES:
        raise UserError(f"it has more than {MAX_BYTES:,} bytes")
    # The standard library lets errors of every kind through for mails that nobody has sent.
    try:
        return message_from_bytes(data, policy=policy.default)
    except Exception as error:
        raise UserError(f"the mail is damaged: {error!r:.100}") from error


def _parts(mail: EmailMessage) -> list[EmailMessage]:
    found = []
    try:
        for part in mail.walk():
            if not part.is_multipart():
                found.append(part)
            if len(found) >= MAX_PARTS:
                break
    except RecursionError as error:
        raise UserError("the mail is damaged: its parts stand in each other without end") from error
    return found


def _header(part: EmailMessage, name: str) -> str:
    try:
        return str(part.get(name) or "")
    # Known faults of the library's parser of headers.
    except Exception:
        return ""


def _payload(part: EmailMessage) -> bytes:
    payload = None
    with suppress(Exception):
        payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(parts: list[EmailMessage]) -> str:
    """The text of the mail: its plain form, where that says as much as the other."""
    shown = [part for part in parts if not part.get_filename() and part.get_content_disposition() != "attachment"]
    plain = "\n\n".join(_plain(part) for part in shown if part.get_content_type() == "text/plain")
    plain = clean_article(plain)
    marked = "\n\n".join(_marked(part) for part in shown if part.get_content_type() == "text/html")
    return plain if len(plain.split()) * 2 >= len(marked.split()) else marked


def _plain(part: EmailMessage) -> str:
    data = _payload(part)
    encoding = part.get_content_charset()
    with suppress(LookupError, UnicodeDecodeError):
        if encoding:
            text = data.decode(encoding)
            return _unfolded(text) if part.get_param("format") == "flowed" else text
    return decode(data) if data.strip() else ""


def _unfolded(text: str) -> str:
    """Lines that end with a space go on (RFC 3676)."""
    return re.sub(r"(?<!^--) \r?\n(?!>)", " ", text)


def _marked(part: EmailMessage) -> str:
    with suppress(UserError):
        tree = parse_html(decode_html(_payload(part), part.get_content_charset()))
        body = tree.find("body")
        return clean_text("\n".join(lines_of(tree if body is None else body)))
    return ""


def _sender(mail: EmailMessage) -> str | None:
    """The name of the sender, else the host of the address."""
    name, address = parseaddr(_header(mail, "From"))
    return clean_line(name or address.rpartition("@")[2], max_characters=MAX_LINE) or None


def _day(mail: EmailMessage) -> date | None:
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        return parsedate_to_datetime(_header(mail, "Date")).date()
    return None


def mail_id(data: bytes) -> str:
    """A name for a mail without a number."""
    return f"mail-{hashlib.sha256(data).hexdigest()[:ID_DIGITS]}"

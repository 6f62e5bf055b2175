"""A document of any format to its articles. Its library is imported only when there is one to read."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.article import Article
from corpus.errors import UserError
from corpus.readers.formats import Format
from corpus.readers.metadata import Metadata

# What one document gives: articles, remarks on them, and why a part of it is not read.
Found = Article | str | UserError
# The address of a page, and the encoding that its server named.
FoundAt = tuple[str | None, str | None]

# Formats of one document a file, read whole.
DOCUMENTS = (
    Format.HTML,
    Format.MHTML,
    Format.PDF,
    Format.DOCX,
    Format.ODT,
    Format.RTF,
    Format.EPUB,
    Format.MAIL,
)


def read_document(
    found: Format, data: bytes, *, article_id: str, known: Metadata, found_at: FoundAt | None = None
) -> Iterator[Found]:
    """The articles of the document `data`, of a format in DOCUMENTS. Raises UserError where it cannot be read."""
    if found is Format.HTML:
        from corpus.readers.html import read_html

        address, encoding = found_at or (None, None)
        yield read_html(data, article_id=article_id, known=known, address=address, encoding=encoding)
    elif found is Format.PDF:
        from corpus.readers.pdf import read_pdf

        yield read_pdf(data, article_id=article_id, known=known)
    elif found is Format.EPUB:
        from corpus.readers.epub import read_epub

        yield from read_epub(data, article_id=article_id, known=known)
    elif found in (Format.MAIL, Format.MHTML):
        yield from _read_mail(found, data, article_id, known)
    else:
        yield _read_office(found, data, article_id, known)


def _read_mail(found: Format, data: bytes, article_id: str, known: Metadata) -> Iterator[Found]:
    from corpus.readers.mail import read_mail, read_mhtml

    if found is Format.MHTML:
        yield read_mhtml(data, article_id=article_id, known=known)
    else:
        yield from read_mail(data, article_id=article_id, known=known)


def _read_office(found: Format, data: bytes, article_id: str, known: Metadata) -> Article:
    if found is Format.DOCX:
        from corpus.readers.docx import read_docx

        return read_docx(data, article_id=article_id, known=known)
    if found is Format.ODT:
        from corpus.readers.odt import read_odt

        return read_odt(data, article_id=article_id, known=known)
    from corpus.readers.rtf import read_rtf

    return read_rtf(data, article_id=article_id, known=known)

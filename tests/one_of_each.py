"""The same articles in every format that is read: `python tests/one_of_each.py FOLDER` writes the bundled ones."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import textwrap
import zipfile
from collections.abc import Callable, Iterator, Sequence
from email.message import EmailMessage
from html import escape
from pathlib import Path

from corpus.article import Article
from corpus.bundled import ARTICLES
from corpus.readers import read_articles

LINES_A_PAGE = 40
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def bundled() -> list[Article]:
    return [each for each in read_articles([str(ARTICLES)]) if isinstance(each, Article)]


def blocks(article: Article) -> Iterator[tuple[str, list[str]]]:
    """The paragraphs, headings and lists of the article: "p", "h2" or "ul", with the lines of each."""
    items: list[str] = []
    for line in [*article.text.split("\n"), ""]:
        if line.startswith("• "):
            items.append(line[2:])
            continue
        if items:
            yield "ul", items
            items = []
        if line:
            yield ("p" if line[-1] in ".!?”\"')" or len(line.split()) > 12 else "h2"), [line]


def html(article: Article) -> bytes:
    body = "".join(
        f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
        if kind == "ul"
        else f"<{kind}>{escape(lines[0])}</{kind}>"
        for kind, lines in blocks(article)
    )
    day = (
        f'<meta property="article:published_time" content="{article.published}T09:00:00Z">' if article.published else ""
    )
    site = f'<meta property="og:site_name" content="{escape(article.source)}">' if article.source else ""
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(article.title)}</title>
    {day}{site}</head><body><nav><a href="/">Home</a> <a href="/world">World</a></nav>
    <div class="cookie-banner"><p>We value your privacy. Accept all cookies?</p></div>
    <main><article><h1>{escape(article.title)}</h1>{body}</article></main>
    <aside><h3>Related articles</h3><ul><li><a href="/a">Something else</a></li></ul></aside>
    <footer>© 2024 Example Media. All rights reserved.</footer></body></html>""".encode()


def markdown(article: Article) -> bytes:
    # What would be marks is written as text.
    def plain(line: str) -> str:
        return re.sub(r"([\\`*_\[\]<>#])", r"\\\1", line)

    parts = [f"# {plain(article.title)}"]
    for kind, lines in blocks(article):
        parts.append("\n".join(f"- {plain(line)}" for line in lines) if kind == "ul" else plain(lines[0]))
    return "\n\n".join(parts).encode()


def pdf(article: Article) -> bytes:
    """Wrapped, on pages with a running head and a number."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages
    from matplotlib.figure import Figure

    lines: list[str] = [article.title, ""]
    for kind, block in blocks(article):
        for line in block:
            mark = "• " if kind == "ul" else ""
            lines += textwrap.wrap(mark + line, 95, break_long_words=False, break_on_hyphens=False)
        lines.append("")
    packed = io.BytesIO()
    with rc_context({"pdf.fonttype": 42}), PdfPages(packed) as pages:
        for number, first in enumerate(range(0, len(lines), LINES_A_PAGE), start=1):
            figure = Figure(figsize=(8.3, 11.7))
            FigureCanvasPdf(figure)
            figure.text(0.1, 0.96, "The Example Review", fontsize=8)
            for place, line in enumerate(lines[first : first + LINES_A_PAGE]):
                # As it stands: a dollar sign would begin a formula.
                figure.text(0.1, 0.92 - place * 0.02, line, fontsize=9, parse_math=False)
            figure.text(0.5, 0.03, str(number), fontsize=8)
            pages.savefig(figure)
    return packed.getvalue()


def docx(article: Article) -> bytes:
    def paragraph(text: str, properties: str = "") -> str:
        return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'

    listed = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    heading = '<w:pPr><w:pStyle w:val="Heading2"/></w:pPr>'
    body = paragraph(article.title, '<w:pPr><w:pStyle w:val="Title"/></w:pPr>')
    for kind, lines in blocks(article):
        body += "".join(paragraph(line, {"ul": listed, "h2": heading}.get(kind, "")) for line in lines)
    types = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    return _zipped({
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{types}.document.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_RELATED}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="r1" Type="{_RELATED}/styles" Target="styles.xml"/>'
        f'<Relationship Id="r2" Type="{_RELATED}/numbering" Target="numbering.xml"/></Relationships>',
        "word/styles.xml": f'<w:styles xmlns:w="{_WORD}">'
        '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/></w:style></w:styles>',
        "word/numbering.xml": f'<w:numbering xmlns:w="{_WORD}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">'
        '<w:numFmt w:val="bullet"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        "</w:numbering>",
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
    })


def odt(article: Article) -> bytes:
    body = f"<text:h>{escape(article.title)}</text:h>"
    for kind, lines in blocks(article):
        if kind == "ul":
            items = "".join(f"<text:list-item><text:p>{escape(line)}</text:p></text:list-item>" for line in lines)
            body += f"<text:list>{items}</text:list>"
        else:
            tag = "h" if kind == "h2" else "p"
            body += f"<text:{tag}>{escape(lines[0])}</text:{tag}>"
    return _zipped({
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f'<office:document-content xmlns:office="{_OFFICE}:office:1.0" xmlns:text="{_OFFICE}:text:1.0">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
    })


def rtf(article: Article) -> bytes:
    def escaped(text: str) -> str:
        text = re.sub(r"([\\{}])", r"\\\1", text)
        return "".join(each if each.isascii() else f"\\u{ord(each)}?" for each in text)

    lines = [escaped(article.title)]
    for kind, block in blocks(article):
        lines += [("\\bullet  " if kind == "ul" else "") + escaped(line) for line in block]
    return ("{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Times;}}\n" + "\\par\n".join(lines) + "\\par}").encode("ascii")


def epub(articles: Sequence[Article]) -> bytes:
    """All of them in one book, a chapter each."""
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
    }
    items = spine = contents = ""
    for number, article in enumerate(articles):
        name = f"{article.article_id}.xhtml"
        body = re.sub(rb"(?s).*<main>(.*)</main>.*", rb"\1", html(article)).decode()
        files[f"OEBPS/{name}"] = f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'
        items += f'<item id="c{number}" href="{name}" media-type="application/xhtml+xml"/>'
        spine += f'<itemref idref="c{number}"/>'
        contents += f'<li><a href="{name}">{escape(article.title)}</a></li>'
    files["OEBPS/nav.xhtml"] = f'<html xmlns="http://www.w3.org/1999/xhtml"><body><ol>{contents}</ol></body></html>'
    files["OEBPS/book.opf"] = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>Five articles</dc:title></metadata><manifest>"
        f'<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>{items}'
        f'</manifest><spine><itemref idref="nav"/>{spine}</spine></package>'
    )
    return _zipped(files)


def mail(article: Article) -> bytes:
    message = EmailMessage()
    message["Subject"] = article.title
    message["From"] = f"{article.source or 'Desk'} <desk@news.example>"
    message["To"] = "reader@example.org"
    message["Message-ID"] = f"<{article.article_id}@news.example>"
    if article.published:
        message["Date"] = article.published.strftime("%d %b %Y 09:00:00 +0000")
    message.set_content(f"{article.title}\n\n{article.text}\n", cte="quoted-printable")
    return bytes(message)


def mhtml(article: Article) -> bytes:
    page = html(article).replace(b"<meta charset=", b"<meta data-x=")
    return (
        b"From: <Saved by Blink>\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="----b"\n\n------b\n'
        b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + page + b"\n------b--\n"
    )


def text(article: Article) -> bytes:
    return f"{article.title}\n\n{article.text}\n".encode()


def records(articles: Sequence[Article]) -> list[dict[str, str]]:
    fields = ({key: value for key, value in each.to_record().items() if value is not None} for each in articles)
    return [{key: str(value) for key, value in each.items()} for each in fields]


def table(articles: Sequence[Article], separator: str = ",") -> bytes:
    written = io.StringIO()
    names = ["article_id", "title", "text", "source", "published", "url"]
    rows = csv.DictWriter(written, names, delimiter=separator)
    rows.writeheader()
    rows.writerows(records(articles))
    return written.getvalue().encode()


def json_list(articles: Sequence[Article]) -> bytes:
    return json.dumps({"articles": records(articles)}, indent=1).encode()


def json_lines(articles: Sequence[Article]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records(articles))


def mailbox(articles: Sequence[Article]) -> bytes:
    mails = (re.sub(rb"(?m)^(>*From )", rb">\1", mail(each)) for each in articles)
    return b"".join(b"From desk Mon Jan  1 00:00:00 2024\n" + each + b"\n\n" for each in mails)


def packed(articles: Sequence[Article]) -> bytes:
    return _zipped({f"pages/{each.article_id}.html": html(each) for each in articles})


# Of each article one file.
SINGLE: dict[str, Callable[[Article], bytes]] = {
    ".txt": text,
    ".md": markdown,
    ".html": html,
    ".mhtml": mhtml,
    ".pdf": pdf,
    ".docx": docx,
    ".odt": odt,
    ".rtf": rtf,
    ".eml": mail,
}
# All in one.
SEVERAL: dict[str, Callable[[Sequence[Article]], bytes]] = {
    ".jsonl": json_lines,
    ".json": json_list,
    ".csv": table,
    ".tsv": lambda articles: table(articles, "\t"),
    ".epub": epub,
    ".mbox": mailbox,
    ".zip": packed,
    ".jsonl.gz": lambda articles: gzip.compress(json_lines(articles)),
    ".csv.gz": lambda articles: gzip.compress(table(articles)),
}


def write(folder: Path, suffix: str, articles: Sequence[Article]) -> Path:
    """Write the articles in the format of `suffix` into `folder`, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if suffix in SEVERAL:
        (folder / f"articles{suffix}").write_bytes(SEVERAL[suffix](articles))
        return folder
    lines = []
    for article in articles:
        name = f"{article.article_id}{suffix}"
        (folder / name).write_bytes(SINGLE[suffix](article))
        lines += [f'["{name}"]', f"title = {json.dumps(article.title)}"]
        lines += [f"source = {json.dumps(article.source)}"] if article.source else []
        lines += [f"published = {article.published}"] if article.published else []
    (folder / "articles.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder


def _zipped(files: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


if __name__ == "__main__":
    for each in (*SINGLE, *SEVERAL):
        write(Path(sys.argv[1]) / each.lstrip(".").replace(".", "-"), each, bundled())

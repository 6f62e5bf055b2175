"""Files of every format, broken in every way: cut, flipped, doubled, nested, huge, or made to do harm."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable, Iterator

import one_of_each

_ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(10))
    + '<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>'
)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _flip(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 3, 10, 100))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _take_out(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randrange(1, 2_000) :]


def _double(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start : start + rng.randrange(1, 5_000)] * rng.randrange(2, 50) + data[start:]


def _noise(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + rng.randbytes(rng.randrange(1, 500)) + data[start:]


def _swap(data: bytes, rng: random.Random) -> bytes:
    first, second = sorted((rng.randrange(len(data)), rng.randrange(len(data))))
    return data[second:] + data[first:second] + data[:first]


def _numbers(data: bytes, rng: random.Random) -> bytes:
    """Every so often another number: lengths, offsets and counts that lie."""
    digits = [place for place, byte in enumerate(data) if 48 <= byte <= 57]
    changed = bytearray(data)
    for place in rng.sample(digits, min(len(digits), 20)):
        changed[place] = rng.randrange(48, 58)
    return bytes(changed)


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (_cut, _flip, _take_out, _double, _noise, _swap, _numbers)


def mutilated(count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """`count` files by name and content: of each format in turn, broken in one or two ways."""
    rng = random.Random(seed)
    whole = whole_files()
    for number in range(count):
        suffix, data = whole[number % len(whole)]
        for _ in range(rng.choice((1, 1, 2))):
            data = rng.choice(_WAYS)(data, rng) or b"x"
        yield f"{number}{rng.choice((suffix, suffix, suffix, '.html', '.txt'))}", data


def whole_files() -> list[tuple[str, bytes]]:
    """A file of each format, as it should be, with what is inside those that are packed."""
    articles = one_of_each.bundled()
    files = [(suffix, make(articles[1])) for suffix, make in one_of_each.SINGLE.items()]
    files += [(suffix, make(articles[:2])) for suffix, make in one_of_each.SEVERAL.items()]
    # A broken ZIP file shows little of the reader behind it: here only what is inside is broken later.
    return [*files, *((suffix, _stored(files, suffix)) for suffix in (".docx", ".odt", ".epub"))]


def _stored(files: list[tuple[str, bytes]], suffix: str) -> bytes:
    """The packed file without compression and checks, so that what is broken in it reaches the reader."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(dict(files)[suffix])) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return stream.getvalue()


def hostile() -> Iterator[tuple[str, bytes]]:
    """Files made to do harm, each of its own kind."""
    deep = 100_000
    story = "<p>The mill of Velden burned down on Monday night, and four people were hurt in the fire.</p>"
    yield "nested.html", b"<html><body>" + b"<div>" * deep + story.encode()
    yield "tables.html", b"<html><body>" + b"<table><tr><td>" * deep + story.encode()
    yield "lists.html", b"<html><body><article>" + b"<ul><li>x" * 5_000 + story.encode()
    yield "spans.html", b"<html><body><article><p>" + b"<b><i>" * deep + story.encode()
    yield "attributes.html", b"<html><body " + b"a=b " * 200_000 + b">" + story.encode()
    yield "long.html", b"<html><body><article><p>" + b"word " * 200_000
    yield "many.html", b"<html><body><article>" + story.encode() * 3_000
    yield "entities.html", f"<html>{_ENTITIES}<body><article><p>&a9;&f; {story}".encode()
    records = b'<html><script type="application/ld+json">' + b'{"@graph":[' * deep
    yield "records.html", records + b"</script>" + story.encode()
    yield "comments.html", b"<!--" * 50_000 + b"<html>" + story.encode()
    yield "deep.json", b"[" * deep
    yield "deeper.json", b'[{"text":' * deep
    yield "digits.json", b'[{"text": "x", "date": ' + b"9" * 100_000 + b"}]"
    yield "deep.jsonl", b'{"text":' * deep
    yield "wide.csv", b"text," * 200_000 + b"\n" + b"x," * 200_000
    yield "quote.csv", b'title,text\nx,"' + b"y\n" * 100_000
    yield "braces.rtf", b"{\\rtf1 " + b"{" * deep + b"text"
    yield "words.rtf", b"{\\rtf1 " + b"\\u999999999999? \\bin99999999 " * 20_000 + b"}"
    yield "parts.eml", _nested_mail(2_000)
    yield "headers.eml", b"Subject: x\nDate: y\n" + b"X-Y: =?utf-8?q?" + b"=" * 500_000 + b"?=\n\ntext"
    yield "begins.mbox", b"From x\n\n" * 2_000
    yield "blanks.md", b"# x\n" + b"> " * 50_000 + b"\n" + b"[" * 20_000
    yield "front.md", b"---\na: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c]\n---\ntext"
    pages = b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 99999999>>endobj"
    yield "pages.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj " + pages + b"\ntrailer<</Root 1 0 R>>"
    yield "arrays.pdf", b"%PDF-1.4\n1 0 obj" + b"[" * deep + b"endobj trailer<</Root 1 0 R>>"
    zeros = b"\0" * 101_000_000
    yield "bomb.txt.gz", gzip.compress(zeros, 1)
    yield "bomb.zip", _zip({"a.txt": zeros, "b.html": zeros})
    yield "bomb.docx", _zip({"word/document.xml": zeros})
    yield "bomb.epub", _zip({"mimetype": b"application/epub+zip", "META-INF/container.xml": zeros})
    packed = _zip({"a.txt": b"text"})
    for _ in range(10):
        packed = _zip({"in.zip": packed})
    yield "zips.zip", packed
    packed = b"text"
    for _ in range(10):
        packed = gzip.compress(packed)
    yield "gzips.gz", packed
    yield "names.zip", _zip({"../../etc/x.txt": b"The mill burned.", "/abs/y.txt": b"The mill burned down."})
    office = '<office:document-content xmlns:office="o" xmlns:text="t"><office:body><office:text><text:p>{}</text:p>'
    end = "</office:text></office:body></office:document-content>"
    kind = b"application/vnd.oasis.opendocument.text"
    yield (
        "entities.odt",
        _zip({"mimetype": kind, "content.xml": (_ENTITIES + office.format("&a9;&f;x") + end).encode()}),
    )
    yield "nested.odt", _zip({"mimetype": kind, "content.xml": (office.format("x") + "<text:list>" * deep).encode()})
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f'<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>&a9;&f;x</w:t></w:r></w:p></w:body></w:document>'
    yield "entities.docx", _with(one_of_each.docx(one_of_each.bundled()[3]), "word/document.xml", _ENTITIES + body)
    nested = f'<w:document xmlns:w="{word}"><w:body>' + "<w:tbl><w:tr><w:tc>" * 20_000
    yield "nested.docx", _with(one_of_each.docx(one_of_each.bundled()[3]), "word/document.xml", nested)


def _nested_mail(depth: int) -> bytes:
    lines = ["From: a@example.org", "Subject: x"]
    for number in range(depth):
        lines += [f'Content-Type: multipart/mixed; boundary="b{number}"', "", f"--b{number}"]
    return "\n".join([*lines, "Content-Type: text/plain", "", "The mill burned."]).encode()


def _zip(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _with(packed: bytes, name: str, content: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    return _zip(files | {name: content.encode()})

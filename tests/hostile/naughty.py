"""Inputs that break programs: texts, values, bodies of requests, files."""

from __future__ import annotations

import io
import json
import random
import zipfile
from datetime import date
from typing import Any

import one_of_each
from fakes import BRIDGE, CHESS

from corpus.article import Article

NAUGHTY = (
    "", " ", "\0", "\n", "\ud800", "\udfff x", "\ufeff", "\u202e gnp", "\u200b", "e\u0301" * 300, "🏔" * 200, "山" * 500,
    "a" * 2_001, "a" * 20_000, "\"'`", "'; DROP TABLE article; --", "\" OR 1=1", "%s%n%x", "{0}", "${7*7}", "{{7*7}}",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "data:text/html,x", "]]>",
    "../../../etc/passwd", "..", ".", "/", "//", "\\\\host\\share", "C:\\", "file:///etc/passwd", "~", "-", "--help",
    "http://[::1", "http://e.org/\ud800", "http://" + "a" * 3_000, "NaN", "Infinity", "-0", "1e999", "9" * 400, "0x7f",
    "9999-12-31", "0000-00-00", "2024-02-30", "-1", "true", "null", "None", "\x1b[2J\x1b]0;x\x07", "\x85\u2028\u2029",
    "(" * 3_000, "?" * 2_000, "“" * 900, "a." * 900, ". " * 900, "Who " * 400, "\r\n\r\nHTTP/1.1 200 OK", "*", "%00",
    "AND OR NOT", "who:what^9~2", "[a TO b]", "\\", "\\u0000", "Who opened the harbour bridge in Oslo?",
)  # fmt: skip
KEYS = (
    "question", "history", "k", "before", "after", "sources", "articles", "date", "write", "answer", "role", "content",
    "x",
)  # fmt: skip
# What the makers in `one_of_each` do not make.
FILES = {
    "a.txt": b"Harbour bridge opens\n\n13-12-2023 (OSLO)\n\nMayor Anna Berg opened the bridge. It cost 40 million.\n",
    "b.md": b"---\ntitle: A\ndate: 2024-01-02\n---\n# Head\n\n* one\n* two [link](http://e.org)\n\n| a |\n|---|\n",
    "a.rss": b'<?xml version="1.0"?><rss version="2.0"><channel><title>Coast</title><item><title>T</title>'
    b"<link>https://e.org/a</link><guid>7</guid><pubDate>Tue, 02 Jan 2024 10:00:00 GMT</pubDate>"
    b"<description>&lt;p&gt;The bridge &amp;amp; the harbour opened.&lt;/p&gt;</description></item></channel></rss>",
    "a.atom": b'<feed xmlns="http://www.w3.org/2005/Atom"><title>Coast</title><entry><title type="html">T</title>'
    b'<id>7</id><link href="https://e.org/a"/><updated>2024-01-02T10:00:00Z</updated>'
    b'<content type="html">It opened.</content>'
    b"</entry></feed>",
    "feed.json": b'{"version": "https://jsonfeed.org/version/1.1", "title": "Coast", "items": [{"id": 7, "title": "T", '
    b'"url": "https://e.org/a", "content_html": "<p>It opened.</p>", "date_published": "2024-01-02T10:00:00Z"}]}',
    "wordpress.xml": b'<?xml version="1.0"?><rss xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    b'xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Coast</title><wp:wxr_version>1.2</wp:wxr_version><item>'
    b"<title>T</title><link>https://e.org/a</link><content:encoded><![CDATA[<p>It opened.</p>]]></content:encoded>"
    b"<wp:post_id>7</wp:post_id><wp:post_date>2024-01-02 10:00:00</wp:post_date><wp:status>publish</wp:status>"
    b"<wp:post_type>post</wp:post_type></item></channel></rss>",
    "a.jsonl": b'{"_id": "a", "title": "T", "text": "The bridge opened.", "date": "2024-01-02", "url": "https://e.org"}\n'
    b'{"id": 7, "headline": "U", "body": "<p>It cost &amp; took 40 million.</p>", "source": {"name": "S"}}\n',
}
CONFIGS = (
    b'index = "x"\nk = 5\nhosts = ["a.org"]\norigins = ["https://e.org"]\nclient_rate = "9/hour"\nmcp = true\n',
    b'index = "postgresql://reader:secret@db.example.org:5432/news?sslmode=require"\n'
    b'trusted_proxies = ["10.0.0.0/8"]\n',
)


def text(at: random.Random) -> str:
    """One of the naughty, sometimes two in one."""
    first = at.choice(NAUGHTY)
    return first if at.random() < 0.8 else f"{first}{at.choice(NAUGHTY)}"


def value(at: random.Random, depth: int = 0) -> Any:  # noqa: ANN401  (any JSON there is)
    """A value that JSON can have."""
    kind = at.randrange(9 if depth < 4 else 6)
    if kind < 3:
        return text(at)
    if kind == 3:
        return at.choice((0, -1, 1, 5, 50, 51, 2**31, 2**63, 10**40, 0.5, 1e308, float("nan"), float("inf")))
    if kind < 6:
        return at.choice((None, True, False))
    if kind == 6:
        return [value(at, depth + 1) for _ in range(at.randrange(4))]
    return {at.choice(KEYS): value(at, depth + 1) for _ in range(at.randrange(4))}


def mutate(at: random.Random, data: bytes) -> bytes:
    """`data` with a few bytes changed, cut, doubled or put between."""
    changed = bytearray(data)
    for _ in range(at.randint(1, 6)):
        place = at.randrange(len(changed) + 1)
        kind = at.randrange(5)
        if kind == 0 and place < len(changed):
            changed[place] = at.randrange(256)
        elif kind == 1:
            del changed[place : place + at.randint(1, 20)]
        elif kind == 2:
            changed[place:place] = changed[place : place + at.randint(1, 40)] * at.randint(1, 30)
        elif kind == 3:
            changed[place:place] = text(at).encode("utf-8", "surrogatepass")
        else:
            changed[place:place] = at.choice((b"[" * 5_000, b"\xff\xfe", b"\0" * 8, b"\xed\xa0\x80", b"&#x0;", b"\r"))
    return bytes(changed)


def disturb(at: random.Random, good: Any) -> Any:  # noqa: ANN401
    """`good` with something of it, at any depth, replaced by any JSON."""
    if good and at.random() < 0.9:
        if isinstance(good, dict):
            key = at.choice(list(good))
            return {**good, key: disturb(at, good[key])}
        if isinstance(good, list):
            place = at.randrange(len(good))
            return [*good[:place], disturb(at, good[place]), *good[place + 1 :]]
    return value(at)


def body(at: random.Random, good: Any) -> bytes:  # noqa: ANN401
    """A body for a request: `good` with some of it replaced, any JSON, or bytes."""
    kind = at.randrange(5)
    if kind == 0:
        return mutate(at, json.dumps(good).encode())
    if kind == 1:
        return json.dumps(value(at)).encode()
    if kind == 2:
        return json.dumps(disturb(at, good)).encode()
    changed = {**good, at.choice([*good, *KEYS]): value(at)}
    return json.dumps(changed).encode()


def files() -> dict[str, bytes]:
    """A file of every format that is read, by its name."""
    two = [Article("a", "Harbour bridge opens", BRIDGE.text, "Coast Daily", date(2024, 1, 2)), CHESS]
    made = {suffix: make(two[0]) for suffix, make in one_of_each.SINGLE.items()}
    made |= {suffix: make(two) for suffix, make in one_of_each.SEVERAL.items()}
    return {**FILES, **{f"made{suffix}": data for suffix, data in made.items()}}


def mutate_inside(at: random.Random, data: bytes) -> bytes:
    """A ZIP file with one of its files damaged: damaged itself, it would show little of the reader behind."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        damaged = at.choice(old.namelist())
        for name in old.namelist():
            new.writestr(name, mutate(at, old.read(name)) if name == damaged else old.read(name))
    return stream.getvalue()

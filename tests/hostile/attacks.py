"""Inputs that break programs, and the doors of this one that they are sent to: what came of each is counted."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import httpx
import one_of_each
from click.testing import CliRunner
from fakes import ARTICLES, BRIDGE, CHESS, HashEncoder
from fastapi.testclient import TestClient

from corpus.article import Article
from corpus.errors import UserError
from corpus.readers.confined import Confined
from corpus.readers.files import read_file
from corpus.readers.find import ArticleFile
from index.generations import IndexFolder
from index.sentences import read_article
from index.update import build_index
from qa.archive import Archive
from qa.build import Models
from qa.cli import main
from qa.settings import Settings, load_settings
from qa.web.server import create_app

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
KEYS = ("question", "history", "k", "before", "after", "sources", "date", "write", "answer", "role", "content", "x")
PATHS = (
    "/api/articles/", "/articles/", "/evaluation/", "/static/", "/widget/", "/chat/", "/chat/assets/", "/chat/static/",
    "/chat/gradio_api/", "/chat/gradio_api/heartbeat/", "/chat/gradio_api/queue/", "/api/", "/embed", "/editing/",
)  # fmt: skip
HEADERS = ("Host", "Origin", "Authorization", "If-None-Match", "X-Forwarded-For", "Sec-Fetch-Site", "Content-Type")
CHAT = "/chat/gradio_api/"
MCP = "/chat/gradio_api/mcp/"
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


@dataclass(slots=True)
class Tally:
    """Of so many inputs, so many were taken, so many refused in words; `broken` are the others."""

    door: str
    taken: int = 0
    refused: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def tried(self) -> int:
        return self.taken + self.refused + len(self.broken)


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


def body(at: random.Random, good: Any) -> bytes:  # noqa: ANN401
    """A body for a request: `good` with some of it replaced, any JSON, or bytes."""
    kind = at.randrange(4)
    if kind == 0:
        return mutate(at, json.dumps(good).encode())
    if kind == 1:
        return json.dumps(value(at)).encode()
    changed = {**good, at.choice([*good, *KEYS]): value(at)}
    return json.dumps(changed).encode()


@dataclass(frozen=True, slots=True)
class Place:
    """What is attacked: an index of a few articles, the application over it, and a folder to write to."""

    folder: Path
    index: Path
    client: TestClient

    def tally(self, door: str, tries: Iterator[Callable[[], int | None]]) -> Tally:
        """What came of `tries`: each gives a status of HTTP, or None for words; it raises what nobody should see."""
        tally = Tally(door)
        for attempt in tries:
            try:
                status = attempt()
            except UserError:
                tally.refused += 1
            except Exception as error:
                tally.broken.append(f"{type(error).__name__}: {error!s:.200}")
            else:
                if status is not None and status >= 500:
                    tally.broken.append(f"status {status}")
                elif status is None or status < 400:
                    tally.taken += 1
                else:
                    tally.refused += 1
        return tally


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    """Within the block the place stands, and the command `article-qa` works with its encoder."""
    build_index(IndexFolder(folder / "index"), ARTICLES, HashEncoder())
    rate = "1000000000/minute"
    settings = Settings(
        index=folder / "index", runs=folder / "runs", mcp=True, client_rate=rate, site_rate=rate, hosts=("testserver",)
    )
    archive = Archive(settings, models=Models(HashEncoder()))
    flags = {"index": settings.index, "encoder": "hash"}
    with (
        TestClient(create_app(archive), raise_server_exceptions=False) as client,
        patch("qa.build.load_models", lambda _: Models(HashEncoder())),
        patch.dict("os.environ", {f"ARTICLE_QA_{name.upper()}": str(value) for name, value in flags.items()}),
    ):
        yield Place(folder, settings.index, client)
        archive.close()


def _checked(response: httpx.Response) -> int:
    """The status; raises for an answer that says what it should not, or a refusal that says nothing."""
    # What waits is told so.
    if response.status_code == 503 and "Retry-After" in response.headers:
        return 429
    if "Traceback" in response.text or 'File "/' in response.text:
        raise AssertionError(f"a traceback: {response.text[:200]}")
    if response.status_code >= 400 and not response.text:
        raise AssertionError(f"status {response.status_code} without a word")
    return response.status_code


def attack_api(where: Place, at: random.Random, n: int) -> Tally:
    """Questions and feedback of any shape; addresses and headers of any text."""
    good = {"question": "Who opened the harbour bridge?", "k": 3, "history": [{"question": "Where?", "answer": "Oslo"}]}

    def post() -> int:
        door = at.choice(("/api/ask", "/api/ask", "/api/feedback"))
        verdict = {"question": "Who?", "verdict": "helpful"} if "feedback" in door else good
        headers = {"Content-Type": at.choice(("application/json", "text/plain", "multipart/form-data"))}
        return _checked(where.client.post(door, content=body(at, verdict), headers=headers))

    def get() -> int:
        # A heartbeat never ends, so it is asked by HEAD.
        said = quote(text(at).encode("utf-8", "surrogatepass")[:3_000], safe=at.choice(("", "/.%?&=")))
        path = f"{at.choice(PATHS)}{said}"
        if at.random() < 0.3:
            path += f"?start={quote(at.choice(('0', '-1', '5', '9' * 30, 'x')))}&end={at.choice(('9', '1', '1e9', ''))}"
        method = "HEAD" if "heartbeat" in path else "GET"
        sent = text(at).encode("utf-8", "replace")[:500].replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")
        headers = [(at.choice(HEADERS).encode(), sent)] if at.random() < 0.5 else []
        response = where.client.request(method, path, headers=headers, follow_redirects=False)
        return response.status_code if method == "HEAD" else _checked(response)

    return where.tally("API and pages", (at.choice((post, get)) for _ in range(n)))


def attack_chat(where: Place, at: random.Random, n: int) -> Tally:
    """What a page sends when something is done on it, of any shape."""
    events = where.client.get("/chat/config").json()["dependencies"]

    def send() -> int:
        event = at.choice(events)
        data = [at.choice((None, text(at), value(at))) for _ in event["inputs"]]
        good = {"fn_index": event["id"], "session_hash": f"s{at.randrange(9)}", "data": data, "trigger_id": 7}
        keys = ("fn_index", "session_hash", "data", "event_data", "trigger_id", "batched", "simple_format", "event_id")
        sent = good if at.random() < 0.5 else {**good, at.choice(keys): value(at)}
        content = json.dumps(sent).encode() if at.random() < 0.8 else mutate(at, json.dumps(sent).encode())
        return _checked(
            where.client.post(f"{CHAT}run/predict", content=content, headers={"Content-Type": "application/json"})
        )

    return where.tally("chat", (send for _ in range(n)))


def attack_mcp(where: Place, at: random.Random, n: int) -> Tally:
    """Calls of tools, of any shape."""

    def call() -> int:
        name = at.choice(("ask", "article", "ask", text(at)))
        params = {"name": name, "arguments": at.choice(({"question": text(at)}, {"article_id": text(at)}, value(at)))}
        method = at.choice(("tools/call", "tools/call", "tools/list", "ping", "initialize", "resources/read", text(at)))
        sent = body(at, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
        return _checked(where.client.post(MCP, content=sent, headers=headers))

    return where.tally("MCP", (call for _ in range(n)))


def attack_editing(where: Place, at: random.Random, n: int) -> Tally:
    """Files, addresses and ids of any shape from who may change the articles; those of an index of its own."""
    # Not the documents: the reader of each is a process of its own, which takes its time to start.
    whole = FILES | {name: data for name, data in files().items() if name.endswith((".gz", ".csv", ".json"))}
    index = where.folder / "edited"
    build_index(IndexFolder(index), ARTICLES, HashEncoder())
    archive = Archive(Settings(index=index, runs=where.folder / "runs"), models=Models(HashEncoder()))
    app = create_app(archive)
    client = TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1), raise_server_exceptions=False)

    def send() -> int:
        headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/octet-stream"}
        if at.random() < 0.6:
            name = at.choice(list(whole))
            said = quote((name if at.random() < 0.7 else text(at)).encode("utf-8", "surrogatepass")[:1_000])
            door, content = f"file?name={said}", mutate(at, whole[name])
        else:
            door = at.choice(("address", "remove", "undo"))
            good = {"address": "http://127.0.0.1:9/", "article_id": at.choice(ARTICLES).article_id, "undo": text(at)}
            headers["Content-Type"], content = "application/json", body(at, good)
        response = client.post(f"/editing/{door}", content=content, headers=headers)
        if '"internal"' in response.text:
            raise AssertionError(f"{door:.40} failed: {response.text:.200}")
        return _checked(response)

    tally = where.tally("editing", (send for _ in range(n)))
    archive.close()
    return tally


def attack_readers(where: Place, at: random.Random, n: int) -> Tally:
    """Files of every format, damaged. What is taken must be fit to be stored and cited."""
    whole = files()

    def read() -> int:
        status, name = 200, at.choice(list(whole))
        file = where.folder / name
        damage = mutate_inside if whole[name].startswith(b"PK") and at.random() < 0.7 else mutate
        file.write_bytes(damage(at, whole[name]))
        for _, found in read_file(ArticleFile(file, name), {}, confined):
            if isinstance(found, Article):
                for each in read_article(found):
                    assert found.text[each.passage.start : each.passage.end] == each.passage.text
                for said in (found.article_id, found.title, found.text, found.url or "", found.source or ""):
                    assert "\0" not in said
                    said.encode("utf-8")
            elif isinstance(found, UserError):
                status = 400
        return status

    with Confined() as confined:
        return where.tally("readers", (read for _ in range(n)))


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


def attack_config(where: Place, at: random.Random, n: int) -> Tally:
    """A settings file, damaged."""
    file = where.folder / "damaged.toml"

    def load() -> None:
        file.write_bytes(mutate(at, at.choice(CONFIGS)))
        load_settings(file)

    return where.tally("settings", (load for _ in range(n)))


def attack_command(where: Place, at: random.Random, n: int) -> Tally:
    """Words behind a verb of the command, and saved answers, damaged."""
    runner, saved = CliRunner(), where.folder / "saved.jsonl"
    asked = runner.invoke(main, ["ask", "Who opened the harbour bridge?", "--json"]).stdout.encode()

    def run() -> int:
        words = text(at).replace("\0", "")
        verb = at.choice(("ask", "show", "remove", "list", "verify", "add", "info"))
        if verb == "verify":
            saved.write_bytes(mutate(at, asked))
            words = str(saved)
        given = [] if verb in ("list", "info") else ["--", words] if at.random() < 0.7 else [words]
        if words == "-" or (verb == "add" and not words.startswith("/")):
            # Whatever stands in this folder, and standard input, are not to be added.
            verb = "show"
        if verb == "add":
            given = ["--", str(where.folder / "none")]
        result = runner.invoke(main, [verb, *given, *(["--json"] if at.random() < 0.3 else [])], prog_name="article-qa")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        if "Traceback" in result.output or "\x1b" in result.output:
            raise AssertionError(f"{verb} {words!r:.80}: {result.output[:100]!r}")
        if result.exit_code not in (0, 1, 2):
            raise AssertionError(f"{verb} {words!r:.80} ended with {result.exit_code}")
        return 200 if result.exit_code == 0 else 400

    return where.tally("command", (run for _ in range(n)))


ATTACKS: Sequence[Callable[[Place, random.Random, int], Tally]] = (
    attack_api,
    attack_chat,
    attack_mcp,
    attack_editing,
    attack_readers,
    attack_config,
    attack_command,
)

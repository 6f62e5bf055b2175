"""The doors of this program, and what is sent to them that breaks programs: what came of each is counted."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote

import httpx
from click.testing import CliRunner
from fakes import ARTICLES, HashEncoder
from fastapi.testclient import TestClient
from naughty import CONFIGS, FILES, body, disturb, files, mutate, mutate_inside, text, value

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
from qa.web.chat.kept import kept_json
from qa.web.server import create_app

PATHS = (
    "/api/articles/", "/articles/", "/evaluation/", "/static/", "/widget/", "/chat/", "/chat/assets/", "/chat/static/",
    "/chat/gradio_api/", "/chat/gradio_api/heartbeat/", "/chat/gradio_api/queue/", "/api/", "/embed", "/editing/",
)  # fmt: skip
# What is read of an address behind its path.
QUERIES = {
    "/articles": ("words", "source", "after", "before", "order", "page"),
    "/articles/chess": ("start", "end", "answer_start", "answer_end", "short_start", "short_end", "text_sha256"),
    "/api/articles": ("page",),
    "/api/articles/chess": ("start", "end", "text_sha256"),
    "/chat/": ("q", "article", "from", "until", "source", "__theme", "all_endpoints", "deep_link", "page"),
    "/evaluation": ("a", "b", "run"),
    "/insights": ("days",),
}
FORMATS = ("json", "html", "markdown", "pdf")
# Values that some of these can have.
FIT = ("0", "1", "5", "9", "7" * 12, "2024-01-02", "2024", "title", "Coast Daily", "bridge", "chess", "ab" * 8)
HEADERS = ("Host", "Origin", "Authorization", "If-None-Match", "X-Forwarded-For", "Sec-Fetch-Site", "Content-Type")
CHAT = "/chat/gradio_api/"
MCP = "/chat/gradio_api/mcp/"


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
        if at.random() < 0.5:
            path = query_of(at, at.choice(list(QUERIES)))
        method = "HEAD" if "heartbeat" in path else "GET"
        sent = text(at).encode("utf-8", "replace")[:500].replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")
        headers = [(at.choice(HEADERS).encode(), sent)] if at.random() < 0.5 else []
        response = where.client.request(method, path, headers=headers, follow_redirects=False)
        return response.status_code if method == "HEAD" else _checked(response)

    return where.tally("API and pages", (at.choice((post, get)) for _ in range(n)))


def query_of(at: random.Random, path: str) -> str:
    """`path` with a query: of the names that are read there, with values that fit and others."""
    names = at.choices((*QUERIES[path], text(at)), k=at.randint(1, 4))
    values = [at.choice(FIT) if at.random() < 0.6 else text(at)[:2_000] for _ in names]
    parts = [quote(part.encode("utf-8", "surrogatepass")) for part in (*names, *values)]
    return f"{path}?{'&'.join(map('='.join, zip(parts[: len(names)], parts[len(names) :], strict=True)))}"


def attack_chat(where: Place, at: random.Random, n: int) -> Tally:
    """What a page sends when something is done on it, of any shape."""
    page = where.client.get("/chat/config").json()
    kinds = {each["id"]: (each["type"], each["props"].get("label")) for each in page["components"]}
    events = page["dependencies"]
    # The others only run a script of the page's.
    working = [event for event in events if event["backend_fn"]]
    archive = Archive(Settings(index=where.index), models=Models(HashEncoder()))
    asked = ("Who opened the harbour bridge?", "Thanks!", "Who won the chess title?")
    conversation = [json.loads(kept_json(archive.ask(question))) for question in asked]
    archive.close()

    def given(kind: tuple[str, str | None]) -> object:
        """What the page gives of a component, or something else."""
        if at.random() < 0.2:
            return at.choice((None, text(at), value(at)))
        if kind[0] == "dropdown":
            return at.choice(([], ["Coast Daily"], ["Coast Daily", "Alpine Post"]))
        if kind[0] == "state" or kind[1]:
            return at.choice((None, *FIT))
        # Those that nobody sees: what the browser kept, a format and the server's address, a link.
        kept = json.dumps(disturb(at, conversation) if at.random() < 0.6 else conversation)
        if at.random() < 0.1:
            kept = mutate(at, kept.encode()).decode("utf-8", "replace")
        to = at.choice(("http://testserver/", text(at)))
        return at.choice((kept, kept, f"{at.choice(FORMATS)} {to}", query_of(at, "/chat/")[6:]))

    def send() -> int:
        event = at.choice(working if at.random() < 0.9 else events)
        data = [given(kinds.get(each, ("", None))) for each in event["inputs"]]
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
    """Files, addresses, ids and queries of any shape from who sits at the machine; the articles of its own index."""
    # Not the documents: the reader of each is a process of its own, which takes its time to start.
    whole = FILES | {name: data for name, data in files().items() if name.endswith((".gz", ".csv", ".json"))}
    index = where.folder / "edited"
    build_index(IndexFolder(index), ARTICLES, HashEncoder())
    archive = Archive(Settings(index=index, runs=where.folder / "runs"), models=Models(HashEncoder()))
    app = create_app(archive)
    client = TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1), raise_server_exceptions=False)

    def send() -> int:
        headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/octet-stream"}
        if at.random() < 0.1:
            return _checked(client.get(query_of(at, at.choice(("/insights", "/articles"))), follow_redirects=False))
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

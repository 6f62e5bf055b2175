"""Adding and removing articles over the web: for whom, within which limits, and what becomes of what is sent."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pytest
from fakes import ARTICLES, HashEncoder
from fastapi.testclient import TestClient

from corpus.article import Article
from corpus.errors import UserError
from corpus.readers import Remark, Unreadable
from corpus.readers.confined import SpareConfined
from index.generations import IndexFolder
from index.store.errors import ArticleNotFound
from index.store.store import open_current
from index.update import add_articles
from qa.archive import Archive
from qa.build import Models
from qa.settings import Settings
from qa.web.pages.editing import _watched
from qa.web.server import create_app

if TYPE_CHECKING:
    from index.place import Place

pytestmark = pytest.mark.slow

HERE = "http://127.0.0.1:7860"
KEY = "a key of many letters"
PAGE = """<!doctype html><html><head><title>A lighthouse is lit again</title>
<meta property="article:published_time" content="2024-05-06"><meta property="og:site_name" content="Coast Daily"></head>
<body><article><h1>A lighthouse is lit again</h1><p>{}</p>
<p>The keeper of the lighthouse, Ines Holm, lit the lamp on Monday evening before two hundred guests of the harbour.</p>
<p>It had been dark for eleven years, because the island had no power line until the cable was laid in spring.</p>
</article></body></html>"""
STORY = "A zeppelin lands\n\nThe zeppelin of the museum landed on the meadow behind the town hall at noon."

Make = Callable[..., TestClient]


@pytest.fixture
def make(built: IndexFolder) -> Make:
    """A client at the machine of the server, or at another."""

    def make(*, place: Place | None = None, at: str = HERE, peer: str = "127.0.0.1", **options: object) -> TestClient:
        options = {"client_rate": "100000/minute", **options}
        settings = Settings(index=(place or built).where, **options)  # type: ignore[arg-type]
        app = create_app(Archive(settings, models=Models(HashEncoder())))
        return TestClient(app, base_url=at, client=(peer, 50_000), raise_server_exceptions=False)

    return make


def send(client: TestClient, name: str, content: bytes | str, **headers: str) -> httpx.Response:
    own = {"Origin": str(client.base_url).rstrip("/"), "Content-Type": "application/octet-stream"}
    data = content.encode() if isinstance(content, str) else content
    return client.post("/editing/file", params={"name": name}, content=data, headers=own | headers)


def tell(client: TestClient, path: str, said: object, **headers: str) -> httpx.Response:
    own = {"Origin": str(client.base_url).rstrip("/")}
    return client.post(f"/editing/{path}", json=said, headers=own | headers)


def report(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    found: dict[str, Any] = json.loads(response.text.splitlines()[-1])["report"]
    return found


def refusal(response: httpx.Response) -> tuple[int, str]:
    assert "Traceback" not in response.text
    return response.status_code, response.json()["error"]["code"]


def reason(response: httpx.Response) -> str:
    (only,) = report(response)["not_read"]
    return str(only["reason"])


def test_a_file_is_added_asked_replaced_removed_and_put_back(make: Make, built_place: Place) -> None:
    client = make(place=built_place)
    done = report(send(client, "lighthouse.html", PAGE.format("The lamp has new glass.")))
    assert (done["added"], done["updated"], done["unchanged"], done["not_read"]) == (1, 0, 0, [])
    (article,) = done["articles"]
    assert article["title"] == "A lighthouse is lit again"
    assert "Ines Holm" in client.get(f"/{article['address']}").text
    assert "A lighthouse is lit again" in client.get("/articles?words=lighthouse+lamp").text
    asked = {"question": "Who is the keeper of the lighthouse?"}
    answer = client.post("/api/ask", json=asked, headers={"Origin": HERE}).json()
    assert "Ines Holm" in answer["citations"][0]["quote"]
    assert report(send(client, "lighthouse.html", PAGE.format("The lamp has new glass.")))["unchanged"] == 1
    changed = report(send(client, "lighthouse.html", PAGE.format("The lamp is of brass.")))
    assert (changed["updated"], len(changed["articles"])) == (1, 1)

    with closing(open_current(built_place)) as store:
        before = store.article("lighthouse.html")
        assert "of brass" in before.text
        gone = tell(client, "remove", {"article_id": "lighthouse.html"}).json()
        assert gone["title"] == "A lighthouse is lit again"
        assert client.get(f"/{article['address']}").status_code == 404
        with pytest.raises(ArticleNotFound):
            store.article("lighthouse.html")
        back = tell(client, "undo", {"undo": gone["undo"]}).json()
        assert back == {"title": before.title, "address": article["address"]}
        assert store.article("lighthouse.html") == before
    assert refusal(tell(client, "undo", {"undo": gone["undo"]})) == (409, "cannot_undo")


def test_what_is_put_back_is_of_its_file_again(make: Make, built_place: Place) -> None:
    whole = replace(ARTICLES[0], article_id="of-a-file", title="Of a file", origin="/somewhere/story.txt")
    add_articles(built_place, [whole], HashEncoder())
    client = make(place=built_place)
    token = tell(client, "remove", {"article_id": "of-a-file"}).json()["undo"]
    assert tell(client, "undo", {"undo": token}).status_code == 200
    with closing(open_current(built_place)) as store:
        assert store.article("of-a-file") == whole
        assert [each.place for each in store.provenance.origins(["of-a-file"])] == ["/somewhere/story.txt"]


def test_undo_replaces_nothing_that_came_since(make: Make, built: IndexFolder) -> None:
    client = make()
    token = tell(client, "remove", {"article_id": "bridge"}).json()["undo"]
    add_articles(built, [Article("bridge", "Another bridge", "Another bridge altogether.")], HashEncoder())
    assert refusal(tell(client, "undo", {"undo": token})) == (409, "cannot_undo")
    assert Archive(Settings(index=built.path)).article("bridge").title == "Another bridge"
    assert refusal(tell(client, "remove", {"article_id": "nowhere"})) == (404, "article_not_found")


@pytest.mark.parametrize(
    ("options", "headers", "wanted"),
    [
        # Another machine, a name that is none of this machine, a proxy.
        ({"peer": "192.168.1.7"}, {}, (403, "editing_closed")),
        ({"peer": "testclient"}, {}, (403, "editing_closed")),
        ({"at": "http://192.168.1.7:7860"}, {}, (403, "editing_closed")),
        ({"hosts": ("articles.example",)}, {}, (403, "editing_closed")),
        ({"hosts": ("articles.example",), "at": "http://articles.example"}, {}, (403, "editing_closed")),
        ({"trusted_proxies": ("127.0.0.1",)}, {"X-Forwarded-For": "127.0.0.1"}, (403, "editing_closed")),
        ({}, {"X-Forwarded-For": "127.0.0.1"}, (403, "editing_closed")),
        ({}, {"Forwarded": "for=127.0.0.1"}, (403, "editing_closed")),
        ({}, {"Via": "1.1 a proxy"}, (403, "editing_closed")),
        # Pages of other sites, on this machine too, and their forms.
        ({}, {"Origin": "https://evil.example"}, (403, "origin_not_allowed")),
        ({}, {"Origin": "http://localhost:3000"}, (403, "origin_not_allowed")),
        ({}, {"Origin": "null"}, (403, "origin_not_allowed")),
        ({"origins": ("https://paper.example",)}, {"Origin": "https://paper.example"}, (403, "origin_not_allowed")),
        ({"origins": ("*",)}, {"Origin": "https://paper.example"}, (403, "origin_not_allowed")),
        ({}, {"Host": "evil.example:7860", "Origin": "http://evil.example:7860"}, (421, "unknown_host")),
        ({}, {"Content-Type": "multipart/form-data; boundary=x"}, (415, "wrong_type")),
        ({}, {"Content-Type": "text/plain"}, (415, "wrong_type")),
        ({}, {"Content-Type": "application/x-www-form-urlencoded"}, (415, "wrong_type")),
        # A key that opens the rest is none for this, unless the setting says so.
        ({"api_key": KEY, "peer": "192.168.1.7"}, {"Authorization": f"Bearer {KEY}"}, (403, "editing_closed")),
        ({"api_key": KEY, "editing": True, "peer": "192.168.1.7"}, {}, (401, "key_needed")),
        ({"api_key": KEY, "editing": True, "peer": "192.168.1.7"}, {"Authorization": "Bearer no"}, (401, "key_needed")),
        (
            {"api_key": KEY, "editing": True, "peer": "192.168.1.7"},
            {"Authorization": f"Bearer {KEY}", "Origin": "https://evil.example"},
            (403, "origin_not_allowed"),
        ),
    ],
)
def test_nobody_else_adds_or_removes(
    make: Make, built: IndexFolder, options: dict[str, object], headers: dict[str, str], wanted: tuple[int, str]
) -> None:
    client = make(**options)
    assert refusal(send(client, "story.txt", STORY, **headers)) == wanted
    for path, said in (("address", {"address": HERE}), ("remove", {"article_id": "bridge"}), ("undo", {"undo": "x"})):
        assert refusal(tell(client, path, said, **headers)) == wanted
    assert sorted(each.article_id for each in Archive(Settings(index=built.path)).list()) == [
        "bridge", "chess", "glacier", "vaccine",
    ]  # fmt: skip


def test_a_request_that_names_no_page_is_nobodys(make: Make) -> None:
    client, kind = make(), {"Content-Type": "application/octet-stream"}
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}):
        response = client.post("/editing/file?name=a.txt", content=STORY, headers=kind | headers)
        assert refusal(response) == (403, "editing_closed")
    assert client.get("/editing/file").status_code == 405


@pytest.mark.parametrize("at", ["http://localhost:7860", "http://[::1]:7860", HERE])
def test_whoever_sits_at_the_machine_may(make: Make, at: str) -> None:
    peer = "::1" if "[" in at else "127.0.0.1"
    assert report(send(make(at=at, peer=peer), "story.txt", STORY))["added"] == 1


def test_whoever_brings_the_key_may_where_the_setting_says_so(make: Make) -> None:
    client = make(api_key=KEY, editing=True, peer="192.168.1.7", at="http://192.168.1.7")
    assert report(send(client, "story.txt", STORY, Authorization=f"Bearer {KEY}"))["added"] == 1
    page = client.get("/articles")
    assert 'id="key"' in page.text
    assert "script-src 'self'; connect-src 'self'" in page.headers["content-security-policy"]
    with pytest.raises(UserError, match="^the setting 'editing' is on but 'api_key' is not set"):
        make(editing=True)


def test_the_page_offers_it_to_nobody_else(make: Make) -> None:
    here = make().get("/articles")
    assert 'id="adding"' in here.text
    assert 'id="key"' not in here.text
    for client in (make(peer="192.168.1.7"), make(hosts=("articles.example",))):
        page = client.get("/articles")
        assert "adding" not in page.text
        assert "<script" not in page.text
        assert "script-src" not in page.headers["content-security-policy"]


def test_only_who_may_not_is_counted(make: Make) -> None:
    client = make(client_rate="2/minute")
    assert [report(send(client, f"{n}.txt", f"{STORY} {n}"))["added"] for n in range(4)] == [1, 1, 1, 1]
    other = make(client_rate="2/minute", peer="192.168.1.7", api_key=KEY, editing=True)
    tried = [send(other, "a.txt", STORY, Authorization=f"Bearer {n}").status_code for n in range(4)]
    assert tried == [401, 401, 429, 429]


def test_what_is_too_large_is_refused_as_it_comes(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.web.pages.editing.MAX_FILE_BYTES", 1000)
    client = make()
    assert refusal(send(client, "a.txt", b"x" * 1001)) == (413, "too_large")

    def parts() -> Iterator[bytes]:
        yield from [b"x" * 400] * 3

    kind = {"Origin": HERE, "Content-Type": "application/octet-stream"}
    response = client.post("/editing/file?name=a.txt", content=parts(), headers=kind)
    assert refusal(response) == (413, "too_large")
    # What it says of its length is no promise.
    assert report(send(client, "a.txt", STORY))["added"] == 1
    assert refusal(tell(client, "remove", {"article_id": "x" * 70_000})) == (413, "too_large")


def test_what_comes_too_slowly_is_refused(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.web.pages.editing.RECEIVE_SECONDS", 0.05)

    async def parts() -> AsyncIterator[bytes]:
        yield b"The beginning."
        await anyio.sleep(30)

    async def send_slowly() -> httpx.Response:
        transport = httpx.ASGITransport(make().app, client=("127.0.0.1", 50_000))
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            kind = {"Origin": HERE, "Content-Type": "application/octet-stream"}
            return await client.post("/editing/file?name=a.txt", content=parts(), headers=kind)

    # In a thread of its own: while a browser is open, a loop runs in this one.
    with ThreadPoolExecutor(1) as thread:
        response = thread.submit(anyio.run, send_slowly).result()
    assert refusal(response) == (408, "too_slow")


@pytest.mark.parametrize(
    ("name", "article_id"),
    [
        ("../../etc/passwd.txt", "passwd"),
        ("C:\\Users\\me\\story.txt", "story"),
        ("/etc/cron.d/story.txt", "story"),
        ("..\\..\\story", "story"),
        ("<b>&amp;.txt", "<b>&amp;"),
    ],
)
def test_a_path_in_a_name_is_no_path(make: Make, built: IndexFolder, name: str, article_id: str) -> None:
    before = {path.name for path in built.path.parent.rglob("*")}
    done = report(send(make(), name, STORY))
    assert (done["added"], done["articles"][0]["title"]) == (1, "A zeppelin lands")
    assert Archive(Settings(index=built.path)).article(article_id).title == "A zeppelin lands"
    after = {path.name for path in built.path.parent.rglob("*")}
    assert not [path for path in after - before if "story" in path or "passwd" in path]


@pytest.mark.parametrize("name", ["", ".", "..", "../..", "a\0b.txt", "x" * 300, "articles.toml", "a/articles.toml"])
def test_what_is_no_name_of_an_article_is_refused(make: Make, name: str) -> None:
    assert refusal(send(make(), name, STORY)) == (422, "bad_name")


def packed(**members: bytes | str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def test_what_cannot_be_read_is_named_with_the_reason(make: Make, built: IndexFolder) -> None:
    client = make()
    assert "picture" in reason(send(client, "photo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100))
    assert "program" in reason(send(client, "tool.exe", b"MZ\x90\0" + b"\0" * 200))
    assert reason(send(client, "empty.txt", b""))
    assert reason(send(client, "cut.pdf", b"%PDF-1.7\n%%EOF"))
    # A small file that unpacks to a large one.
    assert "bytes" in reason(send(client, "bomb.zip", packed(**{"story.txt": b"\0" * 101_000_000})))
    several = report(send(client, "some.zip", packed(**{"a.txt": STORY, "b.png": b"\x89PNG", "../../c.txt": STORY})))
    assert several["added"] == 1
    assert [each["origin"] for each in several["remarks"]] == ["some.zip/b.png"]
    script = PAGE.format("<script>alert(1)</script><img src=x onerror=alert(1)>The lamp burns.")
    title = '"><script>alert(2)</script>'
    done = report(send(client, f"{title}.html", script))
    assert done["added"] == 1
    assert "<script>" not in client.get(f"/{done['articles'][0]['address']}").text
    assert "onerror" not in client.get(f"/{done['articles'][0]['address']}").text
    assert "<script>alert" not in client.get("/articles").text
    assert len(Archive(Settings(index=built.path)).list()) == 4 + 2


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"nothing", b'{"": 5}', b'{"": ["a"]}', b'{"": {}}', b'{"": null}', b'{"": "\\ud800"}',
        b"[" * 60_000, b"\xff",
    ],
)  # fmt: skip
@pytest.mark.parametrize(("door", "name"), [("remove", "article_id"), ("undo", "undo"), ("address", "address")])
def test_what_is_no_request_is_refused(make: Make, door: str, name: str, body: bytes) -> None:
    headers = {"Origin": HERE, "Content-Type": "application/json"}
    content = body.replace(b'""', f'"{name}"'.encode())
    assert refusal(make().post(f"/editing/{door}", content=content, headers=headers)) == (422, "invalid_request")


@pytest.mark.parametrize(
    "address", ["/etc/passwd", "file:///etc/passwd", "-", "http://", "ftp://a.example/", "https://u:p@a.example/"]
)
def test_what_is_no_address_of_the_web_is_not_read(make: Make, address: str) -> None:
    assert refusal(tell(make(), "address", {"address": address})) == (422, "no_address")


def test_an_address_is_fetched_unless_it_is_private(make: Make) -> None:
    from sites import page, running_site

    with running_site() as site:
        site["/story"] = page(PAGE.format("The lamp has new glass."))
        assert "private_addresses" in reason(tell(make(), "address", {"address": f"{site.url}/story"}))
        assert site.asked == []
        done = report(tell(make(private_addresses=True), "address", {"address": f"{site.url}/story"}))
        assert (done["added"], done["not_read"]) == (1, [])
        assert done["articles"][0]["title"] == "A lighthouse is lit again"


def test_one_at_a_time_and_questions_are_answered_meanwhile(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def reading(_file: object, _name: str, _spare: object) -> Iterator[Article]:
        yield Article("one", "One", "The first of two, about a walrus.")
        begun.set()
        assert go_on.wait(60)
        yield Article("two", "Two", "The second of two, about a heron.")

    monkeypatch.setattr("qa.web.pages.editing.read_sent_file", reading)
    found: list[httpx.Response] = []
    with make() as client:
        adding = threading.Thread(target=lambda: found.append(send(client, "a.txt", STORY)))
        adding.start()
        try:
            assert begun.wait(60)
            assert refusal(send(client, "b.txt", STORY)) == (409, "being_changed")
            assert refusal(tell(client, "remove", {"article_id": "bridge"})) == (409, "being_changed")
            asked = client.post("/api/ask", json={"question": "Who opened the bridge?"}, headers={"Origin": HERE})
            assert asked.json()["citations"][0]["article_id"] == "bridge"
        finally:
            go_on.set()
            adding.join()
        assert report(found[0])["added"] == 2
        assert tell(client, "remove", {"article_id": "bridge"}).status_code == 200


def test_another_program_that_writes_is_waited_for_no_longer_than_a_moment(
    make: Make, built_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.update.WAIT_SECONDS", 0.05)
    client = make(place=built_place)
    with built_place.writing():
        assert refusal(send(client, "story.txt", STORY)) == (409, "being_changed")
        assert refusal(tell(client, "remove", {"article_id": "bridge"})) == (409, "being_changed")
    assert report(send(client, "story.txt", STORY))["added"] == 1


def test_adding_ends_when_nobody_listens_or_it_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    seen: dict[str, str] = {}
    given = _watched(iter(ARTICLES), "feed", seen, stop)
    assert next(given) == ARTICLES[0]
    stop.set()
    assert list(given) == [Remark("feed", "stopped; what was read until then is there")]
    assert seen == {ARTICLES[0].article_id: ARTICLES[0].title}
    monkeypatch.setattr("qa.web.pages.editing.READ_SECONDS", -1.0)
    late = list(_watched(iter(ARTICLES), "feed", {}, threading.Event()))
    assert late[0] == ARTICLES[0]
    assert isinstance(late[1], Unreadable)
    assert len(late) == 2


def test_the_process_that_waits_for_files_ends_with_the_server(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[SpareConfined] = []

    def noted(seconds: float) -> SpareConfined:
        kept.append(SpareConfined(seconds))
        return kept[0]

    monkeypatch.setattr("qa.web.pages.editing.SpareConfined", noted)
    with make() as client:
        assert report(send(client, "a.html", PAGE.format("The lamp is new.")))["added"] == 1
        assert report(send(client, "b.html", PAGE.format("The lamp is old.")))["added"] == 1
        assert (waiting := kept[0]._waiting) is not None
        process = waiting._process
    assert process is not None
    # At once, not when it has waited long enough.
    process.wait(10)

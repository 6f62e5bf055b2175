"""Downloads from servers on this machine that do what no server should."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import pytest
from sites import Site, page, redirect

from corpus.errors import UserError
from corpus.fetch.download import Fetched, Limits, NotModified, Refused, download, unpack

SMALL = Limits(seconds=20, bytes=100_000, redirects=3)
# Nothing but a server that stalls takes so long on this machine; a test waits no longer than this for one.
SHORT = Limits(seconds=0.5, bytes=100_000)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def get(site: Site, path: str = "/a", limits: Limits = SMALL, **headers: str) -> Fetched:
    return download(f"{site.url}{path}", headers, limits, allows_private=True)


def test_a_page(site: Site) -> None:
    site["/a"] = page("<p>Hello", 'ETag: "1"', "Last-Modified: yesterday", media_type="Text/HTML; charset=koi8-r")
    assert get(site) == Fetched(
        address=f"{site.url}/a",
        data=b"<p>Hello",
        media_type="text/html",
        charset="koi8-r",
        etag='"1"',
        last_modified="yesterday",
    )


def test_the_server_sees_the_name_and_who_asks(site: Site) -> None:
    seen: dict[str, str] = {}

    def answer(headers: dict[str, str]) -> bytes:
        seen.update(headers)
        return page("x")

    site["/a"] = answer
    by_name = site.url.replace("127.0.0.1", "localhost")
    download(f"{by_name}/a", {}, SMALL, allows_private=True)
    assert (seen["host"], seen["user-agent"], seen["accept-encoding"]) == (
        by_name.removeprefix("http://"),
        "article-qa",
        "gzip",
    )


def test_not_modified(site: Site) -> None:
    site["/a"] = lambda headers: page("", status="304 Not Modified" if headers["if-none-match"] == '"1"' else "200 OK")
    with pytest.raises(NotModified):
        download(f"{site.url}/a", {"If-None-Match": '"1"'}, SMALL, allows_private=True)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_this_machine_is_not_asked_without_leave(site: Site, host: str) -> None:
    site["/a"] = page("secret")
    with pytest.raises(UserError, match="'private_addresses' allows these"):
        download(f"{site.url.replace('127.0.0.1', host)}/a", {}, SMALL)
    assert site.asked == []


@pytest.mark.parametrize("machine", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "[fe80::1]"])
def test_a_public_site_cannot_redirect_into_a_private_network(
    site: Site, machine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # This site's machine is taken for one of the internet's; the next is looked at as it is.
    public = {"127.0.0.1": True}
    monkeypatch.setattr("corpus.fetch.download.is_public", lambda found: public.pop(found, False))
    port = site.url.rpartition(":")[2]
    site["/a"] = redirect(f"http://{machine}:{port}/latest/meta-data")
    with pytest.raises(UserError, match=f"{machine.strip('[]')}.*of this machine or a network of its own"):
        download(f"{site.url}/a", {}, SMALL)
    assert site.asked == ["/a"]


def test_a_name_is_connected_to_at_the_machine_that_was_looked_at(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers otherwise when it is asked again leads nowhere else: it is not asked again."""
    import anyio

    port = int(site.url.rpartition(":")[2])
    answers = [[(2, 1, 6, "", ("127.0.0.1", port))]]

    async def resolve(*_args: object, **_options: object) -> list[object]:
        return answers.pop()  # type: ignore[return-value]

    monkeypatch.setattr(anyio, "getaddrinfo", resolve)
    monkeypatch.setattr("corpus.fetch.download.is_public", lambda machine: machine == "127.0.0.1")
    site["/a"] = lambda headers: page(headers["host"])
    assert download(f"http://paper.example:{port}/a", {}, SMALL).data == f"paper.example:{port}".encode()


def test_the_machines_of_a_name_that_may_be_asked_are(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    import anyio

    port = int(site.url.rpartition(":")[2])

    async def resolve(*_args: object, **_options: object) -> list[object]:
        # No machine listens at the second one.
        return [(2, 1, 6, "", (machine, port)) for machine in ("10.0.0.1", "127.0.0.99", "127.0.0.1")]

    monkeypatch.setattr(anyio, "getaddrinfo", resolve)
    monkeypatch.setattr("corpus.fetch.download.is_public", lambda machine: machine.startswith("127."))
    site["/a"] = page("here")
    assert download(f"http://paper.example:{port}/a", {}, SMALL).data == b"here"


def test_redirects_are_followed(site: Site) -> None:
    site["/a"] = redirect("/b?x=1#part")
    site["/b?x=1"] = redirect(f"{site.url}/c")
    site["/c"] = page("there")
    found = get(site)
    assert (found.address, found.data) == (f"{site.url}/c", b"there")


def test_a_redirect_loop_ends(site: Site) -> None:
    site["/a"] = redirect("/b")
    site["/b"] = redirect("/a")
    with pytest.raises(UserError, match="redirected more than 3 times, at last to '.*/a'"):
        get(site)
    assert site.asked == ["/a", "/b", "/a", "/b"]


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://a.example/", "http://u:p@a.example/"])
def test_a_redirect_to_what_is_no_page(site: Site, location: str) -> None:
    site["/a"] = redirect(location)
    with pytest.raises(UserError, match="redirects to what cannot be fetched"):
        get(site)


def test_an_endless_body_ends(site: Site) -> None:
    def endless(_headers: dict[str, str]) -> Iterator[bytes]:
        yield HEAD + b"\r\n"
        while not site.is_over.is_set():
            yield b"x" * 10_000

    site["/a"] = endless
    with pytest.raises(UserError, match="it has more than 100,000 bytes"):
        get(site)


def test_a_slow_body_ends(site: Site) -> None:
    def dripping(_headers: dict[str, str]) -> Iterator[bytes]:
        yield HEAD + b"\r\n"
        while not site.is_over.wait(0.01):
            yield b"x"

    site["/a"] = dripping
    with pytest.raises(UserError, match=r"it took longer than 0\.5 seconds; try again later"):
        get(site, limits=SHORT)


def test_slow_headers_end(site: Site) -> None:
    def dripping(_headers: dict[str, str]) -> Iterator[bytes]:
        yield HEAD
        while not site.is_over.wait(0.01):
            yield b"X-Slow: 1\r\n"

    site["/a"] = dripping
    with pytest.raises(UserError, match=r"it took longer than 0\.5 seconds"):
        get(site, limits=SHORT)


def test_silence_ends(site: Site) -> None:
    def silent(_headers: dict[str, str]) -> Iterator[bytes]:
        site.is_over.wait(30)
        yield b""

    site["/a"] = silent
    with pytest.raises(UserError, match=r"it took longer than 0\.5 seconds"):
        get(site, limits=SHORT)


def test_a_body_shorter_than_it_says(site: Site) -> None:
    site["/a"] = HEAD + b"Content-Length: 500\r\n\r\n<p>Half a page"
    with pytest.raises(UserError, match="broke off: .*complete message body.*; try again later"):
        get(site)


def test_a_body_longer_than_it_says(site: Site) -> None:
    site["/a"] = HEAD + b"Content-Length: 5\r\n\r\nHello, and more"
    assert get(site).data == b"Hello"


@pytest.mark.parametrize("answer", [b"", b"\x16\x03\x01 no HTTP\r\n\r\n", HEAD + b"X: " + b"y" * 200_000 + b"\r\n\r\n"])
def test_what_is_no_answer(site: Site, answer: bytes) -> None:
    site["/a"] = answer
    with pytest.raises(UserError, match="'127.0.0.1' broke off: "):
        get(site)


def test_a_packed_body(site: Site) -> None:
    site["/a"] = page(gzip.compress(b"Hello"), "Content-Encoding: gzip")
    assert get(site).data == b"Hello"


def test_a_bomb_is_not_unpacked_whole(site: Site) -> None:
    site["/a"] = page(gzip.compress(b"\0" * 5_000_000), "Content-Encoding: gzip")
    with pytest.raises(UserError, match="unpacked it has more than 100,000 bytes"):
        get(site)


@pytest.mark.parametrize(
    ("packing", "body", "message"),
    [
        ("br", b"x", "packed as 'br', which was not asked for"),
        ("gzip, gzip", b"x", "packed as 'gzip, gzip'"),
        ("gzip", b"Hello", "not gzip as it says"),
        ("gzip", gzip.compress(b"Hello")[:-9], "it ends too early"),
    ],
)
def test_a_body_packed_wrongly(site: Site, packing: str, body: bytes, message: str) -> None:
    site["/a"] = page(body, f"Content-Encoding: {packing}")
    with pytest.raises(UserError, match=message):
        get(site)


@pytest.mark.parametrize(
    ("status", "headers", "message"),
    [
        ("404 Not Found", (), "answered 404: there is nothing at this address"),
        ("410 Gone", (), "answered 410: what was at this address is gone"),
        ("403 Forbidden", (), "'127.0.0.1' answered 403$"),
        ("500 Oops", (), "answered 500$"),
        ("503 Busy", ("Retry-After: 120",), "answered 503: it asks to come again in 120 seconds"),
        ("429 Slow down", (), "answered 429: it is too busy"),
        ("204 No Content", (), "answered 204"),
        ("302 Found", (), "answered 302"),
    ],
)
def test_other_answers(site: Site, status: str, headers: tuple[str, ...], message: str) -> None:
    site["/a"] = page("", *headers, status=status)
    with pytest.raises(Refused, match=message) as caught:
        get(site)
    assert caught.value.status == int(status[:3])


def test_nobody_there() -> None:
    with pytest.raises(UserError, match="'127.0.0.1' cannot be reached"):
        download("http://127.0.0.1:1/", {}, SMALL, allows_private=True)


def test_no_such_host() -> None:
    with pytest.raises(UserError, match="there is no host 'nowhere.invalid'"):
        download("http://nowhere.invalid/", {}, SMALL)


def test_unpack_takes_both_forms_and_no_more_than_it_may() -> None:
    assert unpack(gzip.compress(b"a" * 1000), 1000) == unpack(zlib.compress(b"a" * 1000), 1000) == b"a" * 1000
    with pytest.raises(UserError, match="more than 999 bytes"):
        unpack(gzip.compress(b"a" * 1000), 999)

"""Whose word is taken for who asks, and under which name."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from serving import Serve, code_of
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from qa.settings import Settings
from qa.web.gate.proxies import WAS_FORWARDED, Proxies

pytestmark = pytest.mark.slow

FORWARDED = {
    "X-Forwarded-For": "203.0.113.9, 10.0.0.8",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Gradio-Server": "http://evil.example",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9",
}


async def seen(scope: Scope, receive: Receive, send: Send) -> None:
    names = sorted(name.decode() for name, _ in scope["headers"])
    told = {"client": scope["client"][0], "scheme": scope["scheme"], "names": names}
    await JSONResponse(told)(scope, receive, send)


@pytest.mark.parametrize(
    ("trusted", "client", "scheme"),
    [
        ((), "10.0.0.7", "http"),
        (("10.0.0.9",), "10.0.0.7", "http"),
        (("10.0.0.7",), "10.0.0.8", "https"),
        # What a client itself wrote in front of the proxies' own entries is not believed.
        (("10.0.0.0/24",), "203.0.113.9", "https"),
    ],
)
def test_only_a_trusted_proxy_says_who_asks_and_nothing_behind_sees_the_headers(
    trusted: tuple[str, ...], client: str, scheme: str
) -> None:
    told = TestClient(Proxies(seen, trusted), client=("10.0.0.7", 1)).get("/", headers=FORWARDED).json()
    assert (told["client"], told["scheme"]) == (client, scheme)
    assert set(told["names"]) == {"accept", "accept-encoding", "connection", "host", "user-agent"}


@pytest.mark.parametrize(
    ("version", "headers", "was_forwarded"),
    [
        ("1.1", [], False),
        ("1.1", [(b"x-request-id", b"7"), (b"connection", b"close")], False),
        *(("1.1", [(name.lower().encode(), b"x")], True) for name in (*FORWARDED, "Via", "X-FORWARDED-PORT")),
        # As nginx asks that was told no more than where to ask.
        ("1.0", [(b"host", b"127.0.0.1:7860"), (b"connection", b"close")], True),
    ],
)
def test_what_a_proxy_hands_on_is_told_from_what_is_asked_here(
    version: str, headers: list[tuple[bytes, bytes]], was_forwarded: bool
) -> None:
    scopes: list[Scope] = []

    async def keep(scope: Scope, _receive: Receive, _send: Send) -> None:
        scopes.append(scope)

    scope = {"type": "http", "http_version": version, "headers": headers, "client": ("127.0.0.1", 1)}
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(Proxies(keep, ())(scope, None, None))).result()  # type: ignore[arg-type]
    assert scopes[0][WAS_FORWARDED] is was_forwarded


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Gradio-Server", "X-Forwarded-Proto"])
def test_no_header_changes_where_the_chat_believes_itself(client: TestClient, header: str) -> None:
    value = {"X-Forwarded-Host": "evil.example", "X-Gradio-Server": "http://evil.example"}.get(header, "https")
    assert client.get("/chat/config", headers={header: value}).json()["root"] == "http://testserver/chat"


def test_a_client_is_counted_by_its_own_address(serve: Serve) -> None:
    asking = [{"X-Forwarded-For": f"203.0.113.{n}"} for n in range(4)]
    client = serve(client_rate="2/minute", trusted_proxies="10.0.0.7")
    assert [client.get("/api/articles", headers=headers).status_code for headers in asking] == [200, 200, 429, 429]
    through = TestClient(client.app, client=("10.0.0.7", 1))
    assert [through.get("/api/articles", headers=headers).status_code for headers in asking] == [200] * 4


def test_a_server_for_others_answers_to_its_addresses_and_the_names_it_is_given(serve: Serve) -> None:
    client = serve(hosts="Articles.example", host="0.0.0.0")
    for host in ("articles.example", "ARTICLES.EXAMPLE:80", "192.168.1.20:7860", "[fd00::7]:7860", "localhost"):
        assert client.get("/api/articles", headers={"Host": host}).status_code == 200
    for bound in ("0.0.0.0", "::"):
        # The name of a page elsewhere that now leads to this machine.
        rebound = serve(hosts=(), host=bound).get("/api/articles", headers={"Host": "evil.example"})
        assert code_of(rebound) == (421, "unknown_host")
    assert serve(hosts="*").get("/api/articles", headers={"Host": "any.example"}).status_code == 200


@pytest.mark.parametrize("network", ["proxy.example", "10.0.0.1/24", "*", "10.0.0.0/99"])
def test_a_proxy_is_named_by_its_address(network: str) -> None:
    with pytest.raises(ValueError, match="a proxy is named by its address or its network"):
        Settings(trusted_proxies=(network,))

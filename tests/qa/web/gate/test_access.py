"""Which sites, names, programs and how many requests are let in; each refusal says why."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from running import running
from serving import SITE, Serve, code_of

from qa.archive import Archive
from qa.build import Models
from qa.settings import Settings
from qa.web.gate.throttle import Throttle, client_of, further_cost
from qa.web.server import access_rules, create_app

pytestmark = pytest.mark.slow

ASK = {"question": "Who introduced the Indo-Pacific Treaty Organization Act?"}
KEY = "a key of many letters"


def test_a_site_on_the_list_may_ask(serve: Serve) -> None:
    response = serve().post("/api/ask", json=ASK, headers={"Origin": SITE})
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == SITE
    assert "Origin" in response.headers["vary"]
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://paper.example", "https://paper.example:8443", "https://a.paper.example", "null",
     "https://paper.example.evil.example", "nonsense", "", "https://[bad"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/ask", "/api/feedback", "/chat/gradio_api/run/predict"])
def test_any_other_origin_is_told_so(serve: Serve, origin: str, path: str) -> None:
    response = serve().post(path, json=ASK, headers={"Origin": origin})
    assert code_of(response) == (403, "origin_not_allowed")
    assert "setting 'origins'" in response.json()["error"]["message"]
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        # Whoever has one of these has all of the network.
        ("2001:db8:1:2:a::7", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:b::8", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
def test_who_is_counted(host: str, counted: str) -> None:
    assert client_of({"client": (host, 1)}) == counted


def test_even_when_all_sites_may_ask_nobodys_page_may_not(serve: Serve) -> None:
    client = serve(origins="*")
    assert client.post("/api/ask", json=ASK, headers={"Origin": "https://any.example"}).status_code == 200
    assert code_of(client.post("/api/ask", json=ASK, headers={"Origin": "null"})) == (403, "origin_not_allowed")


def test_only_the_api_is_open_to_other_sites(serve: Serve) -> None:
    client = serve()
    for path in ("/chat/config", "/metrics", "/articles/none", "/evaluation"):
        assert code_of(client.get(path, headers={"Origin": SITE})) == (403, "origin_not_allowed")
    assert client.get("/api/articles", headers={"Origin": SITE}).status_code == 200


def test_no_origin_and_the_own_page_may_ask(serve: Serve) -> None:
    client = serve(origins=())
    assert client.post("/api/ask", json=ASK).status_code == 200
    assert client.post("/api/ask", json=ASK, headers={"Origin": "http://testserver"}).status_code == 200
    # Behind a proxy that speaks https.
    assert client.post("/api/ask", json=ASK, headers={"Origin": "https://testserver"}).status_code == 200


def test_preflights(serve: Serve) -> None:
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    client = serve()
    allowed = client.options("/api/ask", headers={"Origin": SITE, **wanted})
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == SITE
    assert allowed.headers["access-control-allow-methods"] == "GET, POST"
    odd = {**wanted, "Access-Control-Request-Headers": "x-odd, " + "y" * 5000}
    assert client.options("/api/ask", headers={"Origin": SITE, **odd}).status_code == 400
    deleting = {**wanted, "Access-Control-Request-Method": "DELETE"}
    assert client.options("/api/ask", headers={"Origin": SITE, **deleting}).status_code == 400
    refused = client.options("/api/ask", headers={"Origin": "https://evil.example", **wanted})
    assert code_of(refused) == (403, "origin_not_allowed")
    assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "[", "evil.example:80", "127.0.0.1.evil"])
def test_a_spoofed_host_is_refused(serve: Serve, host: str) -> None:
    response = serve().get("/api/articles", headers={"Host": host})
    assert code_of(response) == (421, "unknown_host")


def test_a_page_elsewhere_cannot_take_on_a_name_of_this_machine(serve: Serve) -> None:
    # DNS rebinding: the name is the attacker's, the address this machine's; host and origin agree.
    rebound = {"Host": "evil.example:7860", "Origin": "http://evil.example:7860"}
    assert code_of(serve(hosts=()).post("/api/ask", json=ASK, headers=rebound)) == (421, "unknown_host")
    assert serve(hosts=()).get("/api/articles", headers={"Host": "localhost:7860"}).status_code == 200


def test_programs_bring_the_key_where_there_is_one(serve: Serve) -> None:
    client = serve(api_key=KEY)
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {KEY}"}, {"Authorization": ""}):
        for path in ("/api/articles", "/metrics"):
            response = client.get(path, headers=headers)
            assert code_of(response) == (401, "key_needed")
            assert response.headers["www-authenticate"] == "Bearer"
    with_key = {"Authorization": f"Bearer {KEY}"}
    assert client.get("/api/articles", headers=with_key).status_code == 200
    assert client.get("/metrics", headers=with_key).status_code == 200
    # Pages go on without it.
    assert client.post("/api/ask", json=ASK, headers={"Origin": SITE}).status_code == 200
    assert client.get("/api/articles", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert client.get("/health").status_code == 200
    assert client.get("/api/openapi.json").status_code == 200


def test_a_client_that_asks_too_often_is_told_when_to_come_back(serve: Serve) -> None:
    client = serve(client_rate="3/minute", api_key=KEY)
    headers = {"Origin": SITE}
    assert [client.get("/api/articles", headers=headers).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/api/articles", headers=headers)
    assert code_of(refused) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    # So that the page can read it.
    assert refused.headers["access-control-allow-origin"] == SITE
    assert "Retry-After" in refused.headers["access-control-expose-headers"]
    assert client.get("/health", headers=headers).status_code == 200
    # Pages make as much work.
    assert [client.get(path).status_code for path in ("/articles/none", "/evaluation")] == [429, 429]
    assert client.get("/api/articles", headers={"Authorization": f"Bearer {KEY}"}).status_code == 200


def test_who_asks_for_more_passages_asks_for_more(serve: Serve) -> None:
    # Fifty passages count as four requests, as they cost.
    client = serve(client_rate="6/minute", site_rate="3/minute")
    codes = [client.post("/api/ask", json=ASK | {"k": k}).status_code for k in (50, 5, 50, 5, 5)]
    assert codes == [200, 200, 429, 429, 429]
    # What costs more than there is at all can be asked once.
    headers = {"Origin": SITE}
    client = serve(site_rate="3/minute")
    assert [client.post("/api/ask", json=ASK | {"k": 50}, headers=headers).status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    ("body", "cost"),
    [
        (b'{"k": 50}', 3), (b'{"k": "50"}', 3), (b'{"k": 50.0}', 3), (b'{"\\u006b": 20}', 1), (b'{"k": 5}', 0),
        (b'{"k": 1}', 0), (b'{"k": -9}', 0), (b'{"k": 1e300}', 3), (b'{"k": 1e999}', 0), (b'{"k": NaN}', 0),
        (b'{"k": null}', 0), (b"[]", 0), (b"{}", 0), (b"", 0), (b"\xff", 0), (b"[" * 60_000, 0), (b"7", 0),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_read_as_the_api_reads_it(body: bytes, cost: int) -> None:
    assert further_cost(body) == cost


def test_a_site_has_a_rate_of_its_own(serve: Serve) -> None:
    client = serve(site_rate="2/minute", origins=(SITE, "https://other.example"))
    asked = [client.get("/api/articles", headers={"Origin": SITE}).status_code for _ in range(3)]
    assert asked == [200, 200, 429]
    assert client.get("/api/articles", headers={"Origin": "https://other.example"}).status_code == 200
    assert client.get("/api/articles").status_code == 200


def test_every_answer_can_be_found_in_the_log(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    client = serve()
    with caplog.at_level("INFO", "qa.web"):
        response = client.post("/api/ask", json=ASK)
    (record,) = [record for record in caplog.records if record.getMessage() == "request"]
    assert record.__dict__["request_id"] == response.headers["x-request-id"]
    assert (record.__dict__["path"], record.__dict__["status"]) == ("/api/ask", 200)
    (asked,) = [record for record in caplog.records if record.getMessage() == "question"]
    assert asked.__dict__["result"] == "answered"
    assert ASK["question"] not in str([record.__dict__ for record in caplog.records])
    with caplog.at_level("INFO", "qa.web"):
        serve(log_questions=True).post("/api/ask", json=ASK)
    assert caplog.records[-2].__dict__["question"] == ASK["question"]


def test_metrics_count_answers_and_refusals(serve: Serve) -> None:
    client = serve()
    client.post("/api/ask", json=ASK)
    client.post("/api/ask", json={"question": "Who won the 2022 World Cup?"})
    client.post("/api/ask", json={"question": " "})
    client.post("/api/ask", json={"question": "Thank you!"})
    text = client.get("/metrics").text
    assert 'article_qa_questions_total{result="answered"} 1.0' in text
    assert 'article_qa_questions_total{result="refused"} 1.0' in text
    assert 'article_qa_questions_total{result="talk"} 1.0' in text
    assert 'article_qa_questions_total{result="error"} 0.0' in text
    assert 'article_qa_stage_seconds_count{stage="total"} 2.0' in text
    assert 'article_qa_stage_seconds_count{stage="search"} 2.0' in text
    assert "article_qa_index_articles 5.0" in text
    assert "World Cup" not in text
    (age,) = [line for line in text.splitlines() if line.startswith("article_qa_index_age_seconds ")]
    assert 0 <= float(age.split()[1]) < 3600


def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.web.gate.throttle.BODY_SECONDS", 0.05)
    sent: list[dict[str, Any]] = []

    async def never() -> dict[str, Any]:
        await asyncio.sleep(30)
        return {}

    async def keep(message: dict[str, Any]) -> None:
        sent.append(message)

    async def app(*_: object) -> None:
        raise AssertionError("it was let in")

    scope = {"type": "http", "method": "POST", "path": "/api/ask", "headers": [], "client": ("1.2.3.4", 5)}
    # In a thread of its own: that of the browser tests has a loop already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(Throttle(app, access_rules(Settings()))(scope, never, keep))).result()  # type: ignore[arg-type]
    assert sent[0]["status"] == 408
    assert b"too_slow" in sent[1]["body"]


@pytest.fixture
def address(models: Models, bundled_settings: Settings) -> Iterator[tuple[str, int]]:
    """A real server, whose clients may make 50 requests a minute."""
    settings = bundled_settings.model_copy(update={"client_rate": "50/minute", "hosts": ()})
    with running(create_app(Archive(settings, models=models))) as address:
        yield address


def test_a_burst_a_flood_and_a_slow_client_do_not_keep_another_from_its_answer(address: tuple[str, int]) -> None:
    def request(source: str, body: bytes) -> httpx.Response:
        url = f"http://{address[0]}:{address[1]}/api/ask"
        with httpx.Client(transport=httpx.HTTPTransport(local_address=source), timeout=60) as client:
            return client.post(url, content=body, headers={"Content-Type": "application/json"})

    question = json.dumps(ASK).encode()
    with socket.create_connection(address, timeout=30, source_address=("127.0.0.3", 0)) as slow:
        slow.sendall(b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{")
        assert code_of(request("127.0.0.4", b"x" * 10_000_000)) == (413, "too_large")
        codes: list[int] = []
        burst = [
            threading.Thread(target=lambda: codes.append(request("127.0.0.2", b'{"question": " "}').status_code))
            for _ in range(500)
        ]
        for thread in burst:
            thread.start()
        started = time.monotonic()
        answer = request("127.0.0.5", question)
        waited = time.monotonic() - started
        for thread in burst:
            thread.join()
    assert answer.json()["answerable"] is True
    assert waited < 30
    assert (codes.count(422), codes.count(429)) == (50, 450)


CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": "Who?"}}}
TOOLS = {"Accept": "application/json, text/event-stream"}


def test_language_model_clients_bring_the_key_and_are_counted_without(serve: Serve) -> None:
    client = serve(api_key=KEY, mcp=True)
    for path in ("/chat/gradio_api/mcp", "/chat/gradio_api/mcp/", "/chat/gradio_api/mcp/http/", "/metrics"):
        # No page of the server's own uses them.
        for pretending in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}):
            assert code_of(client.post(path, json=CALL, headers={**TOOLS, **pretending})) == (401, "key_needed")
    foreign = client.post("/chat/gradio_api/mcp/", json=CALL, headers={**TOOLS, "Origin": SITE})
    assert code_of(foreign) == (403, "origin_not_allowed")
    with serve(mcp=True, client_rate="2/minute") as client:
        codes = [client.post("/chat/gradio_api/mcp/", json=CALL, headers=TOOLS).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_a_clock_that_was_set_back_shuts_nobody_out(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    client, now = serve(client_rate="2/minute"), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_400)
    assert [client.get("/api/articles").status_code for _ in range(3)] == [200, 200, 429]
    monkeypatch.setattr(time, "time", lambda: now)
    assert client.get("/api/articles").status_code == 200

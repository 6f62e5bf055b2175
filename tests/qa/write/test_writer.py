"""Writer: a real server on this machine that speaks the protocol, with good, bad and hostile replies."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from fakes import BRIDGE, HashEncoder

from index.generations import IndexFolder
from index.retriever import Retriever
from qa.answer import Answer, WrittenSentence
from qa.answerer import Answerer
from qa.evaluate.run.ask import read_answer
from qa.evidence.fitted import load_fitted
from qa.show.wording import written_in_words
from qa.stages import ended_by
from qa.web.chat.answer_html import answer_html
from qa.write.writer import MAX_AT_ONCE, MAX_REPLY_BYTES, NOT_REACHED, NOT_UNDERSTOOD, Writer

QUESTION = "How much did the harbour bridge cost?"
COST = "The bridge cost 40 million crowns"


class Model(ThreadingHTTPServer):
    """A language model that replies what it is told to; `asked` has the requests it got."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply: Callable[[Handler], None] = says("NONE")
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Model

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), json.loads(body)))
        self.server.reply(self)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


def says(text: object) -> Callable[[Handler], None]:
    return lambda handler: handler.send(json.dumps({"choices": [{"message": {"content": text}}]}).encode())


def sends(body: bytes, status: int = 200, **headers: str) -> Callable[[Handler], None]:
    return lambda handler: handler.send(body, status, **headers)


@pytest.fixture
def model() -> Iterator[Model]:
    with Model() as server:
        # It looks every 10 ms whether it is to shut down; it would every half second.
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def retriever(shared: IndexFolder) -> Retriever:
    return Retriever(shared, HashEncoder())


@pytest.fixture
def ask(retriever: Retriever, model: Model) -> Callable[..., Answer]:
    def ask(reply: Callable[[Handler], None], *, key: str | None = None, seconds: float = 5.0) -> Answer:
        model.reply = reply
        writer = Writer(model.url, "a model", key, seconds=seconds)
        # At most wrong in half of the answers: what is asked here is always answered.
        return Answerer(retriever, load_fitted(), most_wrong=0.5, writer=writer).ask(QUESTION, write=True)

    return ask


Ask = Callable[..., Answer]


def written(answer: Answer) -> tuple[list[str], int, str]:
    assert answer.is_answerable
    assert answer.written is not None
    return [sentence.text for sentence in answer.written.sentences], answer.written.left_out, answer.written.problem


def test_sentences_that_the_passages_bear_out_are_kept(ask: Ask, model: Model) -> None:
    answer = ask(says(f"{COST} [1]. Mayor Anna Berg opened it in Oslo on Friday. [1]"), key="secret")
    assert answer.written is not None
    assert answer.written.sentences == (
        WrittenSentence(f"{COST}.", (1,)),
        WrittenSentence("Mayor Anna Berg opened it in Oslo on Friday.", (1,)),
    )
    assert written(answer)[1:] == (0, "")
    ((path, headers, body),) = model.asked
    assert (path, headers["Authorization"], body["model"]) == ("/v1/chat/completions", "Bearer secret", "a model")
    assert BRIDGE.text.partition("\n")[0] in body["messages"][1]["content"]
    assert body["messages"][1]["content"].endswith(f"Question: {QUESTION}")
    assert answer.timing_ms["total"] >= answer.timing_ms["write"] > 0


@pytest.mark.parametrize(
    ("reply", "kept", "left_out"),
    [
        (f"{COST} [1], [2].", [f"{COST}."], 0),
        (f"{COST} [1][1].", [f"{COST}."], 0),
        (f"{COST}. [ 1 ]", [f"{COST}."], 0),
        (f"  {COST}\n\n[1]\n", [f"{COST}."], 0),
        ("The bridge cost 50 million crowns [1].", [], 1),
        (f"{COST}.", [], 1),
        ("The bridge [1] cost 40 million crowns.", [f"{COST}."], 0),
        # What is cited in the middle is checked whole.
        ("It is not true that [1] the bridge cost 40 million crowns [1].", [], 1),
        ("Karl Frei denied [2] that the bridge cost 40 million crowns [1].", [], 1),
        (f"{COST} [1], and opened in 2020 [1].", [], 1),
        (f"{COST}" + " " * 50_000 + "[1].", [], 1),
        (f"{COST} [0].", [], 1),
        (f"{COST} [99].", [], 1),
        (f"{COST} [1, 99].", [], 1),
        (f"{COST} [9999].", [], 1),
        (f"Everyone was happy. {COST} [1].", [f"{COST}."], 1),
        (f"{COST} [1]. And so the story ends.", [f"{COST}."], 1),
        ("NONE", [], 0),
        ("", [], 0),
        ("[1] [2]", [], 0),
        (f"{COST} [1]. " * 7, [f"{COST}."] * 5, 2),
        (f"{'bridge ' * 200}[1].", [], 1),
        (f"{COST}, see https://example.org/ [1].", [], 1),
        (f"**{COST}** [1].", [], 1),
        (f"<script>alert(1)</script> {COST} [1].", [], 1),
        (f"\x00\x1b[31m{COST}\ud800 [1].", [], 1),
    ],
)
def test_what_is_not_borne_out_is_left_out(ask: Ask, reply: str, kept: list[str], left_out: int) -> None:
    assert written(ask(says(reply))) == (kept, left_out, "")


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (sends(b"no", 500), NOT_REACHED),
        (sends(b"", 302, Location="http://example.org/"), NOT_REACHED),
        (sends(b"not json"), NOT_UNDERSTOOD),
        (sends(b"[" * 100_000), NOT_UNDERSTOOD),
        (sends(b'{"choices": []}'), NOT_UNDERSTOOD),
        (sends(b'{"choices": [{"message": null}]}'), NOT_UNDERSTOOD),
        (sends(b"x" * (MAX_REPLY_BYTES + 1)), NOT_REACHED),
        (sends(b"not gzip", Content_Encoding="gzip"), NOT_REACHED),
        (sends(b"short", Content_Length="900"), NOT_REACHED),
        (says(None), NOT_UNDERSTOOD),
        (says([COST]), NOT_UNDERSTOOD),
    ],
)
def test_a_reply_that_is_none_leaves_the_passages(ask: Ask, reply: Callable[[Handler], None], problem: str) -> None:
    answer = ask(reply)
    assert written(answer) == ([], 0, problem)
    assert answer.citations[0].article_id == "bridge"


def test_a_reply_that_trickles_is_not_waited_for(ask: Ask) -> None:
    hung_up = threading.Event()

    def trickle(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            try:
                handler.wfile.write(b" ")
            except OSError:
                hung_up.set()
                return
            time.sleep(0.1)

    started = time.monotonic()
    assert written(ask(trickle, seconds=0.5)) == ([], 0, NOT_REACHED)
    assert time.monotonic() - started < 5
    # Nor does it keep one of the few places.
    assert hung_up.wait(5)


def test_nor_are_headers_that_trickle(ask: Ask) -> None:
    def trickle(handler: Handler) -> None:
        for n in range(50):
            try:
                handler.wfile.write(b"HTTP/1.0 200 OK\r\n" if n == 0 else b"X-Header: 1\r\n")
            except OSError:
                return
            time.sleep(0.1)

    started = time.monotonic()
    assert written(ask(trickle, seconds=0.5)) == ([], 0, NOT_REACHED)
    assert time.monotonic() - started < 3


def test_whoever_asked_may_go(ask: Ask) -> None:
    released = threading.Event()
    calls = []

    def check() -> None:
        calls.append(1)
        # Two stages of the answer, and the second look at the reply.
        if len(calls) == 4:
            raise InterruptedError

    with ended_by(check), pytest.raises(InterruptedError):
        ask(lambda _handler: released.wait(20), seconds=20)
    released.set()


def test_a_slow_model_holds_up_only_so_many(ask: Ask) -> None:
    held = threading.Event()
    answer = ask(says("NONE"))
    writer = Writer("http://127.0.0.1:9/v1", "a model")
    writer._post = lambda _messages, body: held.wait(20) and body.set_result(b"")  # type: ignore[assignment,method-assign]
    waiting = [threading.Thread(target=writer.write, args=(answer,)) for _ in range(MAX_AT_ONCE)]
    for thread in waiting:
        thread.start()
    started = time.monotonic()
    assert writer.write(answer).problem == NOT_REACHED
    assert time.monotonic() - started < 5
    held.set()
    for thread in waiting:
        thread.join()


@pytest.mark.parametrize(
    ("url", "key"), [("http://a..b/v1", None), (f"http://{'a' * 70}/v1", None), ("http://127.0.0.1:9/v1", "schlüssel")]
)
def test_an_address_or_key_that_is_none_leaves_the_passages(retriever: Retriever, url: str, key: str | None) -> None:
    writer = Writer(url, "a model", key)
    answer = Answerer(retriever, load_fitted(), most_wrong=0.5, writer=writer).ask(QUESTION, write=True)
    assert written(answer) == ([], 0, NOT_REACHED)


def test_a_server_that_is_not_there_leaves_the_passages(retriever: Retriever, model: Model) -> None:
    model.server_close()
    writer = Writer(model.url, "a model")
    answer = Answerer(retriever, load_fitted(), most_wrong=0.5, writer=writer).ask(QUESTION, write=True)
    assert written(answer) == ([], 0, NOT_REACHED)


def test_a_refusal_asks_no_model(retriever: Retriever, model: Model) -> None:
    writer = Writer(model.url, "a model")
    answer = Answerer(retriever, load_fitted(), writer=writer).ask("Who is the king of Sweden?", write=True)
    assert (answer.is_answerable, answer.written, model.asked) == (False, None, [])


def test_who_does_not_ask_for_it_waits_for_no_model(retriever: Retriever, model: Model) -> None:
    answer = Answerer(retriever, load_fitted(), most_wrong=0.5, writer=Writer(model.url, "m")).ask(QUESTION)
    assert (answer.is_answerable, answer.written, model.asked) == (True, None, [])


def test_without_a_model_an_answer_says_nothing_of_one(retriever: Retriever) -> None:
    answer = Answerer(retriever, load_fitted(), most_wrong=0.5).ask(QUESTION, write=True)
    assert answer.written is None
    assert "written" not in answer.to_json()
    assert 'class="written"' not in answer_html(answer)


def test_what_was_written_is_shown_with_its_citations_and_escaped(ask: Ask) -> None:
    answer = ask(says(f"{COST} [1]. The <b>bridge</b> cost 50 million crowns [1]."))
    shown = answer_html(answer)
    assert '<p class="sentences" dir="auto">The bridge cost 40 million crowns&#46; <a class="cite"' in shown
    assert "<b>" not in shown
    assert answer.written is not None
    assert written_in_words(answer.written) == (
        "Written by a model from the passages below. "
        "One sentence was left out, not borne out by the passages cited for it."
    )
    assert answer.to_json()["written"] == {
        "model": "a model",
        "sentences": [{"text": f"{COST}.", "citations": [1]}],
        "left_out": 1,
    }
    # A saved run has the answer without what was written: it is the passages that are judged.
    assert read_answer(answer.to_json()).written is None


def test_what_failed_is_said(ask: Ask) -> None:
    answer = ask(sends(b"no", 500))
    assert answer.written is not None
    assert written_in_words(answer.written) == "Nothing was written: the language model could not be asked."
    assert answer.to_json()["written"]["problem"] == NOT_REACHED

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from corpus.errors import UserError
from qa.archive import Archive
from qa.feedback import Feedback, read_feedback
from qa.question.followup import Turn
from qa.web.api.schema import AskRequest
from qa.web.gate.throttle import MAX_BODY_BYTES
from qa.web.server import create_app

pytestmark = pytest.mark.slow

MISSION = "When did South Korea open a diplomatic mission to NATO?"
BUNDLED = [
    "000_7936eb6cbf14d6de",
    "001_de1f21643fab2dcd",
    "002_4fc778d844c30eeb",
    "003_3029bffaf7cebc33",
    "004_ba14481eac79cfe1",
]


def ask(client: TestClient, **body: object) -> dict[str, Any]:
    response = client.post("/api/ask", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def error_of(response: Response) -> tuple[int, str, str]:
    """Status, code and message; the body must have the one shape there is."""
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert "Traceback" not in response.text
    return response.status_code, body["error"]["code"], body["error"]["message"]


def test_answer_is_the_answerers_own(client: TestClient, archive: Archive) -> None:
    answer = ask(client, question=MISSION)
    own = json.loads(json.dumps(archive.ask(MISSION).to_json()))
    assert {**answer, "timing_ms": {}} == {**own, "timing_ms": {}}
    assert answer["answerable"] is True
    assert "November 2022" in answer["answer"] or "last November" in answer["answer"]
    assert answer["citations"][0]["times"] == [{"words": "last November", "when": "2022-11"}]
    assert all("times" not in citation or citation["times"] for citation in answer["citations"])


def test_the_words_that_answer_are_always_spoken_of(client: TestClient) -> None:
    answer = ask(client, question=MISSION)
    first = answer["citations"][0]
    assert answer["short"] is None or answer["short"] in answer["answer"]
    assert all({"short_start", "short_end"} <= citation.keys() for citation in answer["citations"])
    words = None if first["short_start"] is None else (first["short_start"], first["short_end"])
    assert (answer["short"] is None) == (words is None)
    described = client.get("/api/openapi.json").json()["components"]["schemas"]
    assert {"short_start", "short_end"} <= set(described["CitationModel"]["required"])
    whole_or_null = [{"type": "integer"}, {"type": "null"}]
    assert described["CitationModel"]["properties"]["short_end"]["anyOf"] == whole_or_null
    assert "short" in described["AnswerModel"]["required"]


def test_talk_gets_a_reply(client: TestClient, archive: Archive) -> None:
    answer = ask(client, question="Which articles do you have?", before="2024-01-01")
    assert (answer["answerable"], answer["answer"], answer["citations"], answer["confidence"]) == (False, None, [], 0)
    titles = [a.title for a in archive.list() if a.published and a.published.year < 2024]
    assert [line.partition(": ")[2] for line in answer["reply"].split("\n")[1:]] == titles
    assert "reply" not in ask(client, question=MISSION)


def test_citations_are_exact(client: TestClient) -> None:
    for citation in ask(client, question=MISSION)["citations"]:
        article = client.get(f"/api/articles/{citation['article_id']}").json()
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert article["text_sha256"] == citation["text_sha256"]
        assert citation["start"] <= citation["answer_start"] < citation["answer_end"] <= citation["end"]


def test_unanswerable_question(client: TestClient) -> None:
    answer = ask(client, question="Who won the 2022 World Cup?")
    assert answer["answerable"] is False
    assert answer["answer"] is None


@pytest.mark.parametrize(
    "history",
    [
        [
            {
                "question": "Who introduced the Indo-Pacific Treaty Organization Act?",
                "answer": "Mike Lawler introduced it.",
            }
        ],
        ["Who introduced the Indo-Pacific Treaty Organization Act?"],
        ["Old question?"] * 150 + ["Who introduced the Indo-Pacific Treaty Organization Act?"],
    ],
)
def test_follow_up(client: TestClient, history: list[object]) -> None:
    answer = ask(client, question="When did he introduce it?", history=history)
    assert "December 5" in answer["answer"]


def test_k_and_filters(client: TestClient) -> None:
    assert len(ask(client, question="NATO", k=2)["citations"]) == 2
    late = ask(client, question="Who is South Korea's president?", after="2025-01-01")
    assert {citation["article_id"] for citation in late["citations"]} == {"001_de1f21643fab2dcd"}
    early = ask(client, question="Who is South Korea's president?", before="2023-07-11", sources=["European Interest"])
    assert {citation["article_id"] for citation in early["citations"]} == {"004_ba14481eac79cfe1"}
    alone = ask(client, question="When did South Korea open a diplomatic mission to NATO?", articles=[FORUM])
    assert {citation["article_id"] for citation in alone["citations"]} == {FORUM}


FORUM = "000_7936eb6cbf14d6de"


def test_an_article_that_there_is_not_is_named(client: TestClient) -> None:
    response = client.post("/api/ask", json={"question": "Who?", "articles": [FORUM, "nowhere"]})
    message = "no article has the id 'nowhere'; the list of articles has the ids"
    assert error_of(response) == (404, "article_not_found", message)


def test_articles_are_listed_and_read(client: TestClient) -> None:
    listed = client.get("/api/articles").json()["articles"]
    assert sorted(article["article_id"] for article in listed) == BUNDLED
    dates = [article["published"] for article in listed if article["published"]]
    assert dates == sorted(dates, reverse=True)
    article = client.get("/api/articles/001_de1f21643fab2dcd").json()
    assert article["title"] == "How is South Korea Strengthening Its Partnership with NATO?"
    assert article["published"] == "2025-07-03"
    assert error_of(client.get("/api/articles/no/such")) == (
        404,
        "article_not_found",
        "no article has this id; GET /api/articles lists them",
    )


def test_articles_are_listed_a_part_at_a_time(client: TestClient) -> None:
    whole = client.get("/api/articles").json()
    every = whole["articles"]
    assert whole["total"] == len(every) == len(BUNDLED)
    first, rest = (client.get(f"/api/articles?limit=3&offset={offset}").json() for offset in (0, 3))
    assert (first["articles"], rest["articles"]) == (every[:3], every[3:])
    assert (first["total"], rest["total"]) == (5, 5)
    assert client.get("/api/articles?limit=1000&offset=5").json() == {"articles": [], "total": 5}
    assert client.get("/api/articles?offset=4").json()["articles"] == every[4:]
    for asked in ("limit=0", "limit=1001", "limit=x", "offset=-1"):
        assert error_of(client.get(f"/api/articles?{asked}"))[:2] == (422, "invalid_request")


def test_feedback_is_stored(client: TestClient, feedback_file: Path) -> None:
    body = {"question": MISSION, "verdict": "down", "comment": "no", "passage_id": "a:1-2"}
    response = client.post("/api/feedback", json=body)
    stored = read_feedback(feedback_file)
    assert (response.status_code, response.json()) == (201, {"number": len(stored)})
    assert stored[-1] == Feedback(MISSION, "down", "no", "a:1-2")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "question: Field required"),
        ({"question": "x" * 10_000}, "question: String should have at most 2000 characters"),
        ({"question": "Who?", "k": 0}, "k: Input should be greater than or equal to 1"),
        ({"question": "Who?", "k": 10_000}, "k: Input should be less than or equal to 50"),
        ({"question": "Who?", "k": 10**100}, "k: "),
        ({"question": "Who?", "k": "5"}, "k: Input should be a valid integer"),
        ({"question": "Who?", "k": True}, "k: Input should be a valid integer"),
        ({"question": "Who?", "colour": 1}, "colour: Extra inputs are not permitted"),
        ({"question": "Who?", "after": "yesterday"}, "after: "),
        ({"question": "Who?", "after": 5}, "after: a date is a text such as '2023-12-13'"),
        ({"question": "Who?", "after": "2024-01-02", "before": "2024-01-01"}, "'before' is earlier than 'after'"),
        ({"question": "Who\ud800?"}, "question: Input should be a valid string"),
        ({"question": "Who\0?"}, "question: the text holds characters that cannot be stored"),
        ({"question": "Who?", "history": [{"answer": "x"}]}, "history.0"),
        ({"question": "Who?", "history": ["\udfff"]}, "history.0"),
        ({"question": "Who?", "sources": ["\ud800"]}, "sources.0: the text holds"),
        ({"question": "Who?", "articles": ["\ud800"]}, "articles.0: the text holds"),
        ({"question": "Who?", "articles": "one"}, "articles: Input should be a valid list"),
        ({"question": "Who?", "articles": [""]}, "articles.0: Value should have at least 1 item"),
        ({"question": ["Who?"]}, "question: Input should be a valid string"),
        ([], "Input should be"),
        ("Who?", "Input should be"),
    ],
)
def test_invalid_questions(client: TestClient, body: object, message: str) -> None:
    response = client.post("/api/ask", content=json.dumps(body), headers={"content-type": "application/json"})
    status, code, words = error_of(response)
    assert (status, code) == (422, "invalid_request")
    assert words.startswith(message)
    assert len(words) < 300


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_empty_questions(client: TestClient, question: str) -> None:
    status, code, _ = error_of(client.post("/api/ask", json={"question": question}))
    assert (status, code) == (422, "bad_question")


def test_a_source_that_no_article_is_of_is_told_with_those_like_it(client: TestClient) -> None:
    response = client.post("/api/ask", json={"question": "Who?", "sources": ["European Interests"]})
    assert error_of(response) == (
        404,
        "unknown_source",
        "no article is of the source 'European Interests'; there is 'European Interest'",
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"question": "Who?", "k": NaN}',
        b'{"question": "Who?", "k": Infinity}',
        b'{"question": "Who?", "k": ' + b"9" * 5000 + b"}",
        b'{"question": "Who?", "history": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"question": NaN}',
        b"null",
    ],
)
@pytest.mark.parametrize("path", ["/api/ask", "/api/feedback"])
def test_bodies_that_are_no_json_object(client: TestClient, content: bytes, path: str) -> None:
    response = client.post(path, content=content, headers={"content-type": "application/json"})
    assert error_of(response)[0] in (400, 422)


def test_body_of_another_type_is_refused(client: TestClient) -> None:
    # A page of another site may send text/plain without asking first.
    response = client.post(
        "/api/feedback", content=b'{"question": "x", "verdict": "up"}', headers={"content-type": "text/plain"}
    )
    assert error_of(response)[0] == 422


@pytest.mark.parametrize("verdict", ["sideways", None, 1])
def test_invalid_feedback(client: TestClient, feedback_file: Path, verdict: object) -> None:
    before = read_feedback(feedback_file)
    response = client.post("/api/feedback", json={"question": "Who?", "verdict": verdict})
    assert error_of(response)[:2] == (422, "invalid_request")
    assert read_feedback(feedback_file) == before


def test_large_bodies_are_refused(client: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 1000 + 2):
            yield b"x" * 1000

    for content in (b"x" * (MAX_BODY_BYTES + 1), chunks()):
        status, code, message = error_of(client.post("/api/ask", content=content))
        assert (status, code) == (413, "too_large")
        assert "65536 bytes" in message
    fits = json.dumps({"question": "Who?"}).encode().ljust(MAX_BODY_BYTES)
    assert client.post("/api/ask", content=fits, headers={"content-type": "application/json"}).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_wrong_method(client: TestClient, method: str) -> None:
    response = client.request(method, "/api/ask")
    assert error_of(response)[:2] == (405, "method_not_allowed")
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/nowhere", "/api/nowhere", "/static/nowhere", "/static/../server.py", "/api"])
def test_wrong_path(client: TestClient, path: str) -> None:
    assert error_of(client.get(path))[:2] == (404, "not_found")


@pytest.fixture
def faulty(archive: Archive) -> TestClient:
    """The application with two routes that fail."""
    app = create_app(archive)

    @app.get("/api/broken")
    def broken() -> None:
        raise RuntimeError("/etc/secret")

    @app.get("/api/damaged")
    def damaged() -> None:
        raise UserError("'/home/me/articles.db' is damaged")

    return TestClient(app, raise_server_exceptions=False)


def test_unexpected_error_gives_nothing_away(faulty: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    response = faulty.get("/api/broken")
    assert error_of(response) == (500, "internal", "something went wrong on the server; its log says what")
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert "/etc/secret" in caplog.text


def test_errors_of_the_index_are_logged_not_told(faulty: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    status, code, message = error_of(faulty.get("/api/damaged"))
    assert (status, code) == (503, "unavailable")
    assert "/home" not in message
    assert "/home/me/articles.db" in caplog.text


def test_health_and_readiness(archive: Archive) -> None:
    app = create_app(archive)
    # Not started: nothing is loaded yet.
    cold = TestClient(app)
    assert (cold.get("/health").status_code, cold.get("/health").json()) == (200, {"status": "ok"})
    assert error_of(cold.get("/ready"))[:2] == (503, "not_ready")
    with TestClient(app) as client:
        app.state.warm.wait(60)
        assert (client.get("/ready").status_code, client.get("/ready").json()) == (200, {"status": "ok"})


def test_openapi_describes_answers_and_errors(client: TestClient) -> None:
    document = client.get("/api/openapi.json").json()
    ask_post = document["paths"]["/api/ask"]["post"]["responses"]
    assert ask_post["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/AnswerModel"}
    assert ask_post["422"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ErrorModel"}
    assert set(document["paths"]) == {
        "/api/ask",
        "/api/articles",
        "/api/articles/{article_id}",
        "/api/feedback",
        "/health",
        "/ready",
    }


def test_docs_use_local_assets(client: TestClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "//cdn" not in page.text
    assert client.get("/api/docs-assets/swagger-ui-bundle.js").status_code == 200
    assert client.get("/api/docs-assets/swagger-ui.css").status_code == 200


def test_history_comes_as_questions_turns_or_the_messages_of_chat_clients() -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "assistant", "content": "Ask me."},
        {"role": "user", "content": "Who introduced the act?"},
        {"role": "assistant", "content": "Mike Lawler."},
        {"role": "user", "content": "When?"},
    ]
    asked = AskRequest.model_validate({"question": "Why?", "history": messages})
    assert asked.turns() == [Turn("Who introduced the act?", "Mike Lawler."), Turn("When?")]
    mixed = [{"question": "Who?", "answer": "He."}, "When?", {"role": "assistant", "content": "In 2023."}]
    assert AskRequest.model_validate({"question": "Why?", "history": mixed}).turns() == [
        Turn("Who?", "He."),
        Turn("When?", "In 2023."),
    ]


@pytest.mark.parametrize(
    ("earlier", "message"),
    [
        ({"role": "user"}, "history.0.message.content: Field required"),
        ({"role": "robot", "content": "a"}, "history.0.message.role: Input should be 'user', 'assistant' or 'system'"),
        ({"role": "user", "content": "a" * 2001}, "history.0.message.role: a question has at most 2,000 characters"),
        ({"answer": "a"}, "history.0.turn.question: Field required"),
    ],
)
def test_what_is_wrong_with_history_is_said_of_the_shape_it_has(
    client: TestClient, earlier: dict[str, str], message: str
) -> None:
    response = client.post("/api/ask", json={"question": "Why?", "history": [earlier]})
    assert response.status_code == 422
    assert response.json()["error"]["message"] == message


def test_the_example_of_the_description_gives_an_answer(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()["components"]["schemas"]["AskRequest"]
    (example,) = described["examples"]
    assert described["additionalProperties"] is False
    assert ask(client, **example)["answerable"] is True

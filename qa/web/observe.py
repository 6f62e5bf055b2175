"""What the server's owner can watch: `/metrics` for Prometheus, and a log of one JSON object a line."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pythonjsonlogger.json import JsonFormatter
from starlette.responses import Response

from corpus.errors import UserError
from index.place import place_of
from index.store.store import open_current
from qa.answer import Answer
from qa.answerer import BadQuestion
from qa.archive import Archive
from qa.insights import count_answer, count_error, insights_path
from qa.web.paths import METRICS_PATH

logger = logging.getLogger(__name__)

# Seconds: a stage takes from a millisecond to, on a busy machine, several seconds.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


# Of lines in the log that are counted; there are some dozens.
MAX_KINDS = 1_000


class Observer:
    """Asks, counts and writes answers to the log; the words of a question only with the setting `log_questions`."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        # A registry of its own: several applications may live in one process.
        self.registry = CollectorRegistry()
        self.registry.register(_Index(archive))
        self._questions = Counter(
            "article_qa_questions", "Questions asked, by what came.", ["result"], registry=self.registry
        )
        self._stages = Histogram(
            "article_qa_stage_seconds", "Time of each stage of an answer.", ["stage"], buckets=_BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        for result in ("answered", "refused", "talk", "error"):
            self._questions.labels(result)
        self._counts = insights_path(archive.settings.index)

    def ask(self, question: str, **options: Any) -> Answer:  # noqa: ANN401  (those of Archive.ask)
        """`Archive.ask`, counted and logged. A bad question is neither answered nor an error."""
        try:
            answer = self._archive.ask(question, **options)
        except BadQuestion:
            raise
        except Exception:
            self._questions.labels("error").inc()
            self._keep(partial(count_error, self._counts))
            raise
        self._answered(answer)
        self._keep(partial(count_answer, self._counts, answer))
        return answer

    @staticmethod
    def _keep(count: Callable[[], None]) -> None:
        """Count for the page of insights; an answer is worth more than its count."""
        try:
            count()
        except UserError as error:
            logger.warning("a question was not counted: %s", error)

    def _answered(self, answer: Answer) -> None:
        is_talk = answer.reply is not None
        result = "talk" if is_talk else "answered" if answer.is_answerable else "refused"
        self._questions.labels(result).inc()
        # Talk takes no time and says nothing of how long a question takes.
        for stage, ms in () if is_talk else answer.timing_ms.items():
            self._stages.labels(stage).observe(ms / 1000)
        facts: dict[str, object] = {"result": result, "confidence": round(answer.confidence, 4)}
        facts["ms"] = round(answer.timing_ms.get("total", 0.0), 1)
        if self._archive.settings.log_questions:
            facts["question"] = answer.question
        logger.info("question", extra=facts)


class _Index(Collector):
    """Size and age of the index, read when they are asked for."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def collect(self) -> Iterator[Metric]:
        """A gauge each for articles, passages and age."""
        info = self._archive.info()
        with closing(open_current(place_of(self._archive.settings.index))) as store:
            changed = store.changed_at()
        for name, help_text, value in (
            ("article_qa_index_articles", "Articles in the index.", info.articles),
            ("article_qa_index_passages", "Passages in the index.", info.passages),
            ("article_qa_index_age_seconds", "Time since the index was changed.", max(0.0, time.time() - changed)),
        ):
            yield GaugeMetricFamily(name, help_text, value=value)


def metrics_routes(observer: Observer) -> APIRouter:
    """`/metrics`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(METRICS_PATH)
    def metrics() -> Response:
        return Response(generate_latest(observer.registry), media_type=CONTENT_TYPE_LATEST)

    return routes


class FewOfAKind(logging.Filter):
    """Of warnings, errors and refusals of one kind, so many lines a minute: an attack must not fill the disk.

    The first line of the next minute says with `left_out` how many there were.
    """

    def __init__(self, most: int = 30) -> None:
        super().__init__()
        self._most = most
        # By kind: the minute, and the lines in it.
        self._seen: dict[tuple[str, str, object], tuple[int, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        status = getattr(record, "status", None) or 0
        if record.levelno < logging.WARNING and status < HTTPStatus.BAD_REQUEST:
            return True
        # The message before its values are put in; one that was put together already is cut, or each would be a kind.
        kind, minute = (record.name, str(record.msg)[:40], status), int(record.created // 60)
        then, lines = self._seen.get(kind, (minute, 0))
        if then != minute:
            if lines > self._most:
                record.left_out = lines - self._most
            lines = 0
        if len(self._seen) > MAX_KINDS:
            self._seen.clear()
        self._seen[kind] = (minute, lines + 1)
        return lines < self._most


def log_as_json() -> None:
    """Everything the server logs goes to stderr, one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(FewOfAKind())
    handler.setFormatter(JsonFormatter(["asctime", "levelname", "name", "message"], rename_fields={
        "asctime": "time", "levelname": "level", "name": "logger",
    }))  # fmt: skip
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("qa").setLevel(logging.INFO)

"""Documents read in a process of its own, within limits of time and memory and without network or files."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import date
from types import TracebackType
from typing import Any

from corpus.article import Article
from corpus.errors import UserError
from corpus.readers.documents import Found, FoundAt
from corpus.readers.formats import Format
from corpus.readers.metadata import Metadata

# By the clock; the process limits its own work much closer. Only one that sleeps, or a very busy machine, reaches it.
MAX_WAIT = 120.0
# The signal for it; Windows has none.
_OUT_OF_TIME = int(getattr(signal, "SIGXCPU", 24))
# Python's own environment is not asked: the process is to import what this one does.
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from corpus.readers.worker import main; main()"


class Confined:
    """A process that reads documents, one at a time; started with the first, and anew when one has broken it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def read(
        self, found: Format, data: bytes, *, article_id: str, known: Metadata, found_at: FoundAt | None = None
    ) -> Iterator[Found]:
        """What is in the document, as of `read_document`; a UserError for one that broke or outran its limits."""
        order = {"format": found, "article_id": article_id, "size": len(data), "known": _as_json(known)}
        order |= {"found_at": found_at}
        process = self._process or self._start()
        assert process.stdin is not None and process.stdout is not None
        timer = threading.Timer(MAX_WAIT, process.kill)
        timer.daemon = True
        timer.start()
        results: list[Found] = []
        is_whole = False
        try:
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps(order).encode() + b"\n" + data)
                process.stdin.flush()
            while line := process.stdout.readline():
                answer = json.loads(line)
                is_whole = "end" in answer
                if is_whole:
                    break
                results.append(_result(answer))
        finally:
            timer.cancel()
            if not is_whole:
                self.close()
        if not is_whole:
            results.append(UserError(_broken(process.returncode)))
        return iter(results)

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    assert pipe is not None
                    pipe.close()
            process.wait()

    def __enter__(self) -> Confined:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> subprocess.Popen[bytes]:
        paths = json.dumps(sys.path)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", _START, paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self._process


class SpareConfined:
    """A process that reads documents and waits, when it is done, so many seconds for whoever reads next.

    Starting one takes as long as reading twenty pages does.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._waiting: Confined | None = None
        self._timer: threading.Timer | None = None
        self._is_closed = False

    @contextmanager
    def borrowed(self) -> Iterator[Confined]:
        """One that nobody else uses: the one that waits, else another."""
        with self._lock:
            confined, self._waiting = self._waiting or Confined(), None
            if self._timer is not None:
                self._timer.cancel()
        try:
            yield confined
        finally:
            self._keep(confined)

    def close(self) -> None:
        """End the one that waits; whatever is borrowed ends when it is given back."""
        with self._lock:
            self._is_closed = True
        self._end()

    def _keep(self, confined: Confined) -> None:
        with self._lock:
            is_kept = self._waiting is None and not self._is_closed
            if is_kept:
                self._waiting = confined
                self._timer = threading.Timer(self._seconds, self._end)
                self._timer.daemon = True
                self._timer.start()
        if not is_kept:
            confined.close()

    def _end(self) -> None:
        with self._lock:
            confined, self._waiting = self._waiting, None
            if self._timer is not None:
                self._timer.cancel()
        if confined is not None:
            confined.close()


def _as_json(known: Metadata) -> dict[str, Any]:
    return asdict(known) | {"published": known.published and known.published.isoformat()}


def _result(answer: dict[str, Any]) -> Found:
    if "article" in answer:
        fields = answer["article"]
        day = fields["published"]
        pages = tuple(fields.get("pages", ()))
        return Article(**fields | {"published": date.fromisoformat(day) if day else None, "pages": pages})
    return str(answer["remark"]) if "remark" in answer else UserError(str(answer["refused"]))


def _broken(code: int | None) -> str:
    how = {-_OUT_OF_TIME: "it took too long", -9: "it took too long, or all of the memory"}.get(
        code or 0, "its reader broke down"
    )
    return f"{how}: the file is damaged, or made to do harm"

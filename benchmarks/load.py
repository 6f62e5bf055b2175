"""A server under load: when it is there, what it holds, how many questions it answers; `speed.py` prints it."""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

READY_SECONDS = 300
ALONE = 20
CLIENTS = 16
MANY_CLIENTS = 64
EACH = 4
OF_MANY = 2

Figures = dict[str, float]


def serving(reader: str, questions: Sequence[str]) -> Figures:
    """The figures of one server with the setting `reader`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    rates = {"ARTICLE_QA_CLIENT_RATE": "1000000/minute", "ARTICLE_QA_READER": reader}
    command = [sys.executable, "-m", "qa", "serve", "--port", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**os.environ, **rates})
    try:
        there = {
            f"answers {path} after, s": wait_for(f"http://127.0.0.1:{port}{path}", began)
            for path in ("/health", "/ready", "/chat/")
        }
        work = work_of(server.pid)
        address = f"http://127.0.0.1:{port}/api/ask"
        rest = resident(server.pid)
        alone = asked(address, questions, ALONE)
        started, cost = time.perf_counter(), work_of(server.pid)
        crowd = at_once(address, questions, CLIENTS, EACH)
        seconds, cost = time.perf_counter() - started, work_of(server.pid) - cost
        at_once(address, questions, MANY_CLIENTS, OF_MANY)
        crowded = resident(server.pid)
    finally:
        server.terminate()
        server.wait()
    p50, p99 = statistics.median(alone), statistics.quantiles(crowd, n=100)[98]
    return there | {
        "work until the chat is there, s": work,
        "resident at rest, MB": rest,
        f"the same after {MANY_CLIENTS} clients at once": crowded,
        "one client: p50, ms": p50 * 1000,
        f"{CLIENTS} clients: answers a second": len(crowd) / seconds,
        f"{CLIENTS} clients: p99, ms": p99 * 1000,
        "that over p50 of one": p99 / p50,
        "work an answer, ms": cost * 1000 / len(crowd),
    }


def at_once(address: str, questions: Sequence[str], clients: int, each: int) -> list[float]:
    """Seconds of each answer, where so many clients ask at once, one question after the other each."""
    times: list[float] = []
    threads = [threading.Thread(target=lambda: times.extend(asked(address, questions, each))) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def asked(address: str, questions: Sequence[str], n: int) -> list[float]:
    """Seconds of each of `n` answers; who is told to come again has no answer."""
    times = []
    for number in range(n):
        body = json.dumps({"question": questions[number % len(questions)]}).encode()
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
        began = time.perf_counter()
        try:
            with urllib.request.urlopen(request, timeout=READY_SECONDS) as answer:
                answer.read()
            times.append(time.perf_counter() - began)
        except urllib.error.HTTPError as refused:
            if refused.code != 503:
                raise
    return times


def wait_for(url: str, began: float) -> float:
    """Seconds from `began` until it answers."""
    while time.perf_counter() - began < READY_SECONDS:
        try:
            with urllib.request.urlopen(url, timeout=READY_SECONDS):
                return time.perf_counter() - began
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise TimeoutError(f"{url} did not answer in {READY_SECONDS} s")


def resident(pid: int) -> float:
    """Megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) * 1024 / 1e6


def work_of(pid: int) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

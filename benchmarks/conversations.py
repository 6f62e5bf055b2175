"""Many conversations in the chat at once: errors, answers of another conversation, and the memory after.

    python benchmarks/conversations.py [--conversations 100] [--minutes 5] [--pause 20] [--port 0]

A server over the bundled articles, in a process of its own, as `article-qa serve` is; the conversations go the way that
the chat page goes, each with a session of its own. Every answer is held against what the same conversation is answered
when it is alone. Ends with 1 where one was wrong or failed.
"""

from __future__ import annotations

import asyncio
import html
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import click
import httpx

ROOT = Path(__file__).parents[1]
READY_SECONDS = 300
# Each opens a conversation or goes on with one; "he" and "it" depend on what was asked before.
OPENERS = (
    "Who introduced the Indo-Pacific Treaty Organization Act?",
    "When did South Korea open a diplomatic mission to NATO?",
    "What is the theme of the Jeju Forum?",
    "What did Wi Sung-lac give to Rutte?",
    "Who won the 2022 World Cup?",
)
FOLLOW_UPS = ("When did he introduce it?", "Who attended it?", "And in 2023?")


class Conversation:
    """One reader's page."""

    def __init__(self, client: httpx.AsyncClient, event: int, name: str) -> None:
        self.client, self.event, self.name = client, event, name
        self.asked: list[str] = []
        self.kept: list[str] = []
        self.busy = 0

    async def ask(self, question: str) -> None:
        """Ask, again where too many ask. Raises AssertionError for a page that is not this conversation's."""
        data = [question, None, "", "", [], "", f"[{','.join(self.kept)}]", f"{self.name}-{len(self.asked)}"]
        body = {"fn_index": self.event, "session_hash": self.name, "data": data}
        while True:
            response = await self.client.post("/chat/gradio_api/run/predict", json=body, timeout=300)
            response.raise_for_status()
            shown = json.dumps(response.json()["data"], ensure_ascii=False)
            busy = re.search(r"ask again in (\d+) s", shown)
            if not busy:
                break
            self.busy += 1
            await asyncio.sleep(int(busy[1]))
        self.asked.append(question)
        headings = re.findall(r'class=\\"question\\" dir=\\"auto\\">(.*?)</h2>', shown)
        assert [html.unescape(each) for each in headings] == self.asked, (self.name, self.asked, headings)
        self.kept = [html.unescape(each) for each in re.findall(r'class=\\"kept\\" value=\\"(.*?)\\"', shown)]
        assert len(self.kept) == len(self.asked), (self.name, len(self.kept))

    def told(self) -> tuple[str, str]:
        """What the last question was understood as, and the article that answers first."""
        last = json.loads(self.kept[-1])
        return last["query"], (last.get("citations") or [{"article_id": ""}])[0]["article_id"]


async def converse(url: str, conversations: int, seconds: float, pause: float) -> tuple[Counter[str], list[str]]:
    """Counts of what happened, and what was wrong."""
    limits = httpx.Limits(max_connections=2 * conversations + 10, max_keepalive_connections=2 * conversations)
    counts: Counter[str] = Counter()
    problems: list[str] = []
    async with httpx.AsyncClient(base_url=url, limits=limits) as client:
        config = (await client.get("/chat/config", timeout=300)).json()
        event = next(
            each["id"] for each in config["dependencies"] if "submit" in {target[1] for target in each["targets"]}
        )
        alone: dict[tuple[str, ...], tuple[str, str]] = {}
        for opener in OPENERS:
            for follow_up in FOLLOW_UPS:
                single = Conversation(client, event, f"alone{len(alone)}x{random.randrange(10**9)}")
                for question in (opener, follow_up):
                    await single.ask(question)
                    alone[tuple(single.asked)] = single.told()

        async def one(number: int) -> None:
            at = random.Random(number)
            ends = time.monotonic() + seconds
            await asyncio.sleep(at.random() * pause)
            while time.monotonic() < ends:
                # No session of an earlier round of this same number: the server would still know what it asked.
                talk = Conversation(client, event, f"c{number}x{random.randrange(10**9)}")
                # As an open page does; when it ends, the server forgets the conversation.
                async with client.stream("GET", f"/chat/gradio_api/heartbeat/{talk.name}", timeout=None):
                    for question in (at.choice(OPENERS), at.choice(FOLLOW_UPS)):
                        if time.monotonic() > ends:
                            break
                        began = time.monotonic()
                        try:
                            await talk.ask(question)
                            assert talk.told() == alone[tuple(talk.asked)], (talk.asked, talk.told())
                        except (httpx.HTTPError, AssertionError, ValueError) as error:
                            problems.append(f"{type(error).__name__}: {error}"[:500])
                            break
                        counts["answers"] += 1
                        counts["told to wait"] += talk.busy
                        counts["ms"] += round(1000 * (time.monotonic() - began))
                        talk.busy = 0
                        await asyncio.sleep(pause * (0.5 + at.random()))
                counts["conversations"] += 1

        await asyncio.gather(*(one(number) for number in range(conversations)))
    return counts, problems


def resident(pid: int) -> float:
    """MiB of memory that the process holds."""
    (line,) = re.findall(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return int(line) / 1024


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@click.command()
@click.option("--conversations", default=100, show_default=True)
@click.option("--minutes", default=5.0, show_default=True)
@click.option("--pause", default=20.0, show_default=True, help="Seconds between an answer and the next question.")
@click.option("--port", default=0, help="Of the server; 0 takes a free one.")
def main(conversations: int, minutes: float, pause: float, port: int) -> None:
    """Measure, and print a few lines."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ, "ARTICLE_QA_INDEX": f"{folder}/index", "ARTICLE_QA_CLIENT_RATE": "1000000/minute",
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        program = [sys.executable, "-m", "qa"]
        subprocess.run([*program, "build"], check=True, env=environment, cwd=folder)
        log = Path(folder) / "log"
        with log.open("w") as output:
            server = subprocess.Popen(
                [*program, "serve", "--port", str(port)], env=environment, cwd=folder, stderr=output
            )
            try:
                wait_until_ready(url)
                # What is loaded at the first questions is no leak.
                asyncio.run(converse(url, 10, 20, 1))
                before = resident(server.pid)
                counts, problems = asyncio.run(converse(url, conversations, 60 * minutes, pause))
                at_the_end = resident(server.pid)
                time.sleep(20)
                after = resident(server.pid)
            finally:
                server.terminate()
                server.wait(60)
        faults = [line for line in log.read_text().splitlines() if '"level": "ERROR"' in line]
    mean = counts["ms"] / max(1, counts["answers"]) / 1000
    print(f"{conversations} conversations at once for {minutes:g} minutes, {pause:g} s between answer and question:")
    print(f"{counts['conversations']:,} conversations, {counts['answers']:,} answers, {mean:.2f} s each on average,")
    print(f"{counts['told to wait']:,} times told to ask again; {len(problems)} errors, {len(faults)} in the log;")
    print(f"memory {before:.0f} MiB before, {at_the_end:.0f} at the end, {after:.0f} twenty seconds after.")
    for line in [*problems, *faults][:20]:
        print(line)
    sys.exit(1 if problems or faults else 0)


def wait_until_ready(url: str) -> None:
    """Until the server has loaded what it needs. Raises TimeoutError."""
    ends = time.monotonic() + READY_SECONDS
    while time.monotonic() < ends:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/ready", timeout=60).status_code == 200:
                return
        time.sleep(0.5)
    raise TimeoutError(f"{url} is not ready after {READY_SECONDS} s")


if __name__ == "__main__":
    main()

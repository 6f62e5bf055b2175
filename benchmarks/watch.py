"""A folder is watched while files come, change and go, and a server is asked all the while: is the index the folder?

    python benchmarks/watch.py --minutes 10 --port 22100

Files of several formats are written, changed, copied, renamed and deleted at random. At the end the articles of the
index are compared with those that reading the folder gives. Exits with 1 where they differ or a question had no answer.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

import httpx  # noqa: E402  (the folders above)
import one_of_each  # noqa: E402

from corpus.article import Article  # noqa: E402
from corpus.readers import read_articles  # noqa: E402
from index.generations import IndexFolder  # noqa: E402
from index.store.store import open_current  # noqa: E402

SUFFIXES = (".txt", ".md", ".html", ".docx", ".odt", ".rtf", ".pdf", ".jsonl", ".csv")
QUESTIONS = ("What did Wi Sung-lac give to Rutte?", "Who introduced the act?", "When did the mission open?")
# After the last change, so long at most for the index to follow.
SETTLES_SECONDS = 600.0


class Folder:
    """The folder that is watched, and what happens to it."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.at = random.Random(seed)
        self.articles = one_of_each.bundled()
        self.count = 0
        path.mkdir()
        for _ in range(8):
            self.come()

    def happen(self) -> str:
        """Let something happen; its name comes back."""
        ways = (self.come, self.change, self.change, self.copy, self.rename, self.go)
        way = self.at.choice(ways) if len(list(self.path.iterdir())) > 4 else self.come
        way()
        return way.__name__

    def come(self) -> None:
        self.count += 1
        self._write(self.path / f"{self.count}{self.at.choice(SUFFIXES)}")

    def change(self) -> None:
        self._write(self._any())

    def copy(self) -> None:
        self.count += 1
        path = self._any()
        (self.path / f"{self.count}{path.suffix}").write_bytes(path.read_bytes())

    def rename(self) -> None:
        self.count += 1
        path = self._any()
        path.rename(self.path / f"{self.count}{path.suffix}")

    def go(self) -> None:
        self._any().unlink()

    def _any(self) -> Path:
        return self.at.choice(sorted(self.path.iterdir()))

    def _write(self, path: Path) -> None:
        self.count += 1
        articles = [
            # A file that changes has other articles: of two files with one id each would replace the other's.
            replace(each, article_id=f"{self.count}-{n}", text=f"{each.text}\n\nThis is number {self.count} of them.")
            for n, each in enumerate(self.at.sample(self.articles, 2))
        ]
        if path.suffix in one_of_each.SEVERAL:
            data = one_of_each.SEVERAL[path.suffix](articles[: self.at.choice((1, 2))])
        else:
            data = one_of_each.SINGLE[path.suffix](articles[0])
        path.write_bytes(data)


def in_folder(path: Path) -> set[str]:
    """The texts of the articles that reading the folder gives."""
    return {each.text for each in read_articles([str(path)]) if isinstance(each, Article)}


def in_index(path: Path) -> set[str]:
    with closing(open_current(IndexFolder(path))) as store:
        assert store.problems() == []
        return {each.text for each in store.each_article()}


def ask(port: int, is_over: threading.Event, answers: list[str]) -> None:
    """Ask again and again; what came of it is appended to `answers`: "" where there was an answer."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
        while not is_over.is_set():
            question = QUESTIONS[len(answers) % len(QUESTIONS)]
            try:
                response = client.post("/api/ask", json={"question": question})
                answers.append("" if response.status_code == 200 and "citations" in response.json() else response.text)
            except (httpx.HTTPError, ValueError) as error:
                answers.append(repr(error))
            is_over.wait(0.5)


def run(*words: str, index: Path, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as stream:
        environment = {**os.environ, "ARTICLE_QA_CLIENT_RATE": "100000/minute"}
        command = [sys.executable, "-m", "qa", *words, "--index", str(index)]
        return subprocess.Popen(command, stdout=stream, stderr=stream, env=environment)


def wait_until_ready(port: int, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/ready").status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise SystemExit("the server did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--port", type=int, default=22100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        folder, index = Folder(Path(home, "news"), options.seed), Path(home, "index")
        subprocess.run([sys.executable, "-m", "qa", "build", str(folder.path), "--index", str(index)], check=False)
        server = run("serve", "--port", str(options.port), index=index, log=Path(home, "serve.log"))
        watcher = run("watch", str(folder.path), "--remove", index=index, log=Path(home, "watch.log"))
        answers: list[str] = []
        is_over = threading.Event()
        try:
            wait_until_ready(options.port, server)
            asking = threading.Thread(target=ask, args=(options.port, is_over, answers))
            asking.start()
            happened = 0
            end = time.monotonic() + options.minutes * 60
            while time.monotonic() < end:
                folder.happen()
                happened += 1
                time.sleep(folder.at.uniform(0.1, 3.0))
            wanted, last = in_folder(folder.path), time.monotonic()
            while in_index(index) != wanted and time.monotonic() - last < SETTLES_SECONDS:
                time.sleep(1)
            settled = time.monotonic() - last
            is_over.set()
            asking.join()
            found = in_index(index)
        finally:
            is_over.set()
            watcher.terminate()
            server.terminate()
        failed = [answer for answer in answers if answer]
        print(f"{happened} changes in {options.minutes:g} minutes; {len(list(folder.path.iterdir()))} files at the end")
        print(f"articles: {len(wanted)} in the folder, {len(found)} in the index, the same {found == wanted}")
        print(f"the index was as the folder {settled:.0f} s after the last change")
        print(f"questions: {len(answers)} asked, {len(failed)} without an answer {failed[:3]}")
        print(Path(home, "watch.log").read_text(encoding="utf-8")[-1500:])
    sys.exit(0 if found == wanted and not failed else 1)


if __name__ == "__main__":
    main()

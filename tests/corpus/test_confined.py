"""Broken and hostile files: each is read or refused with a line, and the next one is read."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import mutilated
import one_of_each
import pytest

from corpus.article import Article
from corpus.errors import UserError
from corpus.readers.confined import Confined, SpareConfined
from corpus.readers.files import read_file
from corpus.readers.find import ArticleFile, Remark
from corpus.readers.formats import Format
from corpus.readers.metadata import NOTHING_KNOWN

pytestmark = pytest.mark.slow
PASSWORDS = Path("/etc/passwd").read_text(encoding="utf-8").split("\n")[0]


@pytest.fixture(scope="module")
def confined() -> Iterator[Confined]:
    with Confined() as process:
        yield process


def read(confined: Confined, folder: Path, name: str, data: bytes) -> list[Article | Remark | UserError]:
    path = folder / name
    path.write_bytes(data)
    return [result for _, result in read_file(ArticleFile(path, name), {}, confined)]


def test_broken_files_are_read_or_refused(confined: Confined, tmp_path: Path) -> None:
    for name, data in mutilated.mutilated(110):
        found = read(confined, tmp_path, name, data)
        # A table or a mailbox of which a heading is left holds nothing, and says nothing.
        assert found or name.endswith((".csv", ".tsv", ".gz", ".jsonl", ".mbox", ".zip")), name


def test_hostile_files_do_no_harm(confined: Confined, tmp_path: Path) -> None:
    for name, data in mutilated.hostile():
        found = read(confined, tmp_path, name, data)
        assert found, name
        for each in found:
            text = each.text if isinstance(each, Article | Remark) else str(each)
            assert PASSWORDS not in text, name
            assert "a" * 1_000 not in text, name
        if "bomb" in name:
            assert not [each for each in found if isinstance(each, Article)], name


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd')",
        "open(PLACE, 'w')",
        "__import__('os').open(PLACE, 65)",
        "__import__('os').system('true')",
        "__import__('subprocess').run(['true'])",
        "__import__('socket').create_connection(('127.0.0.1', 9))",
        "__import__('urllib.request').request.urlopen('http://127.0.0.1:9/')",
        "__import__('os').mkdir(PLACE)",
        "__import__('shutil').rmtree(PLACE)",
    ],
)
def test_the_reading_process_has_no_network_no_files_and_no_other_process(code: str, tmp_path: Path) -> None:
    start = (
        "import sys; sys.path[:] = sys.argv[1:]; from corpus.readers.worker import _limit_process; _limit_process(); "
    )
    wanted = f"{start}PLACE = {str(tmp_path / 'x')!r}; {code}"
    done = subprocess.run([sys.executable, "-I", "-c", wanted, *sys.path], capture_output=True, text=True, check=False)
    assert "PermissionError: the document asked for" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_memory_is_limited() -> None:
    start = (
        "import sys; sys.path[:] = sys.argv[1:]; from corpus.readers.worker import _limit_process; _limit_process(); "
    )
    wanted = f"{start}bytearray(1_200_000_000)"
    done = subprocess.run([sys.executable, "-I", "-c", wanted, *sys.path], capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr


def test_time_is_limited() -> None:
    start = "import sys; sys.path[:] = sys.argv[1:]; from corpus.readers import worker; worker.SECONDS = 1; "
    wanted = f"{start}worker._limit_time()\nwhile True: pass"
    done = subprocess.run([sys.executable, "-I", "-c", wanted, *sys.path], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGXCPU


def test_a_reader_that_breaks_down_takes_nothing_along(confined: Confined) -> None:
    page = one_of_each.html(one_of_each.bundled()[0])
    assert isinstance(next(confined.read(Format.HTML, page, article_id="a", known=NOTHING_KNOWN)), Article)
    assert confined._process is not None
    confined._process.kill()
    (broken,) = confined.read(Format.HTML, page, article_id="a", known=NOTHING_KNOWN)
    assert isinstance(broken, UserError)
    assert isinstance(next(confined.read(Format.HTML, page, article_id="a", known=NOTHING_KNOWN)), Article)


def test_a_process_waits_for_the_next_who_reads(tmp_path: Path) -> None:
    page = one_of_each.html(one_of_each.bundled()[0])
    spare = SpareConfined(1.0)
    with spare.borrowed() as first:
        assert isinstance(read(first, tmp_path, "a.html", page)[0], Article)
        process = first._process
    with spare.borrowed() as again, spare.borrowed() as another:
        assert isinstance(read(again, tmp_path, "a.html", page)[0], Article)
        assert again._process is process is not None
        assert another is not again
    # Nobody reads for a second.
    process.wait(60)

    with spare.borrowed() as last:
        read(last, tmp_path, "a.html", page)
        process = last._process
        spare.close()
        assert process is not None
        assert process.poll() is None
    process.wait(30)


def test_a_process_that_waits_ends_with_who_kept_it(tmp_path: Path) -> None:
    spare = SpareConfined(1_000.0)
    with spare.borrowed() as confined:
        read(confined, tmp_path, "a.html", one_of_each.html(one_of_each.bundled()[0]))
        process = confined._process
    spare.close()
    assert process is not None
    process.wait(30)


def test_documents_are_read_by_a_program_whose_sources_are_not_in_the_path(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<html><body><article><h1>Whale</h1>{'<p>A whale was seen in the fjord.</p>' * 20}", "utf-8")
    # As the command is started: only what is installed is found, the sources by what installing them left behind.
    code = f"from corpus.readers import read_articles; print([each.title for each in read_articles([{str(page)!r}])])"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.stdout, done.stderr) == ("['Whale']\n", "")

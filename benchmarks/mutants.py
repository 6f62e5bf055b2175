"""Do the tests notice? Each mutant of mutants.toml is put into a copy of the code and its tests are run.

    python benchmarks/mutants.py [--jobs N] [WORD...]

Prints a line a mutant: killed, by which test; equivalent, with the reason that the list gives; or SURVIVED. With WORDs
only mutants whose file or reason has one of them. Exits with 1 when one survives that is not marked as equivalent.
"""

from __future__ import annotations

import importlib.util
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).with_name("mutants.toml")
COPIED = ("corpus", "index", "qa", "tests", "app.py", "pyproject.toml")
# A mutant may turn a loop into an endless one; no named tests take nearly as long.
LONGEST_SECONDS = 600
# Property tests draw the same examples each time, so that what survives once survives again.
PYTEST = ("-x", "-q", "--tb=no", "-p", "no:cacheprovider", "--hypothesis-seed=0")


@dataclass(frozen=True, slots=True)
class Mutant:
    """`old`, which stands once in `file`, becomes `new`; `tests` shall notice, for `why`.

    Those that are slow count only where one is named, `file::test`. `equivalent` says why no test can notice, empty for
    a mutant that one must kill.
    """

    file: str
    old: str
    new: str
    why: str
    tests: tuple[str, ...]
    equivalent: str = ""


@click.command()
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(min=1), help="Mutants tried at once.")
@click.argument("words", nargs=-1)
def main(jobs: int, words: Sequence[str]) -> None:
    """Try every mutant, or those whose file or reason has one of the WORDS."""
    mutants = [m for m in read_mutants() if not words or any(word in f"{m.file} {m.why}" for word in words)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        copies: queue.Queue[Path] = queue.Queue()
        for number in range(jobs):
            copies.put(copy_tree(Path(folder) / str(number)))
        for failed in pool.map(lambda tests: try_unmutated(tests, copies), sorted({m.tests for m in mutants})):
            if failed:
                raise click.ClickException(f"without any mutant {failed} fails")
        results = pool.map(lambda mutant: try_mutant(mutant, copies), mutants)
        survived = 0
        print("| mutant | result |\n| --- | --- |")
        for mutant, killer in zip(mutants, results, strict=True):
            survived += not killer and not mutant.equivalent
            result = f"killed by {killer}" if killer else mutant.equivalent and f"equivalent: {mutant.equivalent}"
            print(f"| {mutant.file}: {mutant.why} | {result or 'SURVIVED'} |", flush=True)
    print(f"\n{len(mutants)} mutants, {survived} survived")
    sys.exit(survived > 0)


def read_mutants() -> list[Mutant]:
    """The list. Raises ClickException naming a mutant that does not fit the code as it is."""
    records = tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"]
    mutants = [Mutant(**{**record, "tests": tuple(record["tests"])}) for record in records]
    for mutant in mutants:
        places = [ROOT / mutant.file, *(ROOT / test.partition("::")[0] for test in mutant.tests)]
        missing = [str(place) for place in places if not place.exists()]
        if missing:
            raise click.ClickException(f"{mutant.file} ({mutant.why}): there is no {missing[0]!r}")
        times = (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.old)
        if times != 1:
            raise click.ClickException(f"{mutant.file} ({mutant.why}): {mutant.old!r} is there {times} times, not once")
    return mutants


def copy_tree(folder: Path) -> Path:
    folder.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, folder / name)
    return folder


@contextmanager
def lent(copies: queue.Queue[Path]) -> Iterator[Path]:
    """A copy of the code that nobody else uses meanwhile."""
    copy = copies.get()
    try:
        yield copy
    finally:
        copies.put(copy)


def try_unmutated(tests: Sequence[str], copies: queue.Queue[Path]) -> str:
    """The first test that fails without a mutant, and so proves nothing with one; empty when none does."""
    with lent(copies) as copy:
        return run_tests(copy, tests)


def try_mutant(mutant: Mutant, copies: queue.Queue[Path]) -> str:
    """The first test that fails with the mutant, empty when none does."""
    with lent(copies) as copy:
        file = copy / mutant.file
        compiled = Path(importlib.util.cache_from_source(str(file)))
        whole = file.read_text(encoding="utf-8")
        try:
            # A compiled file of the same second and size would be taken for the mutant's.
            compiled.unlink(missing_ok=True)
            file.write_text(whole.replace(mutant.old, mutant.new), encoding="utf-8")
            killer = run_tests(copy, mutant.tests)
            if file.suffix == ".py" and not compiled.exists():
                raise click.ClickException(f"{mutant.file} ({mutant.why}): it is not imported, or is no code any more")
            return killer
        finally:
            file.write_text(whole, encoding="utf-8")
            compiled.unlink(missing_ok=True)


def run_tests(copy: Path, tests: Sequence[str]) -> str:
    """The first test that fails in `copy`, empty when all pass."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # The copy goes before an editable installation of the same packages, in processes that tests start too.
    environment = {**kept, "PYTHONPATH": str(copy)}
    marks = [] if any("::" in test for test in tests) else ["-m", "not slow"]
    command = [sys.executable, "-m", "pytest", *PYTEST, *marks, *tests]
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"a test that takes more than {LONGEST_SECONDS} s"
    finally:
        # Examples that failed for one mutant must not be tried first on the next.
        shutil.rmtree(copy / ".hypothesis", ignore_errors=True)
    if done.returncode == 0:
        return ""
    failed = re.search(r"^(?:FAILED|ERROR) ([^\s\[]+)", done.stdout, re.MULTILINE)
    if failed is None:
        raise click.ClickException(f"pytest did not run {' '.join(tests)}:\n{done.stdout}{done.stderr}")
    return failed[1]


if __name__ == "__main__":
    main()

"""Freed memory goes back to the system."""

from __future__ import annotations

import subprocess
import sys

# Blocks too small for a mapping of their own, and one behind them that stays: alone, glibc gives none of them back.
FREES = """
import time
from pathlib import Path
from qa.web import memory

def held():
    return next(int(line.split()[1]) for line in Path("/proc/self/status").open() if line.startswith("VmRSS"))

memory.SECONDS = 0.05
with memory.giving_back() if {on} else memory.threading.Lock():
    blocks = [bytearray(b"1" * 100_000) for _ in range(2_000)]
    last = blocks.pop()
    before = held()
    blocks.clear()
    ends = time.monotonic() + {seconds}
    while time.monotonic() < ends and held() > before / 2:
        time.sleep(0.05)
    print(held() < before / 2)
"""


def frees(*, on: bool, seconds: float) -> bool:
    code = FREES.format(on=on, seconds=seconds)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout == "True\n"


def test_what_is_free_is_given_back() -> None:
    assert frees(on=True, seconds=30)


def test_without_it_is_kept() -> None:
    assert not frees(on=False, seconds=0.5)

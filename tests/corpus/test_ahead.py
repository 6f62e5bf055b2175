"""Reading ahead: in order, no further than it may, and over when nobody reads on."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from corpus.readers.ahead import read_ahead


def numbers(count: int, begun: list[int], ended: threading.Event) -> Generator[int]:
    try:
        for n in range(count):
            begun.append(n)
            yield n
    finally:
        ended.set()


def test_all_comes_in_order() -> None:
    ended = threading.Event()
    assert list(read_ahead(numbers(1000, [], ended), 7)) == list(range(1000))
    assert ended.is_set()


def test_it_is_no_further_ahead_than_it_may_and_ends_with_who_reads() -> None:
    begun: list[int] = []
    ended = threading.Event()
    ahead = read_ahead(numbers(1000, begun, ended), 5)
    assert [next(ahead) for _ in range(3)] == [0, 1, 2]
    # Three were taken, five wait, and one more is in its hand.
    assert len(begun) <= 9
    ahead.close()
    assert ended.is_set()
    assert len(begun) <= 10


def test_a_fault_comes_where_it_would_have_come() -> None:
    def faulty() -> Generator[int]:
        yield 1
        raise ValueError("cut")

    ahead = read_ahead(faulty())
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="^cut$"):
        next(ahead)


def test_it_reads_while_nobody_asks() -> None:
    begun: list[int] = []
    ended = threading.Event()
    ahead = read_ahead(numbers(4, begun, ended))
    assert next(ahead) == 0
    # Nobody takes another; all the same it is read to its end.
    assert ended.wait(30)
    assert begun == [0, 1, 2, 3]
    ahead.close()

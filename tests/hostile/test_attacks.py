"""Some hundred hostile inputs at each door: each is taken or refused in words. `benchmarks/hostile.py` has more."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from attacks import ATTACKS, Place, Tally, place

pytestmark = pytest.mark.slow

EACH = 150
SEED = 20_240_301


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place(tmp_path_factory.mktemp("hostile")) as found:
        yield found


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_is_taken_or_refused_in_words(where: Place, attack: Callable[[Place, random.Random, int], Tally]) -> None:
    tally = attack(where, random.Random(SEED), EACH)
    assert tally.broken == []
    assert (tally.tried, tally.taken > 0, tally.refused > 0) == (EACH, True, True)


def test_the_articles_are_as_they_were(where: Place) -> None:
    assert len(where.client.get("/api/articles").json()["articles"]) == 4
    assert where.client.get("/health").json() == {"status": "ok"}

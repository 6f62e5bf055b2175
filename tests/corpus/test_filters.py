"""Which articles may answer."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.filters import Filters

EARLY, LATE = date(2023, 1, 1), date(2024, 3, 1)


def test_nothing_is_no_filter() -> None:
    assert not Filters()
    assert all([
        Filters(after=EARLY),
        Filters(before=EARLY),
        Filters(sources=("Coast Daily",)),
        Filters(articles=("a",)),
    ])


def test_days_that_exclude_each_other() -> None:
    assert Filters(after=LATE, before=EARLY).is_impossible
    assert not Filters(after=EARLY, before=EARLY).is_impossible


def test_both_is_the_narrower_of_the_days_and_the_first_sources() -> None:
    one, other = Filters(after=EARLY, sources=("A",)), Filters(after=LATE, before=LATE, sources=("B",))
    assert one.and_also(other) == Filters(LATE, LATE, ("A",))
    assert Filters(before=EARLY).and_also(other) == Filters(LATE, EARLY, ("B",))
    assert Filters(articles=("a",)).and_also(other) == Filters(LATE, LATE, ("B",), ("a",))
    assert Filters().and_also(Filters(articles=("a",))) == Filters(articles=("a",))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"after": "2024-01-01"}, r"^after is '2024-01-01'; give a date, such as date\(2024, 1, 31\)$"),
        ({"before": 2024}, "^before is 2024; give a date"),
        ({"articles": "bridge"}, r"^articles is 'bridge'; give several, such as \('bridge',\)$"),
        ({"sources": "Coast Daily"}, r"^sources is 'Coast Daily'; give several, such as \('Coast Daily',\)$"),
    ],
)
def test_what_is_easily_mistaken_is_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        Filters(**given)

"""Which articles a question asks of, by their time and source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fakes import BRIDGE

from corpus.article import Article
from corpus.filters import Filters
from qa.question.preference import read_preference

FRIDAY = date(2023, 12, 15)
WEEK = (date(2023, 12, 6), date(2023, 12, 18))
SOURCES = ("Alpine Post", "Coast Daily")


def of(day: date | None, source: str | None = None) -> Article:
    return replace(BRIDGE, published=day, source=source)


def test_articles_of_the_time_are_preferred_and_marked() -> None:
    preference = read_preference("What did NATO announce this week?", FRIDAY)
    assert preference.filters == Filters(*WEEK)
    assert preference.is_timely(of(date(2023, 12, 6)))
    assert preference.is_fresh(of(date(2023, 12, 18)))
    assert not preference.is_timely(of(date(2023, 12, 5)))
    assert not preference.is_timely(of(None))


def test_without_a_named_time_the_days_around_the_asking_count_if_they_are_known() -> None:
    preference = read_preference("Who is the president of South Korea?", FRIDAY)
    assert preference.filters == Filters(*WEEK)
    assert (preference.is_timely(of(FRIDAY)), preference.is_fresh(of(FRIDAY))) == (False, True)
    unknown = read_preference("Who is the president of South Korea?", None)
    assert unknown.filters is None
    assert not unknown.is_fresh(of(FRIDAY))


def test_without_a_day_of_asking_this_week_is_that_of_the_newest_article() -> None:
    question = "What did NATO announce This week?"
    preference = read_preference(question, None, newest=FRIDAY)
    assert (preference.filters, preference.counted_from) == (Filters(*WEEK), FRIDAY)
    assert preference.named is not None
    assert preference.named.words == "This week"
    assert not preference.is_dated
    # A day of asking says which week is meant; and this week's articles may tell of it.
    assert read_preference(question, date(2024, 12, 15), newest=FRIDAY).counted_from is None
    assert read_preference(question, None, newest=date.today()).counted_from is None
    assert read_preference("What did NATO announce in 2030?", None, newest=FRIDAY).counted_from is None
    assert read_preference(question, None).counted_from is None


def test_another_time_that_is_named_goes_before_the_days_around_the_asking() -> None:
    preference = read_preference("What was signed in July 2021?", FRIDAY)
    assert preference.filters == Filters(date(2021, 7, 1), date(2021, 8, 14))
    assert (preference.is_timely(of(date(2021, 7, 20))), preference.is_fresh(of(FRIDAY))) == (True, False)


def test_a_source_that_is_named_is_preferred_to_the_days_around_the_asking() -> None:
    preference = read_preference("What does the Coast Daily article say of NATO?", FRIDAY, SOURCES)
    assert preference.filters == Filters(sources=("Coast Daily",))
    assert preference.is_timely(of(None, "Coast Daily"))
    assert not preference.is_timely(of(FRIDAY, "Alpine Post"))
    assert not preference.is_timely(of(FRIDAY))
    assert not preference.is_fresh(of(FRIDAY, "Coast Daily"))


def test_a_source_and_a_time_are_preferred_together() -> None:
    preference = read_preference("What did Coast Daily report on 2021-07-03?", None, SOURCES)
    assert preference.filters == Filters(date(2021, 7, 3), date(2021, 7, 17), ("Coast Daily",))
    assert preference.is_timely(of(date(2021, 7, 5), "Coast Daily"))
    assert not preference.is_timely(of(date(2021, 8, 5), "Coast Daily"))
    assert not preference.is_timely(of(date(2021, 7, 5), "Alpine Post"))

"""What is said to talk that is no question."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from corpus.filters import Filters
from index.store.listed import ListedArticle
from qa.question.talk import Talk
from qa.show.reply import reply_in_words


def listed(number: int, published: date | None = date(2024, 5, 3)) -> ListedArticle:
    return ListedArticle(
        article_id=str(number), title=f"Title {number}", source=None, published=published, url=None, passages=1,
        characters=9,
    )  # fmt: skip


def test_few_articles_are_all_named() -> None:
    told = reply_in_words(Talk.ARTICLES, [listed(1), listed(2, None)], Filters())
    assert told == "There are 2 articles:\n3 May 2024: Title 1\nDate unknown: Title 2"


def test_of_many_the_newest_are_named_and_the_rest_counted() -> None:
    lines = reply_in_words(Talk.ARTICLES, [listed(n) for n in range(1, 1013)], Filters()).split("\n")
    assert lines[0] == "There are 1,012 articles. The newest:"
    assert lines[1:-1] == [f"3 May 2024: Title {n}" for n in range(1, 11)]
    assert lines[-1] == "and 1,002 more"


def test_a_filter_is_said() -> None:
    filters = Filters(after=date(2024, 1, 1), sources=("The Daily",))
    which = "from 1 January 2024, of The Daily"
    assert reply_in_words(Talk.ARTICLES, [listed(1)], filters) == f"There is one article {which}:\n3 May 2024: Title 1"
    assert reply_in_words(Talk.ARTICLES, [], filters) == "There is no such article."
    assert f"from one article {which}: quoted" in reply_in_words(Talk.ABILITY, [listed(1)], filters)


@pytest.mark.parametrize("talk", list(Talk))
def test_to_everything_something_is_said(talk: Talk) -> None:
    assert reply_in_words(talk, [], Filters())


def test_the_sources_are_told_with_the_most_articles_first() -> None:
    articles = [replace(listed(n), source=source) for n, source in enumerate(("B", "A", None, "C", "C"))]
    told = reply_in_words(Talk.SOURCES, articles, Filters())
    assert told == "There are 3 sources:\nC: 2 articles\nA: 1 article\nB: 1 article"
    assert reply_in_words(Talk.SOURCES, articles[:1], Filters()) == "There is one source:\nB: 1 article"
    assert reply_in_words(Talk.SOURCES, [listed(1)], Filters()) == "No article names its source."
    many = [replace(listed(n), source=f"Source {n:02d}") for n in range(23)]
    assert reply_in_words(Talk.SOURCES, many, Filters()).endswith("Source 19: 1 article\nand 3 more")

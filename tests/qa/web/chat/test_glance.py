"""Which articles there are, in a sentence and a plot."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from fakes import ARTICLES, HashEncoder

from corpus.article import Article
from index.generations import IndexFolder
from index.update import build_index
from qa.archive import Archive
from qa.build import Models
from qa.settings import Settings
from qa.web.chat.glance import MAX_MONTHS, bars, glance_html, titles_html
from qa.web.chat.which import offered_sources


def archive_of(folder: Path, *articles: Article) -> Archive:
    build_index(IndexFolder(folder), articles, HashEncoder())
    return Archive(Settings(index=folder), models=Models(HashEncoder()))


def test_months_from_the_first_to_the_last_with_the_empty_ones_between() -> None:
    assert bars([("2023-11", 2), ("2024-02", 1)]) == [("2023-11", 2), ("2023-12", 0), ("2024-01", 0), ("2024-02", 1)]
    assert bars([("2023-11", 2)]) == []
    assert bars([]) == []


def test_years_where_months_are_too_many() -> None:
    months = [("2020-12", 2), ("2021-01", 1), ("2021-05", 4), ("2023-07", 1)]
    assert bars(months) == [("2020", 2), ("2021", 5), ("2022", 0), ("2023", 1)]
    assert len(bars([("2020-01", 1), ("2022-06", 1)])) == MAX_MONTHS
    assert bars([("0900-01", 1), ("2022-06", 1)])[0] == ("1963", 0)


def test_the_sentence_and_the_plot(tmp_path: Path) -> None:
    html = glance_html(archive_of(tmp_path, *ARTICLES))
    assert html.startswith("<p>4 articles, September 2023 to April 2024, one without a date, 2 sources.</p>")
    assert re.findall('name="(.*?)"', html) == ["2023-09", "2024-03", "2024-04"]
    assert 'aria-label="March 2024: one article"' in html


def test_titles_stay_text_and_sources_are_counted(tmp_path: Path) -> None:
    naughty = "'><script>alert(1)</script>"
    article = Article("a", naughty, "It was quiet.", source="Coast Daily", published=date(2024, 1, 1))
    archive = archive_of(tmp_path, article, Article("b", "B", "It rained.", source="Coast Daily"))
    html = titles_html(archive)
    assert "<script" not in html
    assert html.count("<option") == 2
    assert offered_sources(archive)["choices"] == [("Coast Daily (2)", "Coast Daily")]  # type: ignore[index]


def test_one_article_without_a_date(tmp_path: Path) -> None:
    assert glance_html(archive_of(tmp_path, Article("a", "A", "It is."))) == "<p>One article.</p>"

"""The same articles in every format are the same articles."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import one_of_each
import pytest
from matplotlib.figure import Figure

from corpus.article import Article
from corpus.readers import Unreadable, read_articles

BUNDLED = one_of_each.bundled()
# These carry no day and source, or those of the whole; what goes with each file is in its articles.toml.
UNDATED = (".epub", ".eml", ".mbox")


@pytest.mark.parametrize("suffix", [*one_of_each.SINGLE, *one_of_each.SEVERAL])
def test_an_article_is_the_same_in_every_format(suffix: str, tmp_path: Path) -> None:
    found = list(read_articles([str(one_of_each.write(tmp_path, suffix, BUNDLED))]))
    assert [each for each in found if not isinstance(each, Article)] == []
    articles = {each.title: each for each in found if isinstance(each, Article)}
    for original in BUNDLED:
        article = articles[original.title]
        assert words(article.text) == words(original.text)
        if suffix not in UNDATED:
            assert (article.source, article.published) == (original.source, original.published)


def test_a_pdf_has_no_running_heads_and_its_words_are_whole(tmp_path: Path) -> None:
    original = BUNDLED[0]
    text = "A consultative body met. " * 40 + "\n" + "It spoke of coun-\nter-terrorism and defence.\n" * 20
    data = one_of_each.pdf(Article("x", original.title, text))
    (tmp_path / "x.pdf").write_bytes(data)
    (article,) = read_articles([str(tmp_path)])
    assert isinstance(article, Article)
    assert "The Example Review" not in article.text
    assert not any(line.isdigit() for line in article.text.split("\n"))
    assert "spoke of counter-terrorism and defence." in article.text


def test_a_pdf_knows_its_pages(tmp_path: Path) -> None:
    lines = [f"On day {n} the ship met a whale, {n * 7} miles from the coast of the island." for n in range(90)]
    (tmp_path / "x.pdf").write_bytes(one_of_each.pdf(Article("x", "The log of a ship", "\n".join(lines))))
    (article,) = read_articles([str(tmp_path)])
    assert isinstance(article, Article)
    # The title and a blank line, then a day and a blank line, so many lines a page.
    first = [article.text.index(lines[(one_of_each.LINES_A_PAGE * page - 2) // 2]) for page in (1, 2, 3, 4)]
    assert article.pages == (0, *first)


def words(text: str) -> list[str]:
    """The lines of a text, but for those that are blank."""
    return [line for line in text.split("\n") if line]


def test_a_pdf_without_text_is_refused_with_the_reason(tmp_path: Path) -> None:
    for name in ("scan", "empty"):
        figure = Figure()
        if name == "scan":
            figure.figimage(np.ones((50, 50)))
        figure.savefig(tmp_path / f"{name}.pdf")
    empty, scan = read_articles([str(tmp_path)])
    assert isinstance(empty, Unreadable)
    assert isinstance(scan, Unreadable)
    assert empty.reason == "the PDF has no text on its 1 page"
    assert scan.reason == f"{empty.reason}, only pictures: run a program for text recognition (OCR) over it first"


def test_a_zip_file_with_a_pdf_in_it_as_it_is_is_no_pdf(tmp_path: Path) -> None:
    articles = one_of_each.bundled()[:2]
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("a.pdf", one_of_each.pdf(articles[0]))
        packed.writestr("b.txt", one_of_each.text(articles[1]))
    found = list(read_articles([str(tmp_path / "a.zip")]))
    assert [each.article_id for each in found if isinstance(each, Article)] == ["a/a.pdf", "a/b"]

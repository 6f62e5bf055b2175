"""The same articles in every format are the same articles."""

from __future__ import annotations

from pathlib import Path

import one_of_each
import pytest

from corpus.article import Article
from corpus.readers import read_articles

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


def words(text: str) -> list[str]:
    """The lines of a text, but for those that are blank."""
    return [line for line in text.split("\n") if line]

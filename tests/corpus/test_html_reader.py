"""Web pages: their article alone, what they say of themselves, and what happens with those that have neither."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.errors import UserError
from corpus.readers.html import decode_html, read_html
from corpus.readers.metadata import Metadata

STORY = """<p>The mill of Velden burned down on Monday night, and four people were hurt in the fire.</p>
<h2>What is known</h2>
<p>Nobody knows why it burned, said the mayor, who had come with the fire brigade of three villages around.</p>
<ul><li>It was built in 1790.</li><li>It was <b>not</b> insured.</li></ul>
<ol><li>First the roof burned.</li><li>Then the wheel.</li></ol>
<table><tr><th>Village</th><th>Engines</th></tr><tr><td>Velden</td><td>3</td></tr></table>
<blockquote><p>It was the most beautiful mill of the whole valley.</p></blockquote>"""
TEXT = """The mill of Velden burned down on Monday night, and four people were hurt in the fire.

What is known

Nobody knows why it burned, said the mayor, who had come with the fire brigade of three villages around.

• It was built in 1790.
• It was not insured.

1. First the roof burned.
2. Then the wheel.

Village | Engines
Velden | 3

It was the most beautiful mill of the whole valley."""


def page(story: str = STORY, head: str = "", around: str = "") -> bytes:
    return f"""<!doctype html><html lang="en"><head><title>Mill burns | Velden Post</title>{head}</head><body>
    <nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
    <article><h1>Old mill burns in Velden</h1>{story}</article>{around}
    <footer><p>Copyright Velden Post. All rights reserved.</p></footer></body></html>""".encode()


def test_the_text_is_the_articles_and_keeps_its_structure() -> None:
    cookies = '<div class="cookie-consent"><p>We and our 800 partners use cookies. Accept all?</p></div>'
    assert read_html(page(around=cookies)).text == TEXT


def test_words_around_a_script_or_a_drawing_stay() -> None:
    between = "<script>var a = '<p>no</p>';</script> burned down <svg><path/><title>no</title></svg><style>p {}</style>"
    assert read_html(page(STORY.replace(" burned down ", between, 1))).text == TEXT


def test_the_posts_of_a_forum_are_its_text() -> None:
    posts = "".join(f'<div class="comment"><p>Post {n}: {"a word and another one " * 9}</p></div>' for n in range(5))
    head = '<script type="application/ld+json">{"@type": "DiscussionForumPosting"}</script>'
    data = f"<!doctype html><html><head><title>Mills</title>{head}</head><body><main>{posts}</main></body></html>"
    assert "Post 4:" in read_html(data.encode()).text


@pytest.mark.parametrize(
    "notice",
    [
        "Read more: Another mill burns",
        "Sign up for our daily newsletter",
        "Already a subscriber? Log in",
        "Subscribe now to continue reading",
        "We use cookies to make this site better.",
        "Follow the Post on Twitter.",
        "Lesen Sie auch: Noch eine Mühle",
    ],
)
def test_a_line_of_the_page_is_none_of_the_article(notice: str) -> None:
    assert read_html(page(STORY.replace("<h2>", f"<p>{notice}</p><h2>", 1))).text == TEXT


@pytest.mark.parametrize("line", ["Related crimes are rising, said the mayor.", "Read more than once, it was lost."])
def test_a_sentence_that_begins_alike_stays(line: str) -> None:
    assert line in read_html(page(STORY.replace("<h2>", f"<p>{line}</p><h2>", 1))).text


def test_the_pages_own_data_goes_before_what_it_shows() -> None:
    head = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "WebSite",
    "name": "x"}, {"@type": ["NewsArticle"], "headline": "Mill of Velden &amp; its end",
    "datePublished": "2024-07-15T23:30:00-0500", "publisher": {"@type": "Organization", "name": "The Velden Post"}}]}
    </script><meta property="og:title" content="Other"><meta property="article:published_time" content="2024-01-01">
    <meta property="og:site_name" content="Other"><link rel="canonical" href="/2024/mill">"""
    article = read_html(page(head=head), address="https://www.velden.example/2024/mill?from=home")
    assert article.title == "Mill of Velden & its end"
    assert article.published == date(2024, 7, 15)
    assert article.source == "The Velden Post"
    assert article.url == article.article_id == "https://www.velden.example/2024/mill"


@pytest.mark.parametrize(
    ("head", "address", "day"),
    [
        ('<meta property="article:published_time" content="2024-07-15T10:00:00+00:00">', None, date(2024, 7, 15)),
        ('<meta name="DC.date.issued" content="July 15, 2024">', None, date(2024, 7, 15)),
        ('<meta itemprop="datePublished" content="20240715">', None, date(2024, 7, 15)),
        ("", "https://velden.example/news/2024/07/15/mill", date(2024, 7, 15)),
        ("", "https://velden.example/news/2024/99/15/mill", None),
        ('<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "soon"}</script>', None, None),
        ('<script type="application/ld+json">{"@type": "NewsArticle", "datePubli</script>', None, None),
    ],
)
def test_the_day_stands_where_publishers_write_it(head: str, address: str | None, day: date | None) -> None:
    assert read_html(page(head=head), address=address).published == day


def test_one_day_shown_is_the_articles_and_of_several_the_one_marked() -> None:
    one = '<p><time datetime="2024-07-15T08:00">yesterday</time></p>'
    two = '<p><time datetime="2024-07-14">a</time> <time datetime="2024-07-15">b</time></p>'
    assert read_html(page(one + STORY)).published == date(2024, 7, 15)
    assert read_html(page(two + STORY)).published is None
    marked = two.replace('"2024-07-15"', '"2024-07-15" itemprop="datePublished"')
    assert read_html(page(marked + STORY)).published == date(2024, 7, 15)


def test_without_data_the_heading_is_the_title_and_the_host_the_source() -> None:
    article = read_html(page(), address="https://www.velden.example/mill")
    assert (article.title, article.source) == ("Old mill burns in Velden", "velden.example")


def test_a_page_cannot_say_that_it_is_of_another_site() -> None:
    head = '<link rel="canonical" href="https://paper.example/story"><meta property="og:url" content="//x.example/y">'
    assert read_html(page(head=head), address="https://evil.example/a").url == "https://evil.example/a"
    assert read_html(page(head=head), address="https://m.paper.example/a").url == "https://paper.example/story"
    assert read_html(page(head=head), article_id="a").url == "https://paper.example/story"
    home = '<link rel="canonical" href="https://paper.example/">'
    assert read_html(page(head=home), article_id="a").article_id == "a"
    script = '<link rel="canonical" href="javascript:alert(1)">'
    assert read_html(page(head=script), article_id="a").url is None


def test_a_saved_page_tells_where_it_was() -> None:
    data = b"<!-- saved from url=(0030)https://velden.example/a?b=1&amp;c=2 -->" + page()
    assert read_html(data).url == "https://velden.example/a?b=1&c=2"


def test_what_is_written_down_by_hand_goes_first() -> None:
    article = read_html(page(), known=Metadata("Fire", "Post", date(2020, 1, 2), "https://a.example/b"))
    assert (article.title, article.source, article.published) == ("Fire", "Post", date(2020, 1, 2))
    assert article.url == "https://a.example/b"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("<meta charset=iso-8859-1><p>„Größe“ €".encode("cp1252"), None),
        ("<meta charset=utf-8><p>„Größe“ €".encode("cp1252"), "windows-1252"),
        ("<meta charset=iso-8859-1><p>„Größe“ €".encode(), None),
        ("<p>„Größe“ €".encode("utf-16"), None),
        ("<meta charset=no-such><p>„Größe“ €".encode(), "utf-7"),
    ],
)
def test_the_encoding_is_what_it_is_and_not_what_it_says(data: bytes, encoding: str | None) -> None:
    assert decode_html(data, encoding).endswith("<p>„Größe“ €")


def test_japanese_is_read_in_the_encoding_that_the_page_names() -> None:
    text = "水車小屋が月曜日の夜に全焼し、四人がけがをした。"
    for encoding in ("shift_jis", "euc_jp", "iso2022_jp"):
        data = f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}"><p>{text}'.encode(encoding)
        assert decode_html(data).endswith(text)


@pytest.mark.parametrize("data", [b"", b"  \n", b"<!-- x -->", b"<html></html>", b"<script>x</script>"])
def test_a_page_without_text_is_refused(data: bytes) -> None:
    with pytest.raises(UserError, match="page"):
        read_html(data)

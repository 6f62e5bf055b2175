"""Pages, feeds and sitemaps of a site on this machine, to articles."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from sites import Site, page

from corpus.article import Article
from corpus.errors import UserError
from corpus.fetch.fetcher import Fetcher
from corpus.fetch.kept import KeptPages
from corpus.readers import Remark, Unreadable, count_articles, read_articles
from corpus.readers.formats import Format, recognise
from corpus.readers.web import Web, kind_of

STORY = (
    "The harbour bridge in Oslo was opened by mayor Anna Berg on Friday before a crowd of many thousands of people. "
)


def story(topic: str, n: int = 12) -> str:
    return " ".join(f"{STORY}Sentence {number} is about the {topic} and about nothing else." for number in range(n))


def html(topic: str) -> str:
    return (
        f"<html><head><title>All about {topic}</title><meta property='og:site_name' content='Coast Daily'>"
        "<meta property='article:published_time' content='2024-03-01'></head>"
        f"<body><nav><a href='/'>Home</a></nav><article><h1>All about {topic}</h1><p>{story(topic)}</p></article>"
    )


def item(
    link: str, text: str = "Only the beginning …", title: str = "A title", day: str = "Fri, 01 Mar 2024 10:00:00 GMT"
) -> str:
    said = f"<title>{title}</title><link>{link}</link><pubDate>{day}</pubDate>"
    return f"<item>{said}<description><![CDATA[{text}]]></description></item>"


def rss(*items: str) -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>The feed</title>{"".join(items)}</channel></rss>'


def web(kept: Path | None = None, most_pages: int = 200) -> Web:
    return Web(Fetcher(allows_private=True, kept=KeptPages(kept) if kept else None, pause=0.0), most_pages)


def read(*addresses: str, by: Web | None = None) -> list[Article | Unreadable | Remark]:
    return list(read_articles(addresses, web=by or web()))


def titles(found: list[Article | Unreadable | Remark]) -> list[str]:
    return [each.title for each in found if isinstance(each, Article)]


def test_a_page(site: Site) -> None:
    site["/bridge"] = page(html("bridges"))
    (article,) = read(f"{site.url}/bridge#top")
    assert isinstance(article, Article)
    assert (article.article_id, article.url) == (f"{site.url}/bridge", f"{site.url}/bridge")
    assert (article.title, article.source, article.published) == ("All about bridges", "Coast Daily", date(2024, 3, 1))
    assert "about the bridges" in article.text
    assert "Home" not in article.text


def test_the_encoding_that_the_server_names(site: Site) -> None:
    site["/a"] = page(html("Größe").encode("cp1252"), media_type="text/html; charset=windows-1252")
    assert titles(read(f"{site.url}/a")) == ["All about Größe"]


def test_a_page_of_plain_text(site: Site) -> None:
    site["/a.txt"] = page(f"Bridge opens\n\n{STORY}", media_type="text/plain")
    (article,) = read(f"{site.url}/a.txt")
    assert isinstance(article, Article)
    assert (article.article_id, article.title, article.text) == (f"{site.url}/a.txt", "Bridge opens", STORY.strip())


def test_one_bad_address_stops_nothing(site: Site) -> None:
    site["/a"] = page(html("bridges"))
    site["/picture"] = page(b"\x89PNG", media_type="image/png")
    bad = ["/none", "/picture"]
    found = read(*(f"{site.url}{path}" for path in ("/none", "/picture", "/a")))
    assert titles(found) == ["All about bridges"]
    unreadable = [each for each in found if isinstance(each, Unreadable)]
    assert [each.origin for each in unreadable] == [f"{site.url}{path}" for path in bad]
    assert "answered 404" in unreadable[0].reason
    assert "it is a PNG picture" in unreadable[1].reason


def test_what_is_there_may_be_a_file_of_any_format(site: Site) -> None:
    lines = "".join(json.dumps({"_id": name, "text": f"{STORY}{name}"}) + "\n" for name in ("one", "two"))
    site["/lines"] = page(gzip.compress(lines.encode()), media_type="application/gzip")
    rtf = r"{\rtf1\ansi All about bridges\par " + story("bridges") + "}"
    site["/story.rtf"] = page(rtf, media_type="application/octet-stream")
    one, two, document = read(f"{site.url}/lines", f"{site.url}/story.rtf")
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert isinstance(document, Article)
    assert (one.article_id, two.article_id) == ("one", "two")
    assert (document.article_id, document.url) == (f"{site.url}/story.rtf",) * 2
    assert "about the bridges" in document.text


def test_a_feed_that_was_saved_asks_for_nothing(site: Site, tmp_path: Path) -> None:
    (tmp_path / "news.xml").write_text(rss(item(f"{site.url}/a", "Only a few words."), item("x", "")), encoding="utf-8")
    article, empty = read(str(tmp_path))
    assert isinstance(article, Article)
    assert (article.article_id, article.text) == (f"{site.url}/a", "Only a few words.")
    assert isinstance(empty, Unreadable)
    assert empty.origin == f"{tmp_path}/news.xml:2"
    assert site.asked == []


def test_what_is_no_address_is_an_error_at_once(site: Site) -> None:
    site["/a"] = page(html("bridges"))
    with pytest.raises(UserError, match="holds a user's name or password"):
        read_articles([f"{site.url}/a", "https://me:you@a.example/"])
    assert site.asked == []


def test_this_machine_is_not_asked_unless_allowed(site: Site) -> None:
    (refused,) = read_articles([f"{site.url}/a"])
    assert isinstance(refused, Unreadable)
    assert "'private_addresses'" in refused.reason
    assert site.asked == []


def test_a_feed_with_whole_articles_asks_for_no_page(site: Site) -> None:
    site["/feed"] = page(rss(item("/bridge", f"<p>{story('bridges')}</p><script>x()</script>", "Bridges &amp; more")))
    (article,) = read(f"{site.url}/feed")
    assert isinstance(article, Article)
    assert article.article_id == article.url == f"{site.url}/bridge"
    assert (article.title, article.source, article.published) == ("Bridges & more", "The feed", date(2024, 3, 1))
    assert article.text == story("bridges")
    assert site.asked == ["/robots.txt", "/feed"]


def test_a_feed_of_beginnings_leads_to_the_pages(site: Site) -> None:
    site["/feed"] = page(rss(item(f"{site.url}/a?utm_source=rss"), item("/gone", "A few words."), item("/b")))
    site["/a"], site["/b"] = page(html("bridges")), page(html("tunnels"))
    found = read(f"{site.url}/feed")
    assert titles(found) == ["All about bridges", "A title", "All about tunnels"]
    (remark,) = [each for each in found if isinstance(each, Remark)]
    assert remark.origin == f"{site.url}/gone"
    assert "only what the feed has of it was read, for its page was not: '127.0.0.1' answered 404" in remark.text


def test_an_entry_with_nothing_to_read_says_why(site: Site) -> None:
    site["/feed"] = page(rss(item("/gone", ""), item("/b")))
    site["/b"] = page(html("tunnels"))
    bad, good = read(f"{site.url}/feed")
    assert isinstance(bad, Unreadable)
    assert (bad.origin, "404" in bad.reason) == (f"{site.url}/gone", True)
    assert isinstance(good, Article)


def test_a_day_that_only_the_feed_says(site: Site) -> None:
    site["/feed"] = page(rss(item("/a")))
    site["/a"] = page(f"<html><body><article><p>{story('bridges')}</p></article></body></html>")
    (article,) = read(f"{site.url}/feed")
    assert isinstance(article, Article)
    assert article.published == date(2024, 3, 1)


def test_a_feed_does_not_put_its_words_in_the_place_of_another_sites_article(site: Site) -> None:
    site["/feed"] = page(rss(item("https://paper.example/real", story("lies"))))
    (article,) = read(f"{site.url}/feed")
    assert isinstance(article, Article)
    assert article.url == "https://paper.example/real"
    assert article.article_id.startswith("127.0.0.1-")


def test_pages_of_a_feed_are_asked_for_once(site: Site, tmp_path: Path) -> None:
    site["/feed"] = page(rss(item("/a")))
    site["/a"] = page(html("bridges"))
    for _ in range(2):
        assert titles(read(f"{site.url}/feed", by=web(tmp_path))) == ["All about bridges"]
    assert [path for path in site.asked if path != "/robots.txt"] == ["/feed", "/a", "/feed"]


def test_so_many_entries_as_the_setting_says(site: Site) -> None:
    site["/feed"] = page(rss(*(item(f"/{n}", story(f"topic {n}"), f"T{n}") for n in range(5))))
    found = read(f"{site.url}/feed", by=web(most_pages=2))
    assert titles(found) == ["T0", "T1"]
    assert found[-1] == Remark(
        f"{site.url}/feed", "3 older entries are left out; the setting 'pages' says how many are read"
    )


@pytest.mark.parametrize(
    ("name", "feed"),
    [
        (
            "atom",
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>The feed</title><entry><title>T</title><id>urn:1</id>'
            '<link href="/x"/><updated>2024-03-01T10:00:00Z</updated><content type="xhtml">'
            f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{story("atoms")}</p></div></content></entry></feed>',
        ),
        (
            "json",
            json.dumps({
                "version": "https://jsonfeed.org/version/1.1",
                "title": "The feed",
                "items": [
                    {
                        "id": "1",
                        "url": "/x",
                        "title": "T",
                        "date_published": "2024-03-01",
                        "content_html": story("atoms"),
                    }
                ],
            }),
        ),
        (
            "rdf",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The feed</title></channel><item>'
            f"<title>T</title><link>/x</link><dc:date>2024-03-01</dc:date><description>{story('atoms')}</description></item></rdf:RDF>",
        ),
    ],
)
def test_feeds_of_other_kinds(site: Site, name: str, feed: str) -> None:
    site[f"/{name}"] = page(feed, media_type="text/plain")
    (article,) = read(f"{site.url}/{name}")
    assert article == Article(f"{site.url}/x", "T", story("atoms"), "The feed", date(2024, 3, 1), f"{site.url}/x")


def sitemap(*places: tuple[str, str], kind: str = "url") -> str:
    named = "".join(f"<{kind}><loc>{loc}</loc><lastmod>{day}</lastmod></{kind}>" for loc, day in places)
    root = "urlset" if kind == "url" else "sitemapindex"
    return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{named}</{root}>'


def test_a_sitemap_newest_first_and_of_its_own_site_only(site: Site, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        site[f"/{name}"] = page(html(name))
    places = [
        (f"{site.url}/a", "2023-01-01"),
        (f"{site.url}/b", "2024-01-01"),
        ("https://other.example/", "2025-01-01"),
    ]
    site["/map.xml"] = page(sitemap(*places, (f"{site.url}/c", "")))
    for _ in range(2):
        found = read(f"{site.url}/map.xml", by=web(tmp_path))
        assert titles(found) == ["All about b", "All about a", "All about c"]
    # What has not changed since is not asked for; of /c nobody says when it changed.
    assert [path for path in site.asked if path != "/robots.txt"] == ["/map.xml", "/b", "/a", "/c", "/map.xml", "/c"]


def test_an_index_of_packed_sitemaps_up_to_the_limit(site: Site) -> None:
    for n in range(4):
        site[f"/{n}"] = page(html(f"topic {n}"))
    site["/index.xml"] = page(
        sitemap((f"{site.url}/old.xml.gz", "2020-01-01"), (f"{site.url}/new.xml.gz", "2024-01-01"), kind="sitemap")
    )
    site["/new.xml.gz"] = page(gzip.compress(sitemap(*((f"{site.url}/{n}", "2024") for n in (0, 1))).encode()))
    site["/old.xml.gz"] = page(gzip.compress(sitemap(*((f"{site.url}/{n}", "2020") for n in (2, 3))).encode()))
    found = read(f"{site.url}/index.xml", by=web(most_pages=3))
    assert titles(found) == [f"All about topic {n}" for n in (0, 1, 2)]
    assert isinstance(found[-1], Remark)
    assert "only 3 of its pages are read" in found[-1].text


def test_sitemaps_that_name_each_other_end(site: Site) -> None:
    site["/a.xml"] = page(sitemap((f"{site.url}/b.xml", ""), kind="sitemap"))
    site["/b.xml"] = page(sitemap((f"{site.url}/a.xml", ""), kind="sitemap"))
    assert read(f"{site.url}/a.xml") == []
    assert [path for path in site.asked if path != "/robots.txt"] == ["/a.xml", "/b.xml"]


def test_a_packed_bomb_for_a_sitemap(site: Site) -> None:
    from corpus.fetch.download import Limits

    site["/map.xml.gz"] = page(gzip.compress(b"<urlset>" + b" " * 5_000_000))
    small = Web(Fetcher(allows_private=True, pause=0.0, limits=Limits(bytes=100_000)))
    (bad,) = read(f"{site.url}/map.xml.gz", by=small)
    assert isinstance(bad, Unreadable)
    assert "unpacked it has more than 100,000 bytes" in bad.reason


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (rss().encode(), "feed"),
        (rss().encode("utf-16"), "feed"),
        (b"\xef\xbb\xbf\n<!-- x --><?xml-stylesheet?><!DOCTYPE rss [<!ENTITY a 'b'>]><rss>", "feed"),
        (b'{"title": "x", "version": "https:\\/\\/jsonfeed.org\\/version\\/1"}', "feed"),
        (b"<ns:urlset>", "sitemap"),
        (b"<!doctype html><html><rss>", "page"),
        (b"<!---->" * 500 + b"!", "page"),
        (b"", "page"),
        (b"rss", "page"),
    ],
)
def test_what_it_is_by_its_first_element(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


def test_comments_without_end_cost_no_time() -> None:
    assert recognise("x.xml", b"<!---->" * 1000 + b"!").format is Format.TEXT


def test_nobody_knows_how_many_an_address_has() -> None:
    assert count_articles(["https://a.example/"]) is None

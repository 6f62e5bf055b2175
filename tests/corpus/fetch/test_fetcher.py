"""What is asked of a site, how often, and what is not asked again."""

from __future__ import annotations

from pathlib import Path

import pytest
from sites import Site, page, redirect, running_site

from corpus.errors import UserError
from corpus.fetch.fetcher import Fetcher
from corpus.fetch.kept import KeptPages
from corpus.fetch.robots import Robots

RULES = (
    b"User-agent: *\nDisallow: /private\nCrawl-delay: 7\n\nUser-agent: article-qa\nDisallow: /ours\nAllow: /ours/but\n"
)


def fetcher(kept: Path | None = None, **options: object) -> Fetcher:
    pages = KeptPages(kept) if kept else None
    return Fetcher(**{"allows_private": True, "kept": pages, "pause": 0.0, **options})  # type: ignore[arg-type]


def asked(site: Site) -> list[str]:
    """What was asked for since the last call, but for the rules."""
    seen = [path for path in site.asked if path != "/robots.txt"]
    site.asked.clear()
    return seen


def dated(body: str, tag: str, day: str = "Mon, 13 Nov 2023 10:00:00 GMT"):
    """A page that answers 304 to who has it."""

    def answer(headers: dict[str, str]) -> bytes:
        if headers.get("if-none-match") == tag and headers.get("if-modified-since") == day:
            return page("", status="304 Not Modified")
        return page(body, f"ETag: {tag}", f"Last-Modified: {day}")

    return answer


def test_what_has_not_changed_is_not_sent_again(site: Site, tmp_path: Path) -> None:
    site["/a"] = dated("first", '"1"')
    first = fetcher(tmp_path).fetch(f"{site.url}/a")
    assert first.data == b"first"
    site["/a"] = dated("second", '"1"')
    assert fetcher(tmp_path).fetch(f"{site.url}/a") == first
    site["/a"] = dated("third", '"2"')
    assert fetcher(tmp_path).fetch(f"{site.url}/a").data == b"third"
    assert asked(site) == ["/a"] * 3


def test_a_page_with_the_same_stamp_is_not_asked_for(site: Site, tmp_path: Path) -> None:
    site["/a"] = page("first")
    address = f"{site.url}/a"
    assert fetcher(tmp_path).fetch(address, stamp="monday").data == b"first"
    assert asked(site) == ["/a"]
    site["/a"] = page("second")
    assert fetcher(tmp_path).fetch(address, stamp="monday").data == b"first"
    assert asked(site) == []
    assert fetcher(tmp_path).fetch(address, stamp="tuesday").data == b"second"
    assert fetcher(tmp_path).fetch(address, stamp="tuesday").data == b"second"
    assert asked(site) == ["/a"]


def test_an_unchanged_page_takes_on_the_new_stamp(site: Site, tmp_path: Path) -> None:
    site["/a"] = dated("first", '"1"')
    for stamp in ("monday", "tuesday", "tuesday"):
        assert fetcher(tmp_path).fetch(f"{site.url}/a", stamp=stamp).data == b"first"
    assert asked(site) == ["/a"] * 2


@pytest.mark.parametrize("answer", [page("x"), page("x", 'ETag: "1"', "Cache-Control: private, no-store")])
def test_what_cannot_or_may_not_be_kept_is_not(site: Site, tmp_path: Path, answer: bytes) -> None:
    site["/a"] = answer
    fetcher(tmp_path).fetch(f"{site.url}/a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]\nx", b"null\n", b"\xff\xfe"])
def test_a_damaged_file_is_fetched_anew(site: Site, tmp_path: Path, damage: bytes) -> None:
    site["/a"] = dated("first", '"1"')
    fetcher(tmp_path).fetch(f"{site.url}/a")
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for broken in (damage, whole[:-5], whole.replace(b"sha256", b"sha255"), whole[:-30] + bytes(30)):
        file.write_bytes(broken)
        assert fetcher(tmp_path).fetch(f"{site.url}/a").data == b"first"
        assert file.read_bytes() == whole


def test_pages_that_cannot_be_kept_are_fetched_all_the_same(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    site["/a"] = dated("first", '"1"')
    assert fetcher(tmp_path / "file").fetch(f"{site.url}/a").data == b"first"


def test_not_changed_without_being_asked(site: Site) -> None:
    site["/a"] = page("", status="304 Not Modified")
    with pytest.raises(UserError, match="says that nothing has changed, but nothing was kept"):
        fetcher().fetch(f"{site.url}/a")


def test_the_rules_of_a_site(site: Site) -> None:
    site["/robots.txt"] = page(RULES)
    for path in ("/a", "/private", "/ours/but", "/ours"):
        site[path] = page(path)
    one = fetcher(sleep=lambda seconds: None)
    assert [one.fetch(f"{site.url}{path}").data for path in ("/a", "/private", "/ours/but")]
    with pytest.raises(UserError, match=r"does not want programs to read this page \(its robots.txt\)"):
        one.fetch(f"{site.url}/ours")
    assert site.asked == ["/robots.txt", "/a", "/private", "/ours/but"]


@pytest.mark.parametrize(
    ("status", "is_allowed"), [("404 No", True), ("403 No", True), ("500 No", False), ("429 No", False)]
)
def test_rules_that_are_not_there(site: Site, status: str, is_allowed: bool) -> None:
    site["/robots.txt"] = page("", status=status)
    site["/a"] = page("x")
    try:
        assert fetcher().fetch(f"{site.url}/a").data == b"x"
    except UserError:
        assert not is_allowed
    assert asked(site) == ["/a"] * is_allowed


def test_rules_that_nobody_can_have_meant() -> None:
    many = b"".join(b"User-agent: a%d\n" % n for n in range(2000)) + b"Disallow: /x\n" * 2000
    assert not Robots.parse(many).allows("https://a.example/")
    assert Robots.parse(b"\xff\xfe\0garbage\nDisallow").allows("https://a.example/")


def test_rules_behind_a_redirect(site: Site) -> None:
    site["/robots.txt"] = redirect("/rules")
    site["/rules"] = page("User-agent: *\nDisallow: /")
    with pytest.raises(UserError, match="robots.txt"):
        fetcher().fetch(f"{site.url}/a")


def test_the_rules_of_a_site_that_it_is_redirected_to(site: Site) -> None:
    with running_site() as other:
        other["/robots.txt"] = page("User-agent: *\nDisallow: /private\nCrawl-delay: 9\n")
        other["/public"] = page("x")
        site["/a"], site["/b"] = redirect(f"{other.url}/private"), redirect(f"{other.url}/public")
        waits: list[float] = []
        one = fetcher(sleep=waits.append)
        with pytest.raises(UserError, match=r"does not want programs to read this page \(its robots.txt\)"):
            one.fetch(f"{site.url}/a")
        assert other.asked == ["/robots.txt"]
        assert one.fetch(f"{site.url}/b").data == b"x"
        assert other.asked == ["/robots.txt", "/public"]
        assert [round(wait) for wait in waits] == [9]


def test_a_redirect_within_a_site_to_what_it_forbids(site: Site) -> None:
    site["/robots.txt"] = page("User-agent: *\nDisallow: /private\n")
    site["/a"], site["/private"] = redirect("/private"), page("x")
    with pytest.raises(UserError, match="robots.txt"):
        fetcher().fetch(f"{site.url}/a")
    assert asked(site) == ["/a"]


def test_requests_to_one_host_are_apart(site: Site) -> None:
    site["/a"] = page("x")
    waits: list[float] = []
    one = fetcher(pause=5.0, sleep=waits.append)
    for _ in range(2):
        one.fetch(f"{site.url}/a")
    # The first request of all, for the rules, waits for nothing; the waiting is not done here, so they add up.
    assert [round(wait) for wait in waits] == [5, 5]


def test_a_site_that_asks_for_more_patience_gets_it(site: Site) -> None:
    site["/robots.txt"] = page("User-agent: *\nCrawl-delay: 9\n")
    site["/a"] = page("x")
    waits: list[float] = []
    fetcher(pause=5.0, sleep=waits.append).fetch(f"{site.url}/a")
    assert [round(wait) for wait in waits] == [9]
    assert Robots.parse(b"User-agent: *\nCrawl-delay: 86400\n").delay == 60
    assert Robots.parse(b"User-agent: *\nCrawl-delay: soon\n").delay == 0

"""read_articles: files, folders and standard input; what is wrong is said in its place and the rest goes on."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import zipfile
from datetime import date
from pathlib import Path

import pytest

import corpus
from corpus.article import Article
from corpus.errors import UserError
from corpus.readers import LeftOut, Remark, Unreadable, count_articles, read_articles

BUNDLED = Path(corpus.__file__).parent / "articles"
STORY = "The minister spoke of trade. He then spoke of defence."
OTHER = "The president spoke of trade. She then spoke of defence."


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def line(article_id: str, text: str = STORY) -> str:
    return json.dumps({"_id": article_id, "text": text}) + "\n"


def ids(*sources: Path | str) -> list[str]:
    """Return the ids of the articles, in order; fails if one was unreadable."""
    found = list(read_articles([str(source) for source in sources]))
    assert [one for one in found if isinstance(one, Unreadable)] == []
    return [one.article_id for one in found if isinstance(one, Article)]


def unreadable(*sources: Path | str) -> list[Unreadable]:
    return [one for one in read_articles([str(source) for source in sources]) if isinstance(one, Unreadable)]


def type_in(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def test_the_bundled_articles() -> None:
    found = [one for one in read_articles([str(BUNDLED)]) if isinstance(one, Article)]
    assert [(one.article_id, one.title, one.source, one.published) for one in found] == [
        ("000_7936eb6cbf14d6de", "South Korea’s deeper partnership with NATO highlighted", None, None),
        (
            "001_de1f21643fab2dcd",
            "How is South Korea Strengthening Its Partnership with NATO?",
            "NationPress",
            date(2025, 7, 3),
        ),
        (
            "002_4fc778d844c30eeb",
            "South Korean Defense Minister Engages with NATO to Enhance Security and Defense Cooperation",
            None,
            None,
        ),
        (
            "003_3029bffaf7cebc33",
            "A delegation from eight NATO member countries is poised to visit Seoul",
            None,
            date(2023, 12, 13),
        ),
        (
            "004_ba14481eac79cfe1",
            "South Korea: ‘Tailored partnership’ with NATO to boost security cooperation",
            "European Interest",
            date(2023, 7, 11),
        ),
    ]


def test_the_title_of_a_bundled_article_is_in_its_text() -> None:
    for one in read_articles([str(BUNDLED)]):
        assert isinstance(one, Article)
        assert one.title[2:] in (BUNDLED / f"{one.article_id}.txt").read_text(encoding="utf-8")


def test_a_folder_is_read_with_its_folders_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.MD", "2023/07/story.text", "lines.jsonl", ".hidden.txt", ".git/x.txt", "picture.png"):
        write(tmp_path / name, line("from-lines") if name.endswith("jsonl") else f"{name}. {STORY}")
    assert ids(tmp_path) == ["2023/07/story", "a", "b", "from-lines"]


def test_a_single_file_has_its_stem_as_id_and_any_suffix(tmp_path: Path) -> None:
    assert ids(write(tmp_path / "deep" / "story.of.2023.txt", STORY)) == ["story.of.2023"]
    assert ids(write(tmp_path / "story.dat", STORY)) == ["story"]


def test_json_lines_packed_or_not(tmp_path: Path) -> None:
    packed = write(tmp_path / "x.jsonl.gz", gzip.compress((line("a") + "\n" + line("b")).encode()))
    assert ids(packed, write(tmp_path / "x.ndjson", "\ufeff" + line("c"))) == ["a", "b", "c"]


def test_a_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", line("a") + "\n{broken\n" + line("b"))
    first, bad, last = read_articles([str(path)])
    assert isinstance(first, Article)
    assert first.article_id == "a"
    assert isinstance(bad, Unreadable)
    assert bad.origin == f"{path}:3"
    assert bad.reason.startswith("the line is not JSON")
    assert isinstance(last, Article)
    assert last.article_id == "b"


@pytest.mark.parametrize(
    "cut", [lambda data: data[:-12], lambda data: b"no gzip", lambda data: data[:20] + b"\xff" * 40]
)
def test_a_broken_gzip_file_is_unreadable(tmp_path: Path, cut: object) -> None:
    assert callable(cut)
    path = write(tmp_path / "x.jsonl.gz", cut(gzip.compress((line("a") * 1000).encode())))
    (bad,) = unreadable(path)
    assert bad.origin == str(path)
    assert bad.reason.startswith("it cannot be read to its end")


def test_an_unreadable_file_does_not_stop_the_others(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", b"\x89PNG\r\n")
    write(tmp_path / "b.txt", STORY)
    (tmp_path / "c.txt").mkdir()
    (tmp_path / "d.txt").symlink_to("nowhere")
    (tmp_path / "e.txt").symlink_to("e.txt")
    os.mkfifo(tmp_path / "f.txt")
    found = list(read_articles([str(tmp_path)]))
    assert [Path(one.origin).name if isinstance(one, Unreadable) else one.article_id for one in found] == [
        "a.txt",
        "b",
        "d.txt",
        "e.txt",
        "f.txt",
    ]
    reasons = [one.reason for one in found if isinstance(one, Unreadable)]
    assert "it is a PNG picture" in reasons[0]
    assert reasons[3] == "it is not a plain file"


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "secret" / "key.txt", OTHER)
    folder = tmp_path / "folder"
    inside = write(folder / "a.txt", STORY)
    (folder / "b.txt").symlink_to(tmp_path / "secret" / "key.txt")
    (folder / "c").symlink_to(tmp_path / "secret")
    (folder / "loop").symlink_to(folder)
    (folder / "d.txt").symlink_to(inside)
    found = list(read_articles([str(folder)]))
    assert [one.article_id for one in found if isinstance(one, Article)] == ["a", "d"]
    assert [(one.origin, one.reason) for one in found if isinstance(one, Unreadable)] == [
        (str(folder / name), "it is a link out of the folder; name its target as a source of its own")
        for name in ("b.txt", "c")
    ]


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    write(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")), STORY)
    assert ids(tmp_path) == ["caf\ufffd"]


def test_an_accent_in_a_name_is_spelled_one_way(tmp_path: Path) -> None:
    assert ids(write(tmp_path / "cafe\u0301.txt", STORY)) == ["café"]


def test_the_same_article_twice_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", STORY)
    assert ids(path, tmp_path, path) == ["a"]


def test_an_id_taken_by_another_text_is_unreadable(tmp_path: Path) -> None:
    write(tmp_path / "a.md", STORY)
    write(tmp_path / "a.txt", OTHER)
    first, second = read_articles([str(tmp_path)])
    assert isinstance(first, Article)
    assert first.text == STORY
    assert second == Unreadable(
        str(tmp_path / "a.txt"), "the id 'a' is taken by an earlier article; rename one of them"
    )


@pytest.mark.parametrize("missing", ["nowhere", "", "nowhere/*.txt"])
def test_a_missing_source_is_an_error_before_anything_is_read(tmp_path: Path, missing: str) -> None:
    with pytest.raises(UserError, match="there is no file or folder .*correct the path"):
        read_articles([str(write(tmp_path / "a.txt", STORY)), missing and str(tmp_path / missing)])


def test_a_folder_without_articles_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "picture.png", b"\x89PNG")
    with pytest.raises(
        UserError,
        match=r"no articles in '.*', only other files \(1 .png\); article files end in \.txt, \.text, \.md",
    ):
        read_articles([str(tmp_path)])


def test_articles_toml_speaks_for_its_own_folder(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write(tmp_path / folder / "a.txt", f"A headline\n{STORY}")
    write(tmp_path / "two" / "articles.toml", '["a.txt"]\nsource = "Times"\npublished = 2023-12-13\nurl = "http://a.b"')
    first, second = read_articles([str(tmp_path)])
    assert isinstance(first, Article)
    assert (first.source, first.published, first.url) == (None, None, None)
    assert second == Article("two/a", "A headline", STORY, "Times", date(2023, 12, 13), "http://a.b")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('["a.txt"]\ntitle = \n', r"articles\.toml cannot be read: .*line 2"),
        ('["a.txt"]\nauthor = "A"', r"articles\.toml: a\.txt: unknown key 'author'; known are title"),
        ('["b.txt"]\ntitle = "B"', r"articles\.toml: there is no file 'b\.txt' in .*; correct the name"),
        ('["../a.txt"]\ntitle = "B"', r"there is no file '\.\./a\.txt'"),
        ('title = "A"', r"'title' stands outside a table"),
        ('["a.txt"]\npublished = "03/07/2025"', r"a\.txt: published '03/07/2025' is not a date"),
        ('["a.txt"]\npublished = 2023-02-31', r"articles\.toml cannot be read"),
        ('["a.txt"]\nurl = "file:///etc"', r"a\.txt: url 'file:///etc' is not a web address"),
    ],
)
def test_a_wrong_articles_toml_is_an_error_at_once(tmp_path: Path, toml: str, message: str) -> None:
    write(tmp_path / "x" / "a.txt", STORY)
    write(tmp_path / "x" / "articles.toml", toml)
    with pytest.raises(UserError, match=message):
        read_articles([str(tmp_path / "x")])


def test_standard_input_with_json_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, ("\n \n" + line("a") + "{broken\n" + line("b")).encode())
    first, bad, last = read_articles(["-"])
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert (first.article_id, last.article_id) == ("a", "b")
    assert isinstance(bad, Unreadable)
    assert bad.origin == "-:4"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_standard_input_with_one_text(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    data = f"\nA headline\n\n{STORY}".encode(encoding)
    type_in(monkeypatch, data)
    assert list(read_articles(["-"])) == [
        Article(f"stdin-{hashlib.sha256(data).hexdigest()[:12]}", "A headline", STORY)
    ]


def test_empty_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, b"")
    (bad,) = read_articles(["-"])
    assert isinstance(bad, Unreadable)
    assert bad.origin == "-"
    assert "it is empty" in bad.reason


def test_count_articles(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", STORY)
    write(tmp_path / "b.jsonl", line("b") + "\n" + line("c"))
    write(tmp_path / "d.jsonl.gz", b"no gzip")
    assert count_articles([str(tmp_path)]) == 4
    assert count_articles([str(BUNDLED), str(tmp_path)]) == 9
    assert count_articles([str(tmp_path), "-"]) is None


def test_what_a_folder_holds_besides_is_named_with_its_ending(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", STORY)
    for name in ("b.PNG", "sub/c.png", "Makefile", "story_files/ad.html", ".hidden.png", "articles.toml"):
        write(tmp_path / name, "")
    write(tmp_path / "story.html", f"<html><body><article><p>{OTHER}</p></article></body></html>")
    left = [one for one in read_articles([str(tmp_path)]) if isinstance(one, LeftOut)]
    assert [(Path(one.origin).name, one.suffix) for one in left] == [
        ("Makefile", ""),
        ("b.PNG", ".png"),
        ("ad.html", ".html"),
        ("c.png", ".png"),
    ]
    assert left[2].reason == "it is a part of a saved page"


def test_a_wrong_ending_is_noticed_and_the_file_read_as_what_it_is(tmp_path: Path) -> None:
    write(tmp_path / "a.pdf", f"<!doctype html><html><body><article><p>{STORY}</p></article></body></html>")
    write(tmp_path / "b.html", OTHER)
    found = list(read_articles([str(tmp_path)]))
    assert [(Path(one.origin).name, one.text) for one in found if isinstance(one, Remark)] == [
        ("a.pdf", "by its name it is PDF, but it is a web page"),
        ("b.html", "by its name it is a web page, but it is text"),
    ]
    assert [one.text for one in found if isinstance(one, Article)] == [STORY, OTHER]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "it is an old Word or Excel file, or a newer one that is locked"),
        ("a.txt", b"\x7fELF\x02\x01" + b"\0" * 60, "it is a program"),
        ("a.dat", bytes(range(256)) * 4, "it is binary, of a kind not known here"),
        ("a.xml", b"<?xml version='1.0'?><config/>", "it is XML, but no feed and no page"),
        ("a.csv", b"name,age\nx,1\n", "its columns are 'name', 'age'; name the one of the texts 'text'"),
        ("a.json", b'{"rows": [{"x": 1}]}', "it has no articles: its fields are 'x'"),
        ("a.json", b'"x"', "it is neither a list nor an object"),
        ("a.pdf", b"%PDF-1.7 cut", "the PDF is damaged"),
        ("a.zip", b"PK\x03\x04 cut", "it is damaged"),
        ("a.epub", b"PK\x03\x04 cut", "it is damaged"),
        ("a.txt.gz", b"\x1f\x8b\x08 cut", "it cannot be read to its end"),
        ("a.eml", b"From: a@b.example\nSubject: x\n\n", "the mail has no text"),
        ("a.rtf", b"{\\rtf1 }", "the RTF file has no text"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_reason(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (bad,) = unreadable(write(tmp_path / name, data))
    assert bad.reason.startswith(reason)


def test_packed_files_are_read_as_what_they_are(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("news/a.txt", STORY)
        archive.writestr("news/b.csv", "headline,body\nMill,It burned.\n")
        archive.writestr("picture.png", b"\x89PNG")
        archive.writestr(".DS_Store", b"x")
    write(tmp_path / "x.zip", packed.getvalue())
    write(tmp_path / "y.txt.gz", gzip.compress(OTHER.encode()))
    found = list(read_articles([str(tmp_path)]))
    articles = [one for one in found if isinstance(one, Article)]
    assert [one.text for one in articles] == [STORY, "It burned.", OTHER]
    assert articles[0].article_id == "x/news/a"
    assert [one.origin for one in found if isinstance(one, Remark)] == [f"{tmp_path}/x.zip/picture.png"]


def test_a_mail_is_the_same_alone_and_in_a_mailbox(tmp_path: Path) -> None:
    mail = (
        "Message-ID: <7@news.example>\nFrom: Velden Post <desk@news.example>\nSubject: =?utf-8?q?M=C3=BChle?=\n"
        "Date: Mon, 15 Jul 2024 13:00:00 +0000\nContent-Type: text/html; charset=utf-8\n\n"
        "<p>The mill of <b>Velden</b> burned.</p><ul><li>It was old.</li></ul>"
    )
    write(tmp_path / "a.eml", mail)
    write(tmp_path / "b.mbox", f"From x Mon Jul 15 13:00:00 2024\n{mail}\n\n")
    first, same = read_articles([str(tmp_path)])
    assert isinstance(first, Article)
    assert (first.article_id, first.title, first.source) == ("7@news.example", "Mühle", "Velden Post")
    assert first.published == date(2024, 7, 15)
    assert first.text == "The mill of Velden burned.\n\n• It was old."
    assert isinstance(same, Remark)
    assert same.text == "it is the same as an earlier article of the id '7@news.example'"


def test_a_wordpress_export_gives_its_published_posts(tmp_path: Path) -> None:
    def item(title: str, status: str = "publish", kind: str = "post") -> str:
        return (
            f"<item><title>{title}</title><link>https://blog.example/{title}</link>"
            "<content:encoded><![CDATA[<!-- wp:paragraph --><p>The mill &amp; its wheel.</p>[gallery ids='1']"
            "<ul><li>Old</li></ul>]]></content:encoded><excerpt:encoded><![CDATA[Short]]></excerpt:encoded>"
            f"<wp:post_date>2024-07-15 23:30:00</wp:post_date><wp:status>{status}</wp:status>"
            f"<wp:post_type>{kind}</wp:post_type></item>"
        )

    data = (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:wp="http://wordpress.org/export/1.2/">'
        f"<channel><title>Velden Blog</title>{item('Mill')}{item('x', 'draft')}{item('y', kind='attachment')}"
    )
    found = list(read_articles([str(write(tmp_path / "blog.xml", data + "</channel></rss>"))]))
    (article,) = [one for one in found if isinstance(one, Article)]
    assert (article.title, article.source, article.url) == ("Mill", "Velden Blog", "https://blog.example/Mill")
    assert article.published == date(2024, 7, 15)
    assert article.text == "The mill & its wheel.\n\n• Old"
    # Cut off, it gives what stood in front, and says so.
    cut = list(read_articles([str(write(tmp_path / "blog.xml", data))]))
    assert [type(one) for one in cut] == [Article, Unreadable]
    # Names of no namespace that was declared, and what is no element.
    odd = data.replace(' xmlns:wp="http://wordpress.org/export/1.2/"', "").replace("<item>", "<item><?php x?>")
    assert "wordpress.org/export/" in odd
    read = list(read_articles([str(write(tmp_path / "odd.xml", odd + "</channel></rss>"))]))
    assert [one.title for one in read if isinstance(one, Article)] == ["Mill"]

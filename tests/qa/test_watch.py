"""A watched folder and the index: what comes, changes and goes, with real events of the system."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import CHESS, HashEncoder
from sites import Site, page, running_site

from corpus.errors import UserError
from index.generations import IndexFolder
from index.update import build_index
from qa.archive import Archive
from qa.build import Models
from qa.settings import Settings
from qa.watch import Round, watch

pytestmark = pytest.mark.slow

# Nobody listens there. Each look at it is a round of its own, so that no test waits for ever.
NOWHERE = "http://127.0.0.1:1/"
MOST_ROUNDS = 60


@pytest.fixture
def archive(folder: IndexFolder) -> Archive:
    build_index(folder, [CHESS], HashEncoder())
    return Archive(Settings(index=folder.path, private_addresses=True), models=Models(HashEncoder()))


@pytest.fixture
def news(tmp_path: Path) -> Path:
    (tmp_path / "news" / "inner").mkdir(parents=True)
    write(tmp_path / "news" / "first.txt", "first")
    return tmp_path / "news"


def write(path: Path, word: str) -> Path:
    path.write_text(f"A story of the {word}\n\nThe {word} was seen by many people on the shore.\n", encoding="utf-8")
    return path


def texts(archive: Archive) -> dict[str, str]:
    return {
        each.article_id: archive.article(each.article_id).title for each in archive.list() if each.article_id != "chess"
    }


def until(rounds: Iterator[Round], archive: Archive, expected: dict[str, str]) -> list[Round]:
    """The rounds until the archive has these articles beside the first one."""
    seen = []
    for _ in range(MOST_ROUNDS):
        if texts(archive) == expected:
            return seen
        seen.append(next(rounds))
    assert texts(archive) == expected
    return seen


def test_what_comes_changes_and_goes(archive: Archive, news: Path) -> None:
    rounds = watch(archive, [str(news), NOWHERE], interval=0.01)
    until(rounds, archive, {"first": "A story of the first"})
    write(news / "inner" / "second.txt", "second")
    until(rounds, archive, {"first": "A story of the first", "inner/second": "A story of the second"})
    write(news / "first.txt", "whale")
    (news / "inner" / "second.txt").unlink()
    seen = until(rounds, archive, {"first": "A story of the whale", "inner/second": "A story of the second"})
    # Only what changed was read.
    assert sum(each.report.unchanged for each in seen if each.report) == 0
    # Without being told to, nothing is removed.
    assert all(not each.report.removed for each in [*seen, *(next(rounds) for _ in range(3))] if each.report)


def test_what_goes_is_removed_where_that_is_asked_for(archive: Archive, news: Path) -> None:
    write(news / "second.txt", "second")
    archive.add(news)
    (news / "second.txt").unlink()
    rounds = watch(archive, [str(news), NOWHERE], interval=0.01, removes=True)
    # What went before the watch began.
    until(rounds, archive, {"first": "A story of the first"})
    write(news / "third.txt", "third")
    until(rounds, archive, {"first": "A story of the first", "third": "A story of the third"})
    (news / "first.txt").rename(news / "inner" / "first.txt")
    until(rounds, archive, {"inner/first": "A story of the first", "third": "A story of the third"})
    # A copy is the same article, until the other is gone.
    write(news / "copy.txt", "third")
    for _ in range(4):
        next(rounds)
    both = [str((news / name).resolve()) for name in ("copy.txt", "third.txt")]
    assert [origin.place for origin in archive.origins(["third"])["third"]] == both
    (news / "third.txt").unlink()
    for _ in range(4):
        next(rounds)
    assert [origin.place for origin in archive.origins(["third"])["third"]] == both[:1]
    assert texts(archive) == {"inner/first": "A story of the first", "third": "A story of the third"}
    (news / "copy.txt").unlink()
    until(rounds, archive, {"inner/first": "A story of the first"})
    assert archive.article("chess") == CHESS


def test_what_stays_is_not_read_again_when_something_goes(archive: Archive, news: Path) -> None:
    for word in ("second", "third"):
        write(news / f"{word}.txt", word)
    rounds = watch(archive, [str(news), NOWHERE], interval=0.01, removes=True)
    until(rounds, archive, {word: f"A story of the {word}" for word in ("first", "second", "third")})
    (news / "second.txt").unlink()
    seen = until(rounds, archive, {word: f"A story of the {word}" for word in ("first", "third")})
    seen += [next(rounds) for _ in range(4)]
    assert sum(each.report.unchanged for each in seen if each.report) == 0


def test_a_file_whose_id_was_taken_is_an_article_when_the_other_goes(archive: Archive, news: Path) -> None:
    write(news / "first.md", "whale")
    rounds = watch(archive, [str(news), NOWHERE], interval=0.01, removes=True)
    until(rounds, archive, {"first": "A story of the whale"})
    (news / "first.md").unlink()
    until(rounds, archive, {"first": "A story of the first"})


def test_a_file_changes_whose_copy_does_not(archive: Archive, news: Path) -> None:
    write(news / "copy.txt", "first")
    rounds = watch(archive, [str(news), NOWHERE], interval=0.01, removes=True)
    until(rounds, archive, {"copy": "A story of the first"})
    write(news / "copy.txt", "whale")
    until(rounds, archive, {"copy": "A story of the whale", "first": "A story of the first"})


def lines(path: Path, *words: str) -> None:
    records = [{"id": word, "title": f"A story of the {word}", "text": f"The {word} was seen."} for word in words]
    path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")


def test_what_goes_from_a_file_of_several_is_removed_where_that_is_asked_for(archive: Archive, news: Path) -> None:
    (news / "first.txt").unlink()
    lines(news / "all.jsonl", "whale", "seal", "crab")
    archive.add(news)
    rounds = watch(archive, [str(news), NOWHERE], interval=0.01, removes=True)
    lines(news / "all.jsonl", "whale", "eel")
    until(rounds, archive, {word: f"A story of the {word}" for word in ("whale", "eel")})
    # Of a file that cannot be read whole nobody knows.
    lines(news / "all.jsonl", "eel", "")
    assert any(each.report and each.report.unreadable for each in (next(rounds) for _ in range(9)))
    assert texts(archive) == {word: f"A story of the {word}" for word in ("whale", "eel")}
    (news / "all.jsonl").unlink()
    write(news / "second.txt", "second")
    until(rounds, archive, {"second": "A story of the second"})


def test_a_folder_that_is_not_there_any_more_takes_nothing_along(archive: Archive, news: Path, tmp_path: Path) -> None:
    archive.add(news)
    rounds = watch(archive, [str(news), NOWHERE], interval=0.01, removes=True)
    next(rounds)
    news.rename(tmp_path / "elsewhere")
    seen = [next(rounds) for _ in range(5)]
    assert texts(archive) == {"first": "A story of the first"}
    assert all(not each.report.removed for each in seen if each.report)


def test_a_path_where_nothing_is(archive: Archive) -> None:
    with pytest.raises(UserError, match="there is no file or folder 'nowhere'; correct the path"):
        watch(archive, ["nowhere"])


def test_one_bad_file_stops_nothing(archive: Archive, news: Path) -> None:
    rounds = watch(archive, [str(news), NOWHERE], interval=0.01)
    until(rounds, archive, {"first": "A story of the first"})
    (news / "bad.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    write(news / "second.txt", "second")
    seen = until(rounds, archive, {"first": "A story of the first", "second": "A story of the second"})
    unreadable = [failure for each in seen if each.report for failure in each.report.unreadable]
    assert {Path(failure.origin).name for failure in unreadable if failure.origin != NOWHERE} <= {"bad.txt"}


def test_another_writer_is_waited_for(archive: Archive, news: Path, folder: IndexFolder) -> None:
    rounds = watch(archive, [str(news), NOWHERE], interval=0.01)
    with folder.writing():
        seen = [next(rounds) for _ in range(2)]
    assert {each.source for each in seen} == {NOWHERE}
    until(rounds, archive, {"first": "A story of the first"})


def test_an_address_is_looked_at_again(archive: Archive) -> None:
    with running_site() as site:
        story(site, "whale")
        rounds = watch(archive, [f"{site.url}/a.txt"], interval=0.01)
        until(rounds, archive, {f"{site.url}/a.txt": "A story of the whale"})
        story(site, "dolphin")
        until(rounds, archive, {f"{site.url}/a.txt": "A story of the dolphin"})


def story(site: Site, word: str) -> None:
    site["/a.txt"] = page(f"A story of the {word}\n\nThe {word} was seen.", media_type="text/plain")


def test_a_file_that_changes_and_is_copied_at_once_leaves_nothing_of_what_it_was(archive: Archive, news: Path) -> None:
    archive.add(str(news))
    write(news / "first.txt", "whale")
    write(news / "second.txt", "whale")
    archive.add(str(news))
    assert texts(archive) == {"first": "A story of the whale"}
    # The copy is known to be one: it keeps the article when the first file goes on.
    write(news / "first.txt", "tide")
    archive.add(str(news))
    assert texts(archive) == {"first": "A story of the tide", "second": "A story of the whale"}


def test_a_file_that_is_copied_and_changes_at_once_leaves_its_text_to_the_copy(archive: Archive, news: Path) -> None:
    archive.add(str(news))
    write(news / "second.txt", "first")
    write(news / "first.txt", "whale")
    archive.add(str(news))
    assert texts(archive) == {"first": "A story of the whale", "second": "A story of the first"}


def test_what_a_file_was_goes_though_all_it_has_now_is_in_an_earlier_one(archive: Archive, news: Path) -> None:
    (news / "first.txt").unlink()
    ferry, whale = (
        {"id": word, "text": f"The {word} was seen by many people on the shore."} for word in ("ferry", "whale")
    )
    (news / "b.jsonl").write_text(json.dumps(ferry), encoding="utf-8")
    archive.add(str(news), removes=True)
    for name in ("a.jsonl", "b.jsonl"):
        (news / name).write_text(json.dumps(whale), encoding="utf-8")
    archive.add(str(news), removes=True)
    assert set(texts(archive)) == {"whale"}

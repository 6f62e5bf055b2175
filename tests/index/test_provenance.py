"""Where articles were found and what they were before, in a folder and in a database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fakes import ARTICLES, BRIDGE, CHESS, HashEncoder

from corpus.article import Article
from index.generations import IndexFolder
from index.store.origin import MOST_REVISIONS, Origin
from index.store.store import open_current
from index.update import Report, add_articles, rebuild_index, remove_articles, remove_vanished

if TYPE_CHECKING:
    from index.place import Place
    from index.store.store import Store

pytestmark = pytest.mark.slow

STORY = Article("a", "Fog", "Fog lay on the river. Nobody could see the mill.", origin="/news/a.txt", is_alone=True)
COPY = replace(STORY, article_id="copy", origin="/news/copy.txt")
LATER = replace(STORY, text=f"{STORY.text} It lifted at noon.")
PAGED = replace(CHESS, article_id="paged", pages=(0, 12, 40), origin="/news/x.pdf", is_alone=True)


@contextmanager
def opened(place: Place) -> Iterator[Store]:
    with closing(open_current(place)) as store:
        assert store.problems() == []
        yield store


def texts(place: Place) -> dict[str, str]:
    with opened(place) as store:
        known = {article.article_id for article in ARTICLES}
        return {each.article_id: each.text for each in store.each_article() if each.article_id not in known}


def found_in(place: Place) -> list[tuple[str, str, str]]:
    with opened(place) as store:
        return [(each.place, each.item, each.article_id) for each in store.provenance.origins()]


def earlier(place: Place, article_id: str) -> list[str]:
    with opened(place) as store:
        return [each.article.text for each in store.provenance.revisions(article_id)]


def test_one_article_in_two_files(built_place: Place, encoder: HashEncoder) -> None:
    assert add_articles(built_place, [STORY, COPY], encoder) == Report(added=1, unchanged=1)
    both = [("/news/a.txt", "", "a"), ("/news/copy.txt", "", "a")]
    assert found_in(built_place) == both
    # What is known already is not written again.
    with opened(built_place) as store:
        seq = store.state().seq if hasattr(store, "state") else store.seq()
    assert add_articles(built_place, [COPY, STORY], encoder) == Report(unchanged=2)
    assert (found_in(built_place), texts(built_place)) == (both, {"a": STORY.text})
    with opened(built_place) as store:
        assert (store.state().seq if hasattr(store, "state") else store.seq()) == seq
    # Both are forgotten with the article.
    remove_articles(built_place, ["a"], encoder)
    assert found_in(built_place) == []


@pytest.mark.parametrize("read", [(LATER,), (LATER, COPY), (COPY, LATER)])
def test_one_of_two_files_changes(built_place: Place, encoder: HashEncoder, read: tuple[Article, ...]) -> None:
    add_articles(built_place, [STORY, COPY], encoder)
    assert add_articles(built_place, read, encoder).updated == 1
    assert texts(built_place) == {"a": LATER.text, "copy": STORY.text}
    assert found_in(built_place) == [("/news/a.txt", "", "a"), ("/news/copy.txt", "", "copy")]
    assert earlier(built_place, "a") == [STORY.text]


def test_the_other_of_two_files_changes(built_place: Place, encoder: HashEncoder) -> None:
    add_articles(built_place, [STORY, COPY], encoder)
    changed = replace(COPY, text=LATER.text)
    assert add_articles(built_place, [changed], encoder) == Report(added=1)
    assert texts(built_place) == {"a": STORY.text, "copy": LATER.text}
    # The file alone goes on being the article that it is.
    remove_articles(built_place, ["a"], encoder)
    moved = replace(changed, article_id="news/copy", text="Fog.")
    assert add_articles(built_place, [moved], encoder) == Report(updated=1)
    assert (texts(built_place), earlier(built_place, "copy")) == ({"copy": "Fog."}, [LATER.text])


def test_a_lost_copy_is_new_when_the_first_of_a_batch_changed(built_place: Place, encoder: HashEncoder) -> None:
    add_articles(built_place, [STORY], encoder)
    add_articles(built_place, [LATER, COPY], encoder)
    assert texts(built_place) == {"a": LATER.text, "copy": STORY.text}


def test_history(built_place: Place, encoder: HashEncoder) -> None:
    add_articles(built_place, [STORY], encoder)
    add_articles(built_place, [replace(STORY, title="Thick fog")], encoder)
    assert earlier(built_place, "a") == []
    for text in ("two", "three", "two"):
        add_articles(built_place, [replace(STORY, text=text)], encoder)
    # What it is again is no longer what it was.
    assert earlier(built_place, "a") == ["three", STORY.text]
    rebuild_index(built_place, encoder)
    assert earlier(built_place, "a") == ["three", STORY.text]
    assert found_in(built_place) == [("/news/a.txt", "", "a")]
    for n in range(MOST_REVISIONS + 5):
        add_articles(built_place, [replace(STORY, text=f"text {n}")], encoder)
    assert len(earlier(built_place, "a")) == MOST_REVISIONS
    remove_articles(built_place, ["a"], encoder)
    add_articles(built_place, [STORY], encoder)
    assert earlier(built_place, "a") == []


def test_what_vanished(built_place: Place, encoder: HashEncoder) -> None:
    lines = [
        replace(STORY, article_id=f"line{n}", text=f"Line {n}.", origin="/n.jsonl", is_alone=False) for n in (1, 2)
    ]
    add_articles(built_place, [STORY, COPY, *lines], encoder)

    def gone(*places: tuple[str, str]) -> Report:
        return remove_vanished(built_place, lambda origin: (origin.place, origin.item) in places, encoder)

    assert gone(("/news/a.txt", ""), ("/n.jsonl", "line1")) == Report(removed=1)
    assert texts(built_place) == {"a": STORY.text, "line2": "Line 2."}
    assert gone(("/news/copy.txt", ""), ("/n.jsonl", "line3")) == Report(removed=1)
    assert texts(built_place) == {"line2": "Line 2."}
    assert found_in(built_place) == [("/n.jsonl", "line2", "line2")]
    assert gone() == Report()


def test_pages(built_place: Place, encoder: HashEncoder) -> None:
    # Else the same as an article that is there.
    paged = replace(PAGED, title="Chess, in print")
    add_articles(built_place, [paged], encoder)
    assert add_articles(built_place, [paged], encoder) == Report(unchanged=1)
    rebuild_index(built_place, encoder)
    with opened(built_place) as store:
        article = store.article("paged")
        assert [article.page_at(offset) for offset in (0, 11, 12, 40, 90)] == [1, 1, 2, 3, 3]
        assert store.article("bridge").page_at(3) is None
    shorter = replace(paged, text=paged.text[:40], pages=(0, 12))
    add_articles(built_place, [shorter], encoder)
    with opened(built_place) as store:
        assert store.article("paged").pages == (0, 12)
        (before,) = store.provenance.revisions("paged")
        assert before.article == paged


def test_an_index_of_an_earlier_day(built: IndexFolder, encoder: HashEncoder) -> None:
    def open_earlier() -> Store:
        store = open_current(built)
        for table in ("place", "paged", "revision"):
            store.connection.execute(f"DROP TABLE IF EXISTS {table}")
        return store

    store = open_earlier()
    store.connection.execute("CREATE TABLE origin (path TEXT PRIMARY KEY, article_id TEXT NOT NULL)")
    store.connection.execute("INSERT INTO origin VALUES ('/old/bridge.txt', 'bridge')")
    store.close()
    known = Origin("/old/bridge.txt", "", "bridge", "bridge")
    with opened(built) as store:
        assert store.article("bridge") == BRIDGE
        assert (store.provenance.origins(), store.provenance.revisions("bridge")) == ([known], [])
        assert store.provenance.origin("/old/bridge.txt", "") == known
    changed = replace(BRIDGE, article_id="x", text="It closed.", origin="/old/bridge.txt", is_alone=True)
    assert add_articles(built, [changed], encoder) == Report(updated=1)
    assert found_in(built) == [("/old/bridge.txt", "", "bridge")]
    assert earlier(built, "bridge") == [BRIDGE.text]


def test_a_database_of_an_earlier_day(built_database: Place, encoder: HashEncoder) -> None:
    with opened(built_database) as store:
        store.schema.run("DROP TABLE {s}.place, {s}.paged, {s}.revision")
        store.schema.run("CREATE TABLE {s}.origin (path text PRIMARY KEY, article_id text NOT NULL)")
        store.schema.run("INSERT INTO {s}.origin VALUES ('/old/bridge.txt', 'bridge')")
    with opened(built_database) as store:
        assert store.article("bridge") == BRIDGE
        assert store.provenance.origins(["bridge"]) == [Origin("/old/bridge.txt", "", "bridge", "bridge")]
        assert store.provenance.revisions("bridge") == []
    add_articles(built_database, [STORY], encoder)
    assert found_in(built_database) == [("/news/a.txt", "", "a"), ("/old/bridge.txt", "", "bridge")]

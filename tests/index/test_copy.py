"""Copies of an index: the same to the bit, whole or not at all, and gone on with after a stop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes import ARTICLES, BRIDGE, CHESS, HashEncoder

from corpus.errors import UserError
from index.copy import COPYING_KEY, copy_index
from index.generations import IndexFolder
from index.retriever import Retriever
from index.store.store import open_current
from index.update import add_articles, build_index, remove_articles

if TYPE_CHECKING:
    from index.place import Place


@pytest.fixture(params=["folder", pytest.param("database", marks=pytest.mark.slow)])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A place beside the others in which nothing was built yet."""
    return IndexFolder(tmp_path / "target") if request.param == "folder" else request.getfixturevalue("database")


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


def tell_nobody(_articles: int) -> None:
    pass


def found(place: Place, encoder: HashEncoder) -> list[str]:
    """The passages, best first."""
    ranking = Retriever(place, encoder).search("What did the harbour bridge in Oslo cost the mayor?")
    passages = ranking.store.passages([hit.number for hit in ranking.hits])
    return [passages[hit.number].passage_id for hit in ranking.hits]


def whole(place: Place) -> list[object]:
    store = open_current(place)
    assert store.problems() == []
    found = [(article, article.origin, store.records_of(article.article_id)) for article in store.each_article()]
    store.close()
    return found


def test_a_copy_is_the_same_and_so_are_its_answers(shared_place: Place, target: Place, encoder: HashEncoder) -> None:
    assert copy_index(shared_place, target, tell_nobody).added == 4
    assert whole(target) == whole(shared_place)
    assert found(target, encoder) == found(shared_place, encoder)
    store = open_current(target)
    assert store.meta(COPYING_KEY) is None
    store.close()
    add_articles(target, [replace(CHESS, article_id="new", text="New.")], encoder)
    assert Retriever(target, encoder).passages_with(["new"]) == {"new": 1}


def test_a_copy_that_was_stopped_goes_on(built: IndexFolder, target: Place, encoder: HashEncoder) -> None:
    build_index(target, [BRIDGE], encoder)
    done = 0

    def stop(_n: int) -> None:
        nonlocal done
        done += 1
        if done == 3:
            raise Stopped

    with pytest.raises(Stopped):
        copy_index(built, target, stop)
    # Nobody sees half of it.
    assert [article.article_id for article, *_ in whole(target)] == ["bridge"]
    remove_articles(built, ["bridge"], encoder)
    add_articles(built, [replace(CHESS, text="No longer in Toronto.")], encoder)
    report = copy_index(built, target, tell_nobody)
    assert (report.added, report.updated, report.unchanged, report.removed) == (1, 1, 1, 1)
    assert whole(target) == whole(built)


def test_a_change_meanwhile_is_found(built: IndexFolder, target: Place, encoder: HashEncoder) -> None:
    def change(_n: int) -> None:
        add_articles(built, [replace(BRIDGE, text="Another bridge.")], encoder)

    with pytest.raises(UserError, match=r"was changed while it was copied \('bridge' differs\); run the same command"):
        copy_index(built, target, change)
    assert target.current() is None
    copy_index(built, target, tell_nobody)
    assert whole(target) == whole(built)


def test_a_copy_takes_the_place_of_what_was_there(
    shared: IndexFolder, built_place: Place, encoder: HashEncoder
) -> None:
    build_index(built_place, [CHESS], encoder)
    copy_index(shared, built_place, tell_nobody)
    assert [article for article, *_ in whole(built_place)] == sorted(ARTICLES, key=lambda article: article.article_id)


def test_nothing_to_copy(target: Place, built: IndexFolder, encoder: HashEncoder) -> None:
    with pytest.raises(UserError, match="no index in"):
        copy_index(target, built, tell_nobody)
    with pytest.raises(UserError, match="cannot be copied to itself; name another place"):
        copy_index(built, built, tell_nobody)
    remove_articles(built, [article.article_id for article in ARTICLES], encoder)
    with pytest.raises(UserError, match="has no articles; there is nothing to copy"):
        copy_index(built, target, tell_nobody)

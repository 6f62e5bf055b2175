"""LexicalIndex: what the words find, in step with the store, and plain words when its files are damaged."""

from __future__ import annotations

import math
import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from fakes import make_records

from corpus.article import Article
from corpus.filters import Filters
from corpus.passages import split_article
from index.hit import Hit
from index.store.errors import StoreDamaged
from index.store.sqlite import ArticleStore
from index.words.analyze import analyze
from index.words.tantivy import LexicalIndex

FOUR = (
    "Steel was scarce.",
    "Steel and more steel was needed for the bridge.",
    "The bridge opened.",
    "Ice is melting.",
)


def put(store: ArticleStore, *texts: str, title: str = "-") -> list[int]:
    """Articles of one passage each; the passages' numbers come back."""
    numbers: list[int] = []
    with store.writing():
        for text in texts:
            article = Article(f"article {store.seq()}", title, text)
            numbers += store.put(article, make_records(split_article(article), [b"vector"]))
    return numbers


def search(lexical: LexicalIndex, query: str, k: int) -> list[Hit]:
    return lexical.search(list(dict.fromkeys(analyze(query))), k)


def numbers(hits: list[Hit]) -> list[int]:
    return [hit.number for hit in hits]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ArticleStore]:
    store = ArticleStore(tmp_path / "articles.db", create=True)
    yield store
    store.close()


@pytest.fixture(scope="module")
def _lexical_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of an index of FOUR: writing them takes longer than anything else here."""
    folder = tmp_path_factory.mktemp("once")
    with closing(ArticleStore(folder / "articles.db", create=True)) as store:
        put(store, *FOUR)
        LexicalIndex(store).catch_up()
    return folder / "lexical"


@pytest.fixture
def lexical(store: ArticleStore, _lexical_once: Path) -> LexicalIndex:
    """An index of four passages, 1 to 4."""
    put(store, *FOUR)
    shutil.copytree(_lexical_once, store.path.parent / "lexical")
    return LexicalIndex(store)


def bm25(texts: list[str], query: str) -> list[Hit]:
    """The plain version: k1 1.2, b 0.75. The marker counts as a passage without words."""
    k1, b = 1.2, 0.75
    passages = {number: analyze(text) for number, text in enumerate(["", *texts])}
    mean = sum(len(terms) for terms in passages.values()) / len(passages)
    scores: dict[int, float] = {}
    for term in dict.fromkeys(analyze(query)):
        having = [number for number, terms in passages.items() if term in terms]
        rarity = math.log(1 + (len(passages) - len(having) + 0.5) / (len(having) + 0.5))
        for number in having:
            often, length = passages[number].count(term), len(passages[number])
            share = often * (k1 + 1) / (often + k1 * (1 - b + b * length / mean))
            scores[number] = scores.get(number, 0.0) + rarity * share
    return sorted((Hit(number, score) for number, score in scores.items()), key=lambda hit: (-hit.score, hit.number))


@pytest.mark.parametrize("seed", range(4))
def test_scores_are_bm25(store: ArticleStore, seed: int) -> None:
    at = random.Random(seed)
    words = ["steel", "bridge", "ice", "vaccine", "chess", "harbour", "glacier", "mayor", "dose", "title"]
    texts = [" ".join(at.choices(words, k=at.randint(1, 12))) for _ in range(60)]
    put(store, *texts)
    lexical = LexicalIndex(store)
    lexical.catch_up()
    for query in ("steel", "bridge over ice", "the mayor's chess title", "dose dose dose"):
        wanted = {hit.number: pytest.approx(hit.score, rel=1e-5) for hit in bm25(texts, query)}
        found = search(lexical, query, 60)
        assert {hit.number: hit.score for hit in found} == wanted
        assert found == sorted(found, key=lambda hit: (-hit.score, hit.number))


def test_the_title_is_searched_too(store: ArticleStore) -> None:
    put(store, "It opened on Friday.", title="Harbour bridge")
    lexical = LexicalIndex(store)
    lexical.catch_up()
    assert numbers(search(lexical, "bridges", 5)) == [1]


@pytest.mark.parametrize("query", ["", "who was it", "?!", "   "])
def test_a_query_of_nothing_but_stop_words_finds_nothing(lexical: LexicalIndex, query: str) -> None:
    assert search(lexical, query, 5) == []


@pytest.mark.parametrize("query", ["+steel AND (", 'title:"steel', "steel*", "steel~2 OR ^9", "NOT steel"])
def test_a_query_has_no_syntax(lexical: LexicalIndex, query: str) -> None:
    assert set(numbers(search(lexical, query, 5))) == {1, 2}


def test_a_long_query_is_cut(lexical: LexicalIndex) -> None:
    assert numbers(search(lexical, " ".join(f"word{n}" for n in range(70)) + " steel", 5)) == []
    assert numbers(search(lexical, "steel " + " ".join(f"word{n}" for n in range(5_000)), 5)) == [1, 2]


@pytest.mark.parametrize("k", [1, 3, 20])
def test_ties_go_to_the_smaller_number(store: ArticleStore, k: int) -> None:
    lexical = LexicalIndex(store)
    # Two commits make two segments. tantivy looks into the larger one first, which has the larger numbers.
    for many in (2, 7):
        put(store, *["The same words again."] * many)
        lexical.catch_up()
    assert numbers(search(lexical, "same words", k)) == list(range(1, 10))[:k]


def test_filters_restrict_and_change_no_score(store: ArticleStore) -> None:
    with store.writing():
        for n, text in enumerate(FOUR):
            article = Article(f"article {n}", "-", text, ("Post", "Coast Daily")[n % 2], date(2024, 1, 1 + n))
            store.put(article, make_records(split_article(article), [b"vector"]))
    lexical = LexicalIndex(store)
    lexical.catch_up()
    terms = ["steel", "bridg"]
    scores = {hit.number: hit.score for hit in lexical.search(terms, 5)}
    assert sorted(scores) == [1, 2, 3]
    for filters, wanted in (
        (Filters(sources=("Post",)), [1, 3]),
        (Filters(after=date(2024, 1, 2)), [2, 3]),
        (Filters(before=date(2024, 1, 3), sources=("Coast Daily",)), [2]),
        (Filters(sources=("Nobody",)), []),
        (Filters(after=date(2025, 1, 1)), []),
        (Filters(after=date(2024, 1, 3), before=date(2024, 1, 1)), []),
        (Filters(), [1, 2, 3]),
    ):
        found = lexical.search(terms, 5, filters)
        assert {hit.number: hit.score for hit in found} == {n: pytest.approx(scores[n]) for n in wanted}, filters
    # Of those that pass, the best: not those of the best that pass.
    assert numbers(lexical.search(terms, 1, Filters(after=date(2024, 1, 3)))) == [3]


def test_chinese_is_found_by_a_part_of_it(store: ArticleStore) -> None:
    put(store, "他在北京大学学习。", "她住在上海。")
    lexical = LexicalIndex(store)
    lexical.catch_up()
    assert numbers(search(lexical, "北京", 5)) == [1]
    assert numbers(search(lexical, "上海", 5)) == [2]


def test_the_united_states_are_not_us(store: ArticleStore) -> None:
    put(store, "The U.S. signed the treaty.", "They told us the news.")
    lexical = LexicalIndex(store)
    lexical.catch_up()
    assert numbers(search(lexical, "US", 5)) == [1]
    assert numbers(search(lexical, "us", 5)) == [2]


def test_passages_with_counts_passages_not_words(lexical: LexicalIndex) -> None:
    assert lexical.passages_with(["steel", "bridg", "ice", "none"]) == {"steel": 2, "bridg": 2, "ice": 1, "none": 0}


def test_what_is_removed_is_not_found(store: ArticleStore, lexical: LexicalIndex) -> None:
    with store.writing():
        store.drop(store.article_ids()[0])
    lexical.catch_up()
    assert numbers(search(lexical, "steel", 5)) == [2]
    assert (len(lexical), lexical.seq) == (3, store.seq())


def test_catching_up_twice_changes_nothing(store: ArticleStore, lexical: LexicalIndex) -> None:
    before = (search(lexical, "steel bridge ice", 9), len(lexical), lexical.seq)
    files = sorted(path.name for path in (store.path.parent / "lexical").iterdir())
    lexical.catch_up()
    LexicalIndex(store).catch_up()
    assert (search(lexical, "steel bridge ice", 9), len(lexical), lexical.seq) == before == (before[0], 4, store.seq())
    assert sorted(path.name for path in (store.path.parent / "lexical").iterdir()) == files


def test_a_store_that_is_ahead_is_caught_up_with(store: ArticleStore, lexical: LexicalIndex) -> None:
    """As after a kill between the store's commit and the lexical one, some of it twice changed."""
    added = put(store, "A volcano erupted.", "A flood came.")
    with store.writing():
        store.drop(store.article_ids()[0])
        store.drop(store.article(f"article {store.seq() - 2}").article_id)
    opened = LexicalIndex(store)
    assert opened.seq < store.seq()
    opened.catch_up()
    assert numbers(search(opened, "volcano flood steel", 9)) == [added[0], 2]
    assert (len(opened), opened.seq) == (store.counts()[1], store.seq())


def test_what_is_committed_during_a_replay_is_replayed_once(
    store: ArticleStore, lexical: LexicalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = ArticleStore.added_since

    def another_writes_first(reader: ArticleStore, seq: int) -> list[int]:
        monkeypatch.undo()
        with closing(ArticleStore(store.path)) as other:
            put(other, "A flood came.")
        return read(reader, seq)

    put(store, "A volcano erupted.")
    monkeypatch.setattr(ArticleStore, "added_since", another_writes_first)
    lexical.catch_up()
    assert (len(lexical), lexical.seq) == (5, 5)
    lexical.catch_up()
    assert (len(lexical), lexical.seq) == (6, 6)
    assert numbers(search(lexical, "flood volcano", 9)) == [5, 6]


def test_a_commit_cut_off_before_its_last_step_is_made_again(store: ArticleStore, lexical: LexicalIndex) -> None:
    """As after a kill when every file but meta.json was written: the next commit wants the same names."""
    meta = store.path.parent / "lexical" / "meta.json"
    before = meta.read_bytes()
    (number,) = put(store, "A volcano erupted.")
    with store.writing():
        store.drop(store.article_ids()[0])
    lexical.catch_up()
    meta.write_bytes(before)
    again = LexicalIndex(store)
    assert again.seq < store.seq()
    again.catch_up()
    assert numbers(search(again, "volcano steel", 9)) == [number, 2]
    assert (len(again), again.seq) == (4, store.seq())


def test_a_second_object_sees_changes_after_refresh(store: ArticleStore, lexical: LexicalIndex) -> None:
    reader = LexicalIndex(store)
    (number,) = put(store, "A volcano erupted.")
    lexical.catch_up()
    reader.refresh()
    assert numbers(search(reader, "volcano", 5)) == [number]
    assert reader.seq == lexical.seq == store.seq()


def test_an_index_whose_folder_is_gone_is_made_again(store: ArticleStore, lexical: LexicalIndex) -> None:
    wanted = search(lexical, "steel bridge", 5)
    folder = store.path.parent / "lexical"
    folder.rename(folder.with_name("away"))
    again = LexicalIndex(store)
    assert (again.seq, len(again)) == (0, 0)
    again.catch_up()
    assert search(again, "steel bridge", 5) == wanted


def test_a_folder_without_meta_json_is_made_again(store: ArticleStore, lexical: LexicalIndex) -> None:
    (store.path.parent / "lexical" / "meta.json").unlink()
    again = LexicalIndex(store)
    again.catch_up()
    assert numbers(search(again, "ice", 5)) == [4]


@pytest.mark.parametrize("garbage", [b"", b"{", b"{}", b"\xff\xfe\x00", b"[1, 2]"])
def test_a_damaged_meta_json(store: ArticleStore, lexical: LexicalIndex, garbage: bytes) -> None:
    (store.path.parent / "lexical" / "meta.json").write_bytes(garbage)
    folder = str(store.path.parent / "lexical")
    with pytest.raises(StoreDamaged, match=r"^.* (is damaged|cannot be used) \(.+\); run `article-qa build`$") as error:
        LexicalIndex(store)
    assert str(error.value).startswith(repr(folder))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("damage", ["cut", "gone", "zeros"])
@pytest.mark.parametrize("suffix", [".term", ".idx", ".fast", ".fieldnorm", ".store"])
def test_a_damaged_segment(store: ArticleStore, lexical: LexicalIndex, suffix: str, damage: str) -> None:
    """It is refused, at the latest when it is searched, or was not needed and the answers are the same."""
    wanted = search(lexical, "steel bridge", 5)
    (path,) = (store.path.parent / "lexical").glob(f"*{suffix}")
    data = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(data[: len(data) // 2] if damage == "cut" else bytes(len(data)))
    try:
        found = search(LexicalIndex(store), "steel bridge", 5)
    except StoreDamaged as error:
        assert str(error).endswith("; run `article-qa build`")
    else:
        assert (suffix, found) == (".store", wanted)

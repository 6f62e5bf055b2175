"""Answerer.ask from end to end: real index, real citations, the HashEncoder for a model."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes import ARTICLES, BRIDGE, CHESS, GLACIER, VACCINE, HashEncoder, long_article
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.article import Article
from corpus.filters import Filters
from corpus.passages import split_article
from index.encoders.encoder import Vectors, is_mostly_latin
from index.generations import IndexFolder
from index.retriever import Ranking, Retriever
from index.store.sqlite import ArticleStore
from index.update import add_articles, build_index, remove_articles
from qa.answer import Answer, Citation, IndexInfo
from qa.answerer import Answerer, BadQuestion, UnknownArticle, UnknownSource
from qa.check.verify import citation_problem
from qa.evidence.fitted import Fitted, FittedModels
from qa.evidence.gather import Found, FoundSentence
from qa.evidence.logistic import Logistic
from qa.evidence.reader import Reader, Reading
from qa.evidence.reranker import Reranker
from qa.question.followup import Turn
from qa.question.read import read_question
from qa.show.wording import date_in_words

if TYPE_CHECKING:
    from index.place import Place

# "The bridge" points back to the sentence that names it.
COST = "Mayor Anna Berg opened the harbour bridge in Oslo on Friday. The bridge cost 40 million crowns."
# By hand, so that what is tested here does not move when the coefficients are fitted anew.
UNDATED = FittedModels(
    sentence=Logistic(
        {"similarity_share": 1.0, "bare_share": 1.0, "coverage": 3.0, "fused": 2.0, "offers_number": 1.0}, bias=-3.0
    ),
    confidence=Logistic({"heaviest_missing": -15.0, "lacks_number": -2.0}, bias=3.5),
    answer_from=0.5,
    least_confidence={0.05: 0.99, 0.2: 0.9, 0.5: 0.1},
)
# Nothing but the time counts.
DATED = replace(UNDATED, sentence=Logistic({"timely": 2.0, "fresh": 1.0}, bias=-3.0))
# What is read counts twice as much as the rest.
READ = replace(UNDATED, reading=Logistic({"sentence": 1.0, "read": 2.0}, bias=0.0))
FITTED = Fitted(dated=DATED, undated=UNDATED, dated_read=READ, undated_read=READ, foreign=UNDATED)


@pytest.fixture
def answerer(shared_place: Place, encoder: HashEncoder) -> Answerer:
    return Answerer(Retriever(shared_place, encoder), FITTED)


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """Over articles of several passages each."""
    folder = IndexFolder(tmp_path_factory.mktemp("many"))
    words = ("steel", "ice", "trade", "defence 🏔", "weather")
    build_index(folder, [*ARTICLES, *(long_article(word, word) for word in words)], HashEncoder())
    return Answerer(Retriever(folder, HashEncoder()), FITTED)


def check(answer: Answer, store: ArticleStore, k: int) -> None:
    """Everything that is true of every answer."""
    written = answer.to_json()
    citations = written["citations"]
    assert len(citations) <= k
    assert [citation["rank"] for citation in citations] == list(range(1, len(citations) + 1))
    assert [c["score"] for c in citations] == sorted((c["score"] for c in citations), reverse=True)
    for citation in citations:
        article = store.article(citation["article_id"])
        assert citation_problem(citation, article) is None
        assert citation["start"] <= citation["answer_start"] < citation["answer_end"] <= citation["end"]
        assert (citation["title"], citation["url"]) == (article.title, article.url)
    marked = [(c["article_id"], c["answer_start"]) for c in citations]
    assert len(set(marked)) == len(marked)
    assert 0 <= answer.confidence <= 1
    assert answer.is_answerable == (answer.confidence >= UNDATED.answer_from)
    assert answer.text == (answer.citations[0].answer if answer.is_answerable else None)


@pytest.mark.parametrize(
    ("question", "article_id", "text"),
    [
        ("How much did the harbour bridge cost?", "bridge", COST),
        (
            "Who opened the harbour bridge?",
            "bridge",
            "Mayor Anna Berg opened the harbour bridge in Oslo on Friday.",
        ),
        ("How much ice did the Rhone glacier lose?", "glacier", GLACIER.text),
        ("How many doses of the malaria vaccine did Ghana receive?", "vaccine", VACCINE.text.partition(" Nurses")[0]),
        ("In which city was the chess title won?", "chess", CHESS.text.partition(" She")[0]),
    ],
)
def test_the_answer_is_the_sentence_that_answers(answerer: Answerer, question: str, article_id: str, text: str) -> None:
    answer = answerer.ask(question)
    assert (answer.is_answerable, answer.text, answer.citations[0].article_id) == (True, text, article_id)
    assert (answer.question, answer.query) == (question, question)
    check(answer, answerer.store, 5)


class Prefers(Reranker):
    """Believes in the passages that hold a word, and in no other."""

    def __init__(self, word: str) -> None:
        super().__init__(str(Path(__file__).parent))
        self.word = word
        self.read: list[str] = []

    def log_odds(self, question: str, passages: Sequence[str]) -> list[float]:
        self.read = list(passages)
        return [5.0 if self.word in passage else -5.0 for passage in passages]


def test_a_reranker_orders_the_passages_and_their_scores(shared_place: Place, encoder: HashEncoder) -> None:
    question = "How much did the harbour bridge cost?"
    reranker = Prefers("Okafor")
    answer = Answerer(Retriever(shared_place, encoder), FITTED, reranker=reranker).ask(question)
    without = Answerer(Retriever(shared_place, encoder), FITTED).ask(question)
    assert answer.citations[0].article_id == "chess"
    assert {c.article_id for c in answer.citations} == {c.article_id for c in without.citations}
    assert [c.score for c in answer.citations] == sorted((c.score for c in answer.citations), reverse=True)
    # What it reads has the title, as what is embedded has.
    assert any(text.startswith(BRIDGE.title) for text in reranker.read)


class ReadsWord(Reader):
    """Reads one word wherever it stands, and no other."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word
        self.asked: list[str] = []

    def read(self, question: str, found: Sequence[Found]) -> list[list[Reading]]:
        self.asked.append(question)

        def of(sentence: FoundSentence) -> Reading:
            place = sentence.start + sentence.text.find(self.word)
            return Reading(9.0, (place, place + len(self.word))) if self.word in sentence.text else Reading(-9.0, None)

        return [[of(sentence) for sentence in each.sentences] for each in found]


def test_what_is_read_decides_with_the_rest_and_its_words_are_cited(shared_place: Place, encoder: HashEncoder) -> None:
    question = "How much did the harbour bridge cost?"
    reader = ReadsWord("Okafor")
    answer = Answerer(Retriever(shared_place, encoder), FITTED, reader=reader).ask(question)
    first = answer.citations[0]
    assert (first.article_id, first.short) == ("chess", "Okafor")
    assert CHESS.text[first.short_start : first.short_end] == "Okafor"
    assert all(citation.short is None for citation in answer.citations[1:])
    assert reader.asked == [question]
    check(answer, Answerer(Retriever(shared_place, encoder), FITTED).store, 5)


def test_another_language_is_answered_without_a_reader(tmp_path: Path, encoder: HashEncoder) -> None:
    text = (
        "Die Brücke über den Hafen kostete die Stadt vierzig Millionen Kronen. Okafor eröffnete die Brücke am Montag."
    )
    build_index(IndexFolder(tmp_path), [Article("bruecke", "Die Brücke", text)], encoder)
    reader = ReadsWord("Okafor")
    question = "Wie viel kostete die Brücke über den Hafen?"
    answers = [
        Answerer(Retriever(IndexFolder(tmp_path), encoder), FITTED, reader=r).ask(question) for r in (reader, None)
    ]
    assert reader.asked == []
    assert answers[0].confidence == answers[1].confidence
    assert answers[0].citations == answers[1].citations


def test_a_question_line_of_an_article_is_never_the_answer(answerer: Answerer) -> None:
    answer = answerer.ask("Why did it take so long?")
    (bridge,) = [citation for citation in answer.citations if citation.article_id == "bridge"]
    assert "Why did it take so long?" in bridge.quote
    assert bridge.answer in [
        "Mayor Anna Berg opened the harbour bridge in Oslo on Friday.",
        "The bridge cost 40 million crowns.",
        "Steel was scarce for two years, the builders said.",
    ]


@pytest.mark.parametrize(
    "question", ["Who is the king of Sweden?", "Did a volcano erupt?", "?", "who was it", "山", "🏆"]
)
def test_what_the_articles_do_not_say(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(question)
    assert (answer.is_answerable, answer.text) == (False, None)
    # The nearest passages all the same.
    assert sorted(citation.article_id for citation in answer.citations) == ["bridge", "chess", "glacier", "vaccine"]
    check(answer, answerer.store, 5)


@pytest.mark.parametrize("message", ["Hello!", "thanks", "What can you do?", "Which articles do you have?"])
def test_talk_gets_a_reply_and_cites_nothing(answerer: Answerer, message: str) -> None:
    answer = answerer.ask(message)
    assert answer.reply
    assert (answer.is_answerable, answer.text, answer.citations, answer.confidence) == (False, None, (), 0.0)
    written = answer.to_json()
    assert (written["reply"], written["answer"], written["query"]) == (answer.reply, None, message)
    assert "reply" not in answerer.ask("Who opened the harbour bridge?").to_json()


def test_which_articles_there_are_is_told_of_those_that_pass_the_filters(answerer: Answerer) -> None:
    told = answerer.ask("Which articles do you have?").reply
    assert told is not None
    titles = [article.title for article in answerer.store.list_articles()]
    assert [line.partition(": ")[2] for line in told.split("\n")[1:]] == titles
    some = answerer.ask(
        "Which articles do you have?", filters=Filters(before=BRIDGE.published, sources=("coast daily",))
    )
    assert BRIDGE.source == "Coast Daily"
    assert some.reply is not None
    assert some.reply.split("\n")[1:] == [f"{date_in_words(BRIDGE.published)}: {BRIDGE.title}"]
    with pytest.raises(UnknownSource):
        answerer.ask("thanks", filters=Filters(sources=("Nobody",)))


def test_a_greeting_in_front_of_a_question_is_not_searched(answerer: Answerer) -> None:
    greeted = answerer.ask("Hi, who opened the harbour bridge?")
    assert (greeted.query, greeted.reply) == ("who opened the harbour bridge?", None)
    assert greeted.citations == answerer.ask("who opened the harbour bridge?").citations


def test_what_is_this_about_points_to_the_answer_before_it(answerer: Answerer) -> None:
    assert answerer.ask("What is this about?").reply
    assert answerer.ask("What is this about?", history=[Turn("Hello!")]).reply
    assert answerer.ask("What is this about?", history=[Turn("Who opened the harbour bridge?")]).reply is None


def without_copies(answer: Answer) -> list[Citation]:
    return [replace(citation, also_in=()) for citation in answer.citations]


@pytest.mark.parametrize(("question", "is_sure"), [("who was it", False), ("?", False), ("steel", True)])
def test_a_question_that_says_nothing_is_never_answered(
    built_place: Place, encoder: HashEncoder, question: str, is_sure: bool
) -> None:
    easy = replace(UNDATED, confidence=Logistic({}, bias=5.0))
    answer = Answerer(
        Retriever(built_place, encoder),
        Fitted(dated=easy, undated=easy, dated_read=easy, undated_read=easy, foreign=easy),
    ).ask(question)
    assert answer.citations
    assert (answer.is_answerable, answer.confidence > 0.99) == (is_sure, is_sure)
    assert is_sure or answer.confidence == 0.0


@pytest.mark.parametrize("k", [1, 2, 4, 10, 11, 30, 50])
def test_k_passages_are_cited(many: Answerer, k: int) -> None:
    answer = many.ask("How many people have seen the steel?", k=k)
    check(answer, many.store, k)
    # Texts of one pattern count as copies of each other, and are told with the one that stands for them.
    told = [(article_id, k) for citation in answer.citations for article_id in citation.article_ids]
    assert len(told) >= min(k, many.store.counts()[1])


@pytest.mark.parametrize(
    "question", ["How many people have seen the steel?", "Who has seen the ice of day 3?", "Who saw the glacier?"]
)
def test_how_many_are_cited_changes_nothing_of_the_first(many: Answerer, question: str) -> None:
    whole = many.ask(question, k=50)
    check(whole, many.store, 50)
    assert len(whole.citations) > 10
    for k in (1, 5, 10, 12, 20):
        answer = many.ask(question, k=k)
        assert without_copies(answer) == without_copies(whole)[: len(answer.citations)]
        assert (answer.confidence, answer.is_answerable) == (whole.confidence, whole.is_answerable)


def test_a_further_passage_does_not_mark_what_is_marked_already(
    place: Place, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The sentence on the zebra ends one passage and begins the next; only the first of the two decides.
    monkeypatch.setattr("qa.evidence.gather.WEIGHED", 1)
    filler = [
        f"On day {n} the keepers fed the {animal}." for n, animal in enumerate(["lion", "bear", "seal", "ape"] * 10)
    ]
    article = Article("zoo", "Zoo", " ".join(filler))
    first, second, *_ = split_article(article)
    (shared,) = [sentence for sentence in filler if sentence in first.text and sentence in second.text]
    article = replace(article, text=article.text.replace(shared, "A zebra escaped from the zoo."))
    build_index(place, [article], encoder)
    answer = Answerer(Retriever(place, encoder), FITTED).ask("Which zebra escaped from the zoo?", k=5)
    marked = [citation.answer for citation in answer.citations]
    assert marked[0] == "A zebra escaped from the zoo."
    assert sum("zebra" in citation.quote for citation in answer.citations) == 2
    assert len(set(marked)) == len(marked)


def test_more_passages_show_more_copies_and_change_nothing_else(place: Place, encoder: HashEncoder) -> None:
    story = "A storm flooded the harbour of Bergen on Monday, and the mayor asked people to stay at home until it left."
    copies = [Article(f"copy-{n:02}", "Storm", f"{'Agency text. ' * n}{story}") for n in range(14)]
    build_index(place, [*ARTICLES, *copies], encoder)
    answerer = Answerer(Retriever(place, encoder), FITTED)
    few, more = (answerer.ask("Which harbour was flooded by the storm?", k=k) for k in (5, 50))
    assert without_copies(few) == without_copies(more)[: len(few.citations)]
    assert (few.confidence, few.text) == (more.confidence, more.text)
    # Ten passages are weighed; the others are copies of these.
    assert len(few.citations[0].article_ids) == 10
    assert sorted(more.citations[0].article_ids) == sorted(article.article_id for article in copies)


@pytest.mark.parametrize(
    ("most_wrong", "is_answerable"), [(None, True), (0.5, True), (0.3, False), (0.2, False), (0.05, False)]
)
def test_fewer_wrong_answers_are_bought_with_refusals(
    shared_place: Place, encoder: HashEncoder, most_wrong: float | None, is_answerable: bool
) -> None:
    answerer = Answerer(Retriever(shared_place, encoder), FITTED, most_wrong=most_wrong)
    answer = answerer.ask("How much did the harbour bridge cost the people?")
    assert 0.5 < answer.confidence < 0.9
    assert (answer.is_answerable, answer.text) == (is_answerable, COST if is_answerable else None)


@pytest.mark.slow
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(min_size=1, max_size=80).filter(str.strip), k=st.integers(1, 50))
def test_every_citation_of_any_question_is_exact(many: Answerer, question: str, k: int) -> None:
    check(many.ask(question, k=k), many.store, k)


def test_the_same_question_has_the_same_answer(many: Answerer) -> None:
    first, second = (replace(many.ask("Who has seen the steel of day 3?"), timing_ms={}) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("question", "k", "words"),
    [
        ("", 5, "the question is empty; ask something in plain words"),
        (" \n\t", 5, "the question is empty; ask something in plain words"),
        ("x" * 2_001, 5, "the question has 2,001 characters; the most is 2,000; ask in fewer"),
        ("Why?", 0, "k is 0; ask for 1 to 50 passages"),
        ("Why?", -1, "k is -1; ask for 1 to 50 passages"),
        ("Why?", 51, "k is 51; ask for 1 to 50 passages"),
    ],
)
def test_a_bad_question(answerer: Answerer, question: str, k: int, words: str) -> None:
    with pytest.raises(BadQuestion) as error:
        answerer.ask(question, k=k)
    assert str(error.value) == words


def test_the_longest_question(answerer: Answerer) -> None:
    check(answerer.ask("Who opened the bridge " * 90 + "x" * 20), answerer.store, 5)


def test_filters(answerer: Answerer) -> None:
    question = "Who won the chess title?"
    assert [c.article_id for c in answerer.ask(question).citations][0] == "chess"
    answer = answerer.ask(question, filters=Filters(after=date(2024, 3, 1), sources=("Coast Daily",)))
    assert sorted(citation.article_id for citation in answer.citations) == ["bridge", "vaccine"]
    check(answer, answerer.store, 5)


def test_filters_that_nothing_passes(answerer: Answerer) -> None:
    answer = answerer.ask("Who won the chess title?", filters=Filters(before=date(1990, 1, 1)))
    assert (answer.is_answerable, answer.text, answer.citations, answer.confidence) == (False, None, (), 0.0)


def test_a_source_is_known_in_capitals_or_not_and_another_is_an_error(answerer: Answerer) -> None:
    whole = answerer.ask("Who opened the bridge?", filters=Filters(sources=("Coast Daily",)))
    for name in ("coast daily", "COAST DAILY"):
        answer = answerer.ask("Who opened the bridge?", filters=Filters(sources=(name,)))
        assert answer.citations == whole.citations
    with pytest.raises(BadQuestion, match="no article is of the source 'Cost Daily'; there is 'Coast Daily'$"):
        answerer.ask("Who opened the bridge?", filters=Filters(sources=("Coast Daily", "Cost Daily")))
    with pytest.raises(BadQuestion, match="'xyz'; there is 'Alpine Post', 'Coast Daily'"):
        answerer.ask("Who opened the bridge?", filters=Filters(sources=("xyz",)))


def test_one_article_alone_is_asked_and_one_that_is_none_is_named(answerer: Answerer) -> None:
    only = Filters(articles=("bridge",))
    answer = answerer.ask("Who won the chess title?", filters=only)
    assert {citation.article_id for citation in answer.citations} == {"bridge"}
    assert not answer.is_answerable
    assert answer.filters == only
    assert answerer.ask("Which articles do you have?", filters=only).reply == (
        "There is one article:\n1 March 2024: Harbour bridge opens"
    )
    with pytest.raises(UnknownArticle, match="^no article has the id 'brigde'; the list of articles has the ids$"):
        answerer.ask("Who opened the bridge?", filters=Filters(articles=("bridge", "brigde")))
    with pytest.raises(UnknownArticle, match="'brigde'"):
        answerer.ask("thanks", filters=Filters(articles=("brigde",)))


def test_a_question_in_a_language_that_no_article_is_in_is_told_so(
    answerer: Answerer, shared_place: Place, encoder: HashEncoder
) -> None:
    # Refused: where the encoder may know both languages, an answer needs no excuse.
    strict = Answerer(Retriever(shared_place, encoder), FITTED, most_wrong=0.05)
    other = strict.ask("누가 다리를 열었나요?").to_json()["other_language"]
    assert isinstance(other, dict)
    assert other["asked"] == "ko"
    assert "en" in other["articles"]
    assert other["told"].startswith("질문은 한국어인데 기사는 한국어가 아닙니다.")
    assert "other_language" not in answerer.ask("Who opened the harbour bridge?").to_json()


def test_a_follow_up_is_asked_in_full(answerer: Answerer) -> None:
    history = [Turn("Who won the chess title?", "Lina Okafor, sixteen, won the chess title in Toronto.")]
    answer = answerer.ask(" Whom did she beat? ", history=history)
    assert (answer.question, answer.query) == (" Whom did she beat? ", "Whom did Lina Okafor beat?")
    assert answer.citations[0].article_id == "chess"


def test_index_and_timing_are_told(answerer: Answerer, shared_place: Place) -> None:
    answer = answerer.ask("Who won?")
    current = shared_place.require_current()
    # A folder, or the name of a schema.
    generation = re.split("[-_]", current.name if isinstance(current, Path) else current)[-1]
    assert answer.index == IndexInfo(f"{generation}.4", articles=4, passages=4) == answerer.index_info()
    assert sorted(answer.timing_ms) == ["encode", "search", "select", "total"]
    assert all(ms >= 0 for ms in answer.timing_ms.values())


def test_changes_are_answered_from_at_once(built_place: Place, encoder: HashEncoder) -> None:
    answerer = Answerer(Retriever(built_place, encoder), FITTED)
    before = answerer.index_info()
    add_articles(built_place, [Article("volcano", "Volcano", "A volcano erupted near Naples on Monday.")], encoder)
    answer = answerer.ask("Where did the volcano erupt?")
    assert (answer.text, answer.index.articles) == ("A volcano erupted near Naples on Monday.", 5)
    assert answer.index.version != before.version
    remove_articles(built_place, ["volcano", "bridge", "glacier", "vaccine", "chess"], encoder)
    answer = answerer.ask("Where did the volcano erupt?")
    assert (answer.is_answerable, answer.citations) == (False, ())
    assert (answer.index.articles, answer.index.passages) == (0, 0)


class _Interrupted(Retriever):
    """A retriever during whose work another thread or process does `meanwhile`."""

    def search(self, query: str, **options: object) -> Ranking:  # type: ignore[override]
        ranking = super().search(query, **options)  # type: ignore[arg-type]
        self.meanwhile()
        return ranking


def test_a_build_between_search_and_citation(built_place: Place, encoder: HashEncoder) -> None:
    """The numbers of the old index mean other passages in the new one."""
    retriever = _Interrupted(built_place, encoder)

    def rebuild() -> None:
        build_index(built_place, [replace(VACCINE, text="No longer about doses."), BRIDGE], encoder)
        retriever.refresh()

    retriever.meanwhile = rebuild
    answer = Answerer(retriever, FITTED).ask("How much did the harbour bridge cost?")
    assert answer.text == COST
    assert [c.article_id for c in answer.citations][0] == "bridge"
    assert {c.article_id: c.text_sha256 for c in answer.citations} == {a.article_id: a.text_sha256 for a in ARTICLES}


def test_an_article_replaced_while_it_is_read(
    built_place: Place, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passages of the old text are never cut from the new one."""
    new = replace(CHESS, text="He lost.")
    read_passages = ArticleStore.passages

    def passages(store: ArticleStore, numbers: list[int]) -> object:
        found = read_passages(store, numbers)
        monkeypatch.undo()
        add_articles(built_place, [new], encoder)
        return found

    retriever = Retriever(built_place, encoder)
    monkeypatch.setattr(ArticleStore, "passages", passages)
    answer = Answerer(retriever, FITTED).ask("Who won the chess title?")
    (chess,) = [citation for citation in answer.citations if citation.article_id == "chess"]
    assert (chess.quote, chess.text_sha256) == (CHESS.text, CHESS.text_sha256)


def test_an_article_removed_while_it_is_asked_for(built_place: Place, encoder: HashEncoder) -> None:
    retriever = _Interrupted(built_place, encoder)
    retriever.meanwhile = lambda: remove_articles(built_place, ["chess"], encoder)
    answer = Answerer(retriever, FITTED).ask("Who won the chess title?")
    assert sorted(citation.article_id for citation in answer.citations) == ["bridge", "glacier", "vaccine"]


@pytest.mark.slow
def test_threads_ask_while_the_index_changes(built_place: Place, encoder: HashEncoder) -> None:
    answerer = Answerer(Retriever(built_place, encoder), FITTED)
    failures: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                answer = answerer.ask("Who won the chess title in Toronto?").to_json()
                # CHESS never changes, so its citation is exact whenever it is made.
                assert citation_problem(answer["citations"][0], CHESS) is None
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for n in range(3):
            add_articles(built_place, [replace(BRIDGE, text=f"{BRIDGE.text} Day {n}.")], encoder)
            build_index(built_place, [VACCINE, CHESS], encoder)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert failures == []


def test_warm_up_encodes_something(shared_place: Place) -> None:
    asked: list[str] = []

    class Asked(HashEncoder):
        def encode_queries(self, queries: Sequence[str]) -> Vectors:
            asked.extend(queries)
            return super().encode_queries(queries)

    answerer = Answerer(Retriever(shared_place, Asked()), FITTED)
    assert asked == []
    answerer.warm_up()
    assert asked == ["warm"]


def test_the_question_and_its_bare_form_are_encoded_together_and_nothing_else(shared_place: Place) -> None:
    batches: list[Sequence[str]] = []

    class Asked(HashEncoder):
        def encode_queries(self, queries: Sequence[str]) -> Vectors:
            batches.append(queries)
            return super().encode_queries(queries)

    answerer = Answerer(Retriever(shared_place, Asked()), FITTED)
    question = "How much did the harbour bridge of Anna Berg cost?"
    assert answerer.ask(question).citations[0].article_id == "bridge"
    assert batches == [[question, read_question(question).bare]]
    assert "Anna Berg" not in batches[0][1]


def test_articles_of_the_days_around_the_asking_are_looked_for_and_preferred(answerer: Answerer) -> None:
    question = "How much ice did the Rhone glacier lose?"
    assert answerer.ask(question).citations[0].article_id == "glacier"
    around = answerer.ask(question, asked_on=date(2024, 3, 2))
    assert around.citations[0].article_id == "bridge"
    # Another time is named: then that counts, not the day of asking.
    assert (
        answerer.ask(f"{question[:-1]} in September 2023?", asked_on=date(2024, 3, 2)).citations[0].article_id
        == "glacier"
    )


def test_a_source_that_is_named_goes_first_also_one_that_was_just_added(
    built_place: Place, encoder: HashEncoder
) -> None:
    # As the time counts in DATED.
    answerer = Answerer(Retriever(built_place, encoder), replace(FITTED, undated=DATED))
    question = "What does the Fjord Times article say of the harbour bridge?"
    assert answerer.ask(question).citations[0].article_id == "bridge"
    add_articles(built_place, [replace(GLACIER, article_id="fjord", source="Fjord Times")], encoder)
    assert answerer.ask(question).citations[0].article_id == "fjord"


def test_articles_of_the_time_that_is_named_are_found_among_many(many: Answerer) -> None:
    found = many.ask("What was said of trade and steel in September 2023?", k=50)
    assert "glacier" in {citation.article_id for citation in found.citations}
    named = many.ask("What was said in September 2023?", asked_on=date(2024, 3, 2))
    assert named.citations


@pytest.mark.parametrize(
    ("question", "asked_on", "newest"),
    [
        ("Which bridge opened this week?", date(2024, 6, 1), date(2024, 4, 20)),
        ("Which bridge opened last month?", date(2024, 7, 1), date(2024, 4, 20)),
        ("Which bridge opened this week?", date(2024, 3, 2), None),
        ("Which bridge opened recently?", date(2025, 6, 1), None),
        ("Which bridge opened on Friday?", date(2025, 6, 1), None),
        ("Which bridge opened in 2024?", date(2025, 6, 1), None),
        ("Which bridge opened?", date(2025, 6, 1), None),
    ],
)
def test_a_time_no_article_has_reached_is_refused_with_the_reason(
    answerer: Answerer, question: str, asked_on: date, newest: date | None
) -> None:
    answer = answerer.ask(question, asked_on=asked_on)
    assert answer.newest == newest
    assert answer.to_json().get("newest") == (newest.isoformat() if newest else None)
    if newest:
        assert (answer.is_answerable, answer.confidence, answer.text) == (False, 0.0, None)
        assert answer.citations


def test_this_week_of_an_archive_that_has_ended_is_its_last(answerer: Answerer) -> None:
    answer = answerer.ask("How much did the harbour bridge cost last month?")
    assert (answer.is_answerable, answer.newest) == (True, None)
    assert answer.understood == "“last month” counted from 20 April 2024, the day of the newest article"
    assert answer.to_json()["understood"] == answer.understood
    asked = answerer.ask("How much did the harbour bridge cost last month?", asked_on=date(2024, 7, 1))
    assert (asked.is_answerable, asked.understood) == (False, None)
    assert "understood" not in asked.to_json()
    assert answerer.ask("How much did the harbour bridge cost?").understood is None


def test_a_script_the_encoder_does_not_know_is_answered_by_its_words(tmp_path: Path) -> None:
    class OnlyLatin(HashEncoder):
        def knows(self, text: str) -> bool:
            return is_mostly_latin(text)

    text = "東京タワーは1958年に完成した。高さは333メートルである。\n\n大阪城は豊臣秀吉が築いた。"
    folder = IndexFolder(tmp_path)
    build_index(folder, [Article("tower", "東京タワー", text), *ARTICLES], OnlyLatin())
    answer = Answerer(Retriever(folder, OnlyLatin()), FITTED).ask("大阪城は誰が築いたか")
    assert answer.citations[0].article_id == "tower"
    assert answer.citations[0].answer == "大阪城は豊臣秀吉が築いた。"


def test_a_capital_that_no_article_has_is_searched_as_its_country(place: Place, encoder: HashEncoder) -> None:
    missile = Article(
        "missile", "Missile", "North Korea fired a missile on Tuesday. Japan said that it fell in the sea."
    )
    build_index(place, [*ARTICLES, missile], encoder)
    answerer = Answerer(Retriever(place, encoder), FITTED)
    answer = answerer.ask("What did Pyongyang fire on Tuesday?")
    assert answer.query == "What did North Korea fire on Tuesday?"
    assert answer.corrected == (("Pyongyang", "North Korea"),)
    assert answer.citations[0].answer == "North Korea fired a missile on Tuesday."
    assert answerer.ask('What did "Pyongyang" fire on Tuesday?').corrected == ()

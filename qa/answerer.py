"""Answerer.ask: the whole way from a question to a cited answer, on one screen."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING

from corpus.errors import UserError
from corpus.filters import Filters
from corpus.language import language_asked, looks_english
from index.recipe import embedded_text
from index.retriever import Ranking, Retriever
from index.store.errors import TryAgain
from index.store.listed import ListedArticle
from index.words.analyze import analyze
from qa.answer import Answer, IndexInfo, OtherLanguage
from qa.evidence.choose import Candidate, best_in_order, best_per_passage, put_behind, weigh
from qa.evidence.cite import cite
from qa.evidence.confidence import confidence
from qa.evidence.copies import add_copies, group_copies, put_updates_first
from qa.evidence.fitted import Fitted
from qa.evidence.gather import Found, first_hits, further_hits, gather, passage_texts
from qa.evidence.headline import let_headline_answer
from qa.evidence.logistic import log_odds, sigmoid
from qa.evidence.reader import Reader, can_read, read_candidates
from qa.evidence.reranker import Reranker
from qa.limits import DEFAULT_K, MAX_K, MAX_QUESTION_CHARACTERS
from qa.question.capitals import capitals_in, countries_for
from qa.question.followup import Turn, has_question, stand_alone
from qa.question.kind import last_sentence
from qa.question.language import is_foreign, is_other, languages_of, named
from qa.question.read import Question, read_question
from qa.question.spelling import corrections, misspelt, put_right
from qa.question.talk import Talk, read_talk
from qa.question.terms import asked_first, term_weights
from qa.show.reply import reply_in_words
from qa.show.wording import counted_in_words, other_language
from qa.stages import next_stage

if TYPE_CHECKING:
    from index.store.store import Store
    from qa.write.writer import Writer

# A question can name one of so many, those with the most articles.
MAX_SOURCES = 500
# Of those that there are, where none is like the one that was asked for.
NAMED_SOURCES = 5


class BadQuestion(UserError):
    """The question, or what came with it, cannot be answered as it is."""


class UnknownSource(BadQuestion):
    """No article is of the source that was asked for."""


class UnknownArticle(BadQuestion):
    """No article has the id that was asked for."""


class Answerer:
    """Answers questions from one index. Safe to use from several threads."""

    def __init__(
        self,
        retriever: Retriever,
        fitted: Fitted,
        *,
        most_wrong: float | None = None,
        reader: Reader | None = None,
        reranker: Reranker | None = None,
        writer: Writer | None = None,
    ) -> None:
        """At most the share `most_wrong` of the answers given may be wrong, as far as the fitting data tells.

        `reader` reads the likeliest passages, `reranker` orders the passages, `writer` sums up those that are cited.
        """
        self._retriever = retriever
        self._fitted = fitted
        self._most_wrong = most_wrong
        self._reader = reader
        self._reranker = reranker
        self._writer = writer
        self._known_sources: tuple[str, list[str]] = ("", [])
        self._known_languages: tuple[str, Sequence[tuple[str, float]]] = ("", ())

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        k: int = DEFAULT_K,
        filters: Filters | None = None,
        asked_on: date | None = None,
        write: bool = False,
    ) -> Answer:
        """The best `k` passages for `question`, the answering sentence marked in each, or that the articles do not say.

        `history` has the turns before, oldest first. `asked_on` is the day the question was asked, where that is known:
        articles of the days around it are preferred then. Words such as "this week" count from it, else from today,
        or from the day of the newest article if that is long before.
        A message that is no question ("Thanks!") gets a reply.
        With `write` the language model, if there is one, sums an answer up. Raises BadQuestion.
        """
        asking = partial(self._ask, question, history=history, k=k, filters=filters, asked_on=asked_on, write=write)
        with suppress(TryAgain):
            return asking()
        return asking()

    def _ask(
        self,
        question: str,
        *,
        history: Sequence[Turn],
        k: int,
        filters: Filters | None,
        asked_on: date | None,
        write: bool,
    ) -> Answer:
        started = time.perf_counter()
        _check(question, k)
        filters = self._known(filters)
        talk = read_talk(question, opens=not has_question(history))
        if talk:
            return self._reply(question, talk, filters or Filters(), started)
        asked, ranking, counts, corrected = self._rank(stand_alone(question.strip(), history), asked_on, filters)
        ranked = time.perf_counter()
        next_stage()

        articles, passages = ranking.store.counts()
        weights = term_weights(ranking.terms, counts, passages)
        last = last_sentence(asked.text)
        if last != asked.text:
            weights = asked_first(weights, frozenset(analyze(last)))
        found = gather(ranking, first_hits(ranking), asked.preference)
        language = language_asked(asked.text)
        is_english = language in (None, "en")
        is_read = self._reader is not None and ranking.knows and is_english and can_read(asked.text, found)
        crosses = self._retriever.crosses_languages and ranking.knows
        is_from_other = crosses and any(is_foreign(language, each.passage.text) for each in found[:1])
        models = self._fitted.models(is_dated=asked.preference.is_dated, is_read=is_read, is_foreign=is_from_other)
        candidates = weigh(asked, weights, found, ranking, models.sentence)
        if self._reader is not None and models.reading is not None:
            candidates = read_candidates(asked.text, candidates, self._reader, models.reading)
        first = best_per_passage(candidates)
        if self._reranker is not None:
            first = _rerank(asked.text, first, self._reranker)
        best = group_copies(first)
        if asked.preference.named is None:
            best = put_updates_first(best)
        best[:1] = [let_headline_answer(asked, weights, candidate, models) for candidate in best[:1]]
        newest = _newest_if_too_old(asked, ranking.store)
        # Where the question has nothing but stop words or signs, whatever is near to it answers nothing.
        certainty = 0.0 if newest or not ranking.terms else confidence(best, weights, asked, models.confidence)
        is_answerable = certainty > 0.0 and certainty >= models.answers_from(self._most_wrong)
        hits = further_hits(ranking, k)
        if hits:
            weighed = weigh(asked, weights, gather(ranking, hits, asked.preference), ranking, models.sentence)
            best, further = add_copies(best, best_in_order(weighed, first))
            best = put_behind(best, further)
        citations = cite(best[:k])

        ended = time.perf_counter()
        answer = Answer(
            question=question,
            query=asked.text,
            is_answerable=is_answerable,
            confidence=certainty,
            text=citations[0].answer if is_answerable else None,
            citations=citations,
            index=IndexInfo(self._retriever.version, articles, passages),
            timing_ms=ranking.timing_ms | {"select": (ended - ranked) * 1000, "total": (ended - started) * 1000},
            newest=newest,
            names_time=asked.preference.named is not None,
            filters=filters or Filters(),
            understood=_understood(asked),
            corrected=tuple(corrected.items()),
            other_language=self._other_language(language, found, is_answerable=is_answerable),
        )
        next_stage()
        return self._written(answer, self._writer) if write and self._writer and is_answerable else answer

    @property
    def store(self) -> Store:
        """The current articles; read it anew each time, a build swaps it."""
        return self._retriever.store

    def index_info(self) -> IndexInfo:
        """What is asked now: the version, which changes with every change of the index, and how much is in it."""
        self._retriever.refresh()
        articles, passages = self.store.counts()
        return IndexInfo(self._retriever.version, articles, passages)

    def sources(self) -> list[str]:
        """The sources with the most articles, at most MAX_SOURCES, in alphabetical order."""
        # Counting them anew for each question would take 50 ms in 100,000 articles.
        self._retriever.refresh()
        version, (known, sources) = self._retriever.version, self._known_sources
        if known != version:
            sources = self.store.sources(MAX_SOURCES)
            self._known_sources = (version, sources)
        return sources

    def warm_up(self) -> None:
        """Load the models, so that the first question does not wait for them."""
        self._retriever.search("warm", k=1)
        if self._reader:
            self._reader.load()
        if self._reranker:
            self._reranker.log_odds("warm", ["warm"])

    def _other_language(
        self, asked: str | None, found: Sequence[Found], *, is_answerable: bool
    ) -> OtherLanguage | None:
        """What to tell of a question in the language `asked`, where no article is in that; None for nothing."""
        is_found = is_answerable and self._retriever.crosses_languages
        if asked is None or is_found or (asked == "en" and any(looks_english(each.passage.text) for each in found)):
            return None
        version, (known, languages) = self._retriever.version, self._known_languages
        if known != version:
            languages = languages_of(self.store)
            self._known_languages = (version, languages)
        if not languages or not is_other(asked, languages, [each.article for each in found]):
            return None
        return other_language(asked, named(languages))

    def _known(self, filters: Filters | None) -> Filters | None:
        """`filters` with each source as the articles spell it: case does not count.

        Raises UnknownSource or UnknownArticle.
        """
        if filters and filters.articles:
            known = self.store.listed(filters.articles)
            for article_id in filters.articles:
                if article_id not in known:
                    raise UnknownArticle(f"no article has the id {article_id!r:.200}; the list of articles has the ids")
        return self._by_known_sources(filters)

    def _by_known_sources(self, filters: Filters | None) -> Filters | None:
        if not filters or not filters.sources:
            return filters
        known = self.store.every_source()
        chosen: list[str] = []
        for source in filters.sources:
            alike = [source] if source in known else [name for name in known if name.casefold() == source.casefold()]
            if not alike:
                near = get_close_matches(source.casefold(), {name.casefold(): name for name in known}, n=3, cutoff=0.6)
                names = [name for name in known if name.casefold() in near] or known[:NAMED_SOURCES]
                there_are = f"; there is {', '.join(map(repr, names))}" if names else ""
                raise UnknownSource(f"no article is of the source {source!r:.80}{there_are}")
            chosen += alike
        return replace(filters, sources=tuple(dict.fromkeys(chosen)))

    def _read(self, text: str, asked_on: date | None) -> Question:
        sources = self.sources()
        return read_question(text, asked_on=asked_on, sources=sources, newest=self.store.newest())

    def _reply(self, question: str, talk: Talk, filters: Filters, started: float) -> Answer:
        info = self.index_info()
        listed = [article for article in self.store.list_articles() if _passes(article, filters)]
        return Answer(
            question=question,
            query=question.strip(),
            is_answerable=False,
            confidence=0.0,
            text=None,
            citations=(),
            index=info,
            timing_ms={"total": (time.perf_counter() - started) * 1000},
            filters=filters,
            reply=reply_in_words(talk, listed, filters),
        )

    def _rank(
        self, text: str, asked_on: date | None, filters: Filters | None
    ) -> tuple[Question, Ranking, Mapping[str, int], dict[str, str]]:
        """The question as it was read, what was found, how many passages have each term, and the words put right."""
        asked, ranking, counts = self._rank_as_written(text, asked_on, filters)
        corrected = _otherwise_written(asked.text, [term for term, count in counts.items() if not count], ranking)
        if corrected:
            asked, ranking, counts = self._rank_as_written(put_right(asked.text, corrected), asked_on, filters)
        return asked, ranking, counts, corrected

    def _rank_as_written(
        self, text: str, asked_on: date | None, filters: Filters | None
    ) -> tuple[Question, Ranking, Mapping[str, int]]:
        asked = self._read(text, asked_on)
        ranking = self._search(asked, filters)
        return asked, ranking, self._retriever.passages_with(ranking.terms)

    def _search(self, asked: Question, filters: Filters | None) -> Ranking:
        return self._retriever.search(asked.text, forms=[asked.bare], filters=filters, prefer=asked.preference.filters)

    def _written(self, answer: Answer, writer: Writer) -> Answer:
        started = time.perf_counter()
        written = writer.write(answer)
        took = (time.perf_counter() - started) * 1000
        timing = answer.timing_ms | {"write": took, "total": answer.timing_ms["total"] + took}
        return replace(answer, written=written, timing_ms=timing)


def _otherwise_written(question: str, unknown: Sequence[str], ranking: Ranking) -> dict[str, str]:
    """For words of `question` that no article has, what the articles found write instead."""
    words, capitals = misspelt(question, unknown), capitals_in(question, unknown)
    if not words and not capitals:
        return {}
    texts = passage_texts(ranking)
    return corrections(words, texts) | countries_for(capitals, texts)


def _rerank(question: str, best: Sequence[Candidate], reranker: Reranker) -> list[Candidate]:
    """Best first when the reranker's odds of each passage are multiplied in, which their probabilities then have.

    The confidence sees these too; it was fitted without a reranker and is only as right as that makes it.
    """
    read = reranker.log_odds(question, [embedded_text(c.found.article, c.found.passage) for c in best])
    both = [replace(c, probability=sigmoid(log_odds(c.probability) + r)) for c, r in zip(best, read, strict=True)]
    return sorted(both, key=lambda c: -c.probability)


def _passes(article: ListedArticle, filters: Filters) -> bool:
    day = article.published
    is_of_time = not (filters.after or filters.before) or (
        day is not None and (filters.after or date.min) <= day <= (filters.before or date.max)
    )
    is_named = not filters.articles or article.article_id in filters.articles
    return is_named and is_of_time and (not filters.sources or article.source in filters.sources)


def _understood(asked: Question) -> str | None:
    """How the time that the question names was understood, if it is not counted from today."""
    named, newest = asked.preference.named, asked.preference.counted_from
    return counted_in_words(named.words, newest) if named and newest else None


def _newest_if_too_old(asked: Question, store: Store) -> date | None:
    """The day of the newest article, if the question is about a later time than that; else None."""
    if asked.preference.to_reach is None:
        return None
    newest = store.newest()
    return newest if newest and newest < asked.preference.to_reach else None


def _check(question: str, k: int) -> None:
    if not question.strip():
        raise BadQuestion("the question is empty; ask something in plain words")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise BadQuestion(
            f"the question has {len(question):,} characters; the most is {MAX_QUESTION_CHARACTERS:,}; ask in fewer"
        )
    if not 1 <= k <= MAX_K:
        raise BadQuestion(f"k is {k!r}; ask for 1 to {MAX_K} passages")

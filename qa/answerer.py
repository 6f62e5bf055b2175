"""Answerer.ask: the whole path from a question to a cited answer, on one screen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from corpus.errors import UserError
from corpus.filters import Filters
from index.recipe import embedded_text
from index.retriever import Ranking, Retriever
from index.store.sqlite import ArticleStore
from index.words.analyze import analyze
from qa.answer import Answer
from qa.evidence.choose import Candidate, Found, Question, able_sentences, best_per_passage, nearness, score_sentences
from qa.evidence.cite import cite
from qa.evidence.confidence import confidence
from qa.evidence.copies import group_copies
from qa.evidence.reranker import Reranker
from qa.models.fitted import Fitted, Models, log_odds, sigmoid
from qa.question.followup import Turn, stand_alone
from qa.question.names import without_names
from qa.question.preference import Sought
from qa.question.terms import coverage, term_weights

if TYPE_CHECKING:
    from qa.write.writer import Writer

MAX_QUESTION_CHARACTERS = 2_000
MAX_K = 50
# Passages whose sentences are weighed; more cost time and, on realtimeqa-2022, found no more answers.
WEIGHED = 10
# Passages of the time or the sources that are asked of, weighed beside those.
WEIGHED_OF_SOUGHT = 5
# A question can name one of so many, those with the most articles.
MAX_SOURCES = 500


class BadQuestion(UserError):
    """The question, or what came with it, cannot be answered as it is."""


class Answerer:
    """Answers questions from one index. Safe to use from several threads."""

    def __init__(
        self,
        retriever: Retriever,
        fitted: Fitted,
        *,
        most_wrong: float | None = None,
        reranker: Reranker | None = None,
        writer: Writer | None = None,
    ) -> None:
        """At most the share `most_wrong` of the answers given may be wrong, as far as the fitting data tells.

        `reranker` orders the passages, `writer` sums up those that are cited.
        """
        self._writer = writer
        self._reranker = reranker
        self._retriever = retriever
        self._fitted = fitted
        self._most_wrong = most_wrong
        self._known_sources: tuple[str, list[str]] = ("", [])

    @property
    def store(self) -> ArticleStore:
        """The current articles; read it anew each time, a build swaps it."""
        return self._retriever.store

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        k: int = 5,
        filters: Filters | None = None,
        asked_on: date | None = None,
        write: bool = False,
    ) -> Answer:
        """The best `k` passages for `question`, the answering sentence marked in each, or that the articles do not say.

        `history` has the turns before, oldest first. `asked_on` is the day the question was asked, where that is known:
        articles of the days around it are preferred then. Words such as "this week" count from it, else from today.
        With `write` the language model, if there is one, sums an answer up. Raises BadQuestion.
        """
        started = time.perf_counter()
        _check(question, k)
        query = stand_alone(question.strip(), history)
        sought = Sought.of(query, asked_on, self.sources())
        ranking = self._retriever.search(query, filters=filters, prefer=sought.preferred)
        ranked = time.perf_counter()
        candidates, models = self.weigh(query, ranking, max(k, WEIGHED), sought)
        best = group_copies(self._reranked(query, best_per_passage(candidates)))
        articles, passages = ranking.store.counts()
        newest = ranking.store.newest() if sought.to_reach else None
        is_too_late = bool(newest and sought.to_reach and newest < sought.to_reach)
        # Nothing but stop words or signs: whatever is near to that answers nothing.
        is_empty = not analyze(query)
        certainty = 0.0 if is_too_late or is_empty else confidence(best, models.confidence)
        is_answerable = certainty > 0.0 and certainty >= models.answers_from(self._most_wrong)
        citations = cite(best[:k])
        ended = time.perf_counter()
        answer = Answer(
            question=question,
            query=query,
            is_answerable=is_answerable,
            confidence=certainty,
            text=citations[0].answer if is_answerable else None,
            citations=citations,
            index={"version": self._retriever.version, "articles": articles, "passages": passages},
            timing_ms=ranking.timing_ms | {"select": (ended - ranked) * 1000, "total": (ended - started) * 1000},
            newest=newest if is_too_late else None,
            names_time=sought.named is not None,
            filters=filters or Filters(),
        )
        return self._written(answer) if write and self._writer and is_answerable else answer

    def weigh(self, query: str, ranking: Ranking, depth: int, sought: Sought) -> tuple[list[Candidate], Models]:
        """Every sentence that may answer `query`, with its probability, and the models by which it was weighed.

        Of the best `depth` passages, and of the best of those that are sought.
        """
        found = self._found(ranking, depth, sought)
        models = self._fitted.dated if sought.is_dated else self._fitted.undated
        sentences = [able_sentences(each.passage) for each in found]
        texts = [
            each.article.text[s.start : s.end] for each, group in zip(found, sentences, strict=True) for s in group
        ]
        if not texts:
            return [], models
        weights = term_weights(query, self._retriever.passages_with, ranking.store.counts()[1])
        question = Question.of(query, weights)
        if ranking.knows:
            vectors = self._retriever.encode_passages(texts)
            bare = self._retriever.encode_queries([without_names(query)])
            near = iter(nearness((vectors @ ranking.query_vector[0]).tolist(), (vectors @ bare[0]).tolist()))
        else:
            # The encoder does not know the script: near is what shares the question's terms.
            shared = [coverage(weights, frozenset(analyze(text))) for text in texts]
            near = iter(nearness(shared, shared))
            found = [replace(f, dense=coverage(weights, frozenset(analyze(f.passage.text)))) for f in found]
        candidates = []
        for each, group in zip(found, sentences, strict=True):
            candidates += score_sentences(question, each, group, [next(near) for _ in group], models.sentence)
        return candidates, models

    def index_info(self) -> dict[str, Any]:
        """`version` (changes with every change of the index), and the counts of `articles` and `passages`."""
        self._retriever.refresh()
        articles, passages = self.store.counts()
        return {"version": self._retriever.version, "articles": articles, "passages": passages}

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
        self._retriever.encode_passages(["warm"])
        if self._reranker:
            self._reranker.log_odds("warm", ["warm"])

    def _written(self, answer: Answer) -> Answer:
        assert self._writer is not None
        started = time.perf_counter()
        written = self._writer.write(answer)
        took = (time.perf_counter() - started) * 1000
        timing = answer.timing_ms | {"write": took, "total": answer.timing_ms["total"] + took}
        return replace(answer, written=written, timing_ms=timing)

    def _reranked(self, query: str, best: Sequence[Candidate]) -> list[Candidate]:
        """Best first when the reranker's odds of each passage are multiplied in, which their probabilities then have.

        The confidence sees these too; it was fitted without a reranker and is only as right as that makes it.
        """
        if self._reranker is None:
            return list(best)
        read = self._reranker.log_odds(query, [embedded_text(c.found.article, c.found.passage) for c in best])
        both = [replace(c, probability=sigmoid(log_odds(c.probability) + r)) for c, r in zip(best, read, strict=True)]
        return sorted(both, key=lambda c: -c.probability)

    def _found(self, ranking: Ranking, depth: int, sought: Sought) -> list[Found]:
        store = ranking.store
        rest = [hit for hit in ranking.hits[depth:] if hit.number in ranking.preferred]
        hits = [*ranking.hits[:depth], *rest[:WEIGHED_OF_SOUGHT]]
        with store.one_moment():
            passages = store.passages([hit.number for hit in hits])
            articles = store.articles(sorted({passage.article_id for passage in passages.values()}))
        # A passage removed by another process since the search is left out.
        hits = [hit for hit in hits if hit.number in passages]
        best: dict[str, float] = {}
        terms: dict[str, frozenset[str]] = {}
        for hit in hits:
            article = articles[passages[hit.number].article_id]
            best.setdefault(article.article_id, hit.score)
            known = terms.get(article.article_id) or frozenset(analyze(article.title))
            terms[article.article_id] = known | frozenset(analyze(passages[hit.number].text))
        found = []
        for hit in hits:
            passage = passages[hit.number]
            article = articles[passage.article_id]
            found.append(
                Found(
                    passage,
                    article,
                    hit.score,
                    ranking.dense.get(hit.number, 0.0),
                    best[article.article_id],
                    terms[article.article_id],
                    sought.is_timely(article),
                    sought.is_fresh(article),
                )
            )
        return found


def _check(question: str, k: int) -> None:
    if not question.strip():
        raise BadQuestion("the question is empty; ask something in plain words")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise BadQuestion(
            f"the question has {len(question):,} characters; the most is {MAX_QUESTION_CHARACTERS:,}; ask in fewer"
        )
    if not 1 <= k <= MAX_K:
        raise BadQuestion(f"k is {k!r}; ask for 1 to {MAX_K} passages")

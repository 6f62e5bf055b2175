"""Answerer.ask: the whole path from a question to a cited answer, on one screen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from corpus.errors import UserError
from corpus.store import ArticleStore, Filters
from index.analyze import analyze
from index.retriever import Ranking, Retriever
from qa.abstain import confidence
from qa.answer import Answer
from qa.cite import cite
from qa.followup import Turn, stand_alone
from qa.model import Fitted
from qa.names import without_names
from qa.select import Candidate, Found, Question, able_sentences, best_per_passage, nearness, score_sentences
from qa.terms import term_weights

MAX_QUESTION_CHARACTERS = 2_000
MAX_K = 50
# Passages whose sentences are weighed; more cost time and, on realtimeqa-2022, found no more answers.
WEIGHED = 10


class BadQuestion(UserError):
    """The question, or what came with it, cannot be answered as it is."""


class Answerer:
    """Answers questions from one index. Safe to use from several threads."""

    def __init__(self, retriever: Retriever, fitted: Fitted) -> None:
        self._retriever = retriever
        self._fitted = fitted

    @property
    def store(self) -> ArticleStore:
        """The current articles; read it anew each time, a build swaps it."""
        return self._retriever.store

    def ask(self, question: str, *, history: Sequence[Turn] = (), k: int = 5, filters: Filters | None = None) -> Answer:
        """The best `k` passages for `question`, the answering sentence marked in each, or that the articles do not say.

        `history` has the turns before, oldest first. Raises BadQuestion.
        """
        started = time.perf_counter()
        _check(question, k)
        query = stand_alone(question.strip(), history)
        ranking = self._retriever.search(query, filters=filters)
        ranked = time.perf_counter()
        best = best_per_passage(self.weigh(query, ranking, max(k, WEIGHED)))
        articles, passages = ranking.store.counts()
        certainty = confidence(best, self._fitted.confidence)
        is_answerable = bool(best) and certainty >= self._fitted.answer_from
        citations = cite(best[:k])
        ended = time.perf_counter()
        return Answer(
            question=question,
            query=query,
            is_answerable=is_answerable,
            confidence=certainty,
            text=citations[0].answer if is_answerable else None,
            citations=citations,
            index={"version": self._retriever.version, "articles": articles, "passages": passages},
            timing_ms=ranking.timing_ms | {"select": (ended - ranked) * 1000, "total": (ended - started) * 1000},
        )

    def weigh(self, query: str, ranking: Ranking, depth: int) -> list[Candidate]:
        """Every sentence of the best `depth` passages that may answer `query`, with its probability."""
        found = self._found(ranking, depth)
        sentences = [able_sentences(each.passage) for each in found]
        texts = [
            each.article.text[s.start : s.end] for each, group in zip(found, sentences, strict=True) for s in group
        ]
        if not texts:
            return []
        vectors = self._retriever.encode_passages(texts)
        bare = self._retriever.encode_queries([without_names(query)])
        near = iter(nearness((vectors @ ranking.query_vector[0]).tolist(), (vectors @ bare[0]).tolist()))
        weights = term_weights(query, self._retriever.passages_with, ranking.store.counts()[1])
        question = Question.of(query, weights)
        candidates = []
        for each, group in zip(found, sentences, strict=True):
            candidates += score_sentences(question, each, group, [next(near) for _ in group], self._fitted.sentence)
        return candidates

    def index_info(self) -> dict[str, Any]:
        """`version` (changes with every change of the index), and the counts of `articles` and `passages`."""
        self._retriever.refresh()
        articles, passages = self.store.counts()
        return {"version": self._retriever.version, "articles": articles, "passages": passages}

    def warm_up(self) -> None:
        """Load the encoder, so that the first question does not wait for it."""
        self._retriever.encode_passages(["warm"])

    def _found(self, ranking: Ranking, depth: int) -> list[Found]:
        hits, store = ranking.hits[:depth], ranking.store
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
        return [
            Found(
                passage := passages[hit.number],
                articles[passage.article_id],
                hit.score,
                ranking.dense.get(hit.number, 0.0),
                best[passage.article_id],
                terms[passage.article_id],
            )
            for hit in hits
        ]


def _check(question: str, k: int) -> None:
    if not question.strip():
        raise BadQuestion("the question is empty; ask something in plain words")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise BadQuestion(
            f"the question has {len(question):,} characters; the most is {MAX_QUESTION_CHARACTERS:,}; ask in fewer"
        )
    if not 1 <= k <= MAX_K:
        raise BadQuestion(f"k is {k!r}; ask for 1 to {MAX_K} passages")

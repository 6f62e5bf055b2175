"""The passages that are weighed for a question, each read once: its article, its scores, its sentences, its terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from corpus.article import Article, Passage
from index.hit import Hit
from index.retriever import Ranking
from index.words.analyze import analyze
from qa.evidence.sentences import Analyze, ReadSentence, able_sentences
from qa.question.preference import Preference

# Passages whose sentences are weighed; more cost time and, on realtimeqa-2022, found no more answers.
WEIGHED = 10
# Passages of the time or the sources that the question prefers, weighed beside those.
WEIGHED_OF_PREFERRED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passage found for a question: its article, its fused score (0 to 1) and its cosine with the question.

    `sentences` can be an answer, `terms` are the passage's in order. `article_fused` is the best fused score of its
    article's passages, `article_terms` the terms of the title and of the passages found. `is_timely`: of the time and
    sources the question names; `is_fresh`: of the days around its asking.
    """

    passage: Passage
    article: Article
    sentences: tuple[ReadSentence, ...]
    terms: tuple[str, ...]
    fused: float
    dense: float
    article_fused: float
    article_terms: frozenset[str]
    is_timely: bool = False
    is_fresh: bool = False


def first_hits(ranking: Ranking) -> list[Hit]:
    """The hits that decide whether and with what a question is answered: the best, and the best of those preferred.

    The same however many passages are to be cited, and so is the confidence that rests on them.
    """
    rest = [hit for hit in ranking.hits[WEIGHED:] if hit.number in ranking.preferred]
    return [*ranking.hits[:WEIGHED], *rest[:WEIGHED_OF_PREFERRED]]


def further_hits(ranking: Ranking, k: int) -> list[Hit]:
    """Those of the best `k` hits that are not among the first."""
    first = {hit.number for hit in first_hits(ranking)}
    return [hit for hit in ranking.hits[:k] if hit.number not in first]


def gather(ranking: Ranking, hits: Sequence[Hit], preference: Preference) -> list[Found]:
    """What `hits` are, in their order; one whose passage was removed since the search is left out."""
    # No text is analysed twice for one question, though passages of an article overlap.
    analyze_once = cache(_analyze)
    with ranking.store.one_moment():
        passages = ranking.store.passages([hit.number for hit in hits])
        articles = ranking.store.articles(sorted({passage.article_id for passage in passages.values()}))
    there = [hit for hit in hits if hit.number in passages]
    best = _best_scores(there, passages)
    terms = _article_terms(passages.values(), articles, analyze_once)
    found = []
    for hit in there:
        passage = passages[hit.number]
        article = articles[passage.article_id]
        found.append(
            Found(
                passage=passage,
                article=article,
                sentences=tuple(able_sentences(passage, analyze_once)),
                terms=analyze_once(passage.text),
                fused=hit.score,
                dense=ranking.dense.get(hit.number, 0.0),
                article_fused=best[article.article_id],
                article_terms=terms[article.article_id],
                is_timely=preference.is_timely(article),
                is_fresh=preference.is_fresh(article),
            )
        )
    return found


def _analyze(text: str) -> tuple[str, ...]:
    return tuple(analyze(text))


def _best_scores(hits: Sequence[Hit], passages: dict[int, Passage]) -> dict[str, float]:
    """Each article's score is that of the first of its hits."""
    best: dict[str, float] = {}
    for hit in hits:
        best.setdefault(passages[hit.number].article_id, hit.score)
    return best


def _article_terms(
    passages: Iterable[Passage], articles: dict[str, Article], analyze_once: Analyze
) -> dict[str, frozenset[str]]:
    terms = {article_id: set(analyze_once(article.title)) for article_id, article in articles.items()}
    for passage in passages:
        terms[passage.article_id].update(analyze_once(passage.text))
    return {article_id: frozenset(known) for article_id, known in terms.items()}

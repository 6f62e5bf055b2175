"""The passages that are weighed for a question: each with its article, scores, terms, sentences and their vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.article import Article, Passage
from index.encoders.encoder import Vectors
from index.hit import Hit
from index.retriever import Ranking
from index.sentences import unpack_sentences, unpack_vectors
from index.store.record import PassageRecord
from index.words.analyze import analyze
from qa.question.preference import Preference

# Passages whose sentences are weighed; more cost time and, on realtimeqa-2022, found no more answers.
WEIGHED = 10
# Passages of the time or the sources that the question prefers, weighed beside those.
WEIGHED_OF_PREFERRED = 5


@dataclass(frozen=True, slots=True)
class FoundSentence:
    """A sentence that can be an answer: `article.text[start:end] == text`, without a dateline it opened with.

    `led_from` is where that begins without which it says little (the heading row of a table, the question of an
    interview), `start` where it needs nothing; `terms` has the terms of both.
    """

    start: int
    end: int
    text: str
    terms: tuple[str, ...]
    led_from: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passage found for a question: its article, its fused score (0 to 1) and its cosine with the question.

    `sentences` can be an answer, `sentence_vectors` has a row for each; `terms` are the passage's in order.
    `article_fused` is the best fused score of its article's passages, `title_terms` the terms of its title,
    `article_terms` those and the terms of the passages found. `is_timely`: of the time and sources the question names;
    `is_fresh`: of the days around its asking.
    """

    passage: Passage
    article: Article
    sentences: tuple[FoundSentence, ...]
    sentence_vectors: Vectors
    terms: tuple[str, ...]
    fused: float
    dense: float
    article_fused: float
    title_terms: frozenset[str]
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


def passage_texts(ranking: Ranking) -> list[str]:
    """The texts of the passages found, with the titles of their articles."""
    with ranking.store.one_moment():
        records = ranking.store.records([hit.number for hit in ranking.hits])
        articles = ranking.store.articles(sorted({record.article_id for record in records.values()}))
    titles = [article.title for article in articles.values()]
    return titles + [articles[each.article_id].text[each.start : each.end] for each in records.values()]


def gather(ranking: Ranking, hits: Sequence[Hit], preference: Preference) -> list[Found]:
    """What `hits` are, in their order; one whose passage was removed since the search is left out."""
    with ranking.store.one_moment():
        records = ranking.store.records([hit.number for hit in hits])
        articles = ranking.store.articles(sorted({record.article_id for record in records.values()}))
    there = [hit for hit in hits if hit.number in records]
    terms = {number: tuple(record.terms.split()) for number, record in records.items()}
    best = _best_scores(there, records)
    dim = ranking.query_vectors.shape[1]
    titles = {article_id: frozenset(analyze(article.title)) for article_id, article in articles.items()}
    known = _article_terms(records, titles, terms)
    found = []
    for hit in there:
        record = records[hit.number]
        article = articles[record.article_id]
        sentences = _sentences(record, article)
        found.append(
            Found(
                passage=Passage(article.article_id, record.start, record.end, article.text[record.start : record.end]),
                article=article,
                sentences=sentences,
                sentence_vectors=unpack_vectors(record.sentence_vectors, len(sentences), dim),
                terms=terms[hit.number],
                fused=hit.score,
                dense=ranking.dense.get(hit.number, 0.0),
                article_fused=best[article.article_id],
                title_terms=titles[article.article_id],
                article_terms=known[article.article_id],
                is_timely=preference.is_timely(article),
                is_fresh=preference.is_fresh(article),
            )
        )
    return found


def _sentences(record: PassageRecord, article: Article) -> tuple[FoundSentence, ...]:
    return tuple(
        FoundSentence(each.start, each.end, article.text[each.start : each.end], each.terms, each.led_from)
        for each in unpack_sentences(record)
    )


def _best_scores(hits: Sequence[Hit], records: Mapping[int, PassageRecord]) -> dict[str, float]:
    """Each article's score is that of the first of its hits."""
    best: dict[str, float] = {}
    for hit in hits:
        best.setdefault(records[hit.number].article_id, hit.score)
    return best


def _article_terms(
    records: Mapping[int, PassageRecord], titles: Mapping[str, frozenset[str]], terms: Mapping[int, Sequence[str]]
) -> dict[str, frozenset[str]]:
    """The terms of each article's title and of its passages that were found."""
    known = {article_id: set(title) for article_id, title in titles.items()}
    for number, record in records.items():
        known[record.article_id].update(terms[number])
    return {article_id: frozenset(terms) for article_id, terms in known.items()}

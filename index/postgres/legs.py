"""Both legs of an index in PostgreSQL: pgvector for the vectors, a tsvector for the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from psycopg import sql

from corpus.filters import Filters
from index.encoders.encoder import Encoder, Vectors
from index.hit import Hit
from index.legs import Found
from index.postgres.database import Database, Generation
from index.postgres.store import NEAREST_KEY, PostgresStore, open_current, written
from index.postgres.words import (
    K1,
    MAX_QUERY_TERMS,
    WEIGHED,
    B,
    any_of,
    as_kept,
    inverse_frequencies,
    looked_up,
)
from index.recipe import check_recipe

# An index in a folder has a document more, which is no passage: counted here too, both give the same scores.
COUNTED_WITH = 1
# HNSW is asked for so many times the passages wanted; their true scores tell which are the best.
RESCORED = 2

_PASSES: LiteralString = (
    "(%(after)s::date IS NULL OR published >= %(after)s) AND (%(before)s::date IS NULL OR published <= %(before)s) "
    "AND (%(sources)s::text[] IS NULL OR source = ANY(%(sources)s)) "
    "AND (%(articles)s::text[] IS NULL OR number = ANY(ARRAY(SELECT passage.number FROM {s}.passage "
    "WHERE passage.article_id = ANY(%(articles)s))))"
)
_NEAR: LiteralString = (
    "(SELECT number, data FROM {part} WHERE " + _PASSES + " ORDER BY data::halfvec({dim}) <#> "
    "%(vector)s::vector({dim})::halfvec({dim}) LIMIT %(near)s)"
)


class PostgresLegs:
    """The legs of a database's current generation. Nothing is held here, so every server sees every change at once."""

    def __init__(self, database: Database, encoder: Encoder) -> None:
        """Open the index. Raises UserError when there is none or it cannot be used."""
        self._database = database
        self._encoder = encoder
        self._open()

    @property
    def store(self) -> PostgresStore:
        """The current generation's store."""
        return self._store

    @property
    def version(self) -> str:
        """Changes with every change of the index: its generation and the store's last change."""
        return f"{self._state.name.rpartition('_')[2]}.{self._state.seq}"

    def refresh(self) -> None:
        """See what any process has built, added or removed since the last call."""
        state = self._database.state()
        if state.name != self._store.generation:
            self._open()
        else:
            self._state = state

    def search(self, terms: Sequence[str], query: Vectors, searches: Sequence[Filters | None], depth: int) -> Found:
        """The best `depth` passages of each leg in each of `searches`, by what may pass it.

        A passage that only the words found has its true score among the vectors too.
        """
        store, state = self._store, self._state
        lexical: dict[int, float] = {}
        dense: dict[int, float] = {}
        last = searches[-1]
        with store.one_moment():
            counts = passages_with(store, terms)
            for filters in searches:
                lexical |= {hit.number: hit.score for hit in matching(store, state, counts, depth, filters)}
                dense |= {hit.number: hit.score for hit in nearest(store, query, depth, filters)}
            dense |= scores(store, query, [number for number in lexical if number not in dense])
            passed = passing(store, last, list(dense)) if last else frozenset(dense)
        return Found(store, lexical, dense, passed)

    def passages_with(self, terms: Sequence[str]) -> dict[str, int]:
        """For each term, the number of passages that have it."""
        return passages_with(self._store, terms)

    def _open(self) -> None:
        self._database.require_pgvector()
        store = open_current(self._database)
        check_recipe(store, self._database.name, self._encoder)
        self._store, self._state = store, store.state()


def nearest(store: PostgresStore, query: Vectors, k: int, filters: Filters | None = None) -> list[Hit]:
    """The `k` passages nearest to `query` ((1, dim)), best first; of equal scores the smaller number first."""
    values = _filtered(filters) | {"vector": written(query[0].tolist()), "k": k, "near": k * RESCORED}
    among = sql.SQL("{s}.vector WHERE " + _PASSES).format(s=sql.Identifier(store.generation))
    # Of an article's passages, few among many, HNSW would find none; they are soon compared.
    if store.meta(NEAREST_KEY) and not values["articles"]:
        # Each part of a divided table by its own index: PostgreSQL would fetch all of each and sort them here.
        names = {"s": sql.Identifier(store.generation), "dim": sql.Literal(store.dim)}
        near = [sql.SQL(_NEAR).format(part=part, **names) for part in store.vector_tables]
        among = sql.SQL("({}) AS near").format(sql.SQL(" UNION ALL ").join(near))
    query_text: LiteralString = (
        "SELECT number, -(data <#> %(vector)s::vector({dim})) AS score FROM {among} "
        "ORDER BY score DESC, number LIMIT %(k)s"
    )
    return [Hit(*row) for row in store.schema.rows(query_text, values, among=among, dim=sql.Literal(store.dim))]


def scores(store: PostgresStore, query: Vectors, numbers: Sequence[int]) -> dict[int, float]:
    """The inner product of `query` with the vector of each of these passages; those not there are left out."""
    query_text: LiteralString = (
        "SELECT number, -(data <#> %(vector)s::vector({dim})) FROM {s}.vector WHERE number = ANY(%(n)s)"
    )
    values = {"vector": written(query[0].tolist()), "n": list(numbers)}
    return dict(store.schema.rows(query_text, values, dim=sql.Literal(store.dim)))


def matching(
    store: PostgresStore, state: Generation, counts: Mapping[str, int], k: int, filters: Filters | None = None
) -> list[Hit]:
    """The best `k` passages for the terms of `counts` by BM25, best first; of equal scores the smaller number first.

    `counts` are those of `passages_with`, `state` says how much there is. Terms beyond the first MAX_QUERY_TERMS do not
    count.
    """
    found = {as_kept(term): n for term, n in list(counts.items())[:MAX_QUERY_TERMS] if n}
    if not found:
        return []
    weights = inverse_frequencies(found, max(state.passages, *found.values()) + COUNTED_WITH)
    query: LiteralString = (
        "WITH found AS MATERIALIZED (SELECT number, weighed_length, terms FROM {s}.words "
        "WHERE terms @@ %(any)s::tsquery AND "
        + _PASSES
        + " ORDER BY ts_rank(terms, %(all)s::tsquery, 1) DESC, number LIMIT %(weighed)s) "
        "SELECT number, sum(weight * n * %(k1)s::float8 / (n + %(flat)s::float8 + %(steep)s::float8 * weighed_length)) "
        "AS score FROM found CROSS JOIN LATERAL unnest(found.terms) AS own "
        "JOIN unnest(%(terms)s::text[], %(weights)s::float8[]) AS asked (term, weight) ON asked.term = own.lexeme "
        "CROSS JOIN LATERAL (SELECT cardinality(own.positions) AS n) AS counted "
        "GROUP BY number ORDER BY score DESC, number LIMIT %(k)s"
    )
    values = {
        "any": any_of(looked_up(found)),
        "all": any_of(list(found)),
        "weighed": max(WEIGHED, k),
        "k1": K1 + 1,
        "flat": K1 * (1 - B),
        "steep": K1 * B * (state.passages + COUNTED_WITH) / max(state.terms, 1),
        "terms": list(weights),
        "weights": list(weights.values()),
        "k": k,
    }
    return [Hit(*row) for row in store.schema.rows(query, _filtered(filters) | values)]


def passages_with(store: PostgresStore, terms: Sequence[str]) -> dict[str, int]:
    """For each term, the number of passages that have it."""
    query: LiteralString = "SELECT term, passages FROM {s}.term WHERE term = ANY(%(terms)s)"
    found = dict(store.schema.rows(query, {"terms": [as_kept(term) for term in terms]}))
    return {term: found.get(as_kept(term), 0) for term in terms}


def passing(store: PostgresStore, filters: Filters, numbers: Sequence[int]) -> frozenset[int]:
    """Those of these passages whose articles pass `filters`."""
    query: LiteralString = "SELECT number FROM {s}.vector WHERE number = ANY(%(n)s) AND " + _PASSES
    return frozenset(row[0] for row in store.schema.rows(query, _filtered(filters) | {"n": list(numbers)}))


def _filtered(filters: Filters | None) -> dict[str, Any]:
    filters = filters or Filters()
    return {
        "after": filters.after,
        "before": filters.before,
        "sources": list(filters.sources) if filters.sources else None,
        "articles": list(filters.articles) if filters.articles else None,
    }

"""What can be wrong with an index in PostgreSQL, and how it is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

if TYPE_CHECKING:
    from index.postgres.store import PostgresStore

# What no change by the program leaves behind.
_WRONG: tuple[tuple[LiteralString, str], ...] = (
    (
        "SELECT count(*) FROM {s}.passage JOIN {s}.article USING (article_id) "
        "WHERE start_offset < 0 OR end_offset <= start_offset OR end_offset > length(text)",
        "passages that are not in their article's text",
    ),
    (
        "SELECT count(*) FROM {s}.passage LEFT JOIN {s}.vector USING (number) WHERE data IS NULL",
        "passages without a vector",
    ),
    (
        "SELECT count(*) FROM {s}.passage LEFT JOIN {s}.words USING (number) WHERE length IS NULL",
        "passages without their words",
    ),
    (
        "SELECT count(*) FROM {s}.article WHERE characters != length(text) OR passages != "
        "(SELECT count(*) FROM {s}.passage WHERE passage.article_id = article.article_id)",
        "articles that are not whole",
    ),
    (
        "SELECT count(*) FROM {s}.term FULL JOIN (SELECT lexeme AS term, count(*) AS n FROM {s}.words "
        "CROSS JOIN LATERAL unnest(words.terms) GROUP BY lexeme) AS counted USING (term) "
        "WHERE coalesce(passages, 0) != coalesce(n, 0)",
        "terms whose passages are counted wrongly",
    ),
)
_CHANGED: LiteralString = (
    "SELECT count(*) FROM {s}.article WHERE encode(sha256(convert_to(text, 'UTF8')), 'hex') != text_sha256"
)


def find_problems(store: PostgresStore) -> list[str]:
    """What is wrong between the tables of `store`; empty when all is well. Reads all of them."""
    schema = store.schema
    with schema.one_moment():
        found = []
        for query, what in _WRONG:
            wrong = schema.rows(query)[0][0]
            found += [f"{wrong} {what}"] if wrong else []
        state = store.state()
        counted = schema.rows(
            "SELECT (SELECT count(*) FROM {s}.article), (SELECT count(*) FROM {s}.passage), "
            "(SELECT coalesce(sum(length), 0) FROM {s}.words)"
        )[0]
        if counted != (state.articles, state.passages, state.terms):
            found.append("articles, passages or words that are counted wrongly")
        changed = schema.rows(_CHANGED)[0][0]
        found += [f"{changed} articles whose text is not the one that was stored"] if changed else []
    return found

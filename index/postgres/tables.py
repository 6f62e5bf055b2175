"""The tables of an index in PostgreSQL."""

from __future__ import annotations

from typing import LiteralString

# Raised with every change of the tables below, with the step that makes an index of the format before into one of it.
FORMAT = 2
MIGRATIONS: dict[int, LiteralString] = {
    1: """
DROP INDEX IF EXISTS {s}.article_published_idx;
CREATE INDEX article_newest ON {s}.article (published DESC NULLS LAST, article_id);
CREATE INDEX article_oldest ON {s}.article (published, article_id DESC);
CREATE INDEX article_titled ON {s}.article ((lower(title) COLLATE "C"), article_id);
""",
}
# A generation is a schema of this name and eight digits more; the list of them is in the schema itself.
SCHEMA = "article_qa"

# A row a generation, at most one of them current. A writer holds its row until it commits, so that writers take turns
# and the counts are always right.
REGISTRY: LiteralString = """
CREATE SCHEMA IF NOT EXISTS article_qa;
CREATE TABLE IF NOT EXISTS article_qa.generation (
    name text PRIMARY KEY, is_current boolean NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL DEFAULT now(), seq bigint NOT NULL DEFAULT 0,
    last_number bigint NOT NULL DEFAULT 0, articles bigint NOT NULL DEFAULT 0,
    passages bigint NOT NULL DEFAULT 0, terms bigint NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX IF NOT EXISTS one_is_current ON article_qa.generation (is_current) WHERE is_current;
"""

# Day and source stand beside vectors and words too, so that a filter is part of the search.
TABLES: LiteralString = """
CREATE TABLE {s}.meta (key text PRIMARY KEY, value text NOT NULL);
CREATE TABLE {s}.article (
    article_id text COLLATE "C" PRIMARY KEY, title text NOT NULL, source text COLLATE "C", published date, url text,
    passages integer NOT NULL, characters integer NOT NULL, text_sha256 text NOT NULL, text text NOT NULL);
CREATE INDEX article_newest ON {s}.article (published DESC NULLS LAST, article_id);
CREATE INDEX article_oldest ON {s}.article (published, article_id DESC);
CREATE INDEX article_titled ON {s}.article ((lower(title) COLLATE "C"), article_id);
CREATE INDEX ON {s}.article (source);
CREATE INDEX ON {s}.article (text_sha256);
CREATE TABLE {s}.passage (
    number bigint PRIMARY KEY, article_id text COLLATE "C" NOT NULL REFERENCES {s}.article ON DELETE CASCADE,
    start_offset integer NOT NULL, end_offset integer NOT NULL,
    terms text NOT NULL, places bytea NOT NULL, sentence_vectors bytea NOT NULL);
CREATE INDEX ON {s}.passage (article_id);
CREATE TABLE {s}.vector (
    number bigint PRIMARY KEY REFERENCES {s}.passage ON DELETE CASCADE,
    published date, source text COLLATE "C", data vector({dim}) NOT NULL);
CREATE INDEX ON {s}.vector (published);
CREATE INDEX ON {s}.vector (source);
CREATE TABLE {s}.words (
    number bigint PRIMARY KEY REFERENCES {s}.passage ON DELETE CASCADE,
    published date, source text COLLATE "C", length integer NOT NULL,
    weighed_length integer NOT NULL, terms tsvector NOT NULL);
CREATE INDEX ON {s}.words USING gin (terms);
CREATE INDEX ON {s}.words (published);
CREATE INDEX ON {s}.words (source);
CREATE TABLE {s}.term (term text COLLATE "C" PRIMARY KEY, passages bigint NOT NULL);
"""

NEAREST: LiteralString = (
    "CREATE INDEX vector_nearest ON {s}.vector USING hnsw ((data::halfvec({dim})) halfvec_ip_ops) "
    "WITH (m = 16, ef_construction = 100)"
)

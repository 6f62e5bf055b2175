"""How long a question takes in a folder and in PostgreSQL, side by side, and what the latter's vectors leave out.

    python benchmarks/postgres.py DATA_DIR/squad2-dev CACHE_DIR 10000 100000 1000000 > benchmarks/postgres.md

The passages stand in for those of the set: each has half the sentences of a real one and others from all over the
set, a vector near that one's own (a cosine of about .8), and sentence vectors near that. The questions are the set's,
asked through the whole program, the reader too. The server is the tests' own, on this machine.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, LiteralString, TypeVar

import click
import numpy as np
import psycopg
from tables import print_heading

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from postgres_server import Server, serving

from corpus.article import Article
from index.encoders.encoder import Encoder, Vectors
from index.generations import IndexFolder
from index.place import place_of
from index.postgres.address import Address
from index.postgres.database import Database
from index.postgres.legs import nearest
from index.postgres.store import PostgresStore, written
from index.postgres.words import as_kept, as_tsvector, as_weighed
from index.recipe import ENCODER_KEY, RECIPE, RECIPE_KEY
from index.sentences import ReadSentence, pack_places, pack_vectors, read_article
from index.store.record import PassageRecord
from index.store.store import create_store, open_current
from index.update import derive
from index.vectors import StoredVectors, to_bytes
from index.words.analyze import analyze
from qa.archive import Archive
from qa.build import Models, load_models
from qa.evaluate.gold.gold_set import GoldSet
from qa.evaluate.gold.read import read_gold_set
from qa.evaluate.pipeline import index_of
from qa.settings import Settings

AN_ARTICLE = 5
TITLE_WORDS = 6
AT_A_TIME = 1_000
# So long a step away from a unit vector ends at a cosine of .8 to it.
STEP = 0.75
SOURCES = 20
SEED = 2022
QUESTIONS = 60
WARM_UP = 10
# What a machine for this would be given; 1.1 KB of `maintenance_work_mem` a vector keep the making of HNSW in memory.
SERVER = {
    "shared_buffers": "3GB", "max_wal_size": "8GB", "wal_level": "minimal", "max_wal_senders": "0",
    "maintenance_work_mem": "2500MB", "max_parallel_maintenance_workers": "1",
}  # fmt: skip

T = TypeVar("T")
Made = tuple[Article, list[PassageRecord]]


@dataclass(frozen=True, slots=True)
class Real:
    """A real passage: its sentences with their terms, and its vector."""

    sentences: list[tuple[str, str]]
    vector: Vectors


class StandIns:
    """Articles with `n` passages altogether, the same each time they are gone through, so that none need be held."""

    def __init__(self, real: Sequence[Real], n: int) -> None:
        self.n = n
        self._real = real
        self._pool = [sentence for passage in real for sentence in passage.sentences]

    def __iter__(self) -> Iterator[Made]:
        for first in range(0, self.n, AT_A_TIME):
            yield from self._made(first, np.random.default_rng(SEED + first))

    def _made(self, first: int, at: np.random.Generator) -> Iterator[Made]:
        chosen = [self._real[n] for n in at.integers(len(self._real), size=AT_A_TIME)]
        vectors = _near(at, np.stack([real.vector for real in chosen]))
        told = [self._sentences(real, at) for real in chosen]
        ends = np.cumsum([0, *map(len, told)])
        packed = _near(at, np.repeat(vectors, np.diff(ends), axis=0))
        rows = [pack_vectors(packed[start:end]) for start, end in pairwise(ends)]
        for passages in _batches(range(AT_A_TIME), AN_ARTICLE):
            name = f"stand-in-{(first + passages[0]) // AN_ARTICLE}"
            records, parts, begin = [], [], 0
            for n in passages:
                places = []
                start = begin
                for line, (text, _) in enumerate(told[n]):
                    places.append(ReadSentence(begin, begin + len(text), line))
                    parts.append(text)
                    begin += len(text) + 1
                terms = "\n".join(terms for _, terms in told[n])
                records.append(
                    PassageRecord(name, start, begin - 1, to_bytes(vectors[n]), terms, pack_places(places), rows[n])
                )
            day = date(2023, 12, 31) - timedelta(int(at.integers(10_000)))
            title = " ".join(self._pool[at.integers(len(self._pool))][0].split()[:TITLE_WORDS])
            yield Article(name, title, " ".join(parts), f"Paper {at.integers(SOURCES)}", day), records

    def _sentences(self, real: Real, at: np.random.Generator) -> list[tuple[str, str]]:
        others = at.integers(len(self._pool), size=len(real.sentences))
        keeps = at.random(len(real.sentences)) < 0.5
        return [own if keep else self._pool[n] for own, keep, n in zip(real.sentences, keeps, others, strict=True)]


def _near(at: np.random.Generator, vectors: Vectors) -> Vectors:
    steps = at.standard_normal(vectors.shape, np.float32)
    moved = vectors + STEP / np.sqrt(vectors.shape[1]) * steps
    near: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return near


def read_real(gold: GoldSet, cache: Path, encoder: Encoder) -> tuple[list[Real], list[str]]:
    """The passages of the set's own articles, from their index in `cache`, and its questions, spread over it."""
    store = open_current(index_of(gold, IndexFolder(cache), cache, encoder))
    found = []
    for article in store.each_article():
        for read, record in zip(read_article(article), store.records_of(article.article_id), strict=True):
            terms = read.terms.split("\n")
            texts = [
                (" ".join(article.text[each.start : each.end].split()), terms[each.line]) for each in read.sentences
            ]
            told = [each for each in texts if each[1]]
            if told:
                found.append(Real(told, np.frombuffer(record.vector, "<f4")))
    return found, [question.text for question in gold.sample(WARM_UP + QUESTIONS).questions]


@click.command()
@click.argument("gold", type=click.Path(exists=True, path_type=Path))
@click.argument("cache", type=click.Path(path_type=Path))
@click.argument("sizes", nargs=-1, type=int, required=True)
def main(gold: Path, cache: Path, sizes: tuple[int, ...]) -> None:
    """Print the table, two rows for each of SIZES, which are multiples of 1,000.

    GOLD is a gold set with articles, whose index is kept in CACHE.
    """
    models = load_models(Settings(index=Path("unused")))
    real, questions = read_real(read_gold_set(gold), cache, models.encoder)
    _tell(f"{len(real):,} real passages")
    print_heading("PostgreSQL beside a folder", f"postgres.py {gold.name} CACHE_DIR " + " ".join(map(str, sizes)))
    print(
        "| passages | where | filled, s | indexed, s | disk, MB | p50, ms | p95, ms | of it search, p50 | recall@10 |"
    )
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for size in sizes:
        with serving() as server, TemporaryDirectory() as folder:
            give_room(server)
            measure(StandIns(real, size), questions, server, Path(folder), models)
    print(f"\nBoth were asked the same {QUESTIONS} questions in turn. recall@10: of the ten nearest vectors, how many")
    print("of the ten that the vectors' leg gives.")


def measure(passages: StandIns, questions: list[str], server: Server, path: Path, models: Models) -> None:
    folder, database = IndexFolder(path), place_of(server.address())
    assert isinstance(database, Database)
    asked = questions[WARM_UP : WARM_UP + QUESTIONS]
    vectors = models.encoder.encode_queries(asked)
    filled = {}
    store = begun(folder, models.encoder)
    _tell(f"{passages.n:,}: filling the folder")
    filled["folder"] = [_timed(lambda: _fill_folder(store, passages))[0]]
    filled["folder"].append(_timed(lambda: derive(store, models.encoder.dim))[0])
    folder.activate(store.generation)
    found = StoredVectors(store, models.encoder.dim)
    hits = {"folder": [[hit.number for hit in found.search(vector[None], 10)] for vector in vectors]}
    del found
    _tell(f"folder {filled['folder']}; filling PostgreSQL")
    within = begun(database, models.encoder)
    filled["PostgreSQL"] = [_timed(lambda: fill_database(database, within, passages))[0]]
    _tell(f"filled in {filled['PostgreSQL']}; indexing the vectors")
    filled["PostgreSQL"].append(_timed(within.derive)[0])
    with database.writing():
        database.activate(within.generation)
    server.ask("VACUUM ANALYZE")
    _tell(f"indexed {filled['PostgreSQL']}; asking")
    hits["PostgreSQL"] = [[hit.number for hit in nearest(within, vector[None], 10)] for vector in vectors]
    best = exact(vectors, passages)
    times = _ask({"folder": path, "PostgreSQL": database.address}, questions, models)
    sizes = {"folder": store.size(), "PostgreSQL": within.size()}
    for name, ((fill, index), found_by) in {name: (filled[name], hits[name]) for name in hits}.items():
        recall = np.mean([len(set(near) & set(true)) / len(true) for near, true in zip(found_by, best, strict=True)])
        p50, p95, search = times[name]
        print(
            f"| {passages.n:,} | {name} | {fill:,.0f} | {index:,.0f} | {sizes[name] / 1e6:,.0f} "
            f"| {p50:.0f} | {p95:.0f} | {search:.0f} | {recall:.3f} |",
            flush=True,
        )
    for line in _parts(within, passages.n):
        _tell(line)
    database.close()


def begun(place: IndexFolder | Database, encoder: Encoder) -> Any:  # noqa: ANN401  (the place's own)
    store = create_store(place, encoder.dim)
    store.set_meta(ENCODER_KEY, encoder.fingerprint)
    store.set_meta(RECIPE_KEY, RECIPE)
    return store


def _fill_folder(store: Any, passages: StandIns) -> None:  # noqa: ANN401  (the folder's own)
    for some in _batches(passages, AT_A_TIME):
        with store.writing():
            for article, records in some:
                store.put(article, records)


def fill_database(database: Database, store: PostgresStore, passages: StandIns) -> None:
    """As a bulk load is done: tables first, their indexes and counts when all is in them."""
    schema, numbers, lengths = store.generation, 0, 0
    with psycopg.connect(database.address.secret) as db:
        db.execute("SET session_replication_role = replica")
        query: LiteralString = (
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class "
            "ON pg_class.oid = indrelid WHERE relnamespace = %s::regnamespace AND NOT indisprimary "
            "AND relname = ANY(%s)"
        )
        indexes = db.execute(query, (schema, ["article", "passage", "vector", "words"])).fetchall()
        for name, _ in indexes:
            db.execute(f"DROP INDEX {name}".encode())
        for some in _batches(passages, AT_A_TIME):
            tables: dict[str, list[tuple[object, ...]]] = {"article": [], "passage": [], "vector": [], "words": []}
            for article, records in some:
                title, day = analyze(article.title), article.published
                tables["article"].append(
                    (article.article_id, article.title, article.source, day, None, len(records), len(article.text),
                     article.text_sha256, article.text)
                )  # fmt: skip
                for record in records:
                    numbers += 1
                    terms = [as_kept(term) for term in (*title, *record.terms.split())]
                    lengths += len(terms)
                    tables["passage"].append(
                        (numbers, article.article_id, record.start, record.end, record.terms, record.places,
                         record.sentence_vectors)
                    )  # fmt: skip
                    vector = written(np.frombuffer(record.vector, "<f4").tolist())
                    tables["vector"].append((numbers, day, article.source, vector))
                    length = len(terms)
                    tables["words"].append((
                        numbers,
                        day,
                        article.source,
                        length,
                        as_weighed(length),
                        as_tsvector(terms),
                    ))
            for table, rows in tables.items():
                with db.cursor().copy(f"COPY {schema}.{table} FROM STDIN".encode()) as copy:
                    for row in rows:
                        copy.write_row(row)
        for _, definition in indexes:
            db.execute(definition.encode())
        db.execute(
            f"INSERT INTO {schema}.term SELECT lexeme, count(*) FROM {schema}.words "
            "CROSS JOIN LATERAL unnest(words.terms) GROUP BY lexeme".encode()
        )
        db.execute(
            "UPDATE article_qa.generation SET seq = 1, last_number = %(n)s, passages = %(n)s, terms = %(terms)s, "
            f"articles = (SELECT count(*) FROM {schema}.article) WHERE name = %(name)s".encode(),
            {"n": numbers, "terms": lengths, "name": schema},
        )


def exact(queries: Vectors, passages: StandIns) -> list[list[int]]:
    """The numbers of the ten passages nearest to each query, every one compared."""
    best: list[list[tuple[float, int]]] = [[] for _ in queries]
    number = 0
    for some in _batches(passages, AT_A_TIME):
        rows = np.frombuffer(b"".join(record.vector for _, records in some for record in records), "<f4")
        scores = queries @ rows.reshape(-1, queries.shape[1]).T
        for n, row in enumerate(scores):
            best[n] += [(float(row[at]), number + int(at) + 1) for at in np.argpartition(-row, 10)[:10]]
            best[n] = sorted(best[n], reverse=True)[:10]
        number += scores.shape[1]
    return [[number for _, number in each] for each in best]


def _ask(
    places: dict[str, Path | Address], questions: list[str], models: Models
) -> dict[str, tuple[float, float, float]]:
    """For each place p50 and p95 of a question, and p50 of its search, in milliseconds; asked in turn."""
    archives = {name: Archive(Settings(index=where), models=models) for name, where in places.items()}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in places}
    for n, question in enumerate(questions[: WARM_UP + QUESTIONS]):
        for name, archive in archives.items():
            took, answer = _timed(lambda archive=archive, question=question: archive.ask(question))
            if n >= WARM_UP:
                taken[name].append((took * 1000, answer.timing_ms["search"]))
    return {
        name: (
            statistics.median(took for took, _ in pairs),
            float(np.percentile([took for took, _ in pairs], 95)),
            statistics.median(search for _, search in pairs),
        )
        for name, pairs in taken.items()
    }


def _parts(store: PostgresStore, n: int) -> list[str]:
    """What each table and index of `n` passages takes."""
    query: LiteralString = (
        "SELECT relname, pg_total_relation_size(oid) - pg_indexes_size(oid), pg_indexes_size(oid) FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = %(name)s::regnamespace ORDER BY relname"
    )
    indexes: LiteralString = (
        "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relkind = 'i' AND relnamespace = "
        "%(name)s::regnamespace AND relname IN ('vector_nearest', 'words_terms_idx')"
    )
    names = {"name": store.generation}
    tables = [
        f"{name}: {own / n:,.0f} B a passage, indexes {more / n:,.0f}"
        for name, own, more in store.schema.rows(query, names)
    ]
    return tables + [f"{name}: {size / n:,.0f} B a passage" for name, size in store.schema.rows(indexes, names)]


def give_room(server: Server) -> None:
    for name, value in SERVER.items():
        server.ask(f"ALTER SYSTEM SET {name} = '{value}'")
    server.stop(how="fast")
    server.start()


def _batches(things: Iterable[T], n: int) -> Iterator[list[T]]:
    each = iter(things)
    while some := list(islice(each, n)):
        yield some


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


def _tell(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

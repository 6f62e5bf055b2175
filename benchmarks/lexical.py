"""Which lexical leg? SQLite FTS5, tantivy and bm25s on the same terms: quality, speed, changes, size.

    python benchmarks/lexical.py DATA_DIR

Prints the tables of benchmarks/lexical.md. Needs the `benchmark` extra.
"""

from __future__ import annotations

import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, Protocol

import click
import ir_measures
import numpy as np
import tantivy
from tables import mean_with_interval, print_heading

from corpus.article import Article
from corpus.passages import split_article
from corpus.readers import read_articles
from index.words.analyze import analyze
from qa.evaluate.gold.gold_set import GoldSet, clusters
from qa.evaluate.gold.read import read_gold_set
from qa.evaluate.measure.bootstrap import Bootstrap
from qa.evaluate.measure.match import holds, words

SPEED_SETS = (
    "realtimeqa-2022",
    "realtimeqa-2023",
    "beir-scifact",
    "squad2-dev",
    "squad1-dev",
    "timeqa-human-90pages",
    "reuters21578",
)
SPEED_PASSAGES = 100_000
SPEED_QUESTIONS = 300
CHANGED_ARTICLES = 100
# Articles of about eight passages are the ones added and removed.
CHANGED_SIZES = range(6, 11)
K = 100
# Terms kept however frequent they are, when frequent ones are dropped from a query.
MIN_KEPT = 3
SHARES_TRANSACTION = {"sqlite3": "yes", "tantivy": "no", "bm25s": "no"}


@dataclass(frozen=True, slots=True)
class Unit:
    """What is ranked: a passage or a whole article, with its terms."""

    article_id: str
    text: str
    title_terms: list[str]
    body_terms: list[str]

    @property
    def terms(self) -> list[str]:
        """Terms of the title, then of the text."""
        return self.title_terms + self.body_terms


class Engine(Protocol):
    """Ranks units by the number they were added under (a benchmark of three libraries needs the seam)."""

    def add(self, first: int, units: Sequence[Unit]) -> None: ...
    def remove(self, first: int, units: Sequence[Unit]) -> None: ...
    def search(self, terms: Sequence[str]) -> list[int]: ...


class Fts5:
    """FTS5 beside the rows of a SQLite file. The `ascii` tokenizer keeps every non-ASCII character in its term."""

    detail, is_contentless = "full", True
    title_weight: float | None = None
    drop_share: float | None = None

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "fts5.db", isolation_level=None)
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        columns = "body" if self.title_weight is None else "title, body"
        content = "content = ''," if self.is_contentless else ""
        options = f"{content} detail = {self.detail}, tokenize = \"ascii tokenchars '.'\""
        self._db.execute(f"CREATE VIRTUAL TABLE t USING fts5({columns}, {options})")
        self._db.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, row)")
        rank = "bm25()" if self.title_weight is None else f"bm25({self.title_weight}, 1.0)"
        self._db.execute("INSERT INTO t(t, rank) VALUES ('rank', ?)", [rank])
        self._frequent: dict[str, int] | None = None

    def add(self, first: int, units: Sequence[Unit]) -> None:
        self._write("INSERT INTO t(rowid, {}) VALUES (?, {})", first, units)

    def remove(self, first: int, units: Sequence[Unit]) -> None:
        # Without `contentless_delete` (SQLite 3.43) the terms that were added must be given again, exactly.
        if self.is_contentless:
            self._write("INSERT INTO t(t, rowid, {}) VALUES ('delete', ?, {})", first, units)
        else:
            self._db.execute("DELETE FROM t WHERE rowid >= ? AND rowid < ?", [first, first + len(units)])

    def search(self, terms: Sequence[str]) -> list[int]:
        match = " OR ".join(f'"{term}"' for term in self._rare(dict.fromkeys(terms)))
        rows = self._db.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?", [match, K])
        return [row[0] for row in rows]

    def _write(self, statement: str, first: int, units: Sequence[Unit]) -> None:
        columns, marks = ("body", "?") if self.title_weight is None else ("title, body", "?, ?")
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(
            statement.format(columns, marks), ((first + i, *self._values(unit)) for i, unit in enumerate(units))
        )
        self._db.execute("COMMIT")

    def _values(self, unit: Unit) -> list[str]:
        if self.title_weight is None:
            return [" ".join(unit.terms)]
        return [" ".join(unit.title_terms), " ".join(unit.body_terms)]

    def _rare(self, terms: dict[str, None]) -> list[str]:
        """`terms` without those in more than `drop_share` of the units, while MIN_KEPT others stay."""
        if self.drop_share is None:
            return list(terms)
        if self._frequent is None:
            (total,) = self._db.execute("SELECT count(*) FROM t").fetchone()
            self._frequent = dict(self._db.execute("SELECT term, doc FROM v WHERE doc > ?", [self.drop_share * total]))
        by_frequency = sorted(terms, key=lambda term: self._frequent.get(term, 0))
        return [term for i, term in enumerate(by_frequency) if i < MIN_KEPT or term not in self._frequent]


class Tantivy:
    """A tantivy folder beside the SQLite file, one writer thread, no positions."""

    def __init__(self, folder: Path) -> None:
        fields = tantivy.SchemaBuilder().add_integer_field("unit", fast=True, indexed=True)
        self._schema = fields.add_text_field("terms", tokenizer_name="terms", index_option="freq").build()
        (folder / "tantivy").mkdir()
        self._tantivy = tantivy.Index(self._schema, str(folder / "tantivy"))
        whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._tantivy.register_tokenizer("terms", whitespace)
        self._writer = self._tantivy.writer(num_threads=1)

    def add(self, first: int, units: Sequence[Unit]) -> None:
        for i, unit in enumerate(units):
            self._writer.add_document(tantivy.Document(unit=first + i, terms=" ".join(unit.terms)))
        self._commit()

    def remove(self, first: int, units: Sequence[Unit]) -> None:
        for i in range(len(units)):
            self._writer.delete_documents_by_term("unit", first + i)
        self._commit()

    def search(self, terms: Sequence[str]) -> list[int]:
        searcher = self._tantivy.searcher()
        queries = [tantivy.Query.term_query(self._schema, "terms", term, "freq") for term in dict.fromkeys(terms)]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])
        hits = searcher.search(query, K, count=False).hits
        return searcher.fast_field_values("unit", [address for _, address in hits])

    def _commit(self) -> None:
        self._writer.commit()
        self._tantivy.reload()


class Bm25s:
    """bm25s in memory, saved to a folder. It cannot add or remove: every change builds it again."""

    options: ClassVar[dict[str, Any]] = {}

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "bm25s"
        self._units: dict[int, Unit] = {}

    def add(self, first: int, units: Sequence[Unit]) -> None:
        self._units.update(enumerate(units, first))
        self._build()

    def remove(self, first: int, units: Sequence[Unit]) -> None:
        for i in range(len(units)):
            del self._units[first + i]
        self._build()

    def search(self, terms: Sequence[str]) -> list[int]:
        k = min(K, len(self._numbers))
        rows, scores = self._bm25s.retrieve([list(dict.fromkeys(terms))], k=k, show_progress=False)
        return [self._numbers[row] for row, score in zip(rows[0], scores[0], strict=True) if score > 0]

    def _build(self) -> None:
        # Here, so that what measures tantivy alone runs without this library.
        import bm25s

        self._numbers = list(self._units)
        self._bm25s = bm25s.BM25(**self.options)
        self._bm25s.index([unit.terms for unit in self._units.values()], show_progress=False)
        self._bm25s.save(self._folder, show_progress=False)


def variant(base: type[Any], **settings: object) -> Callable[[Path], Engine]:
    """`base` with other class attributes."""
    return type(base.__name__, (base,), settings)


ENGINES: dict[str, Callable[[Path], Engine]] = {
    "FTS5": Fts5,
    "FTS5, terms in > 10% dropped": variant(Fts5, drop_share=0.10),
    "FTS5, terms in > 5% dropped": variant(Fts5, drop_share=0.05),
    "tantivy": Tantivy,
    "bm25s (default, k1 1.5)": Bm25s,
}
QUALITY_VARIANTS: dict[str, Callable[[Path], Engine]] = {
    "bm25s (lucene, k1 1.2)": variant(Bm25s, options={"method": "lucene", "k1": 1.2, "b": 0.75}),
    "FTS5, title column x0.5": variant(Fts5, title_weight=0.5),
    "FTS5, title column x2": variant(Fts5, title_weight=2.0),
}
# The same rankings as plain FTS5.
STORAGE_VARIANTS: dict[str, Callable[[Path], Engine]] = {
    "FTS5, own copy of the terms": variant(Fts5, is_contentless=False),
    "FTS5, own copy, detail=none": variant(Fts5, is_contentless=False, detail="none"),
}


def articles_of(folder: Path) -> list[Article]:
    """The articles of a set, also of one without questions."""
    found = read_articles([str(folder / "corpus.jsonl.gz")])
    return [article for article in found if isinstance(article, Article)]


def whole(article: Article) -> list[Unit]:
    return [Unit(article.article_id, article.text, analyze(article.title), analyze(article.text))]


def passages(article: Article) -> list[Unit]:
    title = analyze(article.title)
    return [Unit(article.article_id, p.text, title, analyze(p.text)) for p in split_article(article)]


def measure_ndcg(engine: Engine, units: Sequence[Unit], gold: GoldSet) -> str:
    """nDCG@10 by article; an article is as good as its best unit."""
    qrels = {question.question_id: dict(question.relevant) for question in gold.questions}
    run = {}
    for question in gold.questions:
        found = dict.fromkeys(units[i].article_id for i in engine.search(analyze(question.text)))
        run[question.question_id] = {article: -float(rank) for rank, article in enumerate(found)}
    values = {row.query_id: row.value for row in ir_measures.iter_calc([ir_measures.nDCG @ 10], qrels, run)}
    bootstrap = Bootstrap(clusters(gold.questions))
    return mean_with_interval([values[question.question_id] for question in gold.questions], bootstrap)


def measure_answers(engine: Engine, units: Sequence[Unit], gold: GoldSet) -> tuple[str, str]:
    """Shares of answerable questions with a gold answer in the first unit and in the first five."""
    questions = [question for question in gold.questions if question.is_answerable]
    ranks = []
    for question in questions:
        answers = [words(answer) for answer in question.answers]
        found = [words(units[i].text) for i in engine.search(analyze(question.text))[:5]]
        ranks.append(next((rank for rank, text in enumerate(found) if holds(text, answers)), 5))
    bootstrap = Bootstrap(clusters(questions))
    first, five = ([float(rank < k) for rank in ranks] for k in (1, 5))
    return mean_with_interval(first, bootstrap), mean_with_interval(five, bootstrap)


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def measure_quality(data: Path) -> Iterator[list[str]]:
    """A row an engine: nDCG@10 of whole abstracts and of passages, answer in the first and the first five."""
    scifact, news = (read_gold_set(data / name) for name in ("beir-scifact", "realtimeqa-2022"))
    abstracts, stories = (articles_of(data / gold.name) for gold in (scifact, news))
    units = [[u for a in abstracts for u in whole(a)], [u for a in abstracts for u in passages(a)]]
    units.append([u for a in stories for u in passages(a)])
    for name, make in (ENGINES | QUALITY_VARIANTS).items():
        cells = [name]
        for ranked, is_news in zip(units, (False, False, True), strict=True):
            with tempfile.TemporaryDirectory() as folder:
                engine = make(Path(folder))
                engine.add(0, ranked)
                if is_news:
                    cells += measure_answers(engine, ranked, news)
                else:
                    cells.append(measure_ndcg(engine, ranked, scifact))
        yield cells


def read_speed_units(data: Path) -> tuple[list[Unit], list[list[Unit]]]:
    """SPEED_PASSAGES passages, and CHANGED_ARTICLES articles that are not among them."""
    held: list[Unit] = []
    changed: list[list[Unit]] = []
    for article in (a for name in SPEED_SETS for a in articles_of(data / name)):
        units = passages(article)
        if len(changed) < CHANGED_ARTICLES and len(units) in CHANGED_SIZES:
            changed.append(units)
        else:
            held += units
        if len(held) >= SPEED_PASSAGES:
            break
    return held[:SPEED_PASSAGES], changed


def measure_speed(data: Path) -> Iterator[list[str]]:
    """A row an engine: build, query p50 and p95, add, remove, size on disk."""
    held, changed = read_speed_units(data)
    questions = read_gold_set(data / "realtimeqa-2023").questions[:SPEED_QUESTIONS]
    queries = [analyze(question.text) for question in questions]
    for name, make in (ENGINES | STORAGE_VARIANTS).items():
        with tempfile.TemporaryDirectory() as folder:
            yield [name, *measure_engine(make(Path(folder)), Path(folder), held, changed, queries)]


def measure_engine(
    engine: Engine, folder: Path, held: Sequence[Unit], changed: Sequence[Sequence[Unit]], queries: Sequence[list[str]]
) -> list[str]:
    build = seconds(lambda: engine.add(0, held))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.suffix != ".db-wal" and path.is_file())
    for query in queries[:20]:
        engine.search(query)
    times = [1000 * seconds(lambda query=query: engine.search(query)) for query in queries]
    if isinstance(engine, Bm25s):
        changed = changed[:1]
    firsts = np.cumsum([len(held), *map(len, changed)]).tolist()
    pairs = list(zip(firsts, changed, strict=False))
    before = [engine.search(query) for query in queries[:20]]
    added = [1000 * seconds(lambda pair=pair: engine.add(*pair)) for pair in pairs]
    removed = [1000 * seconds(lambda pair=pair: engine.remove(*pair)) for pair in pairs]
    same = sum(before[i] == engine.search(query) for i, query in enumerate(queries[:20]))
    print(type(engine).__name__, f"{same} of 20 rankings as before the changes", file=sys.stderr)
    p50, p95 = np.percentile(times, [50, 95])
    cells = [build, p50, p95, statistics.mean(added), statistics.mean(removed), size / 2**20]
    return [f"{cell:.1f}" for cell in cells]


def measure_import(module: str) -> float:
    """Milliseconds `import module` adds to starting Python, best of five."""

    def start(code: str) -> float:
        return min(seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True)) for _ in range(5))

    return 1000 * (start(f"import {module}") - start("pass"))


def print_table(header: Sequence[str], rows: Iterator[list[str]]) -> None:
    print("|", " | ".join(header), "|\n|", " | ".join(["---"] + ["---:"] * (len(header) - 1)), "|")
    for row in rows:
        print("|", " | ".join(row), "|", flush=True)
    print()


@click.command()
@click.argument("data_dir", type=click.Path(exists=True, path_type=Path))
def main(data_dir: Path) -> None:
    """Print the tables, of the sets in DATA_DIR."""
    print_heading("Which lexical leg", "lexical.py DATA_DIR")
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("tantivy", "bm25s", "PyStemmer", "ir-measures", "numpy")
    )
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {versions}.\n")
    print_table(
        ["engine", "SciFact nDCG@10, abstracts", "SciFact nDCG@10, passages", "news answer@1", "news answer@5"],
        measure_quality(data_dir),
    )
    print(f"{SPEED_PASSAGES:,} passages, {SPEED_QUESTIONS} questions, top {K}:\n")
    speed = measure_speed(data_dir)
    print_table(["engine", "build s", "query p50 ms", "p95 ms", "add an article ms", "remove it ms", "MiB"], speed)
    imports = ([name, f"{measure_import(name):.0f}", shares] for name, shares in SHARES_TRANSACTION.items())
    print_table(["library", "import ms", "changes in the SQLite transaction of the article"], imports)


if __name__ == "__main__":
    main()

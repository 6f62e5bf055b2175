"""Should passages overlap by a sentence? The lexical leg with and without.

python benchmarks/overlap.py DATA_DIR > benchmarks/overlap.md
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from lexical import Tantivy, Unit, articles_of, measure_answers, measure_ndcg
from tables import print_heading

from corpus.article import Article
from corpus.passages import split_article
from index.words.analyze import analyze
from qa.evaluate.gold.read import read_gold_set


@click.command()
@click.argument("data_dir", type=click.Path(exists=True, path_type=Path))
def main(data_dir: Path) -> None:
    """Print the table, of the sets in DATA_DIR."""
    print_heading("Overlapping passages", "overlap.py DATA_DIR")
    print("The lexical leg alone (an article counts by its best passage), 95% bootstrap intervals.\n")
    print("| overlap | passages of news | SciFact nDCG@10 | news answer@1 | news answer@5 |")
    print("| --- | ---: | ---: | ---: | ---: |")
    scifact, news = (read_gold_set(data_dir / name) for name in ("beir-scifact", "realtimeqa-2022"))
    abstracts, stories = (articles_of(data_dir / gold.name) for gold in (scifact, news))
    for overlap, name in ((0, "none"), (1, "one sentence")):
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            units = units_of(abstracts, overlap)
            ndcg = measure_ndcg(filled(Path(first), units), units, scifact)
            units = units_of(stories, overlap)
            at_1, at_5 = measure_answers(filled(Path(second), units), units, news)
            print(f"| {name} | {len(units):,} | {ndcg} | {at_1} | {at_5} |", flush=True)


def units_of(articles: Sequence[Article], overlap: int) -> list[Unit]:
    return [
        Unit(article.article_id, passage.text, analyze(article.title), analyze(passage.text))
        for article in articles
        for passage in split_article(article, overlap=overlap)
    ]


def filled(folder: Path, units: Sequence[Unit]) -> Tantivy:
    engine = Tantivy(folder)
    engine.add(0, units)
    return engine


if __name__ == "__main__":
    main()

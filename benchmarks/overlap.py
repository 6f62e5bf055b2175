"""Should passages overlap by a sentence? The lexical leg with and without.

python benchmarks/overlap.py DATA_DIR > benchmarks/overlap.md
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from lexical import Tantivy, Unit, measure_answers, measure_ndcg, read_articles

from corpus.article import Article
from corpus.passages import split_article
from index.words.analyze import analyze


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


def main(data_dir: Path) -> None:
    print("# Overlapping passages\n\n    python benchmarks/overlap.py DATA_DIR\n")
    print("The lexical leg alone (an article counts by its best passage), 95% bootstrap intervals.\n")
    print("| overlap | passages of news | SciFact nDCG@10 | news answer@1 | news answer@5 |")
    print("| --- | ---: | ---: | ---: | ---: |")
    scifact, news = data_dir / "beir-scifact", data_dir / "realtimeqa-2022"
    abstracts, stories = read_articles(scifact), read_articles(news)
    for overlap, name in ((0, "none"), (1, "one sentence")):
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            units = units_of(abstracts, overlap)
            ndcg = measure_ndcg(filled(Path(first), units), units, scifact)
            units = units_of(stories, overlap)
            at_1, at_5 = measure_answers(filled(Path(second), units), units, news)
            print(f"| {name} | {len(units):,} | {ndcg} | {at_1} | {at_5} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

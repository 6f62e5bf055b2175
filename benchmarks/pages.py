"""The main text of web pages against what people marked as it: this reader, trafilatura alone, readability-lxml.

    pip install readability-lxml
    python benchmarks/pages.py FOLDER

FOLDER is the article-extraction-benchmark of scrapinghub: `ground-truth.json` and `html/ID.html.gz`. Counted are words,
whatever their order; the figures are means over the pages. Pages of news are those whose address is of a publisher in
`NEWS`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import lxml.html
import trafilatura
from readability import Document

from corpus.readers.html import read_html

NEWS = """
    wsj nytimes ctpost venturebeat newsnation cbssports latimes sportsnet theparadigmng thehill vox techcrunch
    polygraph sputniknews twincities cbsnews cleveland cityam cnbc deccanherald nj aljazeera nypost rt
    foxbusiness nbcdfw reuters nbcnews sfgate indiapost theguardian express moneycontrol detroitnews bbc
    usatoday theverge foxnews newsweek hollywoodreporter ap albawaba slate washingtonexaminer oregonlive
    telegraph thesun nbcsports sky therepublic politifact chron msn forbes spokesman cbslocal floridatoday
    timesunion cnn panarmenian spacenews jpost nationalreview mysanantonio hawaiinewsnow jaraguadosul
    businessinsider barrons snopes phys livescience space therealdeal ctvnews
"""


def ours(data: bytes, address: str) -> str:
    return read_html(data, address=address).text


def alone(data: bytes, address: str) -> str:
    return trafilatura.extract(data, url=address) or ""


def without_comments(data: bytes, address: str) -> str:
    return trafilatura.extract(data, url=address, include_comments=False) or ""


def readability(data: bytes, address: str) -> str:
    summary = Document(data.decode("utf-8", "replace"), url=address).summary()
    return str(lxml.html.fromstring(summary).text_content())


READERS: dict[str, Callable[[bytes, str], str]] = {
    "this reader": ours,
    "trafilatura alone": alone,
    "trafilatura, without comments": without_comments,
    "readability-lxml": readability,
}


def score(found: str, gold: str) -> tuple[float, float, float]:
    """F1, precision and recall of the words."""
    ours_, theirs = (Counter(re.findall(r"\w+", text.casefold())) for text in (found, gold))
    shared = (ours_ & theirs).total()
    precision, recall = shared / max(1, ours_.total()), shared / max(1, theirs.total())
    return 2 * precision * recall / max(1e-9, precision + recall), precision, recall


def is_news(address: str) -> bool:
    return bool(set(re.split(r"[./]", address)[:6]) & set(NEWS.split()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    gold = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    pages = [(gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()), gold[name]) for name in gold]
    news = [is_news(truth["url"]) for _, truth in pages]
    print(f"{len(pages)} pages, {sum(news)} of them of news\n")
    print("| | F1 | precision | recall | F1, news | pages/s |\n| --- | --- | --- | --- | --- | --- |")
    for name, read in READERS.items():
        scores = []
        began = time.process_time()
        for data, truth in pages:
            try:
                scores.append(score(read(data, truth["url"]), truth["articleBody"]))
            except Exception as error:  # whatever a library lets through is a page not read
                print(f"{truth['url']}: {error!r:.100}")
                scores.append((0.0, 0.0, 0.0))
        rate = len(pages) / (time.process_time() - began)
        means = [sum(column) / len(scores) for column in zip(*scores, strict=True)]
        of_news = [each[0] for each, is_one in zip(scores, news, strict=True) if is_one]
        shown = " | ".join(f"{mean:.3f}" for mean in (*means, sum(of_news) / len(of_news)))
        print(f"| {name} | {shown} | {rate:.0f} |")


if __name__ == "__main__":
    main()

"""What a question costs here and in txtai, of the same passages, by the same model: processor time, one thread each.

    pip install txtai
    python benchmarks/peers.py

Uses the index in `.article-qa` (`article-qa build` makes it). txtai searches by words and vectors, as here, and gives
back passages; here the sentences in them are weighed as well, and a confidence comes with them.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import time
from collections.abc import Callable

import click

from index.encoders.onnx import packaged_folder
from index.generations import IndexFolder
from index.store.sqlite import open_current
from qa.build import open_answerer
from qa.settings import load_settings

ROUNDS = 10
QUESTIONS = (
    "When did South Korea open a diplomatic mission to NATO?",
    "How many people attended the Jeju Forum?",
    "Who introduced the Indo-Pacific Treaty Organization Act?",
    "What did the senator say about AUKUS?",
    "Why is the tailored partnership important?",
)


@click.command()
def main() -> None:
    """Print a line for each."""
    import torch
    from txtai import Embeddings

    torch.set_num_threads(1)
    settings = load_settings()
    answerer = open_answerer(settings)
    store = open_current(IndexFolder(settings.index))
    texts = [passage.text for passage in store.passages(store.added_since(0)).values()]
    peer = Embeddings(path=str(packaged_folder()), hybrid=True, content=True)
    peer.index(texts)
    print(f"{len(texts)} passages")
    print(f"here   {cost(lambda question: answerer.ask(question)):.1f} ms a question")
    print(f"txtai  {cost(lambda question: peer.search(question, 5)):.1f} ms a question")


def cost(ask: Callable[[str], object]) -> float:
    """Milliseconds of processor time a question, of the quickest round; the first does not count."""
    times = []
    for _ in range(ROUNDS + 1):
        began = time.process_time()
        for question in QUESTIONS:
            ask(question)
        times.append(time.process_time() - began)
    return min(times[1:]) * 1000 / len(QUESTIONS)


if __name__ == "__main__":
    main()

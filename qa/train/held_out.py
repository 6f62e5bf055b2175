"""What the reader's training held out, as a gold set: encyclopedia, reviews and papers beside the news."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

from corpus.article import Article
from qa.evaluate.gold.gold_set import GoldQuestion, GoldSet
from qa.train.pairs import read_sources
from qa.train.reader import SEED

# Passages that were not held out stand between them, so that there is something to search in.
OTHERS = 600
QUESTIONS_OF_EACH = 8


def read_held_out(data_dir: Path) -> GoldSet:
    """The held-out passages and others as articles, and the questions that the former answer."""
    sources = {
        f"passage-{n}": source for n, source in enumerate(read_sources(data_dir, SEED)) if not source.is_sentence
    }
    held_out = {name: source for name, source in sources.items() if source.held_out}
    others = random.Random(SEED).sample(sorted(sources.keys() - held_out.keys()), OTHERS)
    articles = tuple(Article(article_id=name, title="", text=sources[name].text) for name in (*held_out, *others))
    questions = [
        GoldQuestion(
            question_id=f"{name}-{n}",
            text=question,
            where=f"{name}, question {n}",
            answers=tuple(sorted({source.text[first:end] for first, end in spans})),
            relevant={name: 1},
        )
        for name, source in held_out.items()
        for n, (question, spans) in enumerate(source.asked[:QUESTIONS_OF_EACH])
    ]
    digest = hashlib.sha256("\n".join(article.text for article in articles).encode()).hexdigest()
    return GoldSet("held-out", tuple(questions), digest, articles=articles, corpus_sha256=digest)

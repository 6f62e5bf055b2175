"""The questions that the models are fitted on, asked: each sentence, and whether it holds a gold answer.

Learned from are

- every question asked of the whole index of the set, and
- every question asked of a small index of its own: 5 to 40 of the articles nearest to it, for half of the answerable
  ones with an article that holds the answer, for the others without any. A small set of articles on one subject is
  what most people have, and there nearly every article is near to every question.

Each is asked twice: with the day of asking known, and with only the time that the question names.
"""

from __future__ import annotations

import logging
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.encoders.encoder import Encoder
from index.generations import IndexFolder
from index.recipe import ENCODER_KEY, RECIPE, RECIPE_KEY
from index.retriever import Retriever
from index.store.sqlite import ArticleStore
from index.update import derive
from qa.evaluate.gold.gold_set import GoldQuestion, GoldSet
from qa.evidence.choose import Candidate, weigh
from qa.evidence.features import FEATURES
from qa.evidence.gather import first_hits, gather
from qa.evidence.logistic import Logistic
from qa.question.read import read_question
from qa.question.terms import term_weights

log = logging.getLogger(__name__)

SMALL_SIZES = (5, 10, 20, 40)
# Passages whose articles a small index is made of.
NEAR = 200
SEED = 2022
BLANK = Logistic(dict.fromkeys(FEATURES, 0.0), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """One question asked of one index: its sentences, and for each whether it and its passage hold a gold answer.

    `weights` are those of the question's terms. `is_dated`: asked with its day.
    """

    question_id: str
    is_answerable: bool
    is_small: bool
    is_dated: bool
    weights: Mapping[str, float]
    candidates: Sequence[Candidate]
    in_sentence: Sequence[bool]
    in_passage: Mapping[str, bool]


def ask_all(gold: GoldSet, folder: IndexFolder, encoder: Encoder) -> list[AskedQuestion]:
    """Every question of the set, asked of the whole index in `folder` and of a small one."""
    retriever = Retriever(folder, encoder)
    chance = random.Random(SEED)
    asked: list[AskedQuestion] = []
    for n, question in enumerate(gold.questions):
        asked += _ask(question, retriever, is_answerable=question.is_answerable, is_small=False)
        with tempfile.TemporaryDirectory() as small_dir:
            with_answer = question.is_answerable and chance.random() < 0.5
            small = _small_index(question, retriever, IndexFolder(Path(small_dir)), encoder, with_answer, chance)
            if small is not None:
                asked += _ask(question, small, is_answerable=with_answer, is_small=True)
                small.store.close()
        if n % 100 == 0:
            log.info("%s of %s questions", n, len(gold.questions))
    return asked


def holds(text: str, gold: Sequence[str]) -> bool:
    """One of the answers stands in `text`, as part of a word too: the models that ship were fitted on this."""
    return any(answer.lower() in text.lower() for answer in gold)


def _ask(
    question: GoldQuestion, retriever: Retriever, *, is_answerable: bool, is_small: bool
) -> Iterator[AskedQuestion]:
    """The question without its day, and with it."""
    gold = question.answers if is_answerable else ()
    dated = read_question(question.text, asked_on=question.asked_on)
    undated = replace(dated, preference=replace(dated.preference, around=None))
    for read in (undated, dated):
        ranking = retriever.search(read.text, forms=[read.bare], prefer=read.preference.filters)
        weights = term_weights(ranking.terms, retriever.passages_with(ranking.terms), ranking.store.counts()[1])
        found = gather(ranking, first_hits(ranking), read.preference)
        candidates = weigh(read, weights, found, ranking, BLANK)
        yield AskedQuestion(
            question_id=question.question_id,
            is_answerable=is_answerable,
            is_small=is_small,
            is_dated=read is dated,
            weights=weights,
            candidates=candidates,
            in_sentence=[holds(c.found.article.text[c.start : c.end], gold) for c in candidates],
            in_passage={c.found.passage.passage_id: holds(c.found.passage.text, gold) for c in candidates},
        )


def _small_index(
    question: GoldQuestion,
    retriever: Retriever,
    folder: IndexFolder,
    encoder: Encoder,
    with_answer: bool,
    chance: random.Random,
) -> Retriever | None:
    """An index of the articles nearest to `question`, vectors copied; None when none of them has the wanted answer."""
    hits = retriever.search(question.text, k=NEAR).hits
    passages = retriever.store.passages([hit.number for hit in hits])
    ids = list(dict.fromkeys(passages[hit.number].article_id for hit in hits))
    articles = retriever.store.articles(ids)
    with_gold = [article_id for article_id in ids if holds(articles[article_id].text, question.answers)]
    if with_answer and not with_gold:
        return None
    size = chance.choice(SMALL_SIZES)
    without = [article_id for article_id in ids if article_id not in with_gold]
    chosen = (with_gold[:1] if with_answer else []) + without
    generation = folder.new_generation()
    store = ArticleStore(generation / folder.store_name, create=True)
    store.set_meta(ENCODER_KEY, encoder.fingerprint)
    store.set_meta(RECIPE_KEY, RECIPE)
    for article_id in chosen[:size]:
        with store.writing():
            store.put(articles[article_id], retriever.store.records_of(article_id))
    derive(store, encoder)
    store.close()
    folder.activate(generation)
    return Retriever(folder, encoder)

"""The questions that the models are fitted on, asked: each sentence, and whether it holds a gold answer.

Learned from are, of realtimeqa-2022,

- every question asked of the whole index of the set,
- every answerable one asked of that index without the articles that answer it: an unanswerable question of the time
  and the subjects of the articles, where those that the set has are of later weeks,
- every answerable one with a name, year or number exchanged for another one of the same kind,
- every question asked of a small index of its own: 3 to 30 articles, half of them nearest to it and half of any kind,
  for half of the answerable ones with an article that holds the answer, for the others without any. A small set of
  articles is what most people have;

and of the passages that the reader's training held out, every question as it is and with a name exchanged.

Each is asked twice where its day of asking is known: with it, and with only the time that the question names.
"""

from __future__ import annotations

import logging
import random
import re
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.article import Article
from index.encoders.encoder import Encoder
from index.generations import IndexFolder
from index.recipe import ENCODER_KEY, RECIPE, RECIPE_KEY
from index.retriever import Ranking, Retriever
from index.store.sqlite import ArticleStore
from index.update import derive
from index.words.analyze import analyze
from qa.evaluate.gold.gold_set import GoldQuestion, GoldSet
from qa.evaluate.measure.match import holds, words
from qa.evidence.choose import Candidate, weigh
from qa.evidence.features import FEATURES
from qa.evidence.gather import first_hits, gather
from qa.evidence.logistic import Logistic
from qa.question.kind import last_sentence
from qa.question.read import Question, read_question
from qa.question.terms import asked_first, term_weights
from qa.train.pairs import exchange

log = logging.getLogger(__name__)

SMALL_SIZES = (3, 5, 8, 12, 20, 30)
SMALL_INDEXES = 60
# Of each small index so many questions are asked, half of them answerable there.
ASKED_OF_SMALL = 12
# Passages whose articles a small index is made of.
NEAR = 100
# Of what a passage says around its answer so many characters count for a name to exchange.
AROUND = 700
SEED = 2022
BLANK = Logistic(dict.fromkeys(FEATURES, 0.0), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """One question asked of one index: its sentences, and for each whether its mark and its passage hold a gold answer.

    `group` says how it was asked, `setting` of what: of a whole set, by its name, or of small indexes. `weights` are
    those of the question's terms.
    """

    question_id: str
    question: Question
    group: str
    setting: str
    is_answerable: bool
    weights: Mapping[str, float]
    candidates: Sequence[Candidate]
    in_mark: Sequence[bool]
    in_passage: Mapping[str, bool]

    @property
    def is_dated(self) -> bool:
        """Asked with its day."""
        return self.question.preference.is_dated


def ask_all(gold: GoldSet, folder: IndexFolder, encoder: Encoder) -> list[AskedQuestion]:
    """Every question of the set, asked of the whole index in `folder` in all the ways that it allows."""
    retriever = Retriever(folder, encoder)
    chance = random.Random(SEED)
    articles = retriever.store.articles(retriever.store.article_ids())
    texts = {article_id: words(article.text) for article_id, article in articles.items()}
    asked: list[AskedQuestion] = []
    for n, question in enumerate(gold.questions):
        asked += ask_one(question, retriever, "whole", gold.name, is_answerable=question.is_answerable)
        if question.is_answerable:
            if question.asked_on and n % 2 == 0:
                taken_out = _answering(question, texts)
                asked += ask_one(question, retriever, "taken out", gold.name, is_answerable=False, without=taken_out)
            exchanged = _exchanged(question, articles, chance)
            if exchanged:
                other = replace(question, text=exchanged)
                asked += ask_one(other, retriever, "exchanged", gold.name, is_answerable=False)
        if n % 100 == 0:
            log.info("%s: %s of %s questions", gold.name, n, len(gold.questions))
    return asked


def ask_small_indexes(gold: GoldSet, folder: IndexFolder, encoder: Encoder) -> Iterator[AskedQuestion]:
    """Questions of the set, asked of small indexes that are made of its articles."""
    for small, questions in small_indexes(gold, folder, encoder, SMALL_INDEXES):
        for question, is_answerable in questions:
            yield from ask_one(question, small, "small", "small", is_answerable=is_answerable)


def small_indexes(
    gold: GoldSet, folder: IndexFolder, encoder: Encoder, most: int
) -> Iterator[tuple[Retriever, list[tuple[GoldQuestion, bool]]]]:
    """At most so many small indexes of the set's articles, each with questions, and whether it answers them."""
    retriever = Retriever(folder, encoder)
    chance = random.Random(SEED)
    answerable = [question for question in gold.questions if question.is_answerable and question.relevant]
    chance.shuffle(answerable)
    first = 0
    for n in range(most):
        size = chance.choice(SMALL_SIZES)
        count = ASKED_OF_SMALL // 2 if size >= ASKED_OF_SMALL // 2 else size // 2
        own, first = answerable[first : first + count], first + count
        if not own:
            return
        chosen = _chosen(own, retriever, size, chance, is_near=n % 2 == 1)
        asked = own + chance.sample(answerable, ASKED_OF_SMALL - count)
        with tempfile.TemporaryDirectory() as small_dir:
            small = _small_index(chosen, retriever, IndexFolder(Path(small_dir)), encoder)
            yield small, [(replace(q, asked_on=None), a) for q in asked if (a := _is_there(q, chosen)) is not None]
            small.store.close()


def _is_there(question: GoldQuestion, chosen: Mapping[str, Article]) -> bool | None:
    """Whether the articles answer; None where one that is not known to holds the words of the answer."""
    gold = [words(answer) for answer in question.answers]
    if any(holds(words(chosen[i].text), gold) for i in chosen.keys() & question.relevant):
        return True
    return None if any(holds(words(article.text), gold) for article in chosen.values()) else False


def ask_one(
    question: GoldQuestion,
    retriever: Retriever,
    group: str,
    setting: str,
    *,
    is_answerable: bool,
    without: Collection[str] = (),
) -> Iterator[AskedQuestion]:
    """The question without its day, and with it where that is known; `without` these articles."""
    gold = [words(answer) for answer in question.answers] if is_answerable else []
    dated = read_question(question.text, asked_on=question.asked_on)
    undated = replace(dated, preference=replace(dated.preference, around=None))
    for read in (undated, dated) if question.asked_on else (undated,):
        ranking = retriever.search(read.text, forms=[read.bare], prefer=read.preference.filters)
        if without:
            ranking = _leave_out(ranking, without)
        weights = term_weights(ranking.terms, retriever.passages_with(ranking.terms), ranking.store.counts()[1])
        last = last_sentence(read.text)
        if last != read.text:
            weights = asked_first(weights, frozenset(analyze(last)))
        found = gather(ranking, first_hits(ranking), read.preference)
        candidates = weigh(read, weights, found, ranking, BLANK)
        yield AskedQuestion(
            question_id=question.question_id,
            question=read,
            group=group,
            setting=setting,
            is_answerable=is_answerable,
            weights=weights,
            candidates=candidates,
            in_mark=[holds(words(c.found.article.text[c.marked_from : c.end]), gold) for c in candidates],
            in_passage={c.found.passage.passage_id: holds(words(c.found.passage.text), gold) for c in candidates},
        )


def _leave_out(ranking: Ranking, without: Collection[str]) -> Ranking:
    records = ranking.store.records([hit.number for hit in ranking.hits])
    return replace(ranking, hits=[hit for hit in ranking.hits if records[hit.number].article_id not in without])


def _answering(question: GoldQuestion, texts: Mapping[str, str]) -> set[str]:
    """Articles known to answer, and those that hold an answer and half of the question's terms."""
    asked, gold = set(analyze(question.text)), [words(answer) for answer in question.answers]
    holding = {article_id for article_id, text in texts.items() if holds(text, gold)}
    near = {i for i in holding if 2 * len(asked & set(analyze(texts[i]))) >= len(asked)}
    return near | set(question.relevant)


def _exchanged(question: GoldQuestion, articles: Mapping[str, Article], chance: random.Random) -> str | None:
    """The question with a name of the article that answers it exchanged for another one."""
    for article_id in question.relevant.keys() & articles:
        text = articles[article_id].text
        spans = [match.span() for answer in question.answers for match in re.finditer(re.escape(answer), text)][:1]
        for first, end in spans:
            begin = max(0, first - AROUND)
            around = text[begin : end + AROUND]
            exchanged = exchange(question.text, around, "", [(first - begin, end - begin)], chance)
            if exchanged:
                return exchanged
    return None


def _chosen(
    own: Sequence[GoldQuestion], retriever: Retriever, size: int, chance: random.Random, *, is_near: bool
) -> dict[str, Article]:
    """`size` articles by id: for each question of `own` one that answers it, the rest near to the first, or any."""
    store = retriever.store
    chosen: list[str] = []
    for question in own:
        gold = [words(answer) for answer in question.answers]
        relevant = store.articles(sorted(question.relevant))
        chosen += [i for i, article in relevant.items() if holds(words(article.text), gold)][:1]
    near: list[str] = []
    if is_near:
        hits = retriever.search(own[0].text, k=NEAR).hits
        near = [passage.article_id for passage in store.passages([hit.number for hit in hits]).values()]
    chosen += near + chance.sample(store.article_ids(), size)
    return store.articles(list(dict.fromkeys(chosen))[:size])


def _small_index(
    chosen: Mapping[str, Article], retriever: Retriever, folder: IndexFolder, encoder: Encoder
) -> Retriever:
    """An index of these articles, vectors copied."""
    generation = folder.new_generation()
    store = ArticleStore(generation / folder.store_name, create=True)
    store.set_meta(ENCODER_KEY, encoder.fingerprint)
    store.set_meta(RECIPE_KEY, RECIPE)
    with store.writing():
        for article_id, article in chosen.items():
            store.put(article, retriever.store.records_of(article_id))
    derive(store, encoder.dim)
    store.close()
    folder.activate(generation)
    return Retriever(folder, encoder)

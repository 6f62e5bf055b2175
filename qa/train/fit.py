"""Fit the sentence and the confidence model on realtimeqa-2022, for `qa/models/fitted.json`.

python benchmarks/fit.py DATA_DIR INDEX_DIR > qa/models/fitted.json

INDEX_DIR keeps the index of the set, so that a second run need not encode it again. What is learned from:

- every question asked of the whole index (815 questions, 497 of them with an answer in it), and
- every question asked of a small index of its own: 5 to 40 of the articles nearest to it, for half of the answerable
  ones with an article that holds the answer, for the others without any. A small set of articles on one subject is
  what most people have, and there nearly every article is near to every question.

Each is asked twice: with the day of asking known, and with only the time that the question names. The first makes the
models for questions whose day of asking is given, the second those for all others.

Sentences are learned from answerable questions: does the sentence hold a gold answer? Confidence is learned from all,
on sentence probabilities of folds that had not seen the question: does the first passage hold a gold answer?
The figures on stderr are of such unseen folds.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

sys.path.insert(0, str(Path(__file__).parents[1]))
from corpus.passages import split_article
from corpus.readers import read_articles
from index.encoders.encoder import Vectors
from index.encoders.torch import SentenceEncoder
from index.generations import IndexFolder
from index.recipe import ENCODER_KEY, RECIPE, RECIPE_KEY
from index.retriever import Retriever
from index.store.sqlite import ArticleStore
from index.update import build_index, derive
from qa.answerer import WEIGHED, Answerer
from qa.evidence.choose import FEATURES, Candidate, best_per_passage
from qa.evidence.confidence import evidence
from qa.models.fitted import Fitted, Logistic, Models
from qa.question.preference import Sought

Array = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

SET = "realtimeqa-2022"
SMALL_SIZES = (5, 10, 20, 40)
FOLDS = 5
RESAMPLES = 200
# Keeps weights of nearly equal features from running apart.
RIDGE = 0.03
# Evidence may count for an answer or not at all, never against it: without this, nearly equal features take opposite
# signs, a point better on this set and wrong on any other. These count against one, or either way.
AGAINST = {"lacks_number", "lacks_asked_type", "heaviest_missing", "improbability"}
EITHER = {"log_length"}
CONFIDENCE_RIDGE = 1e-3
# What confidence is learned from. With the day of asking the cube of the best sentence's log-odds takes the calibration
# error on unseen folds from .054 to .035, and tells answerable questions apart better on both kinds of index (.972 to
# .976, .894 to .896). Without it, it does on large ones, and on small ones, which is where most ask so, it does not
# (.852 to .848): there the log-odds stay.
EVIDENCE = (
    "similarity",
    "article_coverage",
    "heaviest_missing",
    "similarity_drop",
    "bare_share",
    "lacks_number",
    "timely",
    "fresh",
    "share",
)
CONFIDENCE_FEATURES = {"dated": ("improbability", *EVIDENCE), "undated": ("sentence", *EVIDENCE)}
# Shares of the answers given that an owner may allow to be wrong.
SHARES_WRONG = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
SEED = 2022


@dataclass(frozen=True, slots=True)
class Asked:
    """One question asked of one index: its sentences, and for each whether it and its passage hold a gold answer.

    `is_dated`: asked with its day.
    """

    query_id: str
    is_answerable: bool
    is_small: bool
    is_dated: bool
    candidates: list[Candidate]
    in_sentence: list[bool]
    in_passage: dict[str, bool]


class CachingEncoder(SentenceEncoder):
    """The same sentences come again and again: encode each once."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Any] = {}

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known |= zip(new, super().encode_passages(new), strict=True)
        return np.stack([self._known[text] for text in texts])


def main(data_dir: Path, index_dir: Path) -> None:
    encoder = CachingEncoder()
    folder = IndexFolder(index_dir)
    if folder.current() is None:
        build_index(folder, read_articles([str(data_dir / SET / "corpus.jsonl.gz")]), encoder)
    asked = ask_all(data_dir / SET, folder, encoder)
    dated, undated = ([a for a in asked if a.is_dated is is_dated] for is_dated in (True, False))
    print(json.dumps({"dated": fit_models(dated, "dated"), "undated": fit_models(undated, "undated")}, indent=1))


def fit_models(asked: Sequence[Asked], name: str) -> dict[str, Any]:
    """The models learned from `asked`, as `qa/models/fitted.json` has them."""
    print(f"{name}: {len(asked)} questions", file=sys.stderr)
    confidence, answer_from, least = fit_confidence(asked, unseen_probabilities(asked), CONFIDENCE_FEATURES[name])
    return {
        "sentence": as_table(fit_sentence(asked)),
        "confidence": as_table(confidence),
        "answer_from": round(answer_from, 3),
        "least_confidence": least,
    }


def ask_all(set_dir: Path, folder: IndexFolder, encoder: SentenceEncoder) -> list[Asked]:
    """Every question of the whole index, then every question of a small one."""
    with gzip.open(set_dir / "queries.jsonl.gz", "rt", encoding="utf-8") as lines:
        queries = [json.loads(line) for line in lines]
    blank = Models(
        Logistic(FEATURES, (0.0,) * len(FEATURES), 0.0),
        Logistic(EVIDENCE, (0.0,) * len(EVIDENCE), 0.0),
        0.0,
    )
    fitted = Fitted(blank, blank)
    retriever = Retriever(folder, encoder)
    chance = random.Random(SEED)
    asked = []
    for n, query in enumerate(queries):
        asked += ask(query, retriever, fitted, is_answerable=query["answerable"], is_small=False)
        with tempfile.TemporaryDirectory() as small_dir:
            wanted = query["answerable"] and chance.random() < 0.5
            small = small_index(query, retriever, IndexFolder(Path(small_dir)), encoder, wanted, chance)
            if small is not None:
                asked += ask(query, small, fitted, is_answerable=wanted, is_small=True)
                small.store.close()
        if n % 100 == 0:
            print(f"{n} of {len(queries)} questions", file=sys.stderr, flush=True)
    return asked


def ask(
    query: dict[str, Any], retriever: Retriever, fitted: Fitted, *, is_answerable: bool, is_small: bool
) -> list[Asked]:
    """The question without its day, and with it."""
    gold = [answer.lower() for answer in query["answers"] if answer] if is_answerable else []
    known = Sought.of(query["text"], date.fromisoformat(query["date"]))
    asked = []
    for sought in (replace(known, around=None), known):
        ranking = retriever.search(query["text"], prefer=sought.preferred)
        candidates, _ = Answerer(retriever, fitted).weigh(query["text"], ranking, WEIGHED, sought)
        in_sentence = [holds(c.found.article.text[c.start : c.end], gold) for c in candidates]
        in_passage = {c.found.passage.passage_id: holds(c.found.passage.text, gold) for c in candidates}
        asked.append(Asked(query["_id"], is_answerable, is_small, sought is known, candidates, in_sentence, in_passage))
    return asked


def holds(text: str, gold: Sequence[str]) -> bool:
    return any(answer in text.lower() for answer in gold)


def small_index(
    query: dict[str, Any],
    retriever: Retriever,
    folder: IndexFolder,
    encoder: SentenceEncoder,
    with_answer: bool,
    chance: random.Random,
) -> Retriever | None:
    """An index of the articles nearest to `query`, vectors copied; None when the wanted answer is not among them."""
    gold = [answer.lower() for answer in query["answers"] if answer]
    hits = retriever.search(query["text"], k=200).hits
    passages = retriever.store.passages([hit.number for hit in hits])
    ids = list(dict.fromkeys(passages[hit.number].article_id for hit in hits))
    articles = retriever.store.articles(ids)
    with_gold = [i for i in ids if holds(articles[i].text, gold)]
    if with_answer and not with_gold:
        return None
    size = chance.choice(SMALL_SIZES)
    without = [i for i in ids if i not in with_gold]
    chosen = (with_gold[:1] if with_answer else []) + without
    generation = folder.new_generation()
    store = ArticleStore(generation / folder.store_name, create=True)
    store.set_meta(ENCODER_KEY, encoder.fingerprint)
    store.set_meta(RECIPE_KEY, RECIPE)
    for article_id in chosen[:size]:
        with store.writing():
            store.put(articles[article_id], split_article(articles[article_id]), retriever.store.vectors_of(article_id))
    derive(store, encoder)
    store.close()
    folder.activate(generation)
    return Retriever(folder, encoder)


def fit_sentence(asked: Sequence[Asked]) -> Logistic:
    """The sentence model, from questions with a sentence that holds the answer and one that does not.

    The weights make an answering sentence the best of its question (conditional logit: the softmax over the question's
    sentences), which a regression over all sentences alike does not: on unseen folds the marked sentence held the
    answer 12 points more often. Then a scale and a bias make the sum a probability over all sentences.
    """
    able = [a for a in asked if any(a.in_sentence) and not all(a.in_sentence)]
    rows = np.array([c.features for a in able for c in a.candidates])
    is_right = np.array([label for a in able for label in a.in_sentence], float)
    sizes = [len(a.candidates) for a in able]
    scale = rows.std(axis=0) + 1e-9
    weights = conditional_logit(rows / scale, is_right, sizes) / scale
    sums = rows @ weights
    platt = LogisticRegression(C=1e6).fit(sums[:, None], is_right)
    slope, bias = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    return Logistic(FEATURES, tuple((slope * weights).tolist()), bias)


def conditional_logit(rows: Array, is_right: Array, sizes: Sequence[int]) -> Array:
    """Weights that maximise the mean log-probability, under each question's softmax, of its right sentences."""
    starts = np.r_[0, np.cumsum(sizes)[:-1]]
    question = np.repeat(np.arange(len(sizes)), sizes)

    def loss(weights: Array) -> tuple[float, Array]:
        sums = rows @ weights
        shares = np.exp(sums - np.maximum.reduceat(sums, starts)[question])
        whole = np.add.reduceat(shares, starts)
        right = np.add.reduceat(shares * is_right, starts)
        gradient = (shares / whole[question] - shares * is_right / right[question]) @ rows / len(sizes)
        return float(-np.log(right / whole).mean() + RIDGE * weights @ weights), gradient + 2 * RIDGE * weights

    return minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds(FEATURES)).x


def fit_logistic(rows: Array, is_right: Array, counts: Array, names: tuple[str, ...]) -> Logistic:
    """Logistic regression with the signs of `bounds`, on features of unit spread; a row counts `counts` times."""
    scale = rows.std(axis=0) + 1e-9
    centre = rows.mean(axis=0)
    scaled = np.c_[(rows - centre) / scale, np.ones(len(rows))]
    share = counts / counts.sum()

    def loss(weights: Array) -> tuple[float, Array]:
        sums = scaled @ weights
        penalty = CONFIDENCE_RIDGE * np.r_[weights[:-1], 0.0]
        mean = float(share @ (np.logaddexp(0.0, sums) - is_right * sums) + penalty @ weights / 2)
        return mean, (share * (1 / (1 + np.exp(-sums)) - is_right)) @ scaled + penalty

    limits = [*bounds(names), (None, None)]
    found = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B", bounds=limits, tol=1e-12).x
    weights = found[:-1] / scale
    return Logistic(names, tuple(weights.tolist()), float(found[-1] - weights @ centre))


def bounds(names: Sequence[str]) -> list[tuple[float | None, float | None]]:
    return [(None, None) if n in EITHER else (None, 0.0) if n in AGAINST else (0.0, None) for n in names]


def unseen_probabilities(asked: Sequence[Asked]) -> list[list[float]]:
    """For each sentence the probability by a model that was not fitted on its question."""
    unseen: list[list[float]] = [[] for _ in asked]
    for train, test in folds(asked):
        model = fit_sentence([asked[i] for i in train])
        for i in test:
            unseen[i] = [model.probability(c.features) for c in asked[i].candidates]
    return unseen


def fit_confidence(
    asked: Sequence[Asked], unseen: Sequence[Sequence[float]], names: tuple[str, ...]
) -> tuple[Logistic, float, dict[str, float]]:
    """The confidence model; the confidence to answer from (best F1 of answering); that for each of SHARES_WRONG.

    The last two are of unseen folds.
    """
    kept = [i for i, a in enumerate(asked) if a.candidates]
    ranked = {i: ranking(asked[i], unseen[i]) for i in kept}
    rows = np.array([[evidence(ranked[i])[name] for name in names] for i in kept])
    right = np.array([asked[i].in_passage[ranked[i][0].found.passage.passage_id] for i in kept])
    answerable = np.array([asked[i].is_answerable for i in kept])
    small = np.array([asked[i].is_small for i in kept])
    # The small indexes were made with fewer answers in them than the whole has: how many is no property of small ones.
    odds = [answerable[group].mean() / (1 - answerable[group].mean()) for group in (small, ~small)]
    counts = np.where(small & ~answerable, odds[0] / odds[1], 1.0)
    predicted = np.zeros(len(kept))
    kept_asked = [asked[i] for i in kept]
    for train, test in folds(kept_asked):
        model = fit_logistic(rows[train], right[train], counts[train], names)
        predicted[test] = [model.probability(row) for row in rows[test]]
    for where, group in (("whole index", ~small), ("small indexes", small)):
        fused = [asked[i].in_passage[asked[i].candidates[0].found.passage.passage_id] for i in np.array(kept)[group]]
        marked = np.array([right_sentence(asked[i], ranked[i][0]) for i in kept])
        print(
            f"{where}: n {group.sum()}, first passage right of answerable {right[group & answerable].mean():.3f} "
            f"(fused order {np.array(fused)[answerable[group]].mean():.3f}), "
            f"marked sentence {marked[group & answerable].mean():.3f}, "
            f"AUROC answerable {roc_auc_score(answerable[group], predicted[group]):.3f}, "
            f"AUROC right {roc_auc_score(right[group], predicted[group]):.3f}, "
            f"mean confidence {predicted[group].mean():.3f} against {right[group].mean():.3f} right",
            file=sys.stderr,
        )
    best = threshold(predicted, answerable, counts)
    gain = f1(predicted >= best, answerable, counts)
    print(f"answer from {best:.3f}, F1 of answering {gain:.3f}", file=sys.stderr)
    least = {f"{share:.2f}": least_confidence(predicted, right, counts, share) for share in SHARES_WRONG}
    return fit_logistic(rows, right, counts, names), best, least


def least_confidence(predicted: Array, right: Flags, counts: Array, most_wrong: float) -> float:
    """The least confidence above which at most `most_wrong` of the answers given are wrong; 1 where none is."""
    order = np.argsort(-predicted)
    given = np.cumsum(counts[order])
    wrong = np.cumsum((counts * ~right)[order]) / given
    allowed = np.flatnonzero(wrong <= most_wrong)
    return round(float(predicted[order][allowed[-1]]), 3) if len(allowed) else 1.0


def threshold(predicted: Array, answerable: Flags, counts: Array) -> float:
    """The confidence with the best F1 of answering, the median over bootstrap resamples: the curve is flat there."""
    draw = np.random.default_rng(SEED)
    grid = np.linspace(0.02, 0.9, 177)
    best = []
    for _ in range(RESAMPLES):
        pick = draw.integers(0, len(predicted), len(predicted))
        gains = [f1(predicted[pick] >= t, answerable[pick], counts[pick]) for t in grid]
        best.append(grid[int(np.argmax(gains))])
    return float(np.median(best))


def f1(is_answered: Flags, is_answerable: Flags, counts: Array) -> float:
    right = counts @ (is_answered & is_answerable)
    return float(2 * right / (counts @ is_answered + counts @ is_answerable))


def ranking(asked: Asked, probabilities: Sequence[float]) -> list[Candidate]:
    pairs = zip(asked.candidates, probabilities, strict=True)
    return best_per_passage([replace(candidate, probability=probability) for candidate, probability in pairs])


def right_sentence(asked: Asked, best: Candidate) -> bool:
    """Whether the marked sentence holds the answer."""
    pairs = zip(asked.candidates, asked.in_sentence, strict=True)
    return any(label for c, label in pairs if (c.found.article, c.start) == (best.found.article, best.start))


def folds(asked: Sequence[Asked]) -> Iterator[tuple[Any, Any]]:
    groups = [a.query_id for a in asked]
    return GroupKFold(FOLDS).split(np.zeros(len(asked)), groups=groups)


def as_table(model: Logistic) -> dict[str, Any]:
    weights = {name: round(weight, 4) for name, weight in zip(model.names, model.weights, strict=True)}
    return {"weights": weights, "bias": round(model.bias, 4)}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""Fit the sentence and the confidence model on realtimeqa-2022, for `qa/models/fitted.json`.

    python -m qa.train.fit DATA_DIR CACHE_DIR > qa/models/fitted.json

CACHE_DIR keeps the index of the set and what was encoded, as `evaluate --cache`; a second run takes minutes. What is
learned from: `qa/train/questions.py`.

Sentences are learned from answerable questions: does the sentence hold a gold answer? Confidence is learned from all,
on sentence probabilities of folds that had not seen the question: does the first passage hold a gold answer? There are
two pairs of models: for questions whose day of asking is given, and for all others. The figures that are written beside
them are of unseen folds.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from index.encoders.onnx import PackagedEncoder
from index.generations import IndexFolder
from qa.evaluate.gold.read import read_gold_set
from qa.evaluate.pipeline import index_of
from qa.evaluate.run.memory import remembering
from qa.evaluate.run.own_index import own_index_path
from qa.evidence.choose import Candidate, best_per_passage
from qa.evidence.confidence import evidence
from qa.evidence.features import FEATURES
from qa.evidence.logistic import Logistic
from qa.train.questions import AskedQuestion, ask_all
from qa.train.regression import Array, as_table, fit_choice, fit_logistic

log = logging.getLogger(__name__)

RECIPE = "python -m qa.train.fit DATA_DIR CACHE_DIR > qa/models/fitted.json"
SET = "realtimeqa-2022"
SET_FILES = ("corpus.jsonl.gz", "queries.jsonl.gz", "qrels.tsv")
FOLDS = 5
RESAMPLES = 200
# What confidence is learned from. With the day of asking the cube of the best sentence's log-odds takes the calibration
# error on unseen folds from .054 to .035, and tells answerable questions apart better on both kinds of index (.972 to
# .976, .894 to .896). Without it, it does on large ones, and on small ones, which is where most ask so, it does not
# (.852 to .848): there the log-odds stay.
COMMON_EVIDENCE = (
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
CONFIDENCE_FEATURES = {"dated": ("improbability", *COMMON_EVIDENCE), "undated": ("sentence", *COMMON_EVIDENCE)}
# Shares of the answers given that an owner may allow to be wrong.
SHARES_WRONG = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
SEED = 2022

Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """What the confidence model learns from, a row a question that found anything: its evidence, and what came true.

    `marked_right`: the marked sentence holds the answer; `fused_right`: the passage that the search put first does.
    A row counts `counts` times.
    """

    rows: Array
    right: Flags
    marked_right: Flags
    fused_right: Flags
    answerable: Flags
    small: Flags
    counts: Array


def main(data_dir: Path, cache_dir: Path) -> None:
    """Print `fitted.json`."""
    gold, encoder = read_gold_set(data_dir / SET), PackagedEncoder()
    folder = index_of(gold, IndexFolder(cache_dir), cache_dir, encoder)
    place = own_index_path(gold, cache_dir, encoder)
    with remembering(encoder, place.with_name(f"{place.name}.npz")) as memory:
        asked = ask_all(gold, folder, memory)
    models, figures = {}, {}
    for name in ("dated", "undated"):
        models[name], figures[name] = fit_models([each for each in asked if each.is_dated == (name == "dated")], name)
    digests = {name: hashlib.sha256((data_dir / SET / name).read_bytes()).hexdigest() for name in SET_FILES}
    made_by = {"recipe": RECIPE, "data": {"set": SET, "sha256": digests}, "encoder": encoder.fingerprint}
    print(json.dumps({"made_by": {**made_by, "figures": figures}, "models": models}, indent=1))


def fit_models(asked: Sequence[AskedQuestion], name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The models learned from `asked` as the file has them, and their figures on unseen folds."""
    log.info("%s: %s questions", name, len(asked))
    names = CONFIDENCE_FEATURES[name]
    found = [each for each in asked if each.candidates]
    examples = _examples(found, _unseen_probabilities(asked), names)
    predicted = _predict_unseen(examples, found, names)
    answer_from = _threshold(predicted, examples.answerable, examples.counts)
    least = {
        f"{share:.2f}": _least_confidence(predicted, examples.right, examples.counts, share) for share in SHARES_WRONG
    }
    models = {
        "sentence": as_table(fit_sentence(asked)),
        "confidence": as_table(fit_logistic(examples.rows, examples.right.astype(float), examples.counts, names)),
        "answer_from": round(answer_from, 3),
        "least_confidence": least,
    }
    figures: dict[str, Any] = {
        "whole index": _figures(examples, predicted, ~examples.small),
        "small indexes": _figures(examples, predicted, examples.small),
    }
    f1 = _f1(predicted >= answer_from, examples.answerable, examples.counts)
    return models, figures | {"F1 of answering": round(f1, 3)}


def fit_sentence(asked: Sequence[AskedQuestion]) -> Logistic:
    """The sentence model, from questions with a sentence that holds the answer and one that does not."""
    able = [each for each in asked if any(each.in_sentence) and not all(each.in_sentence)]
    rows = np.array([[c.features.by_name()[name] for name in FEATURES] for each in able for c in each.candidates])
    is_right = np.array([label for each in able for label in each.in_sentence], float)
    return fit_choice(rows, is_right, [len(each.candidates) for each in able], FEATURES)


def _unseen_probabilities(asked: Sequence[AskedQuestion]) -> list[list[float]]:
    """For each sentence the probability by a model not fitted on its question; of questions that found anything."""
    unseen: list[list[float]] = [[] for _ in asked]
    for train, test in _folds(asked):
        model = fit_sentence([asked[i] for i in train])
        for i in test:
            unseen[i] = [model.probability(c.features.by_name()) for c in asked[i].candidates]
    return [probabilities for probabilities in unseen if probabilities]


def _examples(found: Sequence[AskedQuestion], unseen: Sequence[Sequence[float]], names: Sequence[str]) -> Examples:
    rows, right, marked_right, fused_right = [], [], [], []
    for asked, probabilities in zip(found, unseen, strict=True):
        ranked = _ranking(asked, probabilities)
        by_name = evidence(ranked, asked.weights).by_name()
        rows.append([by_name[name] for name in names])
        right.append(asked.in_passage[ranked[0].found.passage.passage_id])
        marked_right.append(_is_right_sentence(asked, ranked[0]))
        fused_right.append(asked.in_passage[asked.candidates[0].found.passage.passage_id])
    answerable = np.array([asked.is_answerable for asked in found])
    small = np.array([asked.is_small for asked in found])
    # The small indexes were made with fewer answers in them than the whole has: how many is no property of small ones.
    odds = [answerable[group].mean() / (1 - answerable[group].mean()) for group in (small, ~small)]
    return Examples(
        rows=np.array(rows),
        right=np.array(right),
        marked_right=np.array(marked_right),
        fused_right=np.array(fused_right),
        answerable=answerable,
        small=small,
        counts=np.where(small & ~answerable, odds[0] / odds[1], 1.0),
    )


def _predict_unseen(examples: Examples, found: Sequence[AskedQuestion], names: Sequence[str]) -> Array:
    """For each question the confidence by a model that was not fitted on it."""
    predicted = np.zeros(len(found))
    for train, test in _folds(found):
        model = fit_logistic(examples.rows[train], examples.right[train].astype(float), examples.counts[train], names)
        predicted[test] = [model.probability(dict(zip(names, row, strict=True))) for row in examples.rows[test]]
    return predicted


def _figures(examples: Examples, predicted: Array, group: Flags) -> dict[str, float]:
    """What the models are worth on the questions of `group`."""
    right, answerable = examples.right[group], examples.answerable[group]
    figures = {
        "questions": float(group.sum()),
        "first passage right": right[answerable].mean(),
        "first passage right in the order of the search": examples.fused_right[group][answerable].mean(),
        "marked sentence right": examples.marked_right[group][answerable].mean(),
        "AUROC answerable": roc_auc_score(answerable, predicted[group]),
        "AUROC right": roc_auc_score(right, predicted[group]),
        "mean confidence": predicted[group].mean(),
        "share right": right.mean(),
    }
    return {name: round(float(value), 3) for name, value in figures.items()}


def _least_confidence(predicted: Array, right: Flags, counts: Array, most_wrong: float) -> float:
    """The least confidence above which at most `most_wrong` of the answers given are wrong; 1 where none is."""
    order = np.argsort(-predicted)
    given = np.cumsum(counts[order])
    wrong = np.cumsum((counts * ~right)[order]) / given
    allowed = np.flatnonzero(wrong <= most_wrong)
    return round(float(predicted[order][allowed[-1]]), 3) if len(allowed) else 1.0


def _threshold(predicted: Array, answerable: Flags, counts: Array) -> float:
    """The confidence with the best F1 of answering, the median over bootstrap resamples: the curve is flat there."""
    draw = np.random.default_rng(SEED)
    grid = np.linspace(0.02, 0.9, 177)
    best = []
    for _ in range(RESAMPLES):
        pick = draw.integers(0, len(predicted), len(predicted))
        gains = [_f1(predicted[pick] >= t, answerable[pick], counts[pick]) for t in grid]
        best.append(grid[int(np.argmax(gains))])
    return float(np.median(best))


def _f1(is_answered: Flags, is_answerable: Flags, counts: Array) -> float:
    right = counts @ (is_answered & is_answerable)
    return float(2 * right / (counts @ is_answered + counts @ is_answerable))


def _ranking(asked: AskedQuestion, probabilities: Sequence[float]) -> list[Candidate]:
    pairs = zip(asked.candidates, probabilities, strict=True)
    return best_per_passage([replace(candidate, probability=probability) for candidate, probability in pairs])


def _is_right_sentence(asked: AskedQuestion, best: Candidate) -> bool:
    """Whether the marked sentence holds the answer."""
    pairs = zip(asked.candidates, asked.in_sentence, strict=True)
    return any(label for c, label in pairs if (c.found.article, c.start) == (best.found.article, best.start))


def _folds(asked: Sequence[AskedQuestion]) -> Iterator[tuple[Any, Any]]:
    """Rows to learn from and rows to predict; all that was asked of one question is on one side."""
    groups = [each.question_id for each in asked]
    folds: Iterator[tuple[Any, Any]] = GroupKFold(FOLDS).split(np.zeros(len(asked)), groups=groups)
    return folds


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: {RECIPE}")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(Path(sys.argv[1]), Path(sys.argv[2]))

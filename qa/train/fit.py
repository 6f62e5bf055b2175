"""Fit the sentence, the reading and the confidence models, for `qa/models/fitted.json`.

    python -m qa.train.fit DATA_DIR CACHE_DIR > qa/models/fitted.json

CACHE_DIR keeps the indexes, what was encoded and what was read; a second run takes minutes. What is learned from:
`qa/train/questions.py`.

Sentences are learned from answerable questions: does the sentence hold a gold answer? With what the reader makes of
them once more. Confidence is learned from all, on sentence probabilities of folds that had not seen the question: does
the marked sentence hold a gold answer? There are two sets of models: for questions whose day of asking is given, and
for all others; each has a confidence with a reader and one without. The figures that are written beside them are of
unseen folds.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from index.encoders.encoder import Encoder
from index.encoders.onnx import PackagedEncoder
from index.generations import IndexFolder
from qa.evaluate.gold.gold_set import GoldSet
from qa.evaluate.gold.read import read_gold_set
from qa.evaluate.pipeline import index_of
from qa.evaluate.run.memory import remembering
from qa.evaluate.run.own_index import own_index_path
from qa.evidence.choose import Candidate, best_per_passage
from qa.evidence.confidence import evidence
from qa.evidence.copies import group_copies
from qa.evidence.features import FEATURES
from qa.evidence.logistic import Logistic, log_odds
from qa.evidence.reader import MOST_ODDS, SHA256, Reader, likeliest_passages
from qa.train.held_out import read_held_out
from qa.train.questions import AskedQuestion, ask_all, ask_small_indexes
from qa.train.regression import Array, as_table, fit_choice, fit_logistic

log = logging.getLogger(__name__)

RECIPE = "python -m qa.train.fit DATA_DIR CACHE_DIR > FILE"
SET = "realtimeqa-2022"
SET_FILES = ("corpus.jsonl.gz", "queries.jsonl.gz", "qrels.tsv")
FOLDS = 5
RESAMPLES = 200
# What confidence is learned from: of all that was tried, what has the same sign in large indexes and in small ones. The
# share of the probability among rivals told answerable questions on large ones and was inverted on small ones.
CONFIDENCE_FEATURES = ("sentence", "similarity", "nearest", "bare_share", "lacks_number", "fresh", "missing")
# With the day of asking, of news: of 88 questions of 2023 without their articles, this and `nearest` tell 63 instead of
# 52 where 5 in 100 good answers are lost. Among articles of one subject it says the opposite of a name exchanged.
RIVALS = ("margin",)
READING_FEATURES = ("sentence", "read")
# Of the questions here two in three have no answer, to learn of many kinds why; of those that people ask, fewer.
UNANSWERABLE_COUNTS = {"whole": 0.3, "taken out": 0.4, "small": 0.4, "exchanged": 0.3}
# An answer where there is none is a worse fault than a refusal of one that is there, which shows the nearest passages.
FAULT_OF_ANSWERING = 1.5
# Shares of the answers given that an owner may allow to be wrong.
SHARES_WRONG = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
SEED = 2022

Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """What the confidence model learns from, a row a question that found anything: its evidence, and what came true.

    `right`: the marked sentence holds the answer; `passage_right`: its passage does. A row counts `counts` times.
    """

    rows: Array
    right: Flags
    passage_right: Flags
    answerable: Flags
    groups: Sequence[str]
    settings: Sequence[str]
    counts: Array


def main(data_dir: Path, cache_dir: Path) -> None:
    """Print the file of the models."""
    encoder = PackagedEncoder()
    asked = _ask(data_dir, cache_dir, encoder)
    reader = KeptReader(cache_dir / "readings.json")
    models, figures = {}, {}
    for kind in ("dated", "undated"):
        names = (*CONFIDENCE_FEATURES, *(RIVALS if kind == "dated" else ()))
        of_kind = [each for each in asked if each.is_dated == (kind == "dated")]
        models[kind], figures[kind] = fit_models(of_kind, reader, names)
        reader.save()
    digests = {name: hashlib.sha256((data_dir / SET / name).read_bytes()).hexdigest() for name in SET_FILES}
    made_by = {
        "recipe": RECIPE,
        "data": {"set": SET, "sha256": digests},
        "encoder": encoder.fingerprint,
        "reader": SHA256,
    }
    print(json.dumps({"made_by": {**made_by, "figures": figures}, "models": models}, indent=1))


def _ask(data_dir: Path, cache_dir: Path, encoder: Encoder) -> list[AskedQuestion]:
    news, held_out = read_gold_set(data_dir / SET), read_held_out(data_dir)
    asked: list[AskedQuestion] = []
    for gold in (news, held_out):
        folder, memory = kept_index(gold, cache_dir, encoder)
        with memory as remembered:
            asked += ask_all(gold, folder, remembered)
            if gold is news:
                asked += ask_small_indexes(gold, folder, remembered)
    return asked


def kept_index(gold: GoldSet, cache_dir: Path, encoder: Encoder) -> tuple[IndexFolder, Any]:
    """The set's index in `cache_dir`, made if need be, and the encoder with what it has encoded, for a `with`."""
    place = own_index_path(gold, cache_dir, encoder)
    folder = index_of(gold, IndexFolder(cache_dir), cache_dir, encoder)
    assert isinstance(folder, IndexFolder)
    return folder, remembering(encoder, place.with_name(f"{place.name}.npz"))


class KeptReader:
    """The reader, with what it has read kept in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._reader = Reader()
        self._known: dict[str, list[float]] = {}
        if file.exists():
            self._known = json.loads(file.read_text(encoding="utf-8"))

    def odds(self, asked: AskedQuestion, probabilities: Sequence[float]) -> list[float]:
        """For each candidate the log-odds that were read of it, of the passages likeliest by `probabilities`."""
        pairs = zip(asked.candidates, probabilities, strict=True)
        candidates = [replace(candidate, probability=probability) for candidate, probability in pairs]
        odds: dict[tuple[str, int, int], float] = {}
        for found in likeliest_passages(candidates):
            text = f"{SHA256}\n{asked.question.text}\n{found.article.title}\n{found.passage.text}"
            key = hashlib.sha256(text.encode()).hexdigest()[:24]
            if key not in self._known:
                (readings,) = self._reader.read(asked.question.text, [found])
                self._known[key] = [round(reading.odds, 3) for reading in readings]
            place = (found.passage.article_id, found.passage.start)
            for sentence, value in zip(found.sentences, self._known[key], strict=True):
                odds[*place, sentence.start] = value
        places = [(c.found.passage.article_id, c.found.passage.start, c.start) for c in candidates]
        return [odds.get(place, -MOST_ODDS) for place in places]

    def save(self) -> None:
        """Write what is known."""
        self._file.write_text(json.dumps(self._known), encoding="utf-8")


def fit_models(
    asked: Sequence[AskedQuestion], reader: KeptReader, names: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The models learned from `asked` as the file has them, and their figures on unseen folds.

    `names` are the evidence that confidence is learned from.
    """
    found = [each for each in asked if each.candidates]
    log.info("%s questions", len(found))
    first = unseen_choices(found, [features_of(each) for each in found], FEATURES)
    models: dict[str, Any] = {"sentence": as_table(fit_choices(found, [features_of(each) for each in found], FEATURES))}
    models["alone"], alone = fit_confidence(found, first, None, names)
    odds = []
    for n, (each, probabilities) in enumerate(zip(found, first, strict=True)):
        odds.append(reader.odds(each, probabilities))
        if n % 500 == 0:
            log.info("read for %s of %s", n, len(found))
    rows = [np.c_[np.array([log_odds(p) for p in first[n]]), odds[n]] for n in range(len(found))]
    second = unseen_choices(found, rows, READING_FEATURES)
    read, with_reader = fit_confidence(found, second, odds, names)
    models["read"] = {"reading": as_table(fit_choices(found, rows, READING_FEATURES)), **read}
    return models, {"alone": alone, "read": with_reader}


def features_of(asked: AskedQuestion) -> Array:
    """(sentences, features) of the question."""
    return np.array([[c.features.by_name()[name] for name in FEATURES] for c in asked.candidates])


def fit_choices(found: Sequence[AskedQuestion], rows: Sequence[Array], names: Sequence[str]) -> Logistic:
    """The model of sentences, from questions with a sentence that holds the answer and one that does not."""
    able = [n for n, each in enumerate(found) if any(each.in_mark) and not all(each.in_mark)]
    is_right = np.array([label for n in able for label in found[n].in_mark], float)
    return fit_choice(np.concatenate([rows[n] for n in able]), is_right, [len(rows[n]) for n in able], names)


def unseen_choices(found: Sequence[AskedQuestion], rows: Sequence[Array], names: Sequence[str]) -> list[list[float]]:
    """For each sentence the probability by a model not fitted on its question."""
    unseen: list[list[float]] = [[] for _ in found]
    for train, test in _folds(found):
        model = fit_choices([found[n] for n in train], [rows[n] for n in train], names)
        for n in test:
            unseen[n] = [model.probability(dict(zip(names, row, strict=True))) for row in rows[n].tolist()]
    return unseen


def fit_confidence(
    found: Sequence[AskedQuestion],
    unseen: Sequence[Sequence[float]],
    odds: Sequence[Sequence[float]] | None,
    names: Sequence[str],
    counts: Mapping[str, float] = UNANSWERABLE_COUNTS,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The confidence model with its lines to answer from, as the file has them, and its figures on unseen folds.

    `unseen` are the sentences' probabilities, `odds` what was read of them, `names` the evidence to learn from. An
    unanswerable question of each group counts as `counts` says.
    """
    examples = _examples(found, unseen, odds, names, counts)
    predicted = _predict_unseen(examples, found, names)
    faults = examples.counts * np.where(examples.answerable, 1.0, FAULT_OF_ANSWERING)
    answer_from = _threshold(predicted, examples.answerable, faults)
    least = {
        f"{share:.2f}": _least_confidence(predicted, examples.right, examples.counts, share) for share in SHARES_WRONG
    }
    table = {
        "confidence": as_table(_fit_rows(examples, np.arange(len(found)), names)),
        "answer_from": round(answer_from, 3),
        "least_confidence": least,
    }
    f1 = _f1(predicted >= answer_from, examples.answerable, examples.counts)
    return table, _figures(examples, predicted) | {"F1 of answering": round(f1, 3)}


def _examples(
    found: Sequence[AskedQuestion],
    unseen: Sequence[Sequence[float]],
    odds: Sequence[Sequence[float]] | None,
    names: Sequence[str],
    counts: Mapping[str, float],
) -> Examples:
    rows, right, passage_right = [], [], []
    for n, (asked, probabilities) in enumerate(zip(found, unseen, strict=True)):
        ranked = _ranking(asked, probabilities, odds[n] if odds else None)
        by_name = evidence(ranked, asked.weights, asked.question).by_name()
        rows.append([by_name[name] for name in names])
        right.append(_is_right(asked, ranked[0]))
        passage_right.append(asked.in_passage[ranked[0].found.passage.passage_id])
    answerable = np.array([asked.is_answerable for asked in found])
    return Examples(
        rows=np.array(rows),
        right=np.array(right),
        passage_right=np.array(passage_right),
        answerable=answerable,
        groups=[asked.group for asked in found],
        settings=[asked.setting for asked in found],
        counts=np.array([1.0 if a.is_answerable else counts[a.group] for a in found]),
    )


def _fit_rows(examples: Examples, picked: Any, names: Sequence[str]) -> Logistic:  # noqa: ANN401  (row numbers)
    settings = [examples.settings[n] for n in picked]
    right = examples.right[picked].astype(float)
    return fit_logistic(examples.rows[picked], right, examples.counts[picked], names, settings)


def _predict_unseen(examples: Examples, found: Sequence[AskedQuestion], names: Sequence[str]) -> Array:
    """For each question the confidence by a model that was not fitted on it."""
    predicted = np.zeros(len(found))
    for train, test in _folds(found):
        model = _fit_rows(examples, train, names)
        predicted[test] = [model.probability(dict(zip(names, row, strict=True))) for row in examples.rows[test]]
    return predicted


def _figures(examples: Examples, predicted: Array) -> dict[str, Any]:
    """What the models are worth on the questions of each group, unanswerable ones against the answerable ones there."""
    groups, answerable, right = np.array(examples.groups), examples.answerable, examples.right
    settings = np.array(examples.settings)
    figures: dict[str, Any] = {}
    for group in sorted(set(examples.groups)):
        own = groups == group
        of_settings = np.isin(settings, settings[own])
        against = own | (answerable & of_settings) if not answerable[own].any() else own
        has_both = len(set(answerable[against])) == 2
        numbers = {
            "questions": float(own.sum()),
            "first passage right": examples.passage_right[own & answerable].mean() if answerable[own].any() else 0.0,
            "marked sentence right": right[own & answerable].mean() if answerable[own].any() else 0.0,
            **({"AUROC answerable": roc_auc_score(answerable[against], predicted[against])} if has_both else {}),
            "mean confidence": predicted[own].mean(),
            "share right": right[own].mean(),
        }
        figures[group] = {name: round(float(value), 3) for name, value in numbers.items()}
    return figures


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


def _ranking(asked: AskedQuestion, probabilities: Sequence[float], odds: Sequence[float] | None) -> list[Candidate]:
    candidates = [
        replace(candidate, probability=probability, read=odds[n] if odds else None)
        for n, (candidate, probability) in enumerate(zip(asked.candidates, probabilities, strict=True))
    ]
    return group_copies(best_per_passage(candidates))


def _is_right(asked: AskedQuestion, best: Candidate) -> bool:
    """Whether the marked sentence holds the answer."""
    pairs = zip(asked.candidates, asked.in_mark, strict=True)
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

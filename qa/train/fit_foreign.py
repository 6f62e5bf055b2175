"""Fit the models for a question in another language than the articles, for `qa/models/foreign.json`.

    python -m qa.train.fit_foreign DATA_DIR CACHE_DIR > qa/models/foreign.json

Such a question shares no words with what answers it, and its vector is farther from all of them than that of the same
question in their language: the models in `fitted.json`, which know English questions, refuse it. Learned from are
questions of what the reader's training held out (`held_out.py`), translated by hand to eight languages
(`translated.jsonl`), with the multilingual encoder: each of all passages, and of those without the ones that answer it,
and each of small indexes made of them. Nobody reads: the reader knows English alone.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path

from index.encoders.multilingual import MultilingualEncoder
from index.retriever import Retriever
from qa.evaluate.gold.gold_set import GoldSet
from qa.evidence.features import FEATURES
from qa.train.fit import features_of, fit_choices, fit_confidence, kept_index, unseen_choices
from qa.train.held_out import read_held_out
from qa.train.questions import AskedQuestion, ask_one, ask_small_indexes
from qa.train.regression import as_table

RECIPE = "python -m qa.train.fit_foreign DATA_DIR CACHE_DIR > qa/models/foreign.json"
TRANSLATED = "translated.jsonl"
# What a question in other words than the articles' says of the evidence: which words are missing says nothing.
CONFIDENCE_FEATURES = ("sentence", "similarity", "nearest", "margin")
# Every question is asked about as often where it has an answer as where it has none.
UNANSWERABLE_COUNTS = {"taken out": 1.0, "small": 1.0}


def main(data_dir: Path, cache_dir: Path) -> None:
    """Print the file of the models."""
    translated = resources.files("qa.train").joinpath(TRANSLATED).read_bytes()
    gold = translate(read_held_out(data_dir), translated)
    encoder = MultilingualEncoder()
    folder, memory = kept_index(gold, cache_dir, encoder)
    found: list[AskedQuestion] = []
    with memory as remembered:
        retriever = Retriever(folder, remembered)
        for question in gold.questions:
            found += ask_one(question, retriever, "whole", gold.name, is_answerable=True)
            found += ask_one(
                question, retriever, "taken out", gold.name, is_answerable=False, without=question.relevant.keys()
            )
        found += ask_small_indexes(gold, folder, remembered)
    found = [each for each in found if each.candidates]
    rows = [features_of(each) for each in found]
    unseen = unseen_choices(found, rows, FEATURES)
    confidence, figures = fit_confidence(found, unseen, None, CONFIDENCE_FEATURES, UNANSWERABLE_COUNTS)
    made_by = {
        "recipe": RECIPE,
        "data": {"set": gold.name, "sha256": gold.sha256, "translated": hashlib.sha256(translated).hexdigest()},
        "encoder": encoder.fingerprint,
        "figures": figures,
    }
    models = {"sentence": as_table(fit_choices(found, rows, FEATURES)), "alone": confidence}
    print(json.dumps({"made_by": made_by, "models": models}, indent=1))


def translate(gold: GoldSet, translated: bytes) -> GoldSet:
    """The set with those of its questions that are translated, as they are asked there."""
    texts = {row["question_id"]: row["text"] for row in map(json.loads, translated.decode("utf-8").splitlines())}
    questions = tuple(replace(q, text=texts[q.question_id]) for q in gold.questions if q.question_id in texts)
    if len(questions) != len(texts):
        raise ValueError(f"{len(texts) - len(questions)} translated questions are not in the set {gold.name!r}")
    return replace(gold, questions=questions)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: {RECIPE}")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(Path(sys.argv[1]), Path(sys.argv[2]))

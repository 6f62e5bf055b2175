"""What each kind of unanswerable pair teaches the reader: small trainings, each with one kind left out.

    python benchmarks/kinds.py DATA_DIR FOLDER [PAIRS] > benchmarks/kinds.md

All begin at one model, trained for PAIRS on answered questions alone, and see half as many more. Passages are cut at
128 word pieces and the lower half of the model stays as it is, so that a core without special instructions trains ten
pairs a second. Measured on what is held out of the training, and on SQuAD 2.0, its questions with the passage whose
vector is nearest. FOLDER keeps what was trained, so that a run goes on where it ended.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from tables import print_heading
from torch import nn
from transformers import AutoTokenizer

from corpus.article import Article
from corpus.readers import read_articles
from index.encoders.onnx import PackagedEncoder, packaged_folder
from qa.evaluate.gold.read import read_gold_set
from qa.evidence.reader import best_words
from qa.train import reader as training
from qa.train.pairs import Pair, pairs_of, read_sources
from qa.train.reader import SEED, Example, Reader, batches, examples_of, loss_of, measure, tensors, with_neighbours

KINDS = ("exchanged", "near", "removed", "negated")
PAIRS = 8_000
TOKENS = 128
FROZEN_LAYERS = 3
RATE = 1e-4
SQUAD2_QUESTIONS = 1_000


def train(examples: Sequence[Example], begin: Path | None, kept: Path) -> Reader:
    """A reader that has seen `examples` once, from the weights in `begin`; from `kept` where it is there."""
    model = Reader()
    if kept.exists() or begin:
        model.load_state_dict(torch.load(kept if kept.exists() else begin, weights_only=True))
    if kept.exists():
        return model
    torch.manual_seed(SEED)
    model.bert.embeddings.requires_grad_(False)
    for layer in model.bert.encoder.layer[:FROZEN_LAYERS]:
        layer.requires_grad_(False)
    body = [each for each in model.bert.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW([{"params": body, "lr": RATE}, {"params": model.heads.parameters(), "lr": 10 * RATE}])
    groups = batches(examples, SEED)
    for step, group in enumerate(groups):
        for each in optimizer.param_groups:
            each["lr"] *= (len(groups) - step) / (len(groups) - step + 1)
        loss = loss_of(model(*tensors(group)), group)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    torch.save(model.state_dict(), kept)
    return model


def of_squad2(tokenizer: Any, data_dir: Path) -> tuple[list[Example], np.ndarray[Any, Any]]:  # noqa: ANN401
    """Questions of SQuAD 2.0 with the nearest passage, and whether each has an answer."""
    gold = read_gold_set(data_dir / "squad2-dev")
    asked = gold.sample(SQUAD2_QUESTIONS).questions
    articles = [each for each in read_articles(gold.sources) if isinstance(each, Article)]
    encoder = PackagedEncoder()
    of_texts = encoder.encode_passages([each.text for each in articles])
    nearest = np.argmax(encoder.encode_queries([each.text for each in asked]) @ of_texts.T, axis=1)
    pairs = [Pair(q.text, articles[place].text, (), "asked") for q, place in zip(asked, nearest, strict=True)]
    return examples_of(tokenizer, pairs, SEED), np.array([each.is_answerable for each in asked])


@torch.no_grad()
def auroc(model: Reader, examples: Sequence[Example], here: Sequence[bool] | np.ndarray[Any, Any]) -> float:
    """How well the best words' score over "not here" tells those with an answer."""
    scores = []
    for first in range(0, len(examples), 64):
        group = examples[first : first + 64]
        for each, row in zip(group, model(*tensors(group)).numpy(), strict=True):
            scores.append(best_words(row[each.first : each.end])[0] - float(row[0].sum()))
    return float(roc_auc_score(here, scores))


def main(data_dir: Path, folder: Path, wanted: int) -> None:
    """Train what is not there yet and print the table."""
    training.MAX_TOKENS = (TOKENS,)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(str(packaged_folder()))
    tokenizer.model_max_length = 10**6
    sources = read_sources(data_dir, SEED)
    with_neighbours(sources, folder)
    drawn = pairs_of(sources, SEED, held_out=False)
    random.Random(SEED).shuffle(drawn)
    held_out = examples_of(tokenizer, pairs_of(sources, SEED, held_out=True), SEED)[: training.HELD_OUT_PAIRS]
    squad2, answerable = of_squad2(tokenizer, data_dir)

    answered = [pair for pair in drawn if pair.kind == "answered"]
    base = folder / "answered.pt"
    train(examples_of(tokenizer, answered[:wanted], SEED), None, base)
    left = set(map(id, answered[wanted:]))
    rest = [pair for pair in drawn if pair.kind != "answered" or id(pair) in left]
    variants: dict[str, tuple[str, ...]] = {"all four": KINDS, "none": ()}
    variants |= {f"without {kind}": tuple(other for other in KINDS if other != kind) for kind in KINDS}

    print_heading("What each kind of unanswerable teaches the reader", "kinds.py DATA_DIR FOLDER")
    print(
        f"{wanted:,} answered pairs first, then {wanted // 2:,} of these kinds with answered ones; "
        f"{len(held_out):,} held-out pairs, {len(squad2):,} questions of SQuAD 2.0.\n"
    )
    print("| kinds | F1 of the words | AUROC, held out | " + " | ".join(KINDS) + " | SQuAD 2.0 |\n|" + " --- |" * 8)
    for name, kinds in variants.items():
        taken = [pair for pair in rest if pair.kind == "answered" or pair.kind in kinds][: wanted // 2]
        model = train(examples_of(tokenizer, taken, SEED), base, folder / f"{name.replace(' ', '-')}.pt")
        row = measure(model, held_out)
        figures = [row["f1"], row["auroc"], *(row[kind] for kind in KINDS), auroc(model, squad2, answerable)]
        print(f"| {name} | " + " | ".join(f"{each:.3f}" for each in figures) + " |", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else PAIRS)

"""Train the reader: start and end of the answering words in a passage, or that they are not there.

    python -m qa.train.reader DATA_DIR FOLDER

It is all-MiniLM-L6-v2's own transformer with a start and an end head over question, headline and passage; both heads
at the first token say "not here" (Devlin et al., NAACL 2019, for SQuAD 2.0). FOLDER gets a checkpoint every few
minutes, and the same command goes on from there; `log.jsonl` in it is the learning curve.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import nn
from transformers import AutoModel, AutoTokenizer

from index.encoders.onnx import PackagedEncoder, packaged_folder
from qa.evidence.reader import MAX_QUESTION, MAX_TITLE, best_words
from qa.train.pairs import Pair, Source, pairs_of, read_sources

SEED = 2022
# A pair has at most so many tokens, by chance one of these: the time it takes goes with them.
MAX_TOKENS = (128, 160, 256)
BATCH = 32
RATE = 1.5e-4
HEAD_RATE = 1e-3
WARM_UP = 0.05
PASSES = 3
# The embeddings and so many of the six layers stay as they are.
FROZEN_LAYERS = 2
# Every so many steps a checkpoint, and a row of the learning curve.
CHECKPOINT = 250
MEASURED = 1_000
HELD_OUT_PAIRS = 1_500


def in_half() -> torch.autocast:
    """bfloat16 where the processor multiplies it; one that only pretends to takes ten times as long as in float32."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=torch.cpu.get_capabilities().get("avx512_bf16", False))


class Reader(nn.Module):
    """Token ids to start and end logits, (texts, tokens, 2); -inf where no answer can begin or end."""

    def __init__(self) -> None:
        super().__init__()
        # Without dropout and with plain attention a step takes two fifths of the time on a processor with bfloat16.
        self.bert = AutoModel.from_pretrained(
            str(packaged_folder()),
            add_pooling_layer=False,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.heads = nn.Linear(self.bert.config.hidden_size, 2)

    def forward(
        self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor, allowed: torch.Tensor
    ) -> torch.Tensor:
        """(texts, tokens, 2) of these tokens."""
        states = self.bert(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state
        logits: torch.Tensor = self.heads(states).float()
        return logits.masked_fill(~allowed.unsqueeze(-1), -1e4)


@dataclass
class Example:
    """A pair in tokens."""

    ids: list[int]
    types: list[int]
    # Where the passage's own tokens begin and end.
    first: int
    end: int
    starts: list[int]
    ends: list[int]
    pair: Pair
    # Character offsets of the passage's tokens, from `first` on.
    offsets: list[tuple[int, int]]


def to_example(tokenizer: Any, pair: Pair, at: random.Random) -> Example | None:  # noqa: ANN401
    """The tokens of `pair`; of a long passage a window that has the answer. None when no answer is in it."""
    question = tokenizer(pair.question, add_special_tokens=False)["input_ids"][:MAX_QUESTION]
    headline = tokenizer(pair.headline, add_special_tokens=False)["input_ids"][:MAX_TITLE] if pair.headline else []
    passage = tokenizer(pair.passage, add_special_tokens=False, return_offsets_mapping=True)
    tokens, offsets = passage["input_ids"], passage["offset_mapping"]
    room = at.choice(MAX_TOKENS) - 3 - len(question) - len(headline)
    gold, read = _tokens_of(pair.spans, offsets), _tokens_of(pair.around, offsets)
    if pair.spans and not gold:
        return None
    shift = 0
    if len(tokens) > room:
        wanted = min(gold or read) if gold or read else (at.randrange(len(tokens)),) * 2
        low, high = max(0, wanted[1] + 1 - room), min(wanted[0], len(tokens) - room)
        shift = at.randint(low, high) if low <= high else max(0, min(wanted[0], len(tokens) - room))
        tokens, offsets = tokens[shift : shift + room], offsets[shift : shift + room]
    begin = len(question) + 2 + len(headline)
    inside = [(a - shift + begin, b - shift + begin) for a, b in gold if a >= shift and b < shift + len(tokens)]
    if pair.spans and not inside:
        return None
    starts, ends = [0], [0]
    if inside and pair.is_sentence:
        starts = ends = sorted({place for a, b in inside for place in range(a, b + 1)})
    elif inside:
        starts, ends = [a for a, _ in inside], [b for _, b in inside]
    ids = [tokenizer.cls_token_id, *question, tokenizer.sep_token_id, *headline, *tokens, tokenizer.sep_token_id]
    types = [0] * (len(question) + 2) + [1] * (len(headline) + len(tokens) + 1)
    return Example(ids, types, begin, begin + len(tokens), starts, ends, pair, offsets)


def _tokens_of(spans: Sequence[tuple[int, int]], offsets: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """First and last token of each."""
    found = []
    for first, end in spans:
        covered = [place for place, (begin, stop) in enumerate(offsets) if begin < end and stop > first]
        if covered:
            found.append((covered[0], covered[-1]))
    return found


def batches(examples: Sequence[Example], seed: int) -> list[list[Example]]:
    """Examples of like length together, the batches in no order."""
    at = random.Random(seed)
    order = sorted(examples, key=lambda each: len(each.ids) + at.random() * 8)
    groups = [list(order[first : first + BATCH]) for first in range(0, len(order), BATCH)]
    at.shuffle(groups)
    return groups


def tensors(group: Sequence[Example]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, types, mask and where an answer may stand."""
    # A multiple of 32: for every shape that it meets torch keeps a plan of its own, gigabytes of them.
    longest = -(-max(len(each.ids) for each in group) // 32) * 32
    ids, types, mask, allowed = (torch.zeros(len(group), longest, dtype=torch.long) for _ in range(4))
    for row, each in enumerate(group):
        ids[row, : len(each.ids)] = torch.tensor(each.ids)
        types[row, : len(each.ids)] = torch.tensor(each.types)
        mask[row, : len(each.ids)] = 1
        allowed[row, each.first : each.end] = 1
        allowed[row, 0] = 1
    return ids, types, mask, allowed.bool()


def loss_of(logits: torch.Tensor, group: Sequence[Example]) -> torch.Tensor:
    """Minus the log of the chance of any gold start, and of any gold end."""
    chances = torch.log_softmax(logits, dim=1)
    gold = torch.full_like(chances, -math.inf)
    for row, each in enumerate(group):
        gold[row, each.starts, 0] = 0.0
        gold[row, each.ends, 1] = 0.0
    return -torch.logsumexp(chances + gold, dim=1).mean()


@torch.no_grad()
def measure(model: Reader, examples: Sequence[Example]) -> dict[str, Any]:
    """F1 of the words where there is an answer, and the area under the curve of "it is there"."""
    model.eval()
    f1: list[float] = []
    scores: list[float] = []
    here: list[bool] = []
    kinds: list[str] = []
    for first in range(0, len(examples), 64):
        group = examples[first : first + 64]
        with in_half():
            logits = model(*tensors(group))
        for each, row in zip(group, logits.numpy(), strict=True):
            score, a, b = best_words(row[each.first : each.end])
            scores.append(score - float(row[0].sum()))
            here.append(bool(each.pair.spans))
            kinds.append(each.pair.kind)
            if each.pair.spans and not each.pair.is_sentence:
                words = each.pair.passage[each.offsets[a][0] : each.offsets[b][1]]
                f1.append(max(token_f1(words, each.pair.passage[x:y]) for x, y in each.pair.spans))
    model.train()
    area = {
        kind: round(
            float(
                roc_auc_score(
                    [h for h, k in zip(here, kinds, strict=True) if k in (kind, "answered")],
                    [s for s, k in zip(scores, kinds, strict=True) if k in (kind, "answered")],
                )
            ),
            4,
        )
        for kind in sorted(set(kinds) - {"answered"})
    }
    return {"f1": round(float(np.mean(f1)), 4), "auroc": round(float(roc_auc_score(here, scores)), 4), **area}


def token_f1(one: str, other: str) -> float:
    """Of the words, as SQuAD has it, but for articles."""
    a, b = one.casefold().split(), other.casefold().split()
    common = sum(min(a.count(word), b.count(word)) for word in set(a))
    return 2 * common / (len(a) + len(b)) if common else 0.0


def with_neighbours(sources: list[Source], folder: Path) -> None:
    """Fill in `near`: the passages next to each by the cosine of their vectors. Kept in `folder`."""
    kept = folder / "near.npy"
    if kept.exists():
        near = np.load(kept)
    else:
        vectors = PackagedEncoder().encode_passages([source.text for source in sources])
        near = np.argsort(-(vectors @ vectors.T), axis=1)[:, 1:11]
        np.save(kept, near)
    for source, row in zip(sources, near, strict=True):
        source.near = [int(place) for place in row]


def examples_of(tokenizer: Any, pairs: Sequence[Pair], seed: int) -> list[Example]:  # noqa: ANN401
    """Those pairs that have an answer within reach, or none at all."""
    at = random.Random(seed)
    made: Iterator[Example | None] = (to_example(tokenizer, pair, at) for pair in pairs)
    return [each for each in made if each is not None]


def main(data_dir: Path, folder: Path, *, threads: int, passes: float) -> None:
    """Train, or go on with the training in `folder`."""
    torch.set_num_threads(threads)
    torch.manual_seed(SEED)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(str(packaged_folder()))
    tokenizer.model_max_length = 10**6
    sources = read_sources(data_dir, SEED)
    with_neighbours(sources, folder)
    held_out = examples_of(tokenizer, pairs_of(sources, SEED, held_out=True), SEED)[:HELD_OUT_PAIRS]

    model = Reader()
    model.bert.embeddings.requires_grad_(False)
    for layer in model.bert.encoder.layer[:FROZEN_LAYERS]:
        layer.requires_grad_(False)
    body = [each for each in model.bert.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": RATE}, {"params": list(model.heads.parameters()), "lr": HEAD_RATE}], weight_decay=0.01
    )
    a_pass = len(pairs_of(sources, SEED, held_out=False)) // BATCH
    planned = round(a_pass * passes)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (planned * WARM_UP), max(0.02, (planned - step) / planned))
    )
    step = 0
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        schedule.load_state_dict(kept["schedule"])
        step = kept["step"]
    began, seen = time.perf_counter(), 0
    losses: list[float] = []
    while step < planned:
        number = step // a_pass
        examples = examples_of(tokenizer, pairs_of(sources, SEED + number, held_out=False), SEED + number)
        for example in examples:
            # Only measuring needs them, and a pass of them takes gigabytes.
            example.offsets = []
        for group in batches(examples, SEED + number)[step - number * a_pass : min(a_pass, planned - number * a_pass)]:
            with in_half():
                logits = model(*tensors(group))
            loss = loss_of(logits, group)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
            step += 1
            seen += len(group)
            if step % CHECKPOINT == 0:
                row: dict[str, Any] = {
                    "step": step,
                    "of": planned,
                    "pairs": step * BATCH,
                    "loss": round(float(np.mean(losses[-CHECKPOINT:])), 4),
                    "pairs_a_second": round(seen / (time.perf_counter() - began), 1),
                }
                if step % MEASURED == 0:
                    row |= measure(model, held_out)
                with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
                    log.write(json.dumps(row) + "\n")
                state = {
                    "model": model.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "schedule": schedule.state_dict(),
                    "step": step,
                }
                torch.save(state, folder / "checkpoint.new")
                (folder / "checkpoint.new").replace(checkpoint)
        else:
            # Some pairs have no answer within reach, so that a pass may be a few batches short.
            step = min((number + 1) * a_pass, planned)
    torch.save(model.state_dict(), folder / "reader.pt")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--passes", type=float, default=PASSES)
    given = parser.parse_args()
    main(given.data_dir, given.folder, threads=given.threads, passes=given.passes)

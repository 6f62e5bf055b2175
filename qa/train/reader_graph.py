"""Write the trained reader down as a graph for ONNX Runtime, for `qa/models/reader.onnx`.

    python -m qa.train.reader_graph DATA_DIR FOLDER > qa/models/reader.onnx

FOLDER is that of `qa/train/reader.py`. The layers multiply whole numbers, with one scale for each output: weights of
seven bits, since a processor without an instruction made for it overflows with eight, and texts of eight. Where some
inputs are far larger than others, these would all be rounded to nothing; so each is divided by how large it becomes in
passages of the training data, and its weights take that factor over (SmoothQuant: Xiao et al., ICML 2023). Of the
log-odds that is read the rounding moves .15. What is looked up for each word is the packaged model's own, which
training left as it was, and is taken from there.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnx
from onnx import TensorProto, helper

from index.encoders.onnx import Weights, open_session, packaged_folder, read_tokenizer, word_table
from qa.evidence.reader import as_read
from qa.train.graph import MICROSOFT, OPSET, Graph, put_layer
from qa.train.pairs import read_sources
from qa.train.reader import SEED

WEIGHTS = "reader.pt"
# Weights are kept as at most so much.
MOST = 63
# How large inputs become is seen in so many passages.
PASSAGES = 60
# The share of a large input's size that its weights take over. Of .3 to 1 the log-odds moved least.
TAKEN_OVER = 0.8
# An input or a weight that is nothing counts as so much.
LEAST = 1e-5


class FloatGraph(Graph):
    """The same operations, with trained weights as they are; `inputs` has what the weights of each part multiply."""

    def __init__(self, trained: Mapping[str, Weights]) -> None:
        super().__init__(trained)
        self.inputs: dict[str, str] = {}

    def weight(self, name: str) -> str:
        """A trained tensor."""
        return self.constant(name, self._weights[name])

    def linear(self, x: str, part: str, name: str) -> str:
        """`x` times the weights of `part`, plus its bias."""
        self.inputs[part] = x
        return super().linear(x, part, name)

    def reader(self, dim: int, *outputs: str) -> onnx.ModelProto:
        """The whole, from what is looked up for each `word` of one text, and its kind, to `logits` and `outputs`."""
        words = helper.make_tensor_value_info("words", TensorProto.FLOAT, ["tokens", dim])
        kinds = helper.make_tensor_value_info("kinds", TensorProto.INT64, ["tokens"])
        logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["tokens", 2])
        others = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        return self.finished("reader", [words, kinds], [logits, *others], [("", OPSET), (MICROSOFT, 1)])


Trained = TypeVar("Trained", bound=FloatGraph)


class WholeGraph(FloatGraph):
    """The layers in whole numbers; `largest` has, of what the weights of each part multiply, how large it becomes."""

    def __init__(self, trained: Mapping[str, Weights], largest: Mapping[str, Weights]) -> None:
        super().__init__(trained)
        self._largest = largest

    def linear(self, x: str, part: str, name: str) -> str:
        """`x` times the weights of `part` in whole numbers, plus its bias."""
        weights = self._weights[f"{part}.weight"]
        sizes = taken_over(self._largest[part], weights)
        wide = weights * sizes
        scales = np.abs(wide).max(axis=1).clip(LEAST) / MOST
        whole = np.rint(wide / scales[:, None]).astype(np.int8).T
        self.put("Mul", x, self.constant(f"{part}.sizes", 1 / sizes), name=f"{name} input")
        tensors = [self.constant(f"{part}.whole", whole), self.constant(f"{part}.scales", scales)]
        inputs = [f"{name} input", *tensors, "", self.weight(f"{part}.bias")]
        return self.put("DynamicQuantizeMatMul", *inputs, name=name, domain=MICROSOFT)


def taken_over(largest: Weights, weights: Weights) -> Weights:
    """What each input is divided by and its weights, (outputs, inputs), are multiplied with: 1 in the middle."""
    of_weights = np.abs(weights).max(axis=0).clip(LEAST)
    sizes = np.log(largest.clip(LEAST)) * TAKEN_OVER - np.log(of_weights) * (1 - TAKEN_OVER)
    factors: Weights = np.exp(sizes - sizes.mean()).astype(np.float32)
    return factors


def make_reader_graph(trained: Mapping[str, Weights], passages: Iterable[Mapping[str, Weights]]) -> onnx.ModelProto:
    """The graph of the reader for one text at a time, in whole numbers that suit `passages` (`words` and `kinds`).

    `logits` has start and end of each token, (tokens, 2).
    """
    dim = len(trained["embeddings.LayerNorm.weight"])
    graph = put_reader(FloatGraph(trained))
    names = sorted(set(graph.inputs.values()))
    session = open_session(graph.reader(dim, *names).SerializeToString(), {})
    largest: dict[str, Weights] = {}
    for read in passages:
        for name, values in zip(names, session.run(names, read), strict=True):
            largest[name] = np.maximum(largest.get(name, 0.0), np.abs(values).max(axis=0))
    whole = WholeGraph(trained, {part: largest[x] for part, x in graph.inputs.items()})
    return put_reader(whole).reader(dim)


def _read_trained(folder: Path) -> dict[str, Weights]:
    """The weights that `qa/train/reader.py` left in `folder`, under the names that the packaged model gives them."""
    import torch

    trained = torch.load(folder / WEIGHTS, weights_only=True)
    return {name.removeprefix("bert."): tensor.float().numpy() for name, tensor in trained.items()}


def _some_passages(data_dir: Path) -> Iterator[Mapping[str, Weights]]:
    """Passages that the reader has learned from, each with a question, as it is given them."""
    folder = packaged_folder()
    table, tokenizer = word_table(folder), read_tokenizer(folder)
    sources = [each for each in read_sources(data_dir, SEED) if each.asked and not each.held_out]
    for source in random.Random(SEED).sample(sources, PASSAGES):
        question, text = tokenizer.encode_batch([source.asked[0][0], source.text], add_special_tokens=False)
        ids, kinds, _ = as_read(question.ids, [], text.ids)
        yield {"words": table[ids], "kinds": np.array(kinds)}


def put_reader(graph: Trained) -> Trained:
    """`graph` with the whole model put down in it."""
    config = json.loads((packaged_folder() / "config.json").read_text(encoding="utf-8"))
    dim, heads, epsilon = config["hidden_size"], config["num_attention_heads"], config["layer_norm_eps"]
    # The names that the layers know; of one text alone nothing is padding.
    graph.number("penalty of each head", 0.0)
    graph.number("scale", (dim // heads) ** -0.5)
    graph.whole("as heads", 1, -1, heads, dim // heads)
    graph.whole("flat", -1, dim)
    graph.whole("0", 0)
    x = _put_embeddings(graph, epsilon)
    for number in range(config["num_hidden_layers"]):
        x = put_layer(graph, number, x, epsilon)
    graph.put("Gemm", x, graph.weight("heads.weight"), graph.weight("heads.bias"), name="logits", transB=1)
    return graph


def _put_embeddings(graph: FloatGraph, epsilon: float) -> str:
    """(tokens, dim): each by its word, its place and whether it is of the question."""
    graph.put("Shape", "kinds", name="tokens")
    graph.put("Slice", graph.weight("embeddings.position_embeddings.weight"), "0", "tokens", "0", name="places")
    graph.put("Gather", graph.weight("embeddings.token_type_embeddings.weight"), "kinds", name="of kinds")
    graph.put("Add", "words", "places", name="words at places")
    graph.put("Add", "words at places", "of kinds", name="rows")
    return graph.layer_norm("rows", "embeddings.LayerNorm", "layer 0", epsilon)


if __name__ == "__main__":
    made = make_reader_graph(_read_trained(Path(sys.argv[2])), _some_passages(Path(sys.argv[1])))
    sys.stdout.buffer.write(made.SerializeToString(deterministic=True))

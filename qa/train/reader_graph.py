"""Write the trained reader down as a graph for ONNX Runtime, for `qa/models/reader.onnx`.

    python -m qa.train.reader_graph FOLDER > qa/models/reader.onnx

FOLDER is that of `qa/train/reader.py`. The weights of the layers are whole numbers of eight bits, with a scale for each
block of them, and so is what they are multiplied with: of the log-odds that is read the rounding moves .1. (One scale
for each whole matrix takes half the time and moves them by 1, and overflows where a processor has no instruction made
for it.) What is looked up for each word is the packaged model's own, which training left as it was, and is taken from
there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from index.encoders.onnx import packaged_folder
from qa.train.graph import OPSET, Graph, put_layer

WEIGHTS = "reader.pt"
# Weights that follow each other and share a scale; they are kept as 128 plus at most 127 or minus that.
BLOCK = 128
MOST, ZERO = 127, 128
# What MatMulNBits calls it: the products too are of whole numbers.
IN_WHOLE_NUMBERS = 4
MICROSOFT = "com.microsoft"


class ReaderGraph(Graph):
    """The same operations, with trained layers in whole numbers."""

    def __init__(self, trained: Mapping[str, np.ndarray[Any, Any]]) -> None:
        super().__init__(trained)
        self._trained = trained

    def constant(self, name: str, array: np.ndarray[Any, Any]) -> str:
        """A tensor that the graph itself holds."""
        self._tensors[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def weight(self, name: str) -> str:
        """A trained tensor as it is."""
        return self.constant(name, self._trained[name])

    def linear(self, x: str, part: str, name: str) -> str:
        """`x` times the weights of `part` in blocks of whole numbers, plus its bias."""
        weights = self._trained[f"{part}.weight"]
        n, k = weights.shape
        blocks = weights.reshape(n, k // BLOCK, BLOCK)
        scales = np.abs(blocks).max(axis=2).clip(1e-9) / MOST
        whole = (np.rint(blocks / scales[:, :, None]) + ZERO).astype(np.uint8)
        inputs = [x, self.constant(f"{part}.whole", whole), self.constant(f"{part}.scales", scales.astype(np.float32))]
        sizes = {"K": k, "N": n, "bits": 8, "block_size": BLOCK, "accuracy_level": IN_WHOLE_NUMBERS}
        self.put("MatMulNBits", *inputs, name=f"{name} product", domain=MICROSOFT, **sizes)
        return self.put("Add", f"{name} product", self.weight(f"{part}.bias"), name=name)

    def reader(self, dim: int) -> onnx.ModelProto:
        """The whole, from what is looked up for each `word` of one text, and its kind, to `logits`."""
        words = helper.make_tensor_value_info("words", TensorProto.FLOAT, ["tokens", dim])
        kinds = helper.make_tensor_value_info("kinds", TensorProto.INT64, ["tokens"])
        logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["tokens", 2])
        return self.finished("reader", [words, kinds], [logits], [("", OPSET), (MICROSOFT, 1)])


def make_reader_graph(folder: Path) -> onnx.ModelProto:
    """The graph of the reader trained in `folder`, for one text at a time: `logits` has start and end of each token."""
    import torch

    trained = {
        name.removeprefix("bert."): tensor.float().numpy()
        for name, tensor in torch.load(folder / WEIGHTS, weights_only=True).items()
    }
    config = json.loads((packaged_folder() / "config.json").read_text(encoding="utf-8"))
    dim, epsilon = config["hidden_size"], config["layer_norm_eps"]
    graph = ReaderGraph(trained)
    _put_shapes(graph, dim, config["num_attention_heads"])
    x = _put_embeddings(graph, epsilon)
    for number in range(config["num_hidden_layers"]):
        x = put_layer(graph, number, x, epsilon)
    graph.put("Gemm", x, graph.weight("heads.weight"), graph.weight("heads.bias"), name="logits", transB=1)
    return graph.reader(dim)


def _put_shapes(graph: ReaderGraph, dim: int, heads: int) -> None:
    """The names that the layers know; of one text alone nothing is padding."""
    graph.number("penalty of each head", 0.0)
    graph.number("scale", (dim // heads) ** -0.5)
    graph.whole("as heads", 1, -1, heads, dim // heads)
    graph.whole("flat", -1, dim)
    graph.whole("0", 0)


def _put_embeddings(graph: ReaderGraph, epsilon: float) -> str:
    """(tokens, dim): each by its word, its place and whether it is of the question."""
    graph.put("Shape", "kinds", name="tokens")
    graph.put("Slice", graph.weight("embeddings.position_embeddings.weight"), "0", "tokens", "0", name="places")
    graph.put("Gather", graph.weight("embeddings.token_type_embeddings.weight"), "kinds", name="of kinds")
    graph.put("Add", "words", "places", name="words at places")
    graph.put("Add", "words at places", "of kinds", name="rows")
    return graph.layer_norm("rows", "embeddings.LayerNorm", "layer 0", epsilon)


if __name__ == "__main__":
    sys.stdout.buffer.write(make_reader_graph(Path(sys.argv[1])).SerializeToString(deterministic=True))

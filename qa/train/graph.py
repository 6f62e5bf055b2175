"""Write down all-MiniLM-L6-v2 as a graph for ONNX Runtime, for `index/encoders/all-MiniLM-L6-v2.onnx`.

    python -m qa.train.graph > index/encoders/all-MiniLM-L6-v2.onnx

The graph has no weights, only their names: those of the packaged `model.safetensors`, from which they are taken when it
is loaded. It is BERT as its authors have it (Devlin et al., NAACL 2019) with the mean of the tokens, unit length.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from index.encoders.onnx import WEIGHTS, packaged_folder, read_weights

OPSET = 20
# What every runtime of the last years reads.
IR_VERSION = 9
# Whose operations ONNX Runtime knows beside those of the standard.
MICROSOFT = "com.microsoft"
# Before the softmax: a token that is only padding gets no share.
NO_SHARE = -1e9


class Graph:
    """Nodes and tensors, as they are put down one after the other."""

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: dict[str, onnx.TensorProto] = {}

    def put(self, kind: str, *inputs: str, name: str, **attributes: Any) -> str:  # noqa: ANN401  (those of the operation)
        """An operation; the name of its output, which is `name`."""
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def whole(self, name: str, *numbers: int) -> str:
        """A list of whole numbers."""
        self._tensors[name] = helper.make_tensor(name, TensorProto.INT64, [len(numbers)], numbers)
        return name

    def number(self, name: str, value: float) -> str:
        """A single number."""
        self._tensors[name] = helper.make_tensor(name, TensorProto.FLOAT, [], [value])
        return name

    def weight(self, name: str) -> str:
        """A tensor of the packaged weights."""
        return self.outside(name, WEIGHTS)

    def constant(self, name: str, array: np.ndarray[Any, Any]) -> str:
        """A tensor that the graph itself holds."""
        self._tensors[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def outside(self, name: str, file: str) -> str:
        """A tensor that is handed over when the graph is loaded, from `file`."""
        array = self._weights[name]
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        tensor = onnx.TensorProto(name=name, data_type=kind, dims=array.shape)
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=file)
        self._tensors[name] = tensor
        return name

    def linear(self, x: str, part: str, name: str) -> str:
        """`x` times the weights of `part`, plus its bias."""
        return self.put("Gemm", x, self.weight(f"{part}.weight"), self.weight(f"{part}.bias"), name=name, transB=1)

    def layer_norm(self, x: str, part: str, name: str, epsilon: float) -> str:
        """`x` with mean 0 and spread 1 in each row, scaled by `part`."""
        weight, bias = self.weight(f"{part}.weight"), self.weight(f"{part}.bias")
        return self.put("LayerNormalization", x, weight, bias, name=name, axis=-1, epsilon=epsilon)

    def model(self, dim: int) -> onnx.ModelProto:
        """The whole, from `input_ids` and `attention_mask` to `vectors`."""
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
            for name in ("input_ids", "attention_mask")
        ]
        vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", dim])
        return self.finished("all-MiniLM-L6-v2", inputs, [vectors])

    def finished(
        self,
        name: str,
        inputs: Sequence[onnx.ValueInfoProto],
        outputs: Sequence[onnx.ValueInfoProto],
        domains: Sequence[tuple[str, int]] = (("", OPSET),),
    ) -> onnx.ModelProto:
        """All that was put down, between these; `domains` of operations with their versions."""
        graph = helper.make_graph(self._nodes, name, inputs, outputs, list(self._tensors.values()))
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid(*each) for each in domains], ir_version=IR_VERSION
        )


def make_graph() -> onnx.ModelProto:
    """The graph of the packaged model."""
    folder = packaged_folder()
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    dim, heads, epsilon = config["hidden_size"], config["num_attention_heads"], config["layer_norm_eps"]
    graph = Graph(read_weights(folder))
    for name, numbers in {"0": (0,), "1": (1,), "2": (2,), "-1": (-1,), "1 2": (1, 2)}.items():
        graph.whole(name, *numbers)
    graph.whole("flat", -1, dim)
    graph.whole("heads", heads, dim // heads)
    graph.whole("dim", dim)
    graph.number("scale", (dim // heads) ** -0.5)
    graph.number("no share", NO_SHARE)
    graph.number("one", 1.0)
    graph.put("Shape", "input_ids", name="shape")
    graph.put("Concat", "shape", "dim", name="as tokens", axis=0)
    graph.put("Concat", "shape", "heads", name="as heads", axis=0)
    put_mask(graph)
    x = _put_embeddings(graph, epsilon)
    for number in range(config["num_hidden_layers"]):
        x = put_layer(graph, number, x, epsilon)
    put_mean(graph, x, "vectors")
    return graph.model(dim)


def put_mask(graph: Graph) -> None:
    """What is added to each token's share: nothing, or for padding so little that none is left."""
    graph.put("Cast", "attention_mask", name="mask", to=TensorProto.FLOAT)
    graph.put("Sub", "one", "mask", name="padding")
    graph.put("Mul", "padding", "no share", name="penalty")
    graph.put("Unsqueeze", "penalty", "1 2", name="penalty of each head")


def _put_embeddings(graph: Graph, epsilon: float) -> str:
    """(tokens of all texts, dim): each by its word, its place and its kind, of which there is one."""
    graph.put("Gather", graph.weight("embeddings.word_embeddings.weight"), "input_ids", name="words")
    graph.put("Slice", "shape", "1", "2", "0", name="tokens")
    graph.put("Slice", graph.weight("embeddings.position_embeddings.weight"), "0", "tokens", "0", name="places")
    graph.put("Slice", graph.weight("embeddings.token_type_embeddings.weight"), "0", "1", "0", name="kinds")
    graph.put("Add", "words", "places", name="words at places")
    graph.put("Add", "words at places", "kinds", name="embedded")
    graph.put("Reshape", "embedded", "flat", name="rows")
    return graph.layer_norm("rows", "embeddings.LayerNorm", "layer 0", epsilon)


def put_layer(graph: Graph, number: int, x: str, epsilon: float) -> str:
    """(tokens of all texts, dim): layer `number` over `x`."""
    part, here = f"encoder.layer.{number}", f"{number} "
    for name, order in (("query", (0, 2, 1, 3)), ("key", (0, 2, 3, 1)), ("value", (0, 2, 1, 3))):
        graph.linear(x, f"{part}.attention.self.{name}", f"{here}{name} rows")
        graph.put("Reshape", f"{here}{name} rows", "as heads", name=f"{here}{name} heads")
        graph.put("Transpose", f"{here}{name} heads", name=f"{here}{name}", perm=order)
    graph.put("MatMul", f"{here}query", f"{here}key", name=f"{here}products")
    graph.put("Mul", f"{here}products", "scale", name=f"{here}scaled")
    graph.put("Add", f"{here}scaled", "penalty of each head", name=f"{here}masked")
    graph.put("Softmax", f"{here}masked", name=f"{here}shares", axis=-1)
    graph.put("MatMul", f"{here}shares", f"{here}value", name=f"{here}gathered")
    graph.put("Transpose", f"{here}gathered", name=f"{here}gathered tokens", perm=(0, 2, 1, 3))
    graph.put("Reshape", f"{here}gathered tokens", "flat", name=f"{here}gathered rows")
    graph.linear(f"{here}gathered rows", f"{part}.attention.output.dense", f"{here}attended")
    graph.put("Add", f"{here}attended", x, name=f"{here}attended sum")
    y = graph.layer_norm(f"{here}attended sum", f"{part}.attention.output.LayerNorm", f"{here}half", epsilon)
    graph.linear(y, f"{part}.intermediate.dense", f"{here}wide")
    graph.put("Gelu", f"{here}wide", name=f"{here}active")
    graph.linear(f"{here}active", f"{part}.output.dense", f"{here}narrow")
    graph.put("Add", f"{here}narrow", y, name=f"{here}sum")
    return graph.layer_norm(f"{here}sum", f"{part}.output.LayerNorm", f"layer {number + 1}", epsilon)


def put_mean(graph: Graph, x: str, name: str) -> None:
    """The mean over each text's tokens, without padding, made unit length."""
    graph.put("Reshape", x, "as tokens", name="of tokens")
    graph.put("Unsqueeze", "mask", "-1", name="mask of tokens")
    graph.put("Mul", "of tokens", "mask of tokens", name="without padding")
    graph.put("ReduceSum", "without padding", "1", name="total", keepdims=0)
    graph.put("ReduceSum", "mask of tokens", "1", name="count", keepdims=0)
    graph.put("Div", "total", "count", name="mean")
    graph.put("LpNormalization", "mean", name=name, axis=-1, p=2)


if __name__ == "__main__":
    sys.stdout.buffer.write(make_graph().SerializeToString(deterministic=True))

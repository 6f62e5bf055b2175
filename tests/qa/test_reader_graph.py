"""The reader in whole numbers says nearly what its trained weights say."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
import pytest

from index.encoders.onnx import DIM, Weights, open_session, packaged_folder, read_weights
from qa.train.reader_graph import FloatGraph, make_reader_graph, put_reader, taken_over

pytestmark = pytest.mark.slow
VALUE = "encoder.layer.3.attention.self.value"
AFTER = "encoder.layer.3.attention.output.dense.weight"


@pytest.fixture(scope="module")
def trained() -> dict[str, Weights]:
    """The packaged weights, with heads drawn at random."""
    heads = np.random.default_rng(1).normal(size=(2, DIM)).astype(np.float32)
    return {**read_weights(packaged_folder()), "heads.weight": heads, "heads.bias": np.zeros(2, np.float32)}


@pytest.fixture(scope="module")
def passages(trained: Mapping[str, Weights]) -> list[dict[str, Weights]]:
    at = np.random.default_rng(2)
    table = trained["embeddings.word_embeddings.weight"]
    return [{"words": table[at.integers(2_000, 20_000, 60)], "kinds": np.arange(60) // 30} for _ in range(4)]


def logits(model: onnx.ModelProto, passage: Mapping[str, Weights]) -> Weights:
    (result,) = open_session(model.SerializeToString(), {}).run(None, passage)
    return np.asarray(result)


def moved(trained: Mapping[str, Weights], passages: list[dict[str, Weights]]) -> float:
    """How far the rounding moves a logit, as a share of how far they lie apart."""
    exact = logits(put_reader(FloatGraph(trained)).reader(DIM), passages[-1])
    whole = logits(make_reader_graph(trained, passages[:-1]), passages[-1])
    return float(np.abs(whole - exact).mean() / exact.std())


def test_rounding_moves_little(trained: Mapping[str, Weights], passages: list[dict[str, Weights]]) -> None:
    assert moved(trained, passages) < 0.1


def test_an_input_that_is_far_larger_than_the_others_does_not_round_them_to_nothing(
    trained: Mapping[str, Weights], passages: list[dict[str, Weights]]
) -> None:
    # The same model: one value of a layer is a hundred times larger, and counts a hundredth where it goes.
    larger = {name: trained[name].copy() for name in (f"{VALUE}.weight", f"{VALUE}.bias", AFTER)}
    larger[f"{VALUE}.weight"][7] *= 100
    larger[f"{VALUE}.bias"][7] *= 100
    larger[AFTER][:, 7] /= 100
    assert moved({**trained, **larger}, passages) < 0.1


def test_large_inputs_are_divided_and_large_weights_are_not() -> None:
    sizes = taken_over(np.array([1.0, 100.0, 1.0], np.float32), np.array([[1.0, 1.0, 100.0]], np.float32))
    assert sizes[1] > sizes[0] > sizes[2]

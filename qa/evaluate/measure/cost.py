"""What answering costs: questions a second, and milliseconds by stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa.answer import Answer


@dataclass(frozen=True, slots=True)
class Stage:
    """Milliseconds of one stage of answering: median and 95th percentile."""

    name: str
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What `n` answers took, one after the other, each from nothing."""

    n: int
    questions_per_second: float
    stages: tuple[Stage, ...]


def measure_cost(answers: Sequence[Answer]) -> Cost:
    """The cost of `answers`, by the timing each carries."""
    stages = []
    for name in dict.fromkeys(name for answer in answers for name in answer.timing_ms):
        times = [answer.timing_ms[name] for answer in answers if name in answer.timing_ms]
        p50, p95 = np.quantile(times, [0.5, 0.95])
        stages.append(Stage(name, float(p50), float(p95)))
    total = sum(answer.timing_ms.get("total", 0.0) for answer in answers) / 1000
    return Cost(len(answers), len(answers) / total if total else 0.0, tuple(stages))

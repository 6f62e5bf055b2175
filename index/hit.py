"""Hit: a passage found, and how well it matched."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """`number` is the passage's number in the store; `score`: higher is better."""

    number: int
    score: float

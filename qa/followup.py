"""A question and what was said before it, to a question that stands alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """A question asked before; `answer` is the text given, None when the articles did not say."""

    question: str
    answer: str | None = None

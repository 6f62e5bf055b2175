"""The whole of an evaluation: what was asked, what came, and every figure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from index.postgres.address import Address
from qa.answer import Answer, IndexInfo
from qa.evaluate.gold.gold_set import GoldSet, clusters
from qa.evaluate.measure.bootstrap import LEVEL, RESAMPLES, SEED, Bootstrap
from qa.evaluate.measure.breakdown import Group, break_down
from qa.evaluate.measure.cost import Cost, measure_cost
from qa.evaluate.measure.figures import Figure, measure
from qa.evaluate.measure.judge import Judgement, Outcome
from qa.evaluate.measure.refusal import Bin, Verdicts, reliability


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A judged run of a set and its figures. `citations` counts those checked, all of them exact.

    `folder`, which can be a database, has the index that was asked; `unreadable` has a line for each article of the set
    that is not in it.
    """

    gold: GoldSet
    judgements: Sequence[Judgement]
    figures: dict[str, Figure]
    groups: list[Group]
    bins: list[Bin]
    cost: Cost | None
    citations: int
    index: IndexInfo
    folder: Path | Address
    unreadable: Sequence[str]

    @property
    def outcomes(self) -> dict[Outcome, int]:
        """How many questions ended how, in the order of the stages."""
        counts = Counter(judgement.outcome for judgement in self.judgements)
        return {outcome: counts[outcome] for outcome in Outcome if counts[outcome]}

    @property
    def unanswerable(self) -> int:
        """Questions that the articles do not answer."""
        return sum(not judgement.question.is_answerable for judgement in self.judgements)

    @property
    def method(self) -> str:
        """How the intervals were found."""
        questions = [judgement.question for judgement in self.judgements]
        is_by_article = any(name.startswith("article ") for name in clusters(questions))
        return f"percentile bootstrap by {'article' if is_by_article else 'question'}"

    def to_json(self) -> dict[str, object]:
        """What `metrics.json` holds. Values are shares of 1, times are milliseconds."""
        return {
            "set": self.gold.name,
            "set_sha256": self.gold.sha256,
            "questions": len(self.judgements),
            "unanswerable": self.unanswerable,
            "index": asdict(self.index),
            "interval": {"level": LEVEL, "method": self.method, "resamples": RESAMPLES},
            "figures": {name: _rounded(figure) for name, figure in self.figures.items()},
            "citations": {"checked": self.citations, "exact": self.citations},
            "outcomes": {str(outcome): count for outcome, count in self.outcomes.items()},
            "reliability": [asdict(each) for each in self.bins],
            "cost": asdict(self.cost) if self.cost else None,
            "breakdown": [
                asdict(group) | {"figures": {name: _rounded(figure) for name, figure in group.figures.items()}}
                for group in self.groups
            ],
        }


def summarise(
    gold: GoldSet,
    judgements: Sequence[Judgement],
    folder: Path | Address,
    timed: Sequence[Answer] = (),
    *,
    unreadable: Sequence[str] = (),
    seed: int = SEED,
) -> Evaluation:
    """Every figure of `judgements`, of which there is at least one, and what the `timed` answers cost.

    `folder`, which can be a database, has the index that was asked, `unreadable` what of the set's articles could not
    be read into it.
    """
    bootstrap = Bootstrap(clusters([judgement.question for judgement in judgements]), seed)
    return Evaluation(
        gold=gold,
        judgements=judgements,
        figures=measure(judgements, bootstrap),
        groups=break_down(judgements, bootstrap),
        bins=reliability(Verdicts.of(judgements)),
        cost=measure_cost(timed) if timed else None,
        citations=sum(len(judgement.asked.answer.citations) for judgement in judgements),
        index=judgements[0].asked.answer.index,
        folder=folder,
        unreadable=unreadable,
    )


def json_number(value: float) -> float | None:
    """Six digits; None for nan, which JSON does not know."""
    return None if math.isnan(value) else round(value, 6)


def _rounded(figure: Figure) -> dict[str, float | None]:
    numbers = {"value": figure.value, "low": figure.low, "high": figure.high}
    return {key: json_number(value) for key, value in numbers.items()} | {"n": figure.n}

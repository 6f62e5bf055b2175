"""The pictures of the report, as SVG that takes its colours and type from the page. The only user of matplotlib."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal

import matplotlib
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator, PercentFormatter

from corpus.months import MONTHS
from qa.evaluate.compare.compare import Change
from qa.evaluate.measure.figures import Figure
from qa.evaluate.measure.refusal import Bin, Verdicts, risk_coverage

# Stand-ins that no other part of a drawing uses; in the page they become its own colours, light or dark.
INK, QUIET, RULE, ACCENT, GOOD, PAPER = "#010101", "#020202", "#030303", "#040404", "#050505", "#060606"
_COLOURS = {INK: "ink", QUIET: "quiet", RULE: "rule", ACCENT: "accent", GOOD: "good", PAPER: "paper"}
WIDTH = 4.7
LINE_HEIGHT = 0.27
# Errors a reader may be ready to take.
RISKS = (0.05, 0.10)
# More would run into each other.
MAX_DAYS_NAMED = 6

Tone = Literal["good", "weak", "bad"]
_TONES: dict[Tone, tuple[str, float]] = {"good": (GOOD, 1.0), "weak": (GOOD, 0.45), "bad": (ACCENT, 1.0)}


def draw_figures(figures: Sequence[Figure]) -> Markup:
    """Each figure as a point on its interval, 0 to 1."""

    def draw(axes: Axes) -> None:
        for place, figure in enumerate(reversed(figures)):
            axes.plot([figure.low, figure.high], [place, place], color=ACCENT, linewidth=2, alpha=0.45)
            axes.plot(figure.value, place, "o", color=ACCENT, markersize=5)
        axes.set_yticks(range(len(figures)), [figure.name for figure in reversed(figures)])
        axes.set_xlim(-0.01, 1.01)

    return _picture(draw, "figures", height=0.6 + LINE_HEIGHT * len(figures))


def draw_risk_coverage(verdicts: Verdicts, before: Verdicts | None = None) -> Markup:
    """Share of wrong answers when only the surest questions are answered; `before` is an earlier run's."""

    def draw(axes: Axes) -> None:
        for risk in RISKS:
            axes.axhline(risk, color=RULE, linewidth=1)
        if before is not None:
            axes.step(*risk_coverage(before), where="post", color=QUIET, linewidth=1.2, linestyle="--", label="before")
        axes.step(*risk_coverage(verdicts), where="post", color=ACCENT, linewidth=2, label="this run")
        if before is not None:
            axes.legend(frameon=False, labelcolor=INK)
        axes.set_xlabel("coverage: share of the questions answered")
        axes.set_ylabel("risk: share of those wrong")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        axes.yaxis.set_major_formatter(PercentFormatter(1))

    return _picture(draw, "risk-coverage", height=3.4)


def draw_reliability(bins: Sequence[Bin]) -> Markup:
    """What came true against what was promised, by steps of confidence, with the number of questions in each."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, linestyle="--")
        for each in bins:
            axes.bar(each.low, each.right, each.high - each.low, align="edge", color=ACCENT, alpha=0.3, linewidth=0)
        axes.plot(
            [b.confidence for b in bins], [b.right for b in bins], "o-", color=ACCENT, markersize=4, linewidth=1.5
        )
        for each in bins:
            axes.annotate(
                f"{each.n}", (each.confidence, each.right), (0, 6), textcoords="offset points", ha="center", color=INK
            )
        axes.set_xlabel("confidence, mean of each step")
        axes.set_ylabel("share that is right")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.08)
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        axes.yaxis.set_major_formatter(PercentFormatter(1))

    return _picture(draw, "reliability", height=3.4)


def draw_outcomes(outcomes: Sequence[tuple[str, int, bool]]) -> Markup:
    """A bar for each (outcome, questions, is a failure)."""

    def draw(axes: Axes) -> None:
        for place, (_, count, is_failure) in enumerate(reversed(outcomes)):
            axes.barh(place, count, 0.6, color=ACCENT if is_failure else GOOD, linewidth=0)
            axes.annotate(f"{count:,}", (count, place), (4, 0), textcoords="offset points", va="center", color=INK)
        axes.set_yticks(range(len(outcomes)), [name for name, _, _ in reversed(outcomes)])
        axes.set_xlim(0, 1.12 * max(count for _, count, _ in outcomes))

    return _picture(draw, "outcomes", height=0.6 + LINE_HEIGHT * len(outcomes))


def draw_days(name: str, days: Sequence[date], counts: Sequence[tuple[str, Sequence[int], Tone]]) -> Markup:
    """A bar a day of several named counts on top of each other; `name` tells the picture from others."""

    def draw(axes: Axes) -> None:
        below = [0] * len(days)
        for label, values, tone in counts:
            colour, alpha = _TONES[tone]
            axes.bar(range(len(days)), values, 0.8, below, color=colour, alpha=alpha, linewidth=0, label=label)
            below = [sum(both) for both in zip(below, values, strict=True)]
        step = max(1, math.ceil(len(days) / MAX_DAYS_NAMED))
        named = range(len(days) - 1, -1, -step)
        axes.set_xticks(
            list(named), [f"{days[place].day} {MONTHS['en'][days[place].month - 1][:3]}" for place in named]
        )
        axes.set_xlim(-0.6, len(days) - 0.4)
        axes.set_ylim(0, max(1.0, 1.05 * max(below)))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.grid(visible=False, axis="x")
        axes.legend(
            frameon=False, labelcolor=INK, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(counts), borderaxespad=0
        )

    return _picture(draw, name, height=2.6)


def draw_stages(stages: Sequence[tuple[str, float, float]]) -> Markup:
    """A bar for each (stage, milliseconds on average, at most)."""

    def draw(axes: Axes) -> None:
        for place, (_, mean, most) in enumerate(reversed(stages)):
            axes.barh(place, mean, 0.6, color=ACCENT, linewidth=0)
            words = f"{mean:,.0f} ms, at most {most:,.0f}"
            axes.annotate(words, (mean, place), (4, 0), textcoords="offset points", va="center", color=INK)
        axes.set_yticks(range(len(stages)), [name for name, _, _ in reversed(stages)])
        # The words stand behind the bar.
        axes.set_xlim(0, 1.7 * max(mean for _, mean, _ in stages) or 1)

    return _picture(draw, "stages", height=0.6 + LINE_HEIGHT * len(stages))


def draw_changes(changes: Sequence[Change]) -> Markup:
    """Each measure's difference with its interval; for the better is to the right."""

    def draw(axes: Axes) -> None:
        axes.axvline(0, color=QUIET, linewidth=1)
        for place, change in enumerate(reversed(changes)):
            sign = 1 if change.gain == change.difference else -1
            colour = {"better": GOOD, "worse": ACCENT}.get(change.verdict, QUIET)
            axes.plot([sign * change.low, sign * change.high], [place, place], color=colour, linewidth=2)
            axes.plot(change.gain, place, "o", color=colour, markersize=5)
        axes.set_yticks(range(len(changes)), [change.name for change in reversed(changes)])
        axes.set_xlabel("worse ← difference → better")

    return _picture(draw, "changes", height=0.9 + LINE_HEIGHT * len(changes))


def _picture(draw: Callable[[Axes], None], name: str, *, height: float) -> Markup:
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 10}):
        canvas = Canvas(figsize=(WIDTH, height), layout="constrained")
        axes = canvas.add_subplot()
        axes.set_axisbelow(True)
        axes.grid(color=RULE, linewidth=0.6)
        axes.tick_params(colors=INK, length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        draw(axes)
        axes.xaxis.label.set_color(INK)
        axes.yaxis.label.set_color(INK)
        stream = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        canvas.savefig(stream, format="svg", transparent=True, metadata=nothing)
    return Markup(_as_part_of_page(stream.getvalue(), name))


def _as_part_of_page(svg: str, name: str) -> str:
    """The `<svg>` alone, scaled by the page, with the page's colours and type, its ids its own."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(
        r'<svg ([^>]*?)width="[^"]*"', r"<svg \1", re.sub(r'(<svg [^>]*?)height="[^"]*"', r"\1", svg, count=1), count=1
    )
    svg = svg.replace("<svg ", '<svg aria-hidden="true" ', 1)
    svg = re.sub(r"'DejaVu Sans'[^;\"]*", "var(--sans)", svg)
    svg = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\g<1>{name}-", svg)
    for stand_in, colour in _COLOURS.items():
        svg = svg.replace(stand_in, f"var(--{colour})")
    return svg

"""The page of what was asked of a server: how much, how well it went, how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qa.evaluate.report import pictures
from qa.evaluate.report.templates import TEMPLATES
from qa.feedback import Feedback
from qa.insights import Insights

# What the page can show, in days.
SPANS = (7, 30, 365)
# Of what readers thought so much is listed, the newest.
MAX_LISTED = 100


@dataclass(frozen=True, slots=True)
class CitedArticle:
    """An article that answered `times` questions: its title and its address, None where it is gone."""

    title: str
    address: str | None
    times: int


def insights_page(
    insights: Insights, cited: Sequence[CitedArticle], feedback: Sequence[Feedback], *, shows_questions: bool
) -> str:
    """The page; of `feedback` that of other days is left out, and the questions where they are not to be shown."""
    days = list(insights.days)
    within = [each for each in feedback if days[0] <= _day(each) <= days[-1]]
    total = next((stage for stage in insights.stages if stage.name == "total"), None)
    stages = [stage for stage in insights.stages if stage.name != "total"]
    verdicts = {verdict: [each for each in within if each.verdict == verdict] for verdict in ("up", "down")}
    return TEMPLATES.get_template("insights.html").render(
        spans=SPANS,
        insights=insights,
        asked=insights.total("answered", "unsure", "refused"),
        total=total,
        stages=stages,
        cited=cited,
        most=max((article.times for article in cited), default=0),
        verdicts=verdicts,
        listed=within[::-1][:MAX_LISTED] if shows_questions else [],
        shows_questions=shows_questions,
        pictures={
            "questions": _questions(insights),
            "stages": pictures.draw_stages([(s.name, s.mean_ms, s.most_ms) for s in stages]) if stages else "",
            "feedback": _verdicts(days, verdicts["up"], verdicts["down"]) if within else "",
        },
    )


def _questions(insights: Insights) -> str:
    counts = list(insights.days.values())
    return pictures.draw_days(
        "questions",
        list(insights.days),
        [
            ("answered", [day["answered"] for day in counts], "good"),
            ("unsure", [day["unsure"] for day in counts], "weak"),
            ("refused", [day["refused"] for day in counts], "bad"),
        ],
    )


def _verdicts(days: Sequence[date], up: Sequence[Feedback], down: Sequence[Feedback]) -> str:
    counted = [[sum(_day(each) == day for each in given) for day in days] for given in (up, down)]
    return pictures.draw_days("feedback", days, [("helpful", counted[0], "good"), ("not helpful", counted[1], "bad")])


def _day(feedback: Feedback) -> date:
    return date.fromisoformat(feedback.given_at[:10])

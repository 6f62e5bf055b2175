"""A question, read once: what it asks for, of which time and sources, and how it sounds without its names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qa.question.kind import AnswerType, asked_type, last_sentence
from qa.question.names import without_names
from qa.question.preference import Preference, read_preference


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that stands alone, and all that its words say whatever the articles hold.

    `bare` is what is asked in the end, with "it" for each name, `kind` what it asks for, `preference` the articles
    that it prefers.
    """

    text: str
    bare: str
    kind: AnswerType
    preference: Preference


def read_question(
    text: str, *, asked_on: date | None = None, sources: Sequence[str] = (), newest: date | None = None
) -> Question:
    """The question `text`, asked on that day where it is known, of articles of `sources` up to the day `newest`."""
    return Question(
        text=text,
        bare=without_names(last_sentence(text)),
        kind=asked_type(text),
        preference=read_preference(text, asked_on, sources, newest),
    )

"""A question, read once: what it asks for, of which time and sources, and how it sounds without its names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.words.analyze import analyze
from qa.question.kind import AnswerType, asked_type, last_sentence
from qa.question.names import without_names
from qa.question.preference import Preference, read_preference

_WHO = re.compile(r"(?:(?:and|but|so),? )?(?:who|what)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that stands alone, and all that its words say whatever the articles hold.

    `bare` is what is asked in the end, with "it" for each name, `kind` what it asks for, `preference` the articles
    that it prefers. `is_about_name`: it asks for nothing but who or what a name is, or what it did, so that whatever is
    said of it answers.
    """

    text: str
    bare: str
    kind: AnswerType
    preference: Preference
    is_about_name: bool = False


def read_question(
    text: str, *, asked_on: date | None = None, sources: Sequence[str] = (), newest: date | None = None
) -> Question:
    """The question `text`, asked on that day where it is known, of articles of `sources` up to the day `newest`."""
    last = last_sentence(text)
    bare = without_names(last)
    is_about_name = bare != last and _WHO.match(bare) is not None and not analyze(bare)
    return Question(
        text=text,
        bare=bare,
        kind=AnswerType.OTHER if is_about_name else asked_type(text),
        preference=read_preference(text, asked_on, sources, newest),
        is_about_name=is_about_name,
    )

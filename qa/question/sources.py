"""The sources a question names: "the TechCrunch article on", "according to The Daily"."""

from __future__ import annotations

import re
from collections.abc import Sequence

# A name alone is not enough: "the founder of CNN" is about CNN, "CNN's report on" wants what CNN published.
_TOLD = "articles?|reports?|reported|story|stories|coverage|covered|pieces?|newspaper|magazine|wrote|writes|published"
_TELL = "report|say|tell|describe|mention|suggest|claim|write|publish|discuss|cover|attribute|indicate"
_BY = rf"(?:{_TOLD}|discussed|detailed|described|featured|mentioned|noted)(?: \w+)? (?:by|from|in|of)"
_BEFORE = rf"(?:(?i:according to|as per)|{_BY})(?: both)? (?:(?:the|an?|article|report) )*"
_OPEN, _CLOSE = "['\"‘“]", "['\"’”]"


def named_sources(question: str, sources: Sequence[str]) -> tuple[str, ...]:
    """Those of `sources` whose articles `question` wants, by their names or the part before " - ", " | " or ": "."""
    return tuple(source for source in sources if _is_named(source, question))


def _is_named(source: str, question: str) -> bool:
    names = {source, re.split(r" [-|–] |: ", source)[0]}
    # The cheap look comes first: most questions do not hold the name at all.
    return any(name.removeprefix("The ") in question and _wants(name, question) for name in names if name)


def _wants(name: str, question: str) -> bool:
    bare = re.escape(name.removeprefix("The "))
    name = rf"[Tt]he {bare}" if name.startswith("The ") else bare
    words = rf"(?<!\w){_OPEN}?{name}{_CLOSE}?(?!\w)"
    return any(
        re.search(pattern, question)
        for pattern in (
            # "the TechCrunch article", "The Daily’s first report", "as CNN reported"
            rf"{words}(?:['’]?s)?(?: (?!and\b|or\b)[\w-]+)? (?:{_TOLD})\b",
            # "according to The Daily", "the article from CNN"
            rf"\b{_BEFORE}{words}",
            # "concerns from 'The Age'"
            rf"\b(?:by|from) {_OPEN}{name}{_CLOSE}",
            # "Did the Guardian describe", "Does 'The Age' agree"
            rf"\b(?:[Dd]id|[Dd]oes|[Dd]o) (?:the )?(?:{words} (?:{_TELL})\b|{_OPEN}{name}{_CLOSE})",
        )
    )

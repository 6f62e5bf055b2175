"""What is wrong with a citation, in words."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import GLACIER

from qa.check.verify import citation_problem

QUOTE = GLACIER.text[19:49]


def exact(**changes: object) -> dict[str, Any]:
    """A citation of the glacier article, as JSON, with `changes`; a change to ... takes the key out."""
    whole = {
        "article_id": "glacier",
        "start": 19,
        "end": 49,
        "quote": QUOTE,
        "answer_start": 24,
        "answer_end": 35,
        "text_sha256": GLACIER.text_sha256,
    }
    return {key: value for key, value in (whole | changes).items() if value is not ...}


@pytest.mark.parametrize(
    "citation",
    [
        exact(),
        exact(answer_start=..., answer_end=...),
        exact(answer_start=19, answer_end=49),
        exact(short_start=None, short_end=None),
        exact(short_start=24, short_end=35),
        exact(short_start=26, short_end=27),
        exact(answer_start=..., answer_end=..., short_start=19, short_end=49),
        exact(start=len(GLACIER.text) - 7, end=len(GLACIER.text), quote="Zürich.", answer_start=..., answer_end=...),
        exact(title="of no interest"),
    ],
)
def test_an_exact_citation(citation: dict[str, Any]) -> None:
    assert citation_problem(citation, GLACIER) is None


@pytest.mark.parametrize(
    ("citation", "problem"),
    [
        (exact(quote=...), "the citation has no 'quote'"),
        (exact(start=..., text_sha256=...), "the citation has no 'start', 'text_sha256'"),
        (exact(text_sha256="0" * 64), "the text of 'glacier' has changed since"),
        (exact(text_sha256=None), "the text of 'glacier' has changed since"),
        (exact(start=-1), "the offsets -1:49 are not in the text of 'glacier'"),
        (exact(end=19), "the offsets 19:19 are not in the text of 'glacier'"),
        (exact(end=9_999), "the offsets 19:9999 are not in the text of 'glacier'"),
        (exact(start="19"), "the offsets '19':49 are not in the text of 'glacier'"),
        (exact(start=19.0), "the offsets 19.0:49 are not in the text of 'glacier'"),
        (exact(start=True), "the offsets True:49 are not in the text of 'glacier'"),
        (exact(end=None), "the offsets 19:None are not in the text of 'glacier'"),
        (exact(start=20, end=50), "the quote differs from 'glacier' at 20:50"),
        (exact(quote=QUOTE.upper()), "the quote differs from 'glacier' at 19:49"),
        (exact(quote=QUOTE + " "), "the quote differs from 'glacier' at 19:49"),
        (exact(quote=None), "the quote differs from 'glacier' at 19:49"),
        (exact(answer_start=18), "the marked answer 18:35 is not inside 19:49"),
        (exact(answer_end=50), "the marked answer 24:50 is not inside 19:49"),
        (exact(answer_end=24), "the marked answer 24:24 is not inside 19:49"),
        (exact(answer_start=None), "the marked answer None:35 is not inside 19:49"),
        (exact(answer_end="35"), "the marked answer 24:'35' is not inside 19:49"),
        (exact(short_start=23, short_end=35), "the short answer 23:35 is not inside 24:35"),
        (exact(short_start=24, short_end=36), "the short answer 24:36 is not inside 24:35"),
        (exact(short_start=26, short_end=26), "the short answer 26:26 is not inside 24:35"),
        (exact(short_start=26), "the short answer 26:None is not inside 24:35"),
        (exact(short_end=26), "the short answer None:26 is not inside 24:35"),
        (exact(short_start="26", short_end=27), "the short answer '26':27 is not inside 24:35"),
        (exact(short_start=26.0, short_end=27), "the short answer 26.0:27 is not inside 24:35"),
        (exact(short_start=False, short_end=27), "the short answer False:27 is not inside 24:35"),
    ],
)
def test_what_is_wrong_is_said(citation: dict[str, Any], problem: str) -> None:
    assert citation_problem(citation, GLACIER) == problem


def test_an_article_that_is_not_there() -> None:
    assert citation_problem(exact(), None) == "no article 'glacier' in the index"

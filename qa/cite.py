"""A candidate to a citation, and the check that any citation must pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from corpus.article import Article
from qa.answer import Citation, Copy
from qa.select import Candidate, Found


def cite(candidates: Sequence[Candidate]) -> tuple[Citation, ...]:
    """Citations of `candidates` in their order, ranks from 1."""
    return tuple(_citation(rank, candidate) for rank, candidate in enumerate(candidates, start=1))


def citation_problem(citation: Mapping[str, Any], article: Article | None) -> str | None:
    """What is wrong with a citation (the contract's JSON), None when it is exact to the character."""
    missing = [key for key in ("article_id", "start", "end", "quote", "text_sha256") if key not in citation]
    if missing:
        return f"the citation has no {', '.join(repr(key) for key in missing)}"
    if article is None:
        return f"no article {citation['article_id']!r} in the index"
    if citation["text_sha256"] != article.text_sha256:
        return f"the text of {article.article_id!r} has changed since"
    start, end = citation["start"], citation["end"]
    if not (type(start) is type(end) is int and 0 <= start < end <= len(article.text)):
        return f"the offsets {start!r}:{end!r} are not in the text of {article.article_id!r}"
    if article.text[start:end] != citation["quote"]:
        return f"the quote differs from {article.article_id!r} at {start}:{end}"
    marked = citation.get("answer_start", start), citation.get("answer_end", end)
    if not (all(type(offset) is int for offset in marked) and start <= marked[0] < marked[1] <= end):
        return f"the marked answer {marked[0]!r}:{marked[1]!r} is not inside {start}:{end}"
    return None


def _citation(rank: int, candidate: Candidate) -> Citation:
    passage, article = candidate.found.passage, candidate.found.article
    return Citation(
        rank=rank,
        article_id=article.article_id,
        passage_id=passage.passage_id,
        title=article.title,
        source=article.source,
        published=article.published,
        url=article.url,
        start=passage.start,
        end=passage.end,
        quote=article.text[passage.start : passage.end],
        answer_start=candidate.marked_from,
        answer_end=candidate.end,
        score=candidate.probability,
        text_sha256=article.text_sha256,
        also_in=tuple(_copy(found) for found in candidate.copies),
    )


def reader_address(article_id: str, start: int, end: int, answer: tuple[int, int] | None = None) -> str:
    """The reader page with `start:end` marked and scrolled to, in it `answer`; relative to the server's root."""
    sentence = f"&answer_start={answer[0]}&answer_end={answer[1]}" if answer else ""
    # Slashes too: a browser would resolve the `..` of an id like `a/../b`.
    return f"articles/{quote(article_id, safe='')}?start={start}&end={end}{sentence}#quote"


def _copy(found: Found) -> Copy:
    article, passage = found.article, found.passage
    return Copy(
        article.article_id, article.title, article.source, article.published, article.url, passage.start, passage.end
    )

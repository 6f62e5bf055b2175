"""Check the citations of saved answers against the articles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

from corpus.article import Article
from corpus.clean import check_readable
from corpus.errors import UserError
from index.store.errors import ArticleNotFound
from qa.answer import Answer
from qa.show.address import revision_address

if TYPE_CHECKING:
    from index.store.store import Store


CHANGED = "has changed since"


@dataclass(slots=True)
class Verification:
    """How many `citations` of how many `answers` were checked, and a line for each that is not exact."""

    answers: int = 0
    citations: int = 0
    problems: list[str] = field(default_factory=list)


def verify_file(file: Path, store: Store) -> Verification:
    """Check every citation in `file`: one answer as JSON, or one a line, or a list of them.

    Raises UserError with the line when the file is no such thing.
    """
    result = _verify(_answers(file), store)
    if not result.answers:
        raise UserError(f"{str(file)!r} holds no answers; save some with `article-qa ask --json`")
    return result


def verify_answers(answers: Sequence[Answer], store: Store) -> Verification:
    """Check every citation of `answers`."""
    named = enumerate(answers, start=1)
    return _verify(((f"answer {n}", [asdict(each) for each in answer.citations]) for n, answer in named), store)


def _verify(answers: Iterable[tuple[str, Sequence[object]]], store: Store) -> Verification:
    """`answers` are pairs of what to call an answer, and its citations."""
    result = Verification()
    for name, citations in answers:
        result.answers += 1
        for rank, citation in enumerate(citations, start=1):
            result.citations += 1
            problem = _problem(citation, store)
            if problem:
                result.problems.append(f"{name}: citation {rank}: {problem}")
    return result


def citation_problem(citation: Mapping[str, object], article: Article | None) -> str | None:
    """What is wrong with a citation (the contract's JSON), None when it is exact to the character."""
    missing = [key for key in ("article_id", "start", "end", "quote", "text_sha256") if key not in citation]
    if missing:
        return f"the citation has no {', '.join(repr(key) for key in missing)}"
    if article is None:
        return f"no article {citation['article_id']!r} in the index"
    if citation["text_sha256"] != article.text_sha256:
        return f"the text of {article.article_id!r} {CHANGED}"
    start, end = citation["start"], citation["end"]
    if not (_is_offset(start) and _is_offset(end) and start < end <= len(article.text)):
        return f"the offsets {start!r}:{end!r} are not in the text of {article.article_id!r}"
    if article.text[start:end] != citation["quote"]:
        return f"the quote differs from {article.article_id!r} at {start}:{end}"
    first, last = citation.get("answer_start", start), citation.get("answer_end", end)
    if not (_is_offset(first) and _is_offset(last) and start <= first < last <= end):
        return f"the marked answer {first!r}:{last!r} is not inside {start}:{end}"
    words = citation.get("short_start"), citation.get("short_end")
    return None if words == (None, None) else _short_problem(*words, first, last)


def _short_problem(start: object, end: object, first: int, last: int) -> str | None:
    if not (_is_offset(start) and _is_offset(end) and first <= start < end <= last):
        return f"the short answer {start!r}:{end!r} is not inside {first}:{last}"
    return None


def _is_offset(value: object) -> TypeGuard[int]:
    # True is an int too.
    return type(value) is int and value >= 0


def _problem(citation: object, store: Store) -> str | None:
    if not isinstance(citation, dict):
        return f"it is {citation!r:.80}, not an object"
    article_id = citation.get("article_id")
    if not isinstance(article_id, str):
        return f"its article_id is {article_id!r:.80}, not a string"
    try:
        problem = citation_problem(citation, store.article(check_readable(article_id)))
        return f"{problem}{_kept(citation, article_id, store)}" if problem and problem.endswith(CHANGED) else problem
    # An id that cannot be stored is of no article.
    except (ArticleNotFound, ValueError):
        return citation_problem(citation, None)


def _kept(citation: Mapping[str, object], article_id: str, store: Store) -> str:
    """What is kept of the text that was cited, to be said behind the problem."""
    for revision in store.provenance.revisions(article_id):
        if revision.article.text_sha256 == citation["text_sha256"]:
            problem = citation_problem(citation, revision.article)
            address = revision_address(article_id, revision.article.text_sha256)
            exact = f"not exact in the text until then: {problem}" if problem else "exact in the text until then"
            return f", on {revision.changed}; {exact} ({address})"
    return ""


def _answers(file: Path) -> Iterator[tuple[str, list[object]]]:
    """(`file:line`, citations) of each answer in the file."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot read {str(file)!r}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{str(file)!r} is not UTF-8 text: {error.reason} at byte {error.start}") from error
    try:
        whole = json.loads(text)
        # A conversation is saved as a list of its answers.
        lines = list(enumerate(whole, start=1)) if whole and isinstance(whole, list) else [(1, whole)]
    except (ValueError, RecursionError):
        # Not `splitlines`: a question may hold U+2028 and other line ends, which JSON leaves as they are.
        lines = [(n, _parse(file, n, line)) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    for number, value in lines:
        citations = value.get("citations") if isinstance(value, dict) else None
        if not isinstance(citations, list):
            raise UserError(f"{file}:{number}: not an answer: no list of citations")
        yield f"{file}:{number}", citations


def _parse(file: Path, number: int, line: str) -> object:
    try:
        return json.loads(line)
    # Python gives up on lists in lists in lists.
    except (ValueError, RecursionError) as error:
        raise UserError(f"{file}:{number}: not JSON: {error}") from error

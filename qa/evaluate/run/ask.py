"""A run: every question of a set asked, with its answer and its ranking of articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from index.retriever import Retriever
from qa.answer import Answer, Citation, Copy, IndexInfo
from qa.answerer import Answerer
from qa.check.verify import citation_problem
from qa.evaluate.gold.gold_set import GoldQuestion
from qa.evidence.gather import WEIGHED
from qa.progress import OnProgress, counting

if TYPE_CHECKING:
    from index.store.store import Store

# Passages asked for: as many as are weighed anyway.
CITED = WEIGHED
CITED_FIELDS = frozenset(field.name for field in fields(Citation))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's answer, and the articles found for it, best first, each once."""

    question_id: str
    answer: Answer
    articles: tuple[str, ...]


def ask_all(
    questions: Sequence[GoldQuestion], answerer: Answerer, retriever: Retriever, on_progress: OnProgress | None = None
) -> list[Asked]:
    """Ask every question, in order, of the index that both `answerer` and `retriever` have open."""
    asked = []
    advance = counting(on_progress, len(questions))
    for question in questions:
        answer = answerer.ask(question.text, history=question.history, k=CITED, asked_on=question.asked_on)
        asked.append(Asked(question.question_id, read_answer(answer.to_json()), rank_articles(answer, retriever)))
        advance(1)
    return asked


def rank_articles(answer: Answer, retriever: Retriever) -> tuple[str, ...]:
    """Articles by their best passage: those cited, in that order, then what else the search found."""
    hits = retriever.search(answer.query).hits
    passages = retriever.store.passages([hit.number for hit in hits])
    found = [passages[hit.number].article_id for hit in hits if hit.number in passages]
    cited = [article_id for citation in answer.citations for article_id in citation.article_ids]
    return tuple(dict.fromkeys([*cited, *found]))


def read_answer(record: Mapping[str, Any]) -> Answer:
    """An Answer from its JSON form. Raises KeyError, TypeError or ValueError when it is none."""
    return Answer(
        question=record["question"],
        query=record["query"],
        is_answerable=record["answerable"],
        confidence=record["confidence"],
        text=record["answer"],
        citations=tuple(_read_citation(citation) for citation in record["citations"]),
        index=IndexInfo(**{key: record["index"][key] for key in ("version", "articles", "passages")}),
        timing_ms=record["timing_ms"],
        newest=date.fromisoformat(record["newest"]) if "newest" in record else None,
    )


def find_inexact(run: Sequence[Asked], store: Store) -> list[str]:
    """A line for each citation that is not exact to the character."""
    problems = []
    for asked in run:
        citations = asked.answer.citations
        articles = store.articles(sorted({citation.article_id for citation in citations}))
        for citation in citations:
            problem = citation_problem(asdict(citation), articles.get(citation.article_id))
            if problem:
                problems.append(f"question {asked.question_id!r}, citation {citation.rank}: {problem}")
    return problems


def _read_citation(record: dict[str, Any]) -> Citation:
    copies = {key: tuple(Copy(**_with_day(copy)) for copy in record.get(key, ())) for key in ("also_in", "updates")}
    # What is told beside, as when "yesterday" was, follows from these.
    own = {key: value for key, value in record.items() if key in CITED_FIELDS}
    return Citation(**{**_with_day(own), **copies})


def _with_day(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "published": date.fromisoformat(record["published"]) if record["published"] else None}

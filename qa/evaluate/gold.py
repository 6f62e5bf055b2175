"""Gold sets: questions with what is known of their answers, from any of the forms that are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from corpus.article import Article
from corpus.errors import UserError
from qa.followup import Turn


@dataclass(frozen=True, slots=True)
class Span:
    """Where an answer stands: `article.text[start:end]`, half-open, in code points."""

    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question, and what is known of its answer.

    `relevant` has the grade, at least 1, of each article known to answer; `near` the articles that the question was
    written on, answer or no. `fields` are the set's own, for the breakdown. `where` names file and line.
    """

    question_id: str
    text: str
    where: str
    answers: tuple[str, ...] = ()
    is_answerable: bool = True
    asked_on: date | None = None
    history: tuple[Turn, ...] = ()
    relevant: Mapping[str, int] = field(default_factory=dict)
    near: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def cluster(self) -> str:
        """Questions of one cluster are about the same article, so their results hang together."""
        best = sorted(self.relevant, key=lambda article_id: (-self.relevant[article_id], article_id))
        return f"article {(*best, *self.near)[0]}" if best or self.near else f"question {self.question_id}"


@dataclass(frozen=True, slots=True)
class GoldSet:
    """Questions, and the articles they are asked of: `sources` to read, `articles` read already, or the current index.

    `sha256` is of everything the set consists of, `corpus_sha256` of its own articles.
    """

    name: str
    questions: tuple[GoldQuestion, ...]
    sha256: str
    sources: tuple[str, ...] = ()
    articles: tuple[Article, ...] = ()
    corpus_sha256: str = ""

    @property
    def has_articles(self) -> bool:
        """The set brings its own articles; otherwise it is asked of the current index."""
        return bool(self.sources or self.articles)

    def sample(self, limit: int | None) -> GoldSet:
        """At most `limit` questions, evenly spaced, so that every part of the set is in it."""
        n = len(self.questions)
        if limit is None or limit >= n:
            return self
        return replace(self, questions=tuple(self.questions[i * n // limit] for i in range(limit)))


def read_gold_set(path: Path) -> GoldSet:
    """The set at `path`: a BEIR or TREC folder, SQuAD JSON, or questions as JSON Lines or CSV.

    Raises UserError naming file, line and field of what is malformed.
    """
    from qa.evaluate.readers import beir, plain, squad, trec

    if path.is_dir():
        if beir.queries_file(path):
            return beir.read_beir(path)
        if trec.topics_file(path):
            return trec.read_trec(path)
        raise UserError(
            f"{str(path)!r} is no gold set: it has neither queries.jsonl (BEIR) nor topics* and qrels* (TREC)"
        )
    if not path.is_file():
        raise UserError(f"there is no gold set at {str(path)!r}; name a folder or a file")
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".json"):
        return squad.read_squad(path)
    if name.endswith((".jsonl", ".csv", ".tsv")):
        return plain.read_plain(path)
    raise UserError(f"{str(path)!r} is no gold set; known are folders, .json (SQuAD), .jsonl, .csv and .tsv")

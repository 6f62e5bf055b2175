"""Answer and Citation, and their JSON form: one contract for command line, API and evaluation."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import pairwise

from corpus.article import Article
from corpus.filters import Filters
from qa.show.explain_times import explain_times
from qa.timeline import timeline

# A text before, in and after the words that answer; where there are none, all of it is in the first.
Parts = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The same sentence, or another version of it, in another article: in `article.text[start:end]`."""

    article_id: str
    title: str
    source: str | None
    published: date | None
    url: str | None
    start: int
    end: int

    @classmethod
    def of(cls, article: Article, start: int, end: int) -> Copy:
        """The one at `article.text[start:end]`."""
        return cls(
            article_id=article.article_id,
            title=article.title,
            source=article.source,
            published=article.published,
            url=article.url,
            start=start,
            end=end,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A passage that can be checked: `article.text[start:end] == quote`, half-open, in code points.

    `answer_start:answer_end` marks the sentence(s) that answer, inside `start:end`; inside those
    `short_start:short_end` the words that do, both None where there are none. `text_sha256` is the article's text as it
    was when cited. `page` is the number of the page that the marked sentence begins on, None where there are no pages.
    `score`: higher is better, at most 1. `also_in`: other articles that have the sentence. `updates`:
    what earlier articles said instead, the newest first. `headline_answers`: what is marked is only near, the title
    is the answer.
    """

    rank: int
    article_id: str
    passage_id: str
    title: str
    source: str | None
    published: date | None
    url: str | None
    start: int
    end: int
    quote: str
    answer_start: int
    answer_end: int
    short_start: int | None = None
    short_end: int | None = None
    page: int | None = None
    score: float
    text_sha256: str
    headline_answers: bool = False
    also_in: tuple[Copy, ...] = ()
    updates: tuple[Copy, ...] = ()

    @property
    def article_ids(self) -> tuple[str, ...]:
        """The article cited, then those that have a copy."""
        return (self.article_id, *(copy.article_id for copy in self.also_in))

    @property
    def answer(self) -> str:
        """The marked sentence(s), or the title where that answers; verbatim."""
        return "".join(self.answer_parts)

    @property
    def short(self) -> str | None:
        """The words that answer, inside the marked sentence(s), verbatim; None where there are none."""
        return self.marked_parts[1] or None

    @property
    def answer_parts(self) -> Parts:
        """`answer` in parts; where the title answers it is the first of them."""
        return (self.title, "", "") if self.headline_answers else self.marked_parts

    @property
    def marked_parts(self) -> Parts:
        """The marked sentence(s) in parts."""
        last = self.answer_end
        cuts = pairwise((self.answer_start, *(self.short_span or (last, last)), last))
        before, words, after = (self.quote[start - self.start : end - self.start] for start, end in cuts)
        return before, words, after

    @property
    def short_span(self) -> tuple[int, int] | None:
        """`short_start` and `short_end`; None where there are none."""
        return None if self.short_start is None or self.short_end is None else (self.short_start, self.short_end)


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence that a language model wrote; `ranks` are the citations that bear it out."""

    text: str
    ranks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What the language model `model` wrote about the citations.

    `left_out` sentences were not borne out by what they cited. `problem`: why nothing was written, "" otherwise.
    """

    model: str
    sentences: tuple[WrittenSentence, ...]
    left_out: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What was searched: `version` changes with every change of the index; the others are counts."""

    version: str
    articles: int
    passages: int


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """The question is in the language `asked`, and no article is; they are in `articles`. ISO 639-1 codes.

    `told` says so in the question's language, or in English where the program does not speak that.
    """

    asked: str
    articles: tuple[str, ...]
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the articles say to a question, or that they do not say.

    `query` is the stand-alone question that was searched. When `is_answerable` is false, `text` is None and
    `citations` are the nearest passages only. `confidence` is the probability that the sentence marked in the first
    citation answers. `timing_ms` has milliseconds by stage. `names_time`: the question names the time it asks about.
    `newest` is the day of the newest article, where that is why the articles do not say: the question is about a later
    time.
    `filters`: only such articles were asked. `written` is there only where a language model was asked to write.
    `understood` says how a time in the question was understood, where that needs saying; `corrected` has the words that
    were taken for misspelt ones, each with the word that was searched instead.
    `reply` is what is said to a message that is no question ("Thanks!"); nothing was searched then.
    `other_language`: the question is in a language that the articles do not have.
    """

    question: str
    query: str
    is_answerable: bool
    confidence: float
    text: str | None
    citations: tuple[Citation, ...]
    index: IndexInfo = IndexInfo("", 0, 0)
    timing_ms: dict[str, float] = field(default_factory=dict)
    newest: date | None = None
    names_time: bool = False
    filters: Filters = Filters()
    written: Written | None = None
    understood: str | None = None
    corrected: tuple[tuple[str, str], ...] = ()
    reply: str | None = None
    other_language: OtherLanguage | None = None

    @property
    def short(self) -> str | None:
        """The words of the first citation that answer; None where there are none, or where the articles do not say."""
        return self.citations[0].short if self.is_answerable and self.citations else None

    @property
    def timeline(self) -> tuple[Citation, ...]:
        """The citations of different years that may well be the answer, newest first.

        Empty when the question names its own time, or when the likely ones are of one year.
        """
        return timeline(self.citations) if self.is_answerable and not self.names_time else ()

    def to_json(self) -> dict[str, object]:
        """The contract's JSON object, ready for `json.dumps`.

        `newest`, `timeline`, `written`, `understood`, `corrected`, `reply` and `other_language` are only there where
        there is something.
        """
        further: dict[str, object] = {"newest": self.newest.isoformat()} if self.newest else {}
        if self.understood:
            further["understood"] = self.understood
        if self.corrected:
            further["corrected"] = [{"typed": typed, "taken": taken} for typed, taken in self.corrected]
        if self.reply is not None:
            further["reply"] = self.reply
        if self.other_language:
            further["other_language"] = asdict(self.other_language)
        if self.timeline:
            further["timeline"] = [
                {
                    "rank": citation.rank,
                    "published": _iso(citation.published),
                    "answer": citation.answer,
                    "confidence": round(citation.score, 4),
                }
                for citation in self.timeline
            ]
        if self.written:
            further["written"] = _written_json(self.written)
        return {
            "question": self.question,
            "query": self.query,
            "answerable": self.is_answerable,
            "confidence": round(self.confidence, 4),
            "answer": self.text,
            "short": self.short,
            "citations": [_citation_json(citation) for citation in self.citations],
            "index": asdict(self.index),
            "timing_ms": {stage: round(ms, 1) for stage, ms in self.timing_ms.items()},
            **further,
        }


def _citation_json(citation: Citation) -> dict[str, object]:
    record: dict[str, object] = asdict(citation)
    record |= {"published": _iso(citation.published), "score": round(citation.score, 4)}
    for key, copies in (("also_in", citation.also_in), ("updates", citation.updates)):
        record[key] = [asdict(copy) | {"published": _iso(copy.published)} for copy in copies]
        if not copies:
            del record[key]
    if citation.page is None:
        del record["page"]
    if not citation.headline_answers:
        del record["headline_answers"]
    times = explain_times(citation.answer, citation.published)
    if times:
        record["times"] = [asdict(time) for time in times]
    return record


def _written_json(written: Written) -> dict[str, object]:
    sentences = [{"text": sentence.text, "citations": list(sentence.ranks)} for sentence in written.sentences]
    problem = {"problem": written.problem} if written.problem else {}
    return {"model": written.model, "sentences": sentences, "left_out": written.left_out, **problem}


def _iso(published: date | None) -> str | None:
    return published.isoformat() if published else None

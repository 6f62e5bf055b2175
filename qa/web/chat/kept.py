"""What a browser keeps of a conversation: questions, and places in articles. The texts come from the articles again.

What comes back from a browser is input from outside: every place is checked, and no text of an answer is taken over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Annotated

from pydantic import Field, ValidationError

from corpus.article import Article, Passage
from corpus.filters import Filters
from index.store.errors import ArticleNotFound
from qa.answer import Answer, Citation, Copy, IndexInfo, Written, WrittenSentence
from qa.archive import Archive
from qa.check.verify import citation_problem
from qa.limits import MAX_K, MAX_QUESTION_CHARACTERS
from qa.question.followup import Turn, has_question
from qa.question.talk import read_talk
from qa.show.wording import other_language
from qa.show.words import say
from qa.web.api.schema import MAX_ID_CHARACTERS, IsoDate, Strict, Text
from qa.write.support import why_unsupported

# Older answers are let go of: each is kept in memory for as long as its reader's page is open.
MAX_ANSWERS = 50
# Of the hash of an article's text: enough to see that it has changed.
HASH_CHARACTERS = 16

_Id = Annotated[Text, Field(min_length=1, max_length=MAX_ID_CHARACTERS)]
_Language = Annotated[Text, Field(pattern="^[a-z]{2,3}$")]
_Offset = Annotated[int, Field(ge=0, lt=10**12)]
_Probability = Annotated[float, Field(ge=0.0, le=1.0)]
_Words = Annotated[Text, Field(max_length=2 * MAX_QUESTION_CHARACTERS)]
_Span = tuple[_Offset, _Offset]
_Place = tuple[_Id, _Offset, _Offset]


class _KeptCitation(Strict):
    """Where a citation stands; what stands there is the article's to say."""

    article_id: _Id
    text_hash: Annotated[Text, Field(max_length=HASH_CHARACTERS)]
    passage: _Span
    answer: _Span
    short: _Span | None = None
    score: _Probability
    headline: bool = False
    also_in: list[_Place] = Field(default=[], max_length=100)
    updates: list[_Place] = Field(default=[], max_length=100)


class _KeptWritten(Strict):
    model: _Words
    sentences: list[tuple[_Words, list[_Offset]]] = Field(max_length=50)
    left_out: _Offset = 0
    problem: _Words = ""


class _KeptAnswer(Strict):
    question: Annotated[_Words, Field(min_length=1, max_length=MAX_QUESTION_CHARACTERS)]
    query: _Words
    answerable: bool = False
    is_talk: bool = False
    confidence: _Probability = 0.0
    citations: list[_KeptCitation] = Field(default=[], max_length=MAX_K)
    index: tuple[_Words, _Offset, _Offset] = ("", 0, 0)
    newest: IsoDate | None = None
    names_time: bool = False
    understood: _Words | None = None
    corrected: list[tuple[_Words, _Words]] = Field(default=[], max_length=100)
    language: _Language | None = None
    languages: list[_Language] = Field(default=[], max_length=10)
    after: IsoDate | None = None
    before: IsoDate | None = None
    sources: list[_Words] = Field(default=[], max_length=100)
    articles: list[_Id] = Field(default=[], max_length=100)
    written: _KeptWritten | None = None

    def filters(self) -> Filters:
        return Filters(self.after, self.before, tuple(self.sources), tuple(self.articles))


def kept_json(answer: Answer) -> str:
    """What is kept of an answer, as JSON."""
    return _kept(answer).model_dump_json(exclude_defaults=True)


def _kept(answer: Answer) -> _KeptAnswer:
    written, filters, info = answer.written, answer.filters, answer.index
    return _KeptAnswer.model_construct(
        question=answer.question,
        query=answer.query,
        answerable=answer.is_answerable,
        is_talk=answer.reply is not None,
        confidence=round(answer.confidence, 4),
        citations=[_kept_citation(citation) for citation in answer.citations],
        index=(info.version, info.articles, info.passages),
        newest=answer.newest,
        names_time=answer.names_time,
        understood=answer.understood,
        corrected=list(answer.corrected),
        language=answer.other_language.asked if answer.other_language else None,
        languages=list(answer.other_language.articles) if answer.other_language else [],
        after=filters.after,
        before=filters.before,
        sources=list(filters.sources),
        articles=list(filters.articles),
        written=written
        and _KeptWritten.model_construct(
            model=written.model,
            sentences=[(sentence.text, list(sentence.ranks)) for sentence in written.sentences],
            left_out=written.left_out,
            problem=written.problem,
        ),
    )


def _kept_citation(citation: Citation) -> _KeptCitation:
    return _KeptCitation.model_construct(
        article_id=citation.article_id,
        text_hash=citation.text_sha256[:HASH_CHARACTERS],
        passage=(citation.start, citation.end),
        answer=(citation.answer_start, citation.answer_end),
        short=citation.short_span,
        score=round(min(max(citation.score, 0.0), 1.0), 4),
        headline=citation.headline_answers,
        also_in=[(copy.article_id, copy.start, copy.end) for copy in citation.also_in],
        updates=[(copy.article_id, copy.start, copy.end) for copy in citation.updates],
    )


def restore(kept: str | None, archive: Archive) -> list[Answer]:
    """The answers that `kept` (a JSON list of what `kept_json` gives) stands for, oldest first.

    What is malformed is left out, as are places that are not in the articles as they are now.
    """
    try:
        records = json.loads(kept or "[]")
    except (ValueError, RecursionError):
        return []
    articles: dict[str, Article | None] = {}

    def find(article_id: str) -> Article | None:
        if article_id not in articles:
            articles[article_id] = _article(archive, article_id)
        return articles[article_id]

    answers: list[Answer] = []
    for record in records[-MAX_ANSWERS:] if isinstance(records, list) else ():
        try:
            turn = _KeptAnswer.model_validate(record)
        except ValidationError:
            continue
        answer = _reply(turn, answers, archive) if turn.is_talk else _answer(turn, find)
        answers += [answer] if answer else []
    return answers


_Find = Callable[[str], Article | None]


def _article(archive: Archive, article_id: str) -> Article | None:
    try:
        return archive.article(article_id)
    except ArticleNotFound:
        return None


def _reply(turn: _KeptAnswer, earlier: Sequence[Answer], archive: Archive) -> Answer | None:
    """Said anew: it costs no search, and what it says is of the articles as they are."""
    history = [Turn(answer.question, answer.text, answer.short) for answer in earlier]
    if read_talk(turn.question, opens=not has_question(history)) is None:
        return None
    known = frozenset(archive.sources())
    sources = tuple(source for source in turn.sources if source in known)
    filters = Filters(turn.after, turn.before, sources, tuple(turn.articles))
    is_gone = any(_article(archive, article_id) is None for article_id in turn.articles)
    if is_gone or filters.is_impossible:
        return None
    return archive.ask(turn.question, history=history, filters=filters)


def _answer(turn: _KeptAnswer, find: _Find) -> Answer:
    found = [_citation(kept, find) for kept in turn.citations]
    citations = [citation for citation in found if citation]
    # Without what answered there is no answer; of the nearest passages those that are left may be shown.
    has_changed = turn.answerable and (not found or found[0] is None)
    ranked = () if has_changed else tuple(_ranked(citations))
    is_answerable = turn.answerable and not has_changed
    return Answer(
        question=turn.question,
        query=turn.query,
        is_answerable=is_answerable,
        confidence=turn.confidence,
        text=ranked[0].answer if is_answerable else None,
        citations=ranked,
        index=IndexInfo(*turn.index),
        newest=turn.newest,
        names_time=turn.names_time,
        filters=turn.filters(),
        written=_written(turn.written, ranked) if is_answerable and len(citations) == len(found) else None,
        understood=turn.understood,
        corrected=tuple(turn.corrected),
        other_language=other_language(turn.language, turn.languages) if turn.language else None,
        reply=say("changed") if has_changed else None,
    )


def _ranked(citations: Sequence[Callable[[int], Citation]]) -> list[Citation]:
    return [citation(rank) for rank, citation in enumerate(citations, start=1)]


def _citation(kept: _KeptCitation, find: _Find) -> Callable[[int], Citation] | None:
    """The citation, but for its rank; None where it does not stand in the article as that is now."""
    article = find(kept.article_id)
    if article is None or not kept.text_hash or not article.text_sha256.startswith(kept.text_hash):
        return None
    (start, end), (first, last) = kept.passage, kept.answer
    short_start, short_end = kept.short or (None, None)
    quote = article.text[start:end]
    checked: dict[str, object] = {
        "article_id": article.article_id, "start": start, "end": end, "quote": quote, "answer_start": first,
        "answer_end": last, "short_start": short_start, "short_end": short_end, "text_sha256": article.text_sha256,
    }  # fmt: skip
    if citation_problem(checked, article):
        return None
    return lambda rank: Citation(
        rank=rank,
        article_id=article.article_id,
        passage_id=Passage(article.article_id, start, end, quote).passage_id,
        title=article.title,
        source=article.source,
        published=article.published,
        url=article.url,
        start=start,
        end=end,
        quote=quote,
        answer_start=first,
        answer_end=last,
        short_start=short_start,
        short_end=short_end,
        page=article.page_at(first),
        score=kept.score,
        text_sha256=article.text_sha256,
        headline_answers=kept.headline,
        also_in=_copies(kept.also_in, find),
        updates=_copies(kept.updates, find),
    )


def _copies(places: Sequence[tuple[str, int, int]], find: _Find) -> tuple[Copy, ...]:
    copies = []
    for article_id, start, end in places:
        article = find(article_id)
        if article and start < end <= len(article.text):
            copies.append(Copy.of(article, start, end))
    return tuple(copies)


def _written(kept: _KeptWritten | None, citations: Sequence[Citation]) -> Written | None:
    """The written sentences that their citations still bear out, as when they were written."""
    if kept is None:
        return None
    sentences = []
    for text, ranks in kept.sentences:
        quotes = [citations[rank - 1].quote for rank in ranks if 1 <= rank <= len(citations)]
        if len(quotes) == len(ranks) > 0 and why_unsupported(text, quotes) is None:
            sentences.append(WrittenSentence(text, tuple(ranks)))
    left_out = kept.left_out + len(kept.sentences) - len(sentences)
    return Written(kept.model, tuple(sentences), left_out, kept.problem)

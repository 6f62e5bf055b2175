"""An Answer as HTML for the chat page: the sentence that answers, where it stands, its passage; then the others.

All foreign text is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answer import Answer, Citation, Copy, Parts
from qa.show.explain_times import explain_times
from qa.show.wording import confidence_in_words, date_in_words, filters_in_words, reason_in_words, written_in_words
from qa.web.escape import as_entities, reader_path

# The further passages show their sentence with so much around it, in characters; the rest is one click away.
EXCERPT_MARGIN = 90


def question_html(question: str) -> str:
    """The question as the headline of what follows."""
    return f'<h2 class="question" dir="auto">{as_entities(question)}</h2>'


def answer_html(answer: Answer) -> str:
    """The passages that answer, or that the articles do not say with the nearest passages folded away, or a reply."""
    if answer.reply is not None:
        return f'<div class="answer"><p class="reply" dir="auto">{_lines(answer.reply)}</p></div>'
    body = _found(answer) if answer.is_answerable and answer.citations else _not_found(answer)
    return (
        f'<div class="answer">{_understood(answer)}{_asked_of(answer)}{_written(answer)}{body}{_actions(answer)}</div>'
    )


def _lines(text: str) -> str:
    return "<br>".join(as_entities(line) for line in text.split("\n"))


def _found(answer: Answer) -> str:
    years = answer.timeline
    if years:
        return _timeline(years, [citation for citation in answer.citations if citation not in years])
    first, *others = answer.citations
    lead = _figure(first, "lead", _parts(first.answer_parts), confidence_in_words(answer.confidence))
    passage = f'<blockquote class="whole" dir="auto">{_marked(first)}</blockquote>'
    also = f'<h3 class="also">Also in the articles</h3>{_list(others)}' if others else ""
    return f"{lead}{passage}{also}"


def _timeline(years: Sequence[Citation], others: Sequence[Citation]) -> str:
    """Each with its day before it, newest first: which of them holds today is for the reader to say."""
    told = "".join(
        f'<li><p class="day">{as_entities(date_in_words(citation.published))}</p>'
        f"{_figure(citation, 'lead', _parts(citation.answer_parts))}</li>"
        for citation in years
    )
    also = f'<h3 class="also">Also in the articles</h3>{_list(others)}' if others else ""
    return f'<p class="verdict">Articles of different years say:</p><ol class="timeline">{told}</ol>{also}'


def _not_found(answer: Answer) -> str:
    reason = reason_in_words(answer)
    why = f'<p class="reason">{as_entities(reason)}</p>' if reason else ""
    verdict = f'<p class="verdict">The articles do not say.</p>{why}'
    if not answer.citations:
        return verdict
    return f"{verdict}<details><summary>The nearest passages</summary>{_list(answer.citations)}</details>"


def _list(citations: Sequence[Citation]) -> str:
    return "".join(_figure(citation, "further", _excerpt(citation)) for citation in citations)


def _understood(answer: Answer) -> str:
    is_other = answer.query.strip() != answer.question.strip()
    whole = (
        f'<p class="understood">Understood as: <q dir="auto">{as_entities(answer.query)}</q></p>' if is_other else ""
    )
    when = f'<p class="understood">Understood: {as_entities(answer.understood)}.</p>' if answer.understood else ""
    return whole + when


def _asked_of(answer: Answer) -> str:
    which = filters_in_words(answer.filters)
    return f'<p class="understood">Asked only of articles {as_entities(which)}.</p>' if which else ""


def _written(answer: Answer) -> str:
    """The language model's sentences, each with links to what bears it out; the quotations come below as ever."""
    written = answer.written
    if written is None:
        return ""
    sentences = " ".join(
        as_entities(sentence.text) + "".join(_mark_of(answer.citations[rank - 1]) for rank in sentence.ranks)
        for sentence in written.sentences
    )
    told = f'<p class="sentences" dir="auto">{sentences}</p>' if sentences else ""
    return f'<div class="written">{told}<p class="by">{as_entities(written_in_words(written))}</p></div>'


def _mark_of(citation: Citation) -> str:
    address, title = as_entities(reader_path(citation)), as_entities(citation.title)
    number = f'<span class="number">{citation.rank}</span>'
    return f' <a class="cite" href="../{address}" aria-label="{citation.rank}&#46; {title}">{number}</a>'


def _times(citation: Citation) -> str:
    """What "last November" means in the marked sentence, for it may have been long ago."""
    explained = explain_times(citation.answer, citation.published)
    told = "; ".join(f"“{each.words}”: {each.meaning}" for each in explained)
    return f'<p class="times">{as_entities(told)}</p>' if told else ""


def _figure(citation: Citation, kind: str, quote: str, confidence: str | None = None) -> str:
    source = f"<bdi>{as_entities(citation.source)}</bdi> · " if citation.source else ""
    trust = f'<span class="confidence">{as_entities(confidence)}</span>' if confidence else ""
    return (
        f'<figure class="passage {kind}"><blockquote dir="auto">{quote}</blockquote>{_times(citation)}<figcaption>'
        f'<a class="cite" href="../{as_entities(reader_path(citation))}">'
        f'<span class="number">{citation.rank}</span><bdi class="title">{as_entities(citation.title)}</bdi></a>'
        f'<span class="byline">{source}{as_entities(date_in_words(citation.published))}</span>{trust}'
        f"</figcaption>{_updates(citation.updates)}{_copies(citation.also_in)}</figure>"
    )


def _updates(earlier: Sequence[Copy]) -> str:
    """That this is the later of several versions, and where the earlier ones are."""
    said = "An earlier article says" if len(earlier) == 1 else f"{len(earlier)} earlier articles say"
    return _others(f"{said} otherwise", earlier)


def _copies(copies: Sequence[Copy]) -> str:
    return _others(f"Also in {'one other' if len(copies) == 1 else f'{len(copies)} others'}", copies)


def _others(summary: str, copies: Sequence[Copy]) -> str:
    if not copies:
        return ""
    links = "".join(
        f'<li><a class="cite" href="../{as_entities(reader_path(copy))}">'
        f'<bdi class="title">{as_entities(copy.title)}</bdi></a>'
        f'<span class="byline">{as_entities(_byline(copy))}</span></li>'
        for copy in copies
    )
    return f'<details class="copies"><summary>{summary}</summary><ul>{links}</ul></details>'


def _byline(copy: Copy) -> str:
    return " · ".join(filter(None, (copy.source, date_in_words(copy.published))))


def _marked(citation: Citation) -> str:
    start, end = citation.answer_start - citation.start, citation.answer_end - citation.start
    quote = citation.quote
    mark = f"<mark>{_parts(citation.marked_parts)}</mark>"
    marked = f"{as_entities(quote[:start])}{mark}{as_entities(quote[end:])}"
    return re.sub("(?:&#10;)+", '<span class="gap"> </span>', marked)


def _excerpt(citation: Citation) -> str:
    start, end = citation.answer_start - citation.start, citation.answer_end - citation.start
    before, after = _tail(citation.quote[:start]), _head(citation.quote[end:])
    return f"{as_entities(before)}<mark>{_parts(citation.marked_parts)}</mark>{as_entities(after)}"


def _parts(parts: Parts) -> str:
    """The sentence, its answering words in bold."""
    before, words, after = map(as_entities, parts)
    # Not "strong", which Markdown would make of what an article says.
    return f"{before}<b>{words}</b>{after}" if words else before


def _head(text: str) -> str:
    if len(text) <= EXCERPT_MARGIN:
        return text
    return f"{text[:EXCERPT_MARGIN].rpartition(' ')[0]} …"


def _tail(text: str) -> str:
    if len(text) <= EXCERPT_MARGIN:
        return text
    return f"… {text[-EXCERPT_MARGIN:].partition(' ')[2]}"


def _actions(answer: Answer) -> str:
    copy = '<button class="copy">Copy with citation</button>' if answer.is_answerable else ""
    return (
        f'<p class="actions">{copy}<button class="feedback" name="up">Helpful</button>'
        '<button class="feedback" name="down">Not helpful</button></p>'
    )

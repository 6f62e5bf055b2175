"""An Answer as HTML for the chat page: the sentence that answers and where it stands; the rest unfolds.

All foreign text is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.answer import Answer, Citation, Copy, Parts
from qa.show.explain_times import explain_times
from qa.show.wording import (
    asked_in_words,
    confidence_in_words,
    date_in_words,
    page_in_words,
    reason_in_words,
    time_in_words,
    written_in_words,
)
from qa.show.words import ENGLISH, LANGUAGES, count, say
from qa.web.chat.kept import kept_json
from qa.web.escape import as_entities, reader_path

# By the rank of a citation.
Numbers = Mapping[int, int]

# The further passages show their sentence with so much around it, in characters; the rest is one click away.
EXCERPT_MARGIN = 90
# So likely a further passage must be to be shown at once, and at most so many are.
ADDS_FROM = 0.4
MAX_ADDITIONS = 2
# Of articles of different years so many stand below each other, fewer where their sentences have more characters.
MAX_YEARS = 3
MAX_YEARS_CHARACTERS = 420


def question_html(question: str) -> str:
    """The question as the headline of what follows."""
    return f'<h2 class="question" dir="auto">{as_entities(question)}</h2>'


def answer_html(answer: Answer) -> str:
    """The passages that answer, or that the articles do not say with the nearest passages folded away, or a reply.

    In it, unseen, what the browser keeps of it.
    """
    # Gradio lets no attribute of ours through, and no element that would be the right one.
    kept = f'<button class="kept" value="{as_entities(kept_json(answer))}" hidden></button>'
    if answer.reply is not None:
        return f'<div class="answer"><p class="reply" dir="auto">{_lines(answer.reply)}</p>{kept}</div>'
    body = _found(answer) if answer.is_answerable and answer.citations else _not_found(answer)
    told = f"{_language(answer)}{_understood(answer)}{_asked_of(answer)}"
    return f'<div class="answer">{told}{_written(answer)}{body}{kept}</div>'


def _lines(text: str) -> str:
    return "<br>".join(as_entities(line) for line in text.split("\n"))


def _found(answer: Answer) -> str:
    """What answers, short and first; what one may do with it; what others add; the rest folded away."""
    parts = _parted(answer)
    numbers = _numbers(answer)
    more = _more(parts.rest, numbers)
    if answer.timeline:
        return f"{_timeline(parts.leads, numbers)}{_actions(answer)}{more}"
    lead = _lead(parts.leads[0], numbers, confidence_in_words(answer.confidence))
    added = _list(parts.added, numbers, is_short=True)
    also = f'<h3 class="also">{say("also")}</h3>{added}' if added else ""
    return f"{lead}{_actions(answer)}{also}{more}"


@dataclass(frozen=True, slots=True)
class _Parted:
    """The citations of an answer: those that answer, those that add to it, and the rest."""

    leads: Sequence[Citation]
    added: Sequence[Citation]
    rest: Sequence[Citation]


def _parted(answer: Answer) -> _Parted:
    if not answer.is_answerable:
        return _Parted((), (), answer.citations)
    leads = _years(answer.timeline) if answer.timeline else answer.citations[:1]
    added = [] if answer.timeline else additions(answer.citations)
    # What other years say goes before the other passages.
    rest = [each for each in (*answer.timeline, *answer.citations) if each not in leads and each not in added]
    return _Parted(leads, added, list(dict.fromkeys(rest)))


def _years(timeline: Sequence[Citation]) -> Sequence[Citation]:
    """The first of the timeline: two, and more where there is room on a screen."""
    shown = MAX_YEARS
    while shown > 2 and sum(len(each.answer) for each in timeline[:shown]) > MAX_YEARS_CHARACTERS:
        shown -= 1
    return timeline[:shown]


def _numbers(answer: Answer) -> Numbers:
    """The number of each citation by its rank: 1, 2, 3 in the order in which they stand on the page."""
    parts = _parted(answer)
    order = [*parts.leads, *parts.added, *parts.rest]
    return {citation.rank: number for number, citation in enumerate(order, start=1)}


def additions(citations: Sequence[Citation]) -> list[Citation]:
    """Of the citations behind the first those worth a look at once: likely, of another article or another answer."""
    added: list[Citation] = []
    for citation in citations[1:]:
        seen = [citations[0], *added]
        is_other = all(citation.article_id not in each.article_ids for each in seen)
        words = {_plain(each.short) for each in seen}
        is_new = citation.short is not None and _plain(citation.short) not in words
        if citation.score >= ADDS_FROM and (is_other or is_new):
            added.append(citation)
    return added[:MAX_ADDITIONS]


def _plain(words: str | None) -> str:
    return " ".join(re.findall(r"\w+", words or "")).casefold()


def _more(citations: Sequence[Citation], numbers: Numbers) -> str:
    if not citations:
        return ""
    number = count("more_passages", len(citations))
    return f'<details class="more"><summary>{number}</summary>{_list(citations, numbers)}</details>'


def _timeline(years: Sequence[Citation], numbers: Numbers) -> str:
    """Each with its day before it, newest first: which of them holds today is for the reader to say."""
    told = "".join(
        f'<li><p class="day">{as_entities(date_in_words(citation.published))}</p>'
        f"{_lead(citation, numbers, confidence_in_words(citation.score))}</li>"
        for citation in years
    )
    return f'<p class="verdict">{say("years_say")}</p><ol class="timeline">{told}</ol>'


def _lead(citation: Citation, numbers: Numbers, confidence: str) -> str:
    """The sentence; its passage unfolds around it, or below it where the title answers."""
    if citation.headline_answers:
        below = f'<blockquote class="whole" dir="auto">{_marked(citation)}</blockquote>'
        return _figure(citation, "lead", _parts(citation.answer_parts), numbers, confidence, _fold(below))
    has_more = (citation.start, citation.end) != (citation.answer_start, citation.answer_end)
    return _figure(citation, "lead", _marked(citation), numbers, confidence, _fold("") if has_more else "")


def _fold(below: str) -> str:
    return f'<details class="unfold"><summary>{say("whole")}</summary>{below}</details>'


def _not_found(answer: Answer) -> str:
    reason = reason_in_words(answer)
    why = f'<p class="reason">{as_entities(reason)}</p>' if reason else ""
    verdict = f'<p class="verdict">{say("none")}</p>{why}'
    if not answer.citations:
        return f"{verdict}{_actions(answer)}"
    nearest = f"<details><summary>{say('nearest')}</summary>{_list(answer.citations, _numbers(answer))}</details>"
    return f"{verdict}{nearest}{_actions(answer)}"


def _list(citations: Sequence[Citation], numbers: Numbers, *, is_short: bool = False) -> str:
    return "".join(
        _figure(citation, "further", _sentence(citation) if is_short else _excerpt(citation), numbers)
        for citation in citations
    )


def _understood(answer: Answer) -> str:
    is_other = answer.query.strip() != answer.question.strip()
    whole = (
        f'<p class="understood">{say("understood")} <q dir="auto">{as_entities(answer.query)}</q>'
        f"{_as_typed(answer)}</p>"
        if is_other
        else ""
    )
    when = as_entities(say("understood_time", how=answer.understood)) if answer.understood else ""
    return whole + (f'<p class="understood">{when}</p>' if when else "")


def _language(answer: Answer) -> str:
    """That no article is in the question's language, in that language."""
    if answer.other_language is None:
        return ""
    told, asked = as_entities(answer.other_language.told), answer.other_language.asked
    return f'<p class="other-language" dir="auto" lang="{asked if asked in LANGUAGES else ENGLISH}">{told}</p>'


def _as_typed(answer: Answer) -> str:
    """Undoes that words were put right: the question again with these between quotation marks."""
    if not answer.corrected:
        return ""
    question = answer.query
    for typed, taken in answer.corrected:
        question = re.sub(rf"\b{re.escape(taken)}\b", f'"{typed}"', question, count=1)
    words = ", ".join(f"“{typed}”" for typed, _ in answer.corrected)
    return (
        f' <button class="as-typed" value="{as_entities(question)}">{as_entities(say("typed", words=words))}</button>'
    )


def _asked_of(answer: Answer) -> str:
    which = asked_in_words(answer)
    return f'<p class="understood">{as_entities(say("asked_only", which=which))}</p>' if which else ""


def _written(answer: Answer) -> str:
    """The language model's sentences, each with links to what bears it out; the quotations come below as ever."""
    written = answer.written
    if written is None:
        return ""
    numbers = _numbers(answer)
    sentences = " ".join(
        as_entities(sentence.text) + "".join(_mark_of(answer.citations[rank - 1], numbers) for rank in sentence.ranks)
        for sentence in written.sentences
    )
    told = f'<p class="sentences" dir="auto">{sentences}</p>' if sentences else ""
    return f'<div class="written">{told}<p class="by">{as_entities(written_in_words(written))}</p></div>'


def _mark_of(citation: Citation, numbers: Numbers) -> str:
    address, title = as_entities(reader_path(citation)), as_entities(citation.title)
    number = numbers[citation.rank]
    shown = f'<span class="number">{number}</span>'
    return f' <a class="cite" href="../{address}" aria-label="{number}&#46; {title}">{shown}</a>'


def _times(citation: Citation) -> str:
    """What "last November" means in the marked sentence, for it may have been long ago."""
    explained = explain_times(citation.answer, citation.published)
    told = "; ".join(
        f"<bdi>“{as_entities(each.words)}”</bdi>: {as_entities(time_in_words(each.when))}" for each in explained
    )
    return f'<p class="times">{told}</p>' if told else ""


def _figure(
    citation: Citation, kind: str, quote: str, numbers: Numbers, confidence: str | None = None, fold: str = ""
) -> str:
    source = f"<bdi>{as_entities(citation.source)}</bdi> · " if citation.source else ""
    when = " · ".join(filter(None, (date_in_words(citation.published), page_in_words(citation.page))))
    trust = f'<span class="confidence">{as_entities(confidence)}</span>' if confidence else ""
    return (
        f'<figure class="passage {kind}"><blockquote dir="auto">{quote}</blockquote>{_times(citation)}<figcaption>'
        f'<a class="cite" href="../{as_entities(reader_path(citation))}">'
        f'<span class="number">{numbers[citation.rank]}</span>'
        f'<bdi class="title">{as_entities(citation.title)}</bdi></a>'
        f'<span class="byline">{source}<bdi>{as_entities(when)}</bdi></span>{trust}'
        f"</figcaption>{fold}{_updates(citation.updates)}{_copies(citation.also_in)}</figure>"
    )


def _updates(earlier: Sequence[Copy]) -> str:
    """That this is the later of several versions, and where the earlier ones are."""
    return _others(count("earlier_says", len(earlier)), earlier)


def _copies(copies: Sequence[Copy]) -> str:
    return _others(count("also_in", len(copies)), copies)


def _others(summary: str, copies: Sequence[Copy]) -> str:
    if not copies:
        return ""
    links = "".join(
        f'<li><a class="cite" href="../{as_entities(reader_path(copy))}">'
        f'<bdi class="title">{as_entities(copy.title)}</bdi></a>'
        f'<span class="byline">{_byline(copy)}</span></li>'
        for copy in copies
    )
    return f'<details class="copies"><summary>{summary}</summary><ul>{links}</ul></details>'


def _byline(copy: Copy) -> str:
    named = filter(None, (copy.source, date_in_words(copy.published)))
    return " · ".join(f"<bdi>{as_entities(each)}</bdi>" for each in named)


def _marked(citation: Citation) -> str:
    """The passage, its sentence marked; what stands around that can be hidden."""
    start, end = citation.answer_start - citation.start, citation.answer_end - citation.start
    before, after = (_around(text) for text in (citation.quote[:start], citation.quote[end:]))
    return f"{before}{_sentence(citation)}{after}"


def _around(text: str) -> str:
    return f'<span class="around">{_with_gaps(as_entities(text))}</span>' if text else ""


def _with_gaps(html: str) -> str:
    return re.sub("(?:&#10;)+", '<span class="gap"> </span>', html)


def _excerpt(citation: Citation) -> str:
    start, end = citation.answer_start - citation.start, citation.answer_end - citation.start
    before, after = _tail(citation.quote[:start]), _head(citation.quote[end:])
    return f"{as_entities(before)}{_sentence(citation)}{as_entities(after)}"


def _sentence(citation: Citation) -> str:
    return f"<mark>{_with_gaps(_parts(citation.marked_parts))}</mark>"


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
    copy = f'<button class="copy">{say("copy")}</button>' if answer.is_answerable else ""
    return (
        f'<p class="actions">{copy}<button class="share">{say("share")}</button>'
        f'<button class="feedback" name="up">{say("up")}</button>'
        f'<button class="feedback" name="down">{say("down")}</button></p>'
    )

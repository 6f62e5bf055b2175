"""A conversation as a file to keep or to show: Markdown, HTML or JSON, each quotation with a link to its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence

from qa.answer import Answer, Citation
from qa.show.wording import asked_in_words, confidence_in_words, date_in_words, page_in_words, reason_in_words
from qa.show.words import say
from qa.web.chat.answer_html import additions
from qa.web.escape import reader_path, web_url
from qa.web.page_templates import PAGES

# Everything that Markdown gives a meaning somewhere.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$&])")


def export(answers: Sequence[Answer], wanted: str, base: str) -> str:
    """The text of the file; "" for a format that is none.

    `wanted` is one of FORMATS. `base` is the address of the server, as whoever asks knows it.
    """
    write = FORMATS.get(wanted)
    return write(answers, web_url(base) or "") if write else ""


def as_json(answers: Sequence[Answer], base: str) -> str:
    """The answers in the form that `article-qa verify` checks; `base` does not matter."""
    return json.dumps([answer.to_json() for answer in answers], ensure_ascii=False, indent=2) + "\n"


def as_markdown(answers: Sequence[Answer], base: str) -> str:
    """A heading and quotations for each question."""
    return "\n\n".join([f"# {say('asked_title')}", *(_turn_in_markdown(answer, base) for answer in answers)]) + "\n"


def as_html(answers: Sequence[Answer], base: str) -> str:
    """A page that needs no other file."""
    page = PAGES.get_template("conversation.html")
    shown = [
        {"answer": answer, "notes": _notes(answer), "cited": [_shown(answer, each, base) for each in _cited(answer)]}
        for answer in answers
    ]
    return page.render(turns=shown)


FORMATS: Mapping[str, Callable[[Sequence[Answer], str], str]] = {
    "markdown": as_markdown,
    "html": as_html,
    "json": as_json,
}


def _cited(answer: Answer) -> list[Citation]:
    """What is quoted: what answers and what adds to it; nothing where the articles do not say."""
    if not answer.is_answerable or not answer.citations:
        return []
    return list(answer.timeline) or [answer.citations[0], *additions(answer.citations)]


def _notes(answer: Answer) -> list[str]:
    """What a reader has to know beside the quotations, a sentence each."""
    if answer.reply is not None:
        return answer.reply.split("\n")
    which = asked_in_words(answer)
    notes = [f"{say('understood')} {answer.query}"] if answer.query.strip() != answer.question.strip() else []
    notes += [say("understood_time", how=answer.understood)] if answer.understood else []
    notes += [say("asked_only", which=which)] if which else []
    notes += [answer.other_language.told] if answer.other_language else []
    if not answer.is_answerable:
        return [*notes, f"{say('none')} {reason_in_words(answer)}".rstrip()]
    return [*notes, say("years_say")] if answer.timeline else notes


def _shown(answer: Answer, citation: Citation, base: str) -> dict[str, str]:
    before, words, after = citation.answer_parts
    is_first = citation.rank == 1 and not answer.timeline
    confidence = confidence_in_words(answer.confidence) if is_first else None
    byline = [citation.source, date_in_words(citation.published), page_in_words(citation.page), confidence]
    return {
        "before": before,
        "words": words,
        "after": after,
        "title": citation.title,
        "byline": " · ".join(filter(None, byline)),
        "link": f"{base}{reader_path(citation)}",
    }


def _turn_in_markdown(answer: Answer, base: str) -> str:
    notes = [_escaped(note) for note in _notes(answer)]
    quotes = [_quoted(_shown(answer, citation, base)) for citation in _cited(answer)]
    return "\n\n".join([f"## {_escaped(answer.question)}", *notes, *quotes])


def _quoted(shown: Mapping[str, str]) -> str:
    before, words, after = (_escaped(shown[part]) for part in ("before", "words", "after"))
    # An address may hold brackets, which would end it here.
    link = shown["link"].replace("(", "%28").replace(")", "%29")
    text = f"{before}**{words}**{after}" if words else before
    return f"> {text}\n>\n> [{_escaped(shown['title'])}]({link}), {_escaped(shown['byline'])}"


def _escaped(text: str) -> str:
    """`text` on one line, as Markdown that is nothing but text; its outer blanks stay."""
    return _MARKDOWN.sub(r"\\\1", re.sub(r"\s+", " ", text))

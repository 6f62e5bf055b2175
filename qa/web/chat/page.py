"""The chat page: Gradio Blocks whose conversation lives in the server's state and is only ever shown.

No component that can carry a file is an input of any event, and none is queued: what joins Gradio's queue in the moment
in which its stream of answers closes is lost. One after the other is the page's own doing: `static/conversation.js`
sends a question when the one before is answered, and keeps the conversation in the browser. The article panel holds the
reader page, fetched by `static/chat.js` from the links of the answers; without it the links lead there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import Any

import gradio as gr

from corpus.clean import check_readable
from corpus.errors import UserError
from index.store.errors import ArticleNotFound
from qa.answer import Answer
from qa.archive import Archive
from qa.question.followup import Turn
from qa.show.words import say
from qa.web.chat.answer_html import answer_html, question_html
from qa.web.chat.export import export
from qa.web.chat.furniture import masthead_html
from qa.web.chat.glance import glance_html, titles_html
from qa.web.chat.kept import MAX_ANSWERS, restore
from qa.web.chat.layout import EXAMPLES, Parts, lay_out
from qa.web.chat.stopping import Stoppable
from qa.web.chat.which import (
    no_choice,
    offered_sources,
    read_filters,
    read_link,
    say_choice,
)
from qa.web.escape import as_sentence
from qa.web.gate.errors import UNEXPECTED, Busy, busy_in_words, public_error
from qa.web.gate.places import Places
from qa.web.mcp import add_tools
from qa.web.observe import Observer

logger = logging.getLogger(__name__)

# Conversations in memory, a tenth to one megabyte each; one that was let go of is made again of what its browser kept.
MAX_SESSIONS = 200
# Tells the page's script that there is no answer to take off the page again.
STOPPED = '<span class="was-stopped" hidden></span>'
# `static/conversation.js` does these: an event waits for its turn, and says when it is over.
_ASK = "(...given) => chatPage.ask(given)"
_ASK_THIS = "(...given) => chatPage.askThis(given)"
_AGAIN = "(...given) => chatPage.again(given)"
_UNDO = "(...given) => chatPage.undo(given)"
_DROP = "(...given) => chatPage.drop(given)"
_CLEAR = "() => chatPage.clear()"
_OPEN = "() => chatPage.open()"
_FORGET = "() => chatPage.forgetChoice()"
_DONE = "() => chatPage.done()"
_FAILED = "() => chatPage.failed()"
_TO_SAVE = "() => chatPage.toSave()"
_SAVE = "(text) => chatPage.save(text)"
_STOP = "() => chatPage.toStop()"

Update = tuple[Any, ...]


def build_chat(archive: Archive, observer: Observer) -> gr.Blocks:
    """The page, not yet mounted, which links to the saved evaluations.

    With the setting `mcp` it also has the tools of language-model clients, which Gradio serves.
    """
    with gr.Blocks(title=say("heading"), analytics_enabled=False, fill_width=True) as demo:
        parts = lay_out(archive)
        _let_ask(parts, archive, observer)
        _let_open(demo, parts, archive)
        _let_choose_and_save(parts, archive)
        if archive.settings.mcp:
            add_tools(archive, observer)
    demo.queue(api_open=False)
    demo.state_session_capacity = MAX_SESSIONS
    return demo


_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
_TURN: dict[str, Any] = {**_QUIET, "trigger_mode": "multiple"}


def _let_ask(parts: Parts, archive: Archive, observer: Observer) -> None:
    """Questions: asked, asked again, stopped, taken back."""
    stoppable = Stoppable(Places())

    async def ask(text: str | None, *state: Any) -> Update:  # noqa: ANN401  (what Gradio's components hold)
        *given, ticket = state
        return await _in_place(stoppable, ticket, partial(_ask, archive, observer, text or "", *given))

    async def ask_again(*state: Any) -> Update:  # noqa: ANN401
        *given, ticket = state
        return await _in_place(stoppable, ticket, partial(_ask, archive, observer, None, *given))

    async def stop(ticket: str | None) -> None:
        stoppable.stop(ticket or "")

    shown, asked = parts.shown, [parts.answers, *parts.which, parts.kept, parts.ticket]
    turns = [
        gr.on([parts.question.submit, parts.send.click], ask, [parts.question, *asked], shown, js=_ASK, **_TURN),
        parts.ask_this.click(ask, [parts.given, *asked], shown, js=_ASK_THIS, **_TURN),
        parts.retry.click(ask_again, asked, shown, js=_AGAIN, **_TURN),
        parts.undo.click(partial(_undo, archive), [parts.answers, parts.kept], shown, js=_UNDO, **_TURN),
        parts.drop.click(partial(_undo, archive), [parts.answers, parts.kept], shown, js=_DROP, **_TURN),
    ]
    for event in turns:
        _tell_when_over(event)
    parts.stop.click(stop, parts.ticket, None, js=_STOP, **_TURN)


def _let_open(demo: gr.Blocks, parts: Parts, archive: Archive) -> None:
    """The page is opened, and cleared."""
    all_shown = [*parts.shown, *parts.which, *parts.said]
    opened = [*all_shown, parts.masthead, parts.glance, *parts.buttons]
    _tell_when_over(parts.clear.click(lambda: (*_page([]), *no_choice()), None, all_shown, js=_CLEAR, **_TURN))
    _tell_when_over(demo.load(partial(_open, archive), [parts.kept, parts.given], opened, js=_OPEN, **_QUIET))


def _tell_when_over(event: Any) -> None:  # noqa: ANN401  (Gradio's dependency)
    event.then(None, js=_DONE, **_QUIET)
    event.failure(None, js=_FAILED, **_QUIET)


def _let_choose_and_save(parts: Parts, archive: Archive) -> None:
    parts.save.click(
        partial(_save, archive), [parts.answers, parts.kept, parts.given], parts.saved, js=_TO_SAVE, **_TURN
    ).then(None, parts.saved, js=_SAVE, **_QUIET)
    first, last, sources, _ = parts.which
    changes = [first.blur, first.submit, last.blur, last.submit, sources.change]
    # Both days may be typed before the first is answered: the last change is said, too.
    gr.on(changes, partial(say_choice, archive), [*parts.which], parts.said, trigger_mode="always_last", **_QUIET)
    parts.remove.click(no_choice, None, [*parts.which, *parts.said], js=_FORGET, **_QUIET)


async def _in_place(stoppable: Stoppable, ticket: str | None, ask: Callable[[], Update]) -> Update:
    """What `ask` gives when a place is free; that none is, when too many wait; nothing new when it was stopped."""
    try:
        update = await stoppable.run(ticket or "", ask)
    except Busy as busy:
        return _unchanged(_alert(busy_in_words(busy)))
    return _unchanged(STOPPED) if update is None else update


def _unchanged(notice: str) -> Update:
    return (gr.skip(), gr.skip(), notice, gr.skip(), gr.skip())


def _ask(archive: Archive, observer: Observer, text: str | None, earlier: list[Answer], *given: Any) -> Update:  # noqa: ANN401
    """The page with one answer more. Without `text` the last question is asked again.

    `given` is what `read_filters` takes (from, until, sources, article), then what the browser kept: a server that was
    started anew knows of no earlier answers.
    """
    *chosen, kept = given
    earlier = earlier or restore(kept, archive)
    if text is None:
        if not earlier:
            return _page([])
        *earlier, again = earlier
        text = again.question
    question = text.strip()
    if not question:
        return _page(earlier, notice=say("type_first"))
    answer = _answer_or_notice(observer, question, earlier, chosen)
    if isinstance(answer, str):
        return _page(earlier, notice=answer)
    return _page([*earlier, answer][-MAX_ANSWERS:])


def _answer_or_notice(observer: Observer, question: str, earlier: list[Answer], chosen: Sequence[Any]) -> Answer | str:
    """The answer, or in words why there is none."""
    try:
        check_readable(question)
        filters = read_filters(*chosen) if chosen else None
    except ValueError as error:
        return str(error)
    history = [Turn(answer.question, answer.text, answer.short) for answer in earlier]
    try:
        return observer.ask(question, history=history, filters=filters, write=True)
    except UserError as error:
        return public_error(error).message
    except Exception:
        # The page must not wait for ever, and the traceback belongs in the log.
        logger.exception("a question could not be answered")
        return UNEXPECTED


def _undo(archive: Archive, answers: list[Answer], kept: str | None) -> Update:
    return _page((answers or restore(kept, archive))[:-1])


def _open(archive: Archive, kept: str | None, link: str | None) -> Update:
    """The page as it is opened: with what the browser kept, and the choice of articles that the address names."""
    chosen = read_link(link)
    first, last, named, article = chosen
    sources = offered_sources(archive, named)
    choice: Update = (first, last, sources, article, *say_choice(archive, *chosen))
    if not any(chosen):
        # What a reader has typed before the page was open whole is not erased.
        choice = (gr.skip(), gr.skip(), sources, *(gr.skip() for _ in range(3)))
    shown = _page(restore(kept, archive))
    # The titles stand where nothing is folded away, for what is folded is not on the page.
    masthead = masthead_html(archive) + titles_html(archive)
    return (*shown, *choice, masthead, glance_html(archive), *_fitting_examples(archive, article))


def _save(archive: Archive, answers: list[Answer], kept: str | None, wanted: str | None) -> str:
    """The conversation as a file; `wanted` is the format and the server's address, as `static/conversation.js` says."""
    name, _, base = (wanted or "").partition(" ")
    return export(answers or restore(kept, archive), name, base)


def _page(answers: list[Answer], *, notice: str = "") -> Update:
    """New values of everything an event may change, in the order of `shown`."""
    messages = [message for answer in answers for message in _messages(answer.question, answer_html(answer))]
    return (
        answers,
        messages,
        _alert(notice),
        gr.update(visible=bool(answers)),
        gr.update(visible=not messages),
    )


def _alert(notice: str) -> str:
    return f'<p role="alert">{escape(as_sentence(notice))}</p>' if notice else ""


def _messages(question: str, answer: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": question_html(question)}, {"role": "assistant", "content": answer}]


def _fitting_examples(archive: Archive, only: str) -> list[Any]:
    """Those that the articles answer, or the one that is asked alone."""
    return [gr.update(visible=only in ("", each) and _has(archive, each)) for _, each in EXAMPLES]


def _has(archive: Archive, article_id: str) -> bool:
    try:
        archive.article(article_id)
    except ArticleNotFound:
        return False
    return True

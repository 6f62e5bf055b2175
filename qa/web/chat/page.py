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
from qa.web.chat.furniture import earlier_html, masthead_html, panel_html, suggestions_html, tools_html
from qa.web.chat.glance import glance_html, titles_html
from qa.web.chat.kept import MAX_ANSWERS, restore
from qa.web.chat.which import (
    add_choice,
    add_line,
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

# Longer than any question may be, so that a long one is refused in words and not cut short in silence.
MAX_TYPED_CHARACTERS = 10_000

# Questions that the bundled articles answer, each with the article that does.
EXAMPLES = (
    ("When did South Korea open a diplomatic mission to NATO?", "004_ba14481eac79cfe1"),
    ("What is the theme of the Jeju Forum?", "000_7936eb6cbf14d6de"),
    ("Who introduced the Indo-Pacific Treaty Organization Act?", "003_3029bffaf7cebc33"),
    ("What did Wi Sung-lac give to Rutte?", "001_de1f21643fab2dcd"),
)

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

Update = tuple[Any, ...]


def build_chat(archive: Archive, observer: Observer) -> gr.Blocks:
    """The page, not yet mounted, which links to the saved evaluations.

    With the setting `mcp` it also has the tools of language-model clients, which Gradio serves.
    """
    with gr.Blocks(title=say("heading"), analytics_enabled=False, fill_width=True) as demo:
        answers = gr.State([])
        # What `static/conversation.js` sends along: what the browser kept, what else is wanted; what it gets to save.
        kept, given, saved = (gr.Textbox(visible=False) for _ in range(3))
        masthead = gr.HTML(masthead_html(archive), elem_id="masthead")
        conversation = gr.Chatbot(
            elem_id="conversation",
            label=say("conversation"),
            show_label=False,
            container=False,
            height=None,
            layout="panel",
            buttons=[],
            feedback_options=None,
            latex_delimiters=[],
            autoscroll=False,
            group_consecutive_messages=False,
        )
        gr.HTML('<div class="queue" role="status"></div>', elem_id="waiting")
        with gr.Column(elem_id="ask"):
            notice = gr.HTML("", elem_id="notice")
            gr.HTML(suggestions_html(), elem_id="suggested")
            with gr.Row(elem_id="question-row"):
                question = gr.Textbox(
                    elem_id="question",
                    label=say("question"),
                    placeholder=say("ask_hint"),
                    max_lines=6,
                    max_length=MAX_TYPED_CHARACTERS,
                    autofocus=True,
                    container=False,
                    scale=1,
                )
                send = gr.Button(say("send"), variant="primary", elem_id="send", scale=0, min_width=0)
            with gr.Row(elem_id="tools", visible=False) as tools:
                undo = gr.Button(say("undo"), scale=0, min_width=0)
                retry = gr.Button(say("again"), scale=0, min_width=0)
                clear = gr.Button(say("clear_all"), scale=0, min_width=0)
                gr.HTML(tools_html(), elem_id="more-tools")
            glance, *which = add_choice(archive)
            # Below the button: above, it would move it away from under the click that leaves the field of a filter.
            line, words, remove = add_line()
        with gr.Column(elem_id="examples") as examples:
            gr.HTML(earlier_html(), elem_id="earlier-holder")
            buttons = [gr.Button(text, elem_classes="example", visible=False) for text, _ in EXAMPLES]
        # Pressed by the page's own script.
        ask_this, drop, save = (
            gr.Button(elem_id=name, elem_classes="unseen") for name in ("ask-this", "drop-this", "save-this")
        )
        gr.HTML(panel_html(), elem_id="panel-holder")

        shown = [answers, conversation, notice, tools, examples]
        asked = [answers, *which, kept]
        places = Places()

        async def ask(text: str | None, *state: Any) -> Update:  # noqa: ANN401  (what Gradio's components hold)
            return await _in_place(places, partial(_ask, archive, observer, text or "", *state))

        async def ask_again(*state: Any) -> Update:  # noqa: ANN401
            return await _in_place(places, partial(_ask, archive, observer, None, *state))

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
        turn: dict[str, Any] = {**quiet, "trigger_mode": "multiple"}
        first, last, sources, _ = which
        said = [line, words]
        all_shown = [*shown, *which, *said]
        turns = [
            gr.on([question.submit, send.click], ask, [question, *asked], shown, js=_ASK, **turn),
            ask_this.click(ask, [given, *asked], shown, js=_ASK_THIS, **turn),
            *(button.click(ask, [button, *asked], shown, js=_ASK, **turn) for button in buttons),
            retry.click(ask_again, asked, shown, js=_AGAIN, **turn),
            undo.click(partial(_undo, archive), [answers, kept], shown, js=_UNDO, **turn),
            drop.click(partial(_undo, archive), [answers, kept], shown, js=_DROP, **turn),
            clear.click(lambda: (*_page([]), *no_choice()), None, all_shown, js=_CLEAR, **turn),
            demo.load(
                partial(_open, archive),
                [kept, given],
                [*all_shown, masthead, glance, *buttons],
                js=_OPEN,
                **quiet,
            ),
        ]
        for event in turns:
            event.then(None, js=_DONE, **quiet)
            event.failure(None, js=_FAILED, **quiet)
        save.click(partial(_save, archive), [answers, kept, given], saved, js=_TO_SAVE, **turn).then(
            None, saved, js=_SAVE, **quiet
        )
        changes = [first.blur, first.submit, last.blur, last.submit, sources.change]
        gr.on(changes, partial(say_choice, archive), [*which], said, **quiet)
        remove.click(no_choice, None, [*which, *said], js=_FORGET, **quiet)
        if archive.settings.mcp:
            add_tools(archive, observer)
    demo.queue(api_open=False)
    return demo


async def _in_place(places: Places, ask: Callable[[], Update]) -> Update:
    """What `ask` gives when a place is free; that none is, when too many wait."""
    try:
        return await places.run(ask)
    except Busy as busy:
        return (*(gr.skip() for _ in range(2)), _alert(busy_in_words(busy)), gr.skip(), gr.skip())


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

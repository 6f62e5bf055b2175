"""The chat page: Gradio Blocks whose conversation lives in the server's state and is only ever shown.

No component that can carry a file is an input of any event. The article panel holds the reader page, fetched by
`static/chat.js` from the links of the answers; without it the links lead there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import gradio as gr

from corpus.clean import check_readable
from corpus.errors import UserError
from index.store.errors import ArticleNotFound
from qa.answer import Answer
from qa.archive import Archive
from qa.evaluate.run.saved_runs import has_saved_runs
from qa.question.followup import Turn
from qa.web.chat.answer_html import answer_html, question_html
from qa.web.chat.which import add_choice, add_line, no_choice, offered_sources, read_filters, say_choice
from qa.web.escape import as_sentence
from qa.web.gate.errors import UNEXPECTED, public_error
from qa.web.mcp import add_tools
from qa.web.observe import Observer

logger = logging.getLogger(__name__)

# Longer than any question may be, so that a long one is refused in words and not cut short in silence.
MAX_TYPED_CHARACTERS = 10_000
# Older ones are dropped: each is kept in memory for as long as its reader's page is open.
MAX_ANSWERS = 50

# Questions that the bundled articles answer, each with the article that does.
EXAMPLES = (
    ("When did South Korea open a diplomatic mission to NATO?", "004_ba14481eac79cfe1"),
    ("How many people attended the Jeju Forum?", "000_7936eb6cbf14d6de"),
    ("Who introduced the Indo-Pacific Treaty Organization Act?", "003_3029bffaf7cebc33"),
    ("What did Wi Sung-lac give to Rutte?", "001_de1f21643fab2dcd"),
)

PANEL = """<dialog id="panel" aria-label="Article">
<div class="panel-bar">
<button type="button" class="close">Close</button>
<a class="page" target="_blank" rel="noopener">Open as a page</a>
</div>
<div class="panel-body" tabindex="0"></div>
</dialog>"""
PENDING = '<p class="pending">Searching the articles …</p>'

Update = tuple[Any, ...]


def build_chat(archive: Archive, observer: Observer) -> gr.Blocks:
    """The page, not yet mounted, which links to the saved evaluations.

    With the setting `mcp` it also has the tools of language-model clients, which Gradio serves.
    """
    with gr.Blocks(title="Ask the articles", analytics_enabled=False, fill_width=True) as demo:
        answers = gr.State([])
        masthead = gr.HTML(_masthead(archive), elem_id="masthead")
        conversation = gr.Chatbot(
            elem_id="conversation",
            label="Questions and answers",
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
        with gr.Column(elem_id="ask"):
            notice = gr.HTML("", elem_id="notice")
            with gr.Row(elem_id="question-row"):
                question = gr.Textbox(
                    elem_id="question",
                    label="Your question",
                    placeholder="Ask a question",
                    max_lines=6,
                    max_length=MAX_TYPED_CHARACTERS,
                    autofocus=True,
                    container=False,
                    scale=1,
                )
                send = gr.Button("Ask", variant="primary", elem_id="send", scale=0, min_width=0)
            with gr.Row(elem_id="tools", visible=False) as tools:
                undo = gr.Button("Undo", scale=0, min_width=0)
                retry = gr.Button("Ask again", scale=0, min_width=0)
                clear = gr.Button("Clear", scale=0, min_width=0)
            which = add_choice(archive)
            # Below the button: above, it would move it away from under the click that leaves the field of a filter.
            line, words, remove = add_line()
        with gr.Column(elem_id="examples") as examples:
            gr.HTML("<h2>For example</h2>")
            buttons = [gr.Button(text, elem_classes="example", visible=False) for text, _ in EXAMPLES]
        gr.HTML(PANEL, elem_id="panel-holder")

        shown = [answers, conversation, question, notice, tools, examples]

        def ask(text: str | None, earlier: list[Answer], *chosen: Any) -> Iterator[Update]:  # noqa: ANN401
            yield from _ask(observer, text or "", earlier, chosen)

        def ask_again(earlier: list[Answer], *chosen: Any) -> Iterator[Update]:  # noqa: ANN401
            if earlier:
                yield from _ask(observer, earlier[-1].question, earlier[:-1], chosen)

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        gr.on([question.submit, send.click], ask, [question, answers, *which], shown, **quiet)
        for button in buttons:
            button.click(ask, [button, answers, *which], shown, **quiet)
        retry.click(ask_again, [answers, *which], shown, **quiet)
        # Only questions are queued: Gradio closes the stream of answers behind the last event in the queue, and one
        # that joins it in that moment (a question, by the click that left the field of a filter) is never answered.
        quiet["queue"] = False
        undo.click(_undo, [answers], shown, **quiet)
        first, last, sources = which
        said = [line, words]
        gr.on([first.blur, first.submit, last.blur, last.submit, sources.change], say_choice, [*which], said, **quiet)
        remove.click(no_choice, None, [*which, *said], **quiet)
        clear.click(lambda: (*_page([]), *no_choice()), None, [*shown, *which, *said], **quiet)
        demo.load(
            lambda: [_masthead(archive), offered_sources(archive), *_fitting_examples(archive)],
            None,
            [masthead, which[-1], *buttons],
            **quiet,
        )
        if archive.settings.mcp:
            add_tools(archive, observer)
    demo.queue(default_concurrency_limit=4, max_size=64, api_open=False)
    return demo


def _ask(observer: Observer, text: str, earlier: list[Answer], chosen: Sequence[Any] = ()) -> Iterator[Update]:
    """`chosen` is what `read_filters` takes: from, until, sources."""
    question = text.strip()
    if not question:
        yield _page(earlier, notice="Type a question first.")
        return
    yield _page(earlier, pending=question)
    answer = _answer_or_notice(observer, question, earlier, chosen)
    if isinstance(answer, str):
        yield _page(earlier, typed=text, notice=answer)
    else:
        yield _page([*earlier, answer][-MAX_ANSWERS:])


def _answer_or_notice(observer: Observer, question: str, earlier: list[Answer], chosen: Sequence[Any]) -> Answer | str:
    """The answer, or in words why there is none."""
    try:
        check_readable(question)
        filters = read_filters(*chosen) if chosen else None
    except ValueError as error:
        return str(error)
    history = [Turn(answer.question, answer.text) for answer in earlier]
    try:
        return observer.ask(question, history=history, filters=filters, write=True)
    except UserError as error:
        return public_error(error).message
    except Exception:
        # The page must not wait for ever, and the traceback belongs in the log.
        logger.exception("a question could not be answered")
        return UNEXPECTED


def _undo(answers: list[Answer]) -> Update:
    return _page(answers[:-1], typed=answers[-1].question if answers else "")


def _page(answers: list[Answer], *, typed: str = "", notice: str = "", pending: str | None = None) -> Update:
    """New values of everything an event may change, in the order of `shown`."""
    messages = [message for answer in answers for message in _messages(answer.question, answer_html(answer))]
    if pending is not None:
        messages += _messages(pending, PENDING)
    return (
        answers,
        messages,
        typed,
        f'<p role="alert">{escape(as_sentence(notice))}</p>' if notice else "",
        gr.update(visible=bool(answers)),
        gr.update(visible=not messages),
    )


def _messages(question: str, answer: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": question_html(question)}, {"role": "assistant", "content": answer}]


def _masthead(archive: Archive) -> str:
    number = archive.info().articles
    count = "one article" if number == 1 else f"{number:,} articles"
    # Of no use to a reader of a site where nothing was measured.
    link = ' <a href="../evaluation">How good are they?</a>' if has_saved_runs(archive.settings.runs) else ""
    return (
        '<header class="masthead"><h1>Ask the articles</h1>'
        f"<p>Answers quoted word for word from {count}, each with the place where it stands.{link}</p></header>"
    )


def _fitting_examples(archive: Archive) -> list[Any]:
    return [gr.update(visible=_has(archive, article_id)) for _, article_id in EXAMPLES]


def _has(archive: Archive, article_id: str) -> bool:
    try:
        archive.article(article_id)
    except ArticleNotFound:
        return False
    return True

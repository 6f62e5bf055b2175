"""The chat page's components, in the order in which they are read. What happens to them is in `page.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from qa.archive import Archive
from qa.show.words import say
from qa.web.chat.furniture import earlier_html, masthead_html, panel_html, suggestions_html, tools_html
from qa.web.chat.which import add_choice, add_line

# Longer than any question may be, so that a long one is refused in words and not cut short in silence.
MAX_TYPED_CHARACTERS = 10_000

# Questions that the bundled articles answer, each with the article that does.
EXAMPLES = (
    ("When did South Korea open a diplomatic mission to NATO?", "004_ba14481eac79cfe1"),
    ("What is the theme of the Jeju Forum?", "000_7936eb6cbf14d6de"),
    ("Who introduced the Indo-Pacific Treaty Organization Act?", "003_3029bffaf7cebc33"),
    ("What did Wi Sung-lac give to Rutte?", "001_de1f21643fab2dcd"),
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The components of the page that take part in its events.

    `kept`, `given`, `ticket`: what `static/conversation.js` sends along: what the browser kept, what else is wanted,
    and by what a question can be stopped; `saved`: what it gets to save. The buttons `ask_this`, `drop`, `save` and
    `stop` are pressed by it alone.
    """

    answers: gr.State
    kept: gr.Textbox
    given: gr.Textbox
    ticket: gr.Textbox
    saved: gr.Textbox
    masthead: gr.HTML
    conversation: gr.Chatbot
    notice: gr.HTML
    question: gr.Textbox
    send: gr.Button
    tools: gr.Row
    undo: gr.Button
    retry: gr.Button
    clear: gr.Button
    glance: gr.HTML
    which: tuple[gr.Textbox, gr.Textbox, gr.Dropdown, gr.Textbox]
    line: gr.Row
    words: gr.HTML
    remove: gr.Button
    examples: gr.Column
    buttons: Sequence[gr.Button]
    ask_this: gr.Button
    drop: gr.Button
    save: gr.Button
    stop: gr.Button

    @property
    def shown(self) -> list[Any]:
        """What an answer changes, in the order of `_page`."""
        return [self.answers, self.conversation, self.notice, self.tools, self.examples]

    @property
    def said(self) -> list[Any]:
        """What says which articles are asked."""
        return [self.line, self.words]


def lay_out(archive: Archive) -> Parts:
    """Put the components on the page that is being built, in the order in which they are read."""
    named: dict[str, Any] = {"answers": gr.State([])}
    named |= {name: gr.Textbox(visible=False) for name in ("kept", "given", "ticket", "saved")}
    named["masthead"] = gr.HTML(masthead_html(archive), elem_id="masthead")
    named["conversation"] = gr.Chatbot(
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
        named["notice"] = gr.HTML("", elem_id="notice")
        gr.HTML(suggestions_html(), elem_id="suggested")
        named |= _question_row()
        with gr.Row(elem_id="tools", visible=False) as named["tools"]:
            for name, word in (("undo", "undo"), ("retry", "again"), ("clear", "clear_all")):
                named[name] = gr.Button(say(word), scale=0, min_width=0)
            gr.HTML(tools_html(), elem_id="more-tools")
        named["glance"], *which = add_choice(archive)
        # Below the button: above, it would move it away from under the click that leaves the field of a filter.
        named["line"], named["words"], named["remove"] = add_line()
    with gr.Column(elem_id="examples") as named["examples"]:
        gr.HTML(earlier_html(), elem_id="earlier-holder")
        buttons = [gr.Button(text, elem_classes="example", visible=False) for text, _ in EXAMPLES]
    for name in ("ask_this", "drop", "save", "stop"):
        element = f"{name.removesuffix('_this')}-this"
        named[name] = gr.Button(elem_id=element, elem_classes="unseen")
    gr.HTML(panel_html(), elem_id="panel-holder")
    return Parts(**named, which=tuple(which), buttons=buttons)


def _question_row() -> dict[str, Any]:
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
    return {"question": question, "send": send}

"""What stands on the chat page before anybody asks, in the reader's language: panel, keys, tools, labels.

Gradio makes the page once, in English; `qa/web/chat/preview.py` puts these in where it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qa.archive import Archive
from qa.evaluate.run.saved_runs import has_saved_runs
from qa.show.words import ENGLISH, count, direction, say, table

# What Gradio calls the texts of a component.
_TEXTS = ("value", "label", "placeholder")
# Labels and buttons, by their names in the tables of words.
_LABELS = (
    "again", "all_articles", "ask_hint", "clear_all", "conversation", "from", "question", "send", "sources", "undo",
    "until", "which",
)  # fmt: skip
# What the page's own scripts say.
SCRIPTS = (
    "article_named", "calendar_first", "calendar_last", "copied", "earlier", "forget", "link_copied", "loading", "lost",
    "n_questions", "not_stored", "stop", "undo", "waiting",
)  # fmt: skip


def masthead_html(archive: Archive) -> str:
    """What the page is, and of how many articles."""
    articles = f'<a href="../articles">{count("n_articles", archive.info().articles)}</a>'
    # Of no use to a reader of a site where nothing was measured.
    link = f' <a href="../evaluation">{say("how_good")}</a>' if has_saved_runs(archive.settings.runs) else ""
    return f'<header class="masthead"><h1>{say("heading")}</h1><p>{say("lead", articles=articles)}{link}</p></header>'


def panel_html() -> str:
    """The article panel and the list of keys, both closed."""
    rows = (("/", "key_question"), ("↑", "key_last"), ("↓", "key_suggestions"), ("Esc", "key_close"), ("?", "key_keys"))
    keys = "".join(f"<dt><kbd>{key}</kbd></dt><dd>{say(name)}</dd>" for key, name in rows)
    close = f'<button type="button" class="close">{say("close")}</button>'
    return (
        f'<dialog id="panel" aria-label="{say("article")}"><div class="panel-bar">{close}'
        f'<a class="page" target="_blank" rel="noopener">{say("open_page")}</a></div>'
        f'<p class="panel-title" dir="auto"><b></b><span dir="{direction()}"></span></p>'
        '<div class="panel-body" tabindex="0"></div></dialog>'
        f'<dialog id="keys" aria-label="{say("keys")}"><dl>{keys}</dl>{close}</dialog>'
    )


def tools_html() -> str:
    """What a reader may do with the conversation, beside Gradio's own buttons."""
    formats = (("markdown", "Markdown"), ("html", "HTML"), ("json", "JSON"))
    items = "".join(f'<li><button type="button" name="{name}">{shown}</button></li>' for name, shown in formats)
    return (
        f'<a class="new" href="./">{say("new")}</a><details class="menu" id="save"><summary>{say("save")}</summary>'
        f'<ul>{items}</ul></details><button type="button" class="show-keys">{say("keys")}</button>'
    )


def suggestions_html() -> str:
    """Where suggestions will stand."""
    return f'<ul id="suggestions" aria-label="{say("suggestions")}"></ul>'


def earlier_html() -> str:
    """Where earlier conversations will stand, above the examples."""
    return f'<div id="earlier"></div><h2>{say("examples")}</h2>'


# By the ids of their elements.
FURNITURE: Mapping[str, Callable[[], str]] = {
    "panel-holder": panel_html,
    "more-tools": tools_html,
    "suggested": suggestions_html,
    "earlier-holder": earlier_html,
}


def translate(config: dict[str, Any], masthead: str) -> None:
    """Put the words of the language that is spoken in the place of the English ones of Gradio's `config`.

    `masthead` is said already.
    """
    config["title"] = say("heading")
    english = {table(ENGLISH)[name]: name for name in _LABELS}
    for component in config.get("components", []):
        props = component["props"]
        name = props.get("elem_id") or ""
        if name in FURNITURE:
            props["value"] = FURNITURE[name]()
        elif name == "masthead":
            props["value"] = masthead
        for text in _TEXTS:
            if isinstance(props.get(text), str) and props[text] in english:
                props[text] = say(english[props[text]])

"""Markup out of a text: tags and entities of HTML, marks of Markdown, the front matter of a file."""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence

import yaml
from inscriptis import get_text
from inscriptis.model.config import ParserConfig
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

# A closing tag of text, or one that needs none. "a < b" and "<name>" are neither.
_TAGS = re.compile(
    r"</(?:p|div|span|a|ul|ol|li|em|strong|b|i|u|h[1-6]|blockquote|table|tr|td|th|figure|figcaption|section|article|"
    r"html|body|script|style|sup|sub|small|cite|q|center|font|pre|code)\s*>|<(?:br|img|hr|p)(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)
_FRONT = re.compile(r"\ufeff?(?P<mark>---|\+\+\+)[ \t]*\n(?P<fields>.{0,20000}?)\n(?P=mark)[ \t]*(?:\n|$)", re.DOTALL)
_WIKI_LINK = re.compile(r"!?\[\[(?P<page>[^\[\]|\n]+)(?:\|(?P<label>[^\[\]\n]+))?\]\]")
# An article about HTML may have a tag or two.
LEAST_TAGS = 3
_CELLS = ParserConfig(table_cell_separator=" | ")
# Bold words, links and pictures, headings, footnotes.
_MARKS = (
    re.compile(r"(?<!\*)\*\*[^\s*][^*\n]{0,200}\*\*(?!\*)"),
    re.compile(r"\[[^\[\]\n]{1,200}\]\(https?://[^\s()]{1,500}\)|\[\[[^\[\]\n]{1,100}\]\]"),
    re.compile(r"^#{1,6} \S", re.MULTILINE),
    re.compile(r"\[\^\w{1,20}\]"),
)
LEAST_KINDS = 2
_AS_IT_IS = ("fence", "code_block", "html_block")
_BLOCK_ENDS = (
    "paragraph_close",
    "heading_close",
    "table_close",
    "bullet_list_close",
    "ordered_list_close",
    "blockquote_close",
)
_markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code").use(footnote_plugin)


def without_html(text: str) -> str:
    """`text` as a browser would show it where it has tags, with its entities read; any other text as it is."""
    if _TAGS.search(text):
        return str(get_text(text, _CELLS))
    return html.unescape(text) if _ENTITY.search(text) else text


def is_markup(text: str) -> bool:
    """Whether a text that should have no markup is all markup: a page, or what was copied out of one."""
    return len(_TAGS.findall(text)) >= LEAST_TAGS


def split_front_matter(text: str) -> tuple[Mapping[str, object], str]:
    """The fields in front of a text, between lines of --- (YAML) or +++ (TOML), and the text below them.

    What cannot be read as fields is text.
    """
    text = text.replace("\r\n", "\n")
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    try:
        fields = yaml.safe_load(match["fields"]) if match["mark"] == "---" else tomllib.loads(match["fields"])
    # YAML raises ValueError for a date that is none.
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text
    return (fields, text[match.end() :]) if isinstance(fields, dict) and fields else ({}, text)


def is_markdown(text: str) -> bool:
    """Whether a text that does not say so is Markdown: it has marks of two kinds, such as bold words and links."""
    return sum(bool(mark.search(text)) for mark in _MARKS) >= LEAST_KINDS


def without_markdown(text: str) -> str:
    """`text` without the marks of Markdown: a line for each paragraph, heading, item and row."""
    text = _WIKI_LINK.sub(lambda link: "" if link.group().startswith("!") else link["label"] or link["page"], text)
    return "\n".join(_blocks(_markdown.parse(text))).strip("\n")


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    """Its lines, a blank one behind each block but an item of a list."""
    mark = ""
    row: list[str] = []
    for token in tokens:
        if token.type == "list_item_open":
            mark = f"{token.info}{token.markup} " if token.info else "• "
        elif token.type in ("td_open", "th_open"):
            row.append("")
        elif token.type == "inline" and row:
            row[-1] = _inline(token.children or []) or " "
        elif token.type == "inline":
            yield mark + _inline(token.children or [])
            mark = ""
        elif token.type == "tr_close":
            yield " | ".join(row)
            row = []
        elif token.type in _AS_IT_IS:
            yield without_html(token.content)
        elif token.type in _BLOCK_ENDS and token.level == 0 and not token.hidden:
            yield ""


def _inline(tokens: Sequence[Token]) -> str:
    shown = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(
        token.content if token.type in ("text", "code_inline", "text_special") else shown.get(token.type, "")
        for token in tokens
    )

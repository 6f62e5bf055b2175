"""The lines of a marked-up text: of a page, a chapter, a letter or a Word document."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

# Deeper than this nobody writes; what stands deeper is read as one paragraph.
MAX_DEPTH = 100
_LISTS = frozenset({"list", "ul", "ol", "dl", "menu"})
_ITEMS = frozenset({"item", "li", "dt", "dd"})
_ROWS = ("row", "tr")
_CELLS = ("cell", "td", "th")
_BREAKS = frozenset({"lb", "br"})
_RAW = frozenset({"code-block", "pre"})
_PARTS = """
    p head quote ab table div fw h1 h2 h3 h4 h5 h6 blockquote figure figcaption section article main body header
    footer aside address details summary center form fieldset hr caption title html nav
"""
_BLOCKS = frozenset(_PARTS.split()) | _LISTS | _ITEMS | _RAW
_UNSEEN = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "select", "textarea"})


def lines_of(parent: etree._Element) -> Iterator[str]:
    """The lines of `parent`, a blank one between its blocks.

    A heading and a paragraph is a line, an item begins with "• " or its number, the cells of a row stand between bars.
    The elements are those of HTML, or as trafilatura names them.
    """
    return _blocks(parent, 0)


def _blocks(parent: etree._Element, depth: int) -> Iterator[str]:
    # Words and elements of a line, up to the next block.
    running = [parent.text or ""]
    for child in parent:
        if not isinstance(child.tag, str) or child.tag in _UNSEEN:
            running.append(child.tail or "")
        elif child.tag in _BLOCKS:
            yield from _flow(running)
            yield from _block(child, depth + 1)
            running = [child.tail or ""]
        elif depth < MAX_DEPTH and any(each.tag in _BLOCKS for each in child.iter() if each is not child):
            yield from _flow(running)
            yield from _blocks(child, depth + 1)
            running = [child.tail or ""]
        else:
            running += ["\v" if child.tag in _BREAKS else _inline(child), child.tail or ""]
    yield from _flow(running)


def _block(element: etree._Element, depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH:
        yield from _flow(["".join(element.itertext())])
    elif element.tag in _LISTS:
        yield from _items(element, depth)
        yield ""
    elif element.tag == "table":
        yield from _table(element, depth)
        yield ""
    elif element.tag in _RAW or (element.tag == "quote" and "\n" in (element.text or "").strip()):
        yield from "".join(element.itertext()).split("\n")
        yield ""
    else:
        yield from _blocks(element, depth)
        yield ""


def _flow(parts: list[str]) -> Iterator[str]:
    lines = [" ".join(line.split()) for line in "".join(parts).split("\v")]
    if any(lines):
        yield from lines
        yield ""


def _inline(element: etree._Element) -> str:
    """The words in `element`; a vertical tab stands for a line break in it."""
    parts = [element.text or ""]
    for each in element.iterdescendants():
        if each.tag in _BREAKS:
            parts.append("\v")
        elif isinstance(each.tag, str) and each.tag not in _UNSEEN:
            parts.append(each.text or "")
        parts.append(each.tail or "")
    return "".join(parts)


def _items(items: etree._Element, depth: int) -> Iterator[str]:
    is_numbered = items.tag == "ol" or items.get("rend") == "ol"
    number = 0
    for item in items:
        if item.tag in _LISTS and depth < MAX_DEPTH:
            yield from _items(item, depth + 1)
        if item.tag not in _ITEMS:
            continue
        inner = [each for each in item.iterdescendants(*_LISTS) if _owner(each) is item]
        line = " ".join(_own_words(item).split())
        if line:
            number += 1
            yield f"{number}. {line}" if is_numbered else f"• {line}"
        for each in inner if depth < MAX_DEPTH else ():
            yield from _items(each, depth + 1)


def _owner(element: etree._Element) -> etree._Element | None:
    """The item or list that `element` stands in."""
    return next(element.iterancestors(*_ITEMS, *_LISTS), None)


def _own_words(item: etree._Element) -> str:
    """The words of an item but for those of the lists in it; a word that stands in two elements stays whole."""
    left = [item.text or ""]
    stack: list[etree._Element | str] = list(reversed(item))
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            left.append(each)
            continue
        stack.append(each.tail or "")
        if not isinstance(each.tag, str) or each.tag in _UNSEEN or each.tag in _LISTS:
            continue
        space = " " if each.tag in _BLOCKS | _BREAKS else ""
        stack.append(space)
        stack.extend(reversed(each))
        left += [space, each.text or ""]
    return "".join(left)


def _table(table: etree._Element, depth: int) -> Iterator[str]:
    rows = [row for row in table.iterdescendants(*_ROWS) if next(row.iterancestors("table"), None) is table]
    caption = table.find("caption")
    if caption is not None:
        yield from _flow([_inline(caption)])
    cells = [[cell for cell in row if cell.tag in _CELLS] for row in rows]
    # Tables that only place things on a page hold one cell a row, or tables.
    if all(len(row) <= 1 for row in cells) or any(cell.find(".//table") is not None for row in cells for cell in row):
        for cell in (cell for row in cells for cell in row):
            yield from _blocks(cell, depth + 1)
        return
    for row in cells:
        words = [" ".join(" ".join(cell.itertext()).split()).replace("|", "/") for cell in row]
        if any(words):
            yield " | ".join(words).strip()

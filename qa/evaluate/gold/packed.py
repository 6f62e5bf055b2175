"""Lists and objects that a tool wrote into one text: as JSON, as Python prints them, as numpy prints them."""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import Any

# What opens a list or an object and what may follow it there; "[sic] a harbour" is a text.
_OPENING = re.compile(r"""\[\s*["'{\[]|\{\s*["'}]|\(\s*["'].*\)$|\[.*\]$|array\(\[""", re.DOTALL)
_LITERAL = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""", re.DOTALL)


def is_packed(text: str) -> bool:
    """Whether the text is meant as a list or an object."""
    return bool(_OPENING.match(text.strip()))


def unpack(text: str) -> Any:  # noqa: ANN401  (JSON)
    """The list or object that the text writes. Raises ValueError when it is none after all."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        with warnings.catch_warnings():
            # A stray backslash in an answer is no matter of ours.
            warnings.simplefilter("ignore")
            return _value(ast.parse(text.strip(), mode="eval").body, text.strip())
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"not a list: {text!r:.80}") from error


def _value(node: ast.expr, source: str) -> Any:  # noqa: ANN401  (JSON)
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return [value for item in items for value in _items(item, source)]
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {str(_value(key, source)): _value(value, source) for key, value in pairs if key is not None}
        case ast.Call(func=ast.Name(id="array"), args=[inner, *_]):
            return _value(inner, source)
        case ast.Name(id="nan"):
            return None
        case _:
            return ast.literal_eval(node)


def _items(node: ast.expr, source: str) -> list[Any]:
    """The items that stand at one place: numpy prints no commas, and Python would glue two texts together."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        literals = _LITERAL.findall(ast.get_source_segment(source, node) or "")
        return [ast.literal_eval(literal) for literal in literals]
    return [_value(node, source)]

"""The import of Gradio, which the chat waits for."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from qa.web.chat.late import without_stubs

# Seconds, in a process of its own.
pytestmark = pytest.mark.slow

# With this call Gradio looks for a class in the file that it is in; its components are all made while it is imported.
_IMPORT = """
import ast, sys
from qa.web.chat.late import without_stubs
asked, real = [], ast.get_source_segment
ast.get_source_segment = lambda text, node: asked.append(node.name) or real(text, node)
with without_stubs():
    import gradio
print(*set(asked), hasattr(gradio.Textbox, "submit"))
"""


def test_gradio_writes_no_files_of_types() -> None:
    done = subprocess.run([sys.executable, "-c", _IMPORT], capture_output=True, text=True, check=True)
    # One, of no component, in a short file.
    assert done.stdout.split() == ["BlocksEvents", "True"]


def test_where_everything_else_is_defined_is_still_known() -> None:
    known = inspect.getfile
    with without_stubs():
        assert inspect.getfile(without_stubs) == without_stubs.__code__.co_filename
        assert inspect.getfile(LateImport) == __file__
    assert inspect.getfile is known


class LateImport:
    """A class like any other."""

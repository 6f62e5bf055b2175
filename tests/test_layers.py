"""Imports point one way and in no circle, heavy libraries stay in their leaf, and one file reads the environment."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("corpus", "index", "qa", "app")
FILES = sorted(
    str(path.relative_to(ROOT).as_posix())
    for path in [*(p for layer in LAYERS[:-1] for p in (ROOT / layer).rglob("*.py")), ROOT / "app.py"]
)
# The files that may import a library, by the start of their path; it reads the same for a folder and a file.
HOMES = {
    "faiss": ("index/engines/faiss.py",),
    "tantivy": ("index/words/tantivy.py",),
    "torch": ("index/encoders/torch.py", "qa/train/reader.py", "qa/train/reader_graph.py"),
    "onnxruntime": ("index/encoders/onnx.py",),
    "tokenizers": ("index/encoders/onnx.py", "index/encoders/multilingual.py"),
    "sentence_transformers": ("index/encoders/torch.py", "qa/evidence/reranker.py"),
    "trafilatura": ("corpus/readers/html.py",),
    "pypdfium2": ("corpus/readers/pdf.py",),
    "mammoth": ("corpus/readers/docx.py",),
    "striprtf": ("corpus/readers/rtf.py",),
    "lxml": ("corpus/readers/",),
    "gradio": ("qa/web/", "app.py"),
    "fastapi": ("qa/web/", "app.py"),
    "starlette": ("qa/web/", "app.py"),
    "uvicorn": ("qa/web/", "app.py"),
    "sqlite3": ("index/store/", "qa/feedback.py", "qa/insights.py"),
    "psycopg": ("index/postgres/",),
    "psycopg_pool": ("index/postgres/",),
    "httpx": ("corpus/fetch/", "qa/write/writer.py"),
    "fastfeedparser": ("corpus/readers/feed.py",),
    "protego": ("corpus/fetch/robots.py",),
    "matplotlib": ("qa/evaluate/report/pictures.py",),
    "ir_measures": ("qa/evaluate/measure/ranking.py",),
    "qa.web": ("qa/web/", "qa/cli.py", "app.py"),
    "watchfiles": ("qa/watch.py",),
    "qa.archive": ("qa/watch.py", "qa/cli.py", "qa/cli_evaluate.py", "qa/web/", "app.py", "qa/__init__.py"),
}
# What a room of `qa` does not know of: a question is read before there is evidence, and both before anything is shown.
UNKNOWN = {
    "qa/question/": ("qa.evidence", "qa.show", "qa.web", "qa.check", "qa.evaluate"),
    "qa/evidence/": ("qa.show", "qa.web", "qa.check", "qa.evaluate"),
}


@cache
def imported(file: str) -> set[str]:
    """Every module that `file` imports, at its top or in a function, by its full name."""
    names: set[str] = set()
    for node in statements(parsed(file)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@cache
def imported_when_run(file: str) -> set[str]:
    """The files of the project that `file` imports, but for those that only type checkers read."""
    names: set[str] = set()
    nodes: list[ast.AST] = [parsed(file)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            nodes += node.orelse
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        else:
            nodes += ast.iter_child_nodes(node)
    return {found for name in names if (found := file_of(name))}


def file_of(name: str) -> str | None:
    """The file of a module, or of the module that has the name; None where it is none of the project."""
    path = name.replace(".", "/")
    tried = (
        f"{path}.py",
        f"{path}/__init__.py",
        f"{path.rpartition('/')[0]}.py",
        f"{path.rpartition('/')[0]}/__init__.py",
    )
    return next((file for file in tried if file in FILES), None)


@cache
def source(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


@cache
def parsed(file: str) -> ast.Module:
    return ast.parse(source(file))


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Everything in `node` but expressions: a tenth of it, and only here can an import stand."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.expr):
            yield child
            yield from statements(child)


def test_there_are_files_of_every_layer() -> None:
    assert {file.partition("/")[0].removesuffix(".py") for file in FILES} == set(LAYERS)


@pytest.mark.parametrize("file", FILES)
def test_imports_point_one_way(file: str) -> None:
    layer = LAYERS.index(file.partition("/")[0].removesuffix(".py"))
    above = LAYERS[layer + 1 :]
    assert sorted(name for name in imported(file) if name.partition(".")[0] in above) == []


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_imported_only_in_its_leaf(library: str) -> None:
    users = [
        file for file in FILES if any(name == library or name.startswith(f"{library}.") for name in imported(file))
    ]
    assert [file for file in users if not file.startswith(HOMES[library])] == []
    assert users


def test_no_imports_go_round_in_a_circle() -> None:
    # A file that imports none of the others, or that none of them imports, is in no circle: take such away.
    left = {file: imported_when_run(file) - {file} for file in FILES}
    while ends := {file for file in left if not left[file] or not any(file in others for others in left.values())}:
        left = {file: others - ends for file, others in left.items() if file not in ends}
    assert left == {}


@pytest.mark.parametrize("room", UNKNOWN)
def test_a_room_does_not_know_what_comes_after_it(room: str) -> None:
    known = {file: imported(file) for file in FILES if file.startswith(room)}
    assert known
    wrong = [(file, name) for file, names in known.items() for name in sorted(names) if name.startswith(UNKNOWN[room])]
    assert wrong == []


def environment_uses(file: str) -> dict[str, bool]:
    """Each use of `os.environ` in `file`, and whether it only sets something."""
    # Looking at every node of every file takes a second; most files do not even say the word.
    if not re.search(r"\b(environ|getenv)\b", source(file)):
        return {}
    uses = {}
    for parent in ast.walk(parsed(file)):
        for child in ast.iter_child_nodes(parent):
            if isinstance(child, ast.Attribute) and ast.unparse(child) in ("os.environ", "os.getenv"):
                is_stored = isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store)
                is_set = isinstance(parent, ast.Attribute) and parent.attr in ("setdefault", "pop")
                uses[ast.unparse(parent)] = is_stored or is_set
    return uses


def test_the_environment_is_read_in_settings_only() -> None:
    uses = {file: environment_uses(file) for file in FILES}
    assert [file for file, found in uses.items() if not all(found.values())] == ["qa/settings.py"]
    # Told, not asked: the model's libraries and Gradio look there.
    assert [file for file, found in uses.items() if any(found.values())] == [
        "index/__init__.py",
        "index/encoders/torch.py",
        "qa/web/__init__.py",
    ]
    assert [file for file in FILES if imported(file) & {"os.environ", "os.getenv"}] == []


def test_the_command_starts_without_the_heavy_libraries() -> None:
    code = "import json, sys, qa.cli; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    heavy = {"torch", "sentence_transformers", "gradio", "fastapi", "faiss", "tantivy", "numpy", "psycopg"}
    heavy |= {"lxml", "trafilatura", "pypdfium2", "mammoth", "striprtf", "ftfy"}
    assert heavy & set(json.loads(done.stdout)) == set()

"""IndexFolder: one current generation, one writer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from corpus.errors import UserError
from index.generations import IndexFolder

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from index.generations import IndexFolder
with IndexFolder(Path(sys.argv[1])).writing():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_nothing_was_built(folder: IndexFolder) -> None:
    assert folder.current() is None
    with pytest.raises(UserError) as error:
        folder.require_current()
    assert str(error.value) == (
        f"no index in {str(folder.path)!r}; run `article-qa build`, or name another with --index"
    )
    assert not folder.path.exists()


def test_a_new_generation_is_current_once_it_is_activated(folder: IndexFolder) -> None:
    first, second = folder.new_generation(), folder.new_generation()
    assert (first.parent, first == second, folder.current()) == (folder.path, False, None)
    folder.activate(first)
    assert folder.current() == folder.require_current() == first
    folder.activate(second)
    assert folder.current() == second
    assert [path.name for path in folder.path.iterdir() if path.is_file()] == ["current"]


def test_a_generation_swept_away_while_it_is_looked_up(folder: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = folder.new_generation(), folder.new_generation()
    folder.activate(old)
    is_dir = Path.is_dir

    def swept_first(path: Path) -> bool:
        monkeypatch.undo()
        folder.activate(new)
        folder.sweep()
        return is_dir(path)

    monkeypatch.setattr(Path, "is_dir", swept_first)
    assert folder.current() == new
    assert not old.exists()


def test_sweep_leaves_the_current_generation_and_what_is_not_ours(folder: IndexFolder) -> None:
    old, new = folder.new_generation(), folder.new_generation()
    (old / "articles.db").write_text("old", encoding="utf-8")
    (new / "articles.db").write_text("new", encoding="utf-8")
    (folder.path / "notes").mkdir()
    folder.activate(new)
    folder.sweep()
    assert sorted(path.name for path in folder.path.iterdir()) == ["current", new.name, "notes"]
    assert (new / "articles.db").read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize(
    "written", ["", "generation-gone\n", "../elsewhere", "generation-x/../../elsewhere", "/etc", "generation-\0"]
)
def test_a_pointer_to_nowhere(folder: IndexFolder, written: str) -> None:
    (folder.path / "generation-x").mkdir(parents=True)
    (folder.path.parent / "elsewhere").mkdir()
    pointer = folder.path / "current"
    pointer.write_text(written, encoding="utf-8")
    with pytest.raises(UserError) as error:
        folder.current()
    assert str(error.value) == f"{str(pointer)!r} names no index ({written.strip()!r}); run `article-qa build`"


def test_a_pointer_that_is_no_text(folder: IndexFolder) -> None:
    folder.path.mkdir()
    (folder.path / "current").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match=r"^cannot read '.*current': .*; run `article-qa build`$"):
        folder.current()


def test_one_writer_at_a_time(folder: IndexFolder) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder.path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(UserError) as error, folder.writing():
            pass
        assert str(error.value) == (
            f"another build, add or remove is writing to {str(folder.path)!r}; run this again when it has finished"
        )
        # A writer that is killed lets go.
        holder.kill()
    with folder.writing():
        pass


def test_the_lock_is_free_after_a_failure(folder: IndexFolder) -> None:
    with pytest.raises(RuntimeError, match="oops"), folder.writing():
        raise RuntimeError("oops")
    with folder.writing():
        pass


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    path = tmp_path / "file" / "index"
    with pytest.raises(UserError) as error, IndexFolder(path).writing():
        pass
    assert str(error.value) == f"cannot write to {str(path)!r}: Not a directory; name another folder with --index"

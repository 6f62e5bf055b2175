"""The files of an index: which generation is current, and who may write."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import UserError

POINTER = "current"
GENERATION = "generation-"


class Locked(UserError):
    """Another program is writing to the index."""


class IndexFolder:
    """A folder with one current generation of the index; a new one is built beside it and swapped in.

    The pointer file is replaced in one step, so readers see the old index or the new one, never half of it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def where(self) -> Path:
        """The folder, by which it is opened again."""
        return self.path

    @property
    def name(self) -> str:
        """The folder, as a message names it."""
        return str(self.path)

    @property
    def store_name(self) -> str:
        """The SQLite file's name inside a generation."""
        return "articles.db"

    def current(self) -> Path | None:
        """Folder of the current generation, None when nothing was built yet."""
        name = self._pointer()
        while name is not None:
            generation = self.path / name
            if name.startswith(GENERATION) and Path(name).name == name and generation.is_dir():
                return generation
            # Since the pointer was read, a build may have made another generation current and deleted this one.
            tried, name = name, self._pointer()
            if name == tried:
                raise UserError(f"{str(self.path / POINTER)!r} names no index ({name!r}); run `article-qa build`")
        return None

    def _pointer(self) -> str | None:
        try:
            return (self.path / POINTER).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"cannot read {str(self.path / POINTER)!r}: {error}; run `article-qa build`") from error

    def require_current(self) -> Path:
        """Folder of the current generation. Raises UserError when nothing was built yet."""
        generation = self.current()
        if generation is None:
            raise UserError(f"no index in {str(self.path)!r}; run `article-qa build`, or name another with --index")
        return generation

    def new_generation(self) -> Path:
        """The folder of a new, empty generation, not current yet."""
        generation = self.path / f"{GENERATION}{secrets.token_hex(4)}"
        generation.mkdir(parents=True)
        return generation

    def generations(self) -> list[Path]:
        """The folders of all generations."""
        return sorted(self.path.glob(f"{GENERATION}*"))

    def activate(self, generation: Path) -> None:
        """Make `generation`, which is on disk, the current one, in one step that survives a power cut."""
        part = self.path / f"{POINTER}.part"
        with part.open("w", encoding="utf-8") as file:
            file.write(generation.name + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path / POINTER)
        # Before anybody deletes the generation that it led to. Windows cannot open a folder, and orders such by itself.
        if os.name == "posix":
            folder = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def sweep(self) -> None:
        """Delete every generation but the current one: old ones, and those of builds that were killed.

        The caller holds the write lock.
        """
        kept = self.current()
        for generation in self.generations():
            if generation != kept:
                # On Windows files that a reader has open cannot be deleted; the next sweep deletes them.
                shutil.rmtree(generation, ignore_errors=True)

    def make_room(self) -> None:
        """Nothing: `sweep` did. Who began to ask the generation before keeps its files open."""

    def drop(self, generation: Path) -> None:
        """Delete a generation."""
        shutil.rmtree(generation, ignore_errors=True)

    @contextmanager
    def writing(self, *, wait_seconds: float = 0.0, alone: bool = True) -> Iterator[None]:
        """Hold the folder's write lock, always `alone`.

        Raises UserError when another has it for longer than `wait_seconds`.
        """
        lock = FileLock(self.path / "write.lock", timeout=wait_seconds)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock.acquire(poll_interval=0.01)
        except Timeout as error:
            raise Locked(
                f"another build, add or remove is writing to {str(self.path)!r}; run this again when it has finished"
            ) from error
        except OSError as error:
            raise UserError(
                f"cannot write to {str(self.path)!r}: {error.strerror}; name another folder with --index"
            ) from error
        try:
            yield
        finally:
            lock.release()

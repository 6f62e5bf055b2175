"""Files to lines and records, each with the place to name in an error."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from corpus.errors import UserError


def read_text(path: Path) -> str:
    """The file as text, unpacked when it is `.gz`. Raises UserError."""
    try:
        data = gzip.decompress(path.read_bytes()) if path.name.lower().endswith(".gz") else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"cannot read {str(path)!r}: {error}") from error
    try:
        # Editors on Windows put a byte order mark before the first line.
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UserError(f"{path}:{line}: not UTF-8 text: {error.reason}") from error


def read_lines(path: Path) -> Iterator[tuple[str, str]]:
    """(place, line) of each line that is not blank; the place reads `file:7`."""
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            yield f"{path}:{number}", line.rstrip("\r")


def read_jsonl(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place, object) of each line. Raises UserError for a line that is no JSON object."""
    for where, line in read_lines(path):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UserError(f"{where}: not JSON: {error}") from error
        if not isinstance(record, dict):
            raise UserError(f"{where}: not a JSON object but {line[:40]!r}; write one object a line")
        yield where, record


def first_file(folder: Path, names: Iterable[str]) -> Path | None:
    """The first of `names` (patterns) that is a file in `folder`."""
    return next((path for name in names for path in sorted(folder.glob(name)) if path.is_file()), None)


def hash_files(paths: Sequence[Path]) -> str:
    """SHA-256, in hex, of the names and contents of `paths`."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
